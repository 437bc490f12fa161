/** What a test call found, in the words of whoever reads it: the API says it in English. */
import type { Of } from "../../api";
import { words } from "./words";

type CallStep = Of<"CallStep">;

function refusal(status: number): string {
  const a = words().call.advice;
  if (status === 403) return a.forbidden;
  if (status === 404 || status === 484) return a.unknown;
  if ([480, 486, 600, 603].includes(status)) return a.away;
  return status === 488 ? a.codecs : a.other;
}

/** What was found at a step and what to do; what is unknown as the box put it. */
export function foundWords({ step, state, finding, advice }: CallStep): string {
  const w = words().call;
  const text = finding ?? "";
  const count = Number(/^(\d+) packets/.exec(text)?.[1] ?? Number.NaN);
  const refused = /^refused \((\d{3})\)$/.exec(text)?.[1];
  if (refused !== undefined) return `${w.refused(refused)}. ${refusal(Number(refused))}`;
  if (step === "answer" && state === "failed") return `${w.unanswered}. ${w.advice.unanswered}`;
  if (step === "sound_out" && state === "ok") return w.echo;
  if (step === "sound_out" && !Number.isNaN(count)) return w.sent(count);
  if (step === "sound_in" && !Number.isNaN(count)) return count === 0 ? w.advice.silent : w.received(count);
  return [text, advice ?? ""].filter((one) => one !== "").join(". ");
}
