/** The frame around every screen: bar, places, what the page has to say of itself. */
import "./shell.css";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { expired, reachable } from "../api";
import { live } from "../api/live";
import { Button, Dialog, Icon, IconButton, Menu, Toasts } from "../ui";
import { common } from "../words/common";
import { Mark } from "./mark";
import { home, menuPlaces, to, type Place } from "./places";
import { account, accountId, accounts, me, signOut } from "./session";
import { SignInAgain } from "./sign_in_again";
import { newVersion } from "./version";
import { ZoneNote } from "./zone";

export function Shell({ children }: { children: ComponentChildren }) {
  const w = common();
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>{w.skip}</a>
      <header class="bar">
        <a class="bar-name" href={home()} aria-label={w.product}><Mark /><span>{w.product}</span></a>
        <div class="bar-account"><AccountSwitcher /></div>
        <UserMenu />
      </header>
      <Side />
      <main class="main" id="main" tabIndex={-1}>
        <News />
        <ZoneNote />
        {children}
      </main>
      <Bottom />
      <Toasts />
      {expired.value && <SignInAgain />}
    </div>
  );
}

function isOpen(place: Place, path: string): boolean {
  const own = to(place.id);
  return path === own || path.startsWith(`${own}/`);
}

function Side() {
  const { path } = useLocation();
  const w = common();
  return (
    <nav class="side" aria-label={w.menu.places}>
      {menuPlaces().map((one) => (
        <a class="side-item" key={one.id} href={to(one.id)} aria-current={isOpen(one, path) ? "page" : undefined}><Icon name={one.icon} />{w.places[one.id]}</a>
      ))}
    </nav>
  );
}

const ON_PHONE = 4;

/** A phone's bar: the first places, and a door to the others. */
function Bottom() {
  const { path } = useLocation();
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  const w = common();
  const all = menuPlaces();
  const first = all.filter((one) => one.first).slice(0, ON_PHONE);
  const others = all.filter((one) => !first.includes(one));
  return (
    <nav class="bottom" aria-label={w.menu.places}>
      {first.map((one) => (
        <a class="bottom-item" key={one.id} href={to(one.id)} aria-current={isOpen(one, path) ? "page" : undefined}><Icon name={one.icon} size={22} /><span>{w.places[one.id]}</span></a>
      ))}
      {others.length > 0 && (
        <button type="button" class="bottom-item" aria-expanded={open} onClick={() => setOpen(true)}><Icon name="more" size={22} /><span>{w.menu.more}</span></button>
      )}
      {open && (
        <Dialog title={w.menu.places} onClose={() => setOpen(false)}>
          <div class="stack-small">
            {others.map((one) => <a class="side-item" key={one.id} href={to(one.id)} aria-current={isOpen(one, path) ? "page" : undefined}><Icon name={one.icon} />{w.places[one.id]}</a>)}
          </div>
        </Dialog>
      )}
    </nav>
  );
}

/** Which account is looked at; its name alone where there is one. */
function AccountSwitcher() {
  const { route } = useLocation();
  const [text, setText] = useState("");
  const w = common();
  const all = accounts.value;
  if (all.length === 0) return null;
  if (all.length === 1 && accountId.value !== undefined) return <span class="bar-solo" dir="auto">{account.value?.name}</span>;
  const found = all.filter((one) => `${one.name} ${one.slug}`.toLowerCase().includes(text.toLowerCase()));
  const go = (id: string) => {
    setText("");
    route(to("dashboard", "", id));
  };
  const shown = account.value?.name ?? w.menu.account;
  return (
    <Menu label={`${w.menu.account}: ${shown}`} button={<><Icon name="box" /><span dir="auto">{shown}</span><Icon name="expand" size={16} /></>}
      items={found.slice(0, 30).map((one) => ({ label: one.name, current: one.account_id === accountId.value, onPress: () => go(one.account_id) }))}>
      {all.length > 8 && <input class="input" type="search" aria-label={w.menu.searchAccount} placeholder={w.menu.searchAccount} value={text} onInput={(event) => setText(event.currentTarget.value)} />}
    </Menu>
  );
}

function UserMenu() {
  const w = common();
  const name = me.value?.full_name || me.value?.username || "";
  return (
    <Menu label={w.menu.of(name)} button={<Icon name="me" />}
      items={[{ label: w.places.me, icon: "me", href: "/me" }, { label: w.menu.signOut, icon: "exit", onPress: () => void signOut() }]}>
      <div class="menu-item" dir="auto"><strong>{name}</strong></div>
    </Menu>
  );
}

/** What the page must say of itself: at its top, until it is over. */
function News() {
  const w = common();
  const [late, setLate] = useState(false);
  const interrupted = !live.value;
  useEffect(() => {
    setLate(false);
    if (!interrupted) return;
    const timer = setTimeout(() => setLate(true), 4000);
    return () => clearTimeout(timer);
  }, [interrupted]);
  if (newVersion.value) return <div class="news" role="status"><Icon name="info" /><span>{w.status.newVersion}</span><Button small onPress={() => location.reload()}>{w.actions.reload}</Button></div>;
  if (!reachable.value) return <div class="news" role="alert"><Icon name="warn" /><span>{w.status.offline}</span></div>;
  if (late) return <div class="news" role="status"><Icon name="warn" /><span>{w.status.notLive}</span><IconButton name="reload" label={w.actions.reload} onPress={() => location.reload()} /></div>;
  return null;
}
