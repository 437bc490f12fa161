import "./page.css";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { common } from "../words/common";
import { Button, IconButton } from "./button";
import { Icon, type IconName } from "./icon";

interface PageProps {
  title: string;
  /** Under the title, one sentence. */
  lead?: ComponentChildren;
  /** Buttons at the right. */
  actions?: ComponentChildren;
  /** Where it goes back to. */
  back?: { href: string; label: string };
  children: ComponentChildren;
}

/** A screen: its title is the title of the window, too. */
export function Page({ title, lead, actions, back, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · PABX`;
  }, [title]);
  return (
    <div class="page">
      <div class="page-head">
        <div class="stack-small">
          {back && <a class="page-back" href={back.href}><Icon name="left" size={16} />{back.label}</a>}
          <h1 tabIndex={-1}>{title}</h1>
          {lead !== undefined && <p class="soft">{lead}</p>}
        </div>
        {actions !== undefined && <div class="row">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

/** A part of a screen. */
export function Card({ title, actions, children }: { title?: string; actions?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="card">
      {(title !== undefined || actions !== undefined) && <div class="card-head">{title !== undefined && <h2>{title}</h2>}{actions}</div>}
      {children}
    </section>
  );
}

/** Parts of a place, each with an address of its own. The longest address that fits is the one that is open. */
export function Tabs({ label, tabs, path }: { label: string; tabs: readonly { href: string; label: string }[]; path: string }) {
  const fits = (href: string) => path === href || path.startsWith(`${href}/`);
  const open = tabs.filter((one) => fits(one.href)).sort((a, b) => b.href.length - a.href.length)[0];
  const own = useRef<HTMLElement>(null);
  // On a phone there may be more tabs than are seen: the open one is.
  useEffect(() => {
    const [bar, tab] = [own.current, own.current?.querySelector<HTMLElement>("[aria-current]")];
    if (bar && tab) bar.scrollLeft = tab.offsetLeft - bar.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
  }, [open?.href]);
  return (
    <nav class="tabs" aria-label={label} ref={own}>
      {tabs.map((one) => <a key={one.href} class="tab" href={one.href} aria-current={one === open ? "page" : undefined}>{one.label}</a>)}
    </nav>
  );
}

/** Names and values. What is undefined is left out. */
export function Pairs({ pairs }: { pairs: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="pairs">
      {pairs.filter(([, value]) => value !== undefined).map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}=`}>{value}</dd>])}
    </dl>
  );
}

/** One figure. */
export function Stat({ label, value, hint, href }: { label: string; value: ComponentChildren; hint?: ComponentChildren; href?: string }) {
  const inside = (
    <>
      <span class="soft small">{label}</span>
      <span class="stat-value">{value}</span>
      {hint !== undefined && <span class="soft small">{hint}</span>}
    </>
  );
  return href === undefined ? <div class="card stat">{inside}</div> : <a class="card stat" href={href}>{inside}</a>;
}

export interface Step {
  key: string;
  title: string;
  state: "waiting" | "busy" | "good" | "warn" | "bad" | "skipped";
  /** What was found, and what to do. */
  detail?: ComponentChildren;
}

const SIGNS: Record<Step["state"], IconName> = { waiting: "more", busy: "reload", good: "check", warn: "warn", bad: "close", skipped: "more" };

/** Steps of something that goes on, each turning green or telling what to do. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <ol class="steps" aria-live="polite">
      {steps.map((one) => (
        <li class={`step step-${one.state}`} key={one.key} data-step={one.key} data-state={one.state}>
          <span class="step-sign">{one.state === "busy" ? <span class="spinner" aria-hidden="true" /> : <Icon name={SIGNS[one.state]} size={16} />}</span>
          <div class="stack-small">
            <span>{one.title}</span>
            {one.detail !== undefined && <span class="soft small">{one.detail}</span>}
          </div>
        </li>
      ))}
    </ol>
  );
}

export interface MenuItem {
  label: string;
  icon?: IconName;
  href?: string;
  current?: boolean;
  onPress?: () => void;
}

interface MenuProps {
  label: string;
  items: readonly MenuItem[];
  /** What the button shows; three dots where nothing is given. */
  button?: ComponentChildren;
  children?: ComponentChildren;
}

/** Puts the list under its button, or above where there is more room, and inside the window: no table or card cuts it off. */
function beside(button: HTMLElement, list: HTMLElement, close: () => void): () => void {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = list;
  const left = at.left + width > innerWidth - 8 ? Math.max(8, at.right - width) : at.left;
  const under = at.bottom + 4;
  const top = under + height > innerHeight - 8 && at.top > innerHeight / 2 ? Math.max(8, at.top - 4 - height) : under;
  list.style.left = `${left}px`;
  list.style.top = `${top}px`;
  // It does not follow: whoever scrolls the page looks elsewhere.
  const away = (event: Event) => {
    if (!(event.target instanceof Node && list.contains(event.target))) close();
  };
  addEventListener("scroll", away, { capture: true, passive: true });
  addEventListener("resize", close);
  return () => {
    removeEventListener("scroll", away, { capture: true });
    removeEventListener("resize", close);
  };
}

/** A button that opens a list of things to do. Esc, a press elsewhere or a choice closes it. */
export function Menu({ label, items, button, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const own = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (event.target instanceof Node && own.current?.contains(event.target) !== true) setOpen(false);
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      own.current?.querySelector("button")?.focus();
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    document.addEventListener("keydown", escape);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
      document.removeEventListener("keydown", escape);
    };
  }, [open]);
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (open && own.current && list.current) return beside(own.current, list.current, () => setOpen(false));
  }, [open]);
  const toggle = () => setOpen(!open);
  return (
    <div class="menu" ref={own}>
      {button === undefined ? (
        <IconButton name="more" label={label} expanded={open} onPress={toggle} />
      ) : (
        <button type="button" class="menu-item" aria-label={label} aria-expanded={open} aria-controls={id} onClick={toggle}>{button}</button>
      )}
      {open && (
        <div class="menu-list" id={id} ref={list}>
          {children}
          {items.map((one) => one.href === undefined ? (
            <button type="button" class="menu-item" key={one.label} aria-current={one.current ? "true" : undefined} onClick={() => { setOpen(false); one.onPress?.(); }}>
              {one.icon && <Icon name={one.icon} />}{one.label}
            </button>
          ) : (
            <a class="menu-item" key={one.label} href={one.href} aria-current={one.current ? "true" : undefined} onClick={() => setOpen(false)}>
              {one.icon && <Icon name={one.icon} />}{one.label}
            </a>
          ))}
        </div>
      )}
    </div>
  );
}

/** Text to be taken elsewhere: a password, an address. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const [done, setDone] = useState(false);
  const w = common();
  const copy = () => {
    void navigator.clipboard?.writeText(text).then(() => {
      setDone(true);
      setTimeout(() => setDone(false), 2000);
    });
  };
  return (
    <div class="copy">
      <code aria-label={label}>{text}</code>
      <Button small kind="quiet" icon={done ? "check" : "copy"} onPress={copy} label={`${w.actions.copy}: ${label}`}>{done ? w.actions.copied : w.actions.copy}</Button>
    </div>
  );
}

/** A QR code; the library comes when one is shown. */
export function Qr({ text, label }: { text: string; label: string }) {
  const [path, setPath] = useState<{ size: number; d: string } | undefined>(undefined);
  useEffect(() => {
    let wanted = true;
    void import("qrcode-generator").then(({ default: qrcode }) => {
      const code = qrcode(0, "M");
      code.addData(text, "Byte");
      code.make();
      const size = code.getModuleCount();
      let d = "";
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) if (code.isDark(row, column)) d += `M${column} ${row}h1v1h-1z`;
      }
      if (wanted) setPath({ size, d });
    });
    return () => {
      wanted = false;
    };
  }, [text]);
  if (path === undefined) return <div class="qr skeleton" />;
  return (
    <div class="qr" data-text={text}>
      <svg viewBox={`0 0 ${path.size} ${path.size}`} role="img" aria-label={label} shape-rendering="crispEdges"><path d={path.d} fill="#000" /></svg>
    </div>
  );
}
