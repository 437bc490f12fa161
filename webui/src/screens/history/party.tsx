/** Who called and who was called, with names where the account has some. */
import type { Of } from "../../api";
import type { Names } from "../../app/names";
import { Badge, Icon, type IconName, type Tone } from "../../ui";
import { named } from "../../app/trace/steps";
import { phone } from "../../words/format";
import { words } from "./words";

export type CallShown = Of<"CallShown">;

export function nameOf(number: string, names: Names): string | undefined {
  return names.byNumber.get(number)?.name;
}

/** The name first, the number beside it. */
export function Party({ number, names }: { number: string; names: Names }) {
  if (number === "") return <span class="soft">{words().withheld}</span>;
  const name = nameOf(number, names);
  return <span class="history-party" dir="auto">{name === undefined ? phone(number) : <>{name} <span class="soft">{number}</span></>}</span>;
}

const ICONS: Readonly<Record<string, IconName>> = { internal: "internal", inbound: "incoming", outbound: "outgoing" };

export function Direction({ of }: { of: string }) {
  const label = named(words().directions, of);
  return <span class="history-direction" title={label}><Icon name={ICONS[of] ?? "phone"} size={18} /><span class="visually-hidden">{label}</span></span>;
}

const TONES: Readonly<Record<string, Tone>> = {
  answered: "good", no_answer: "warn", busy: "warn", declined: "warn", unavailable: "warn", unknown: "bad", unacceptable: "bad", limit: "bad", forbidden: "bad",
  failed: "bad", interrupted: "bad",
};

export function Result({ call }: { call: CallShown }) {
  const w = words();
  if (!call.end_time) return <Badge tone="info">{w.running}</Badge>;
  const tone = TONES[call.status];
  return <Badge {...(tone && { tone })}>{named(w.statuses, call.status)}</Badge>;
}
