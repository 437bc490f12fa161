import "./banner.css";
import type { ComponentChildren } from "preact";
import { wordsOf } from "../app/ask";
import { common } from "../words/common";
import { Button, Spinner } from "./button";
import { Icon, type IconName } from "./icon";

export type Tone = "info" | "good" | "warn" | "bad";
const SIGNS: Record<Tone, IconName> = { info: "info", good: "check", warn: "warn", bad: "error" };

/** Something to know about what stands here. Errors are read aloud at once. */
export function Banner({ kind, children }: { kind: Tone; children: ComponentChildren }) {
  return (
    <div class={`banner banner-${kind}`} role={kind === "bad" ? "alert" : "status"} tabIndex={-1}>
      <Icon name={SIGNS[kind]} />
      <div>{children}</div>
    </div>
  );
}

/** A state in a word. */
export function Badge({ tone, children }: { tone?: Tone; children: ComponentChildren }) {
  return <span class={`badge${tone ? ` badge-${tone}` : ""}`}>{children}</span>;
}

/** A light; its form tells it from others where colours are not seen. The word stands beside it, or is read aloud. */
export function Dot({ tone, label }: { tone?: Tone; label?: string }) {
  return <span class={`dot${tone ? ` dot-${tone}` : ""}`} role={label ? "img" : undefined} aria-label={label} aria-hidden={label ? undefined : true} title={label} />;
}

/** Nothing is there yet: what to do next. */
export function Empty({ icon, title, children, action }: { icon: IconName; title: string; children?: ComponentChildren; action?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={icon} size={40} />
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}

/** Something that was asked for: it comes, it is there, or it failed and can be asked for again. */
export function Loaded<T>({ asked, children }: { asked: { data: T | undefined; error: unknown; loading: boolean; reload(): void }; children: (data: T) => ComponentChildren }) {
  const w = common();
  if (asked.data !== undefined) {
    return (
      <>
        {asked.error !== undefined && <Banner kind="warn">{wordsOf(asked.error)}</Banner>}
        {children(asked.data)}
      </>
    );
  }
  if (asked.error !== undefined) {
    return <Banner kind="bad">{wordsOf(asked.error)} <Button small kind="quiet" icon="reload" onPress={asked.reload}>{w.actions.retry}</Button></Banner>;
  }
  return <Spinner label={w.states.loading} />;
}
