/** What an alert says, in the words of whoever reads it. The figures are in the box's own sentence. */
import type { Of } from "../../api";
import type { Tone } from "../../ui";
import { words } from "./words";

export type Alert = Of<"Alert">;
type Kind = keyof ReturnType<typeof words>["alerts"];

const TONES: Record<string, Tone> = { info: "info", warning: "warn", critical: "bad" };

export function toneOf(alert: Alert): Tone {
  return TONES[alert.severity] ?? "info";
}

export function severityWord(alert: Alert): string {
  const known = words().severities;
  return (known[alert.severity as keyof typeof known] as string | undefined) ?? alert.severity;
}

/** What makes this one different from others of its kind. */
function aboutWhat({ kind, subject, detail }: Alert): string {
  const w = words();
  const emergency = /^(?:Extension (.+)|A call from outside) calls the emergency number (.+)$/.exec(detail);
  if (kind === "emergency_call" && emergency) return `${emergency[1] ?? w.fromOutside} → ${emergency[2] ?? ""}`;
  const trunk = /^The trunk (.+) is down: /s.exec(detail);
  if (kind === "trunk_down" && trunk) return trunk[1] ?? "";
  const rise = /made (\d+) calls out .* more than (\d+)\./s.exec(detail);
  if (kind === "outbound_rise" && rise) return w.rise(Number(rise[1]), Number(rise[2]));
  const disk = /^(\d+) percent/.exec(detail);
  if (kind === "disk" && disk) return `${disk[1] ?? ""} %`;
  if (kind === "sip_failures" && subject === "many") return w.manySources;
  return ["login_failures", "token_reuse", "new_network", "permission_raised", "sip_failures"].includes(kind) ? subject : "";
}

/** A kind that this page does not know is shown as it came. */
export function alertWords(alert: Alert): { title: string; advice: string | undefined } {
  const known = words().alerts[alert.kind as Kind] as { title: string; advice: string } | undefined;
  if (known === undefined) return { title: alert.detail, advice: undefined };
  const about = aboutWhat(alert);
  return { title: about === "" ? known.title : `${known.title}: ${about}`, advice: known.advice };
}
