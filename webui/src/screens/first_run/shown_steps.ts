import type { Step } from "../../ui";
import type { LaterStep } from "./later";

const STATES: Record<string, Step["state"]> = {
  ok: "good", good: "good", failed: "bad", bad: "bad", warning: "warn", warn: "warn", waiting: "waiting", running: "busy", busy: "busy", unknown: "warn", skipped: "skipped",
};

/** Our words for a step, by the box's name of it: its title, and what to do where it failed. */
export type StepWords = Readonly<Record<string, string | { title: string; advice: string }>>;

/** Steps as the box tells them. `running`: the first that waits is the one that is at work. */
export function stepsOf(steps: readonly LaterStep[], titles: StepWords, findings: Readonly<Record<string, string>>, running = false): Step[] {
  const atWork = running ? steps.findIndex((one) => one.state === "waiting") : -1;
  return steps.map((one, index) => {
    const state = index === atWork ? "busy" : (STATES[one.state] ?? "waiting");
    const own = titles[one.step];
    const title = typeof own === "object" ? own.title : (own ?? one.step);
    const failed = state === "bad" || state === "warn";
    const advice = failed ? (typeof own === "object" ? own.advice : one.advice) : undefined;
    const found = one.finding ? findingOf(one.finding, findings) : undefined;
    const detail = [found, advice].filter(Boolean).join(". ");
    return { key: one.step, title, state, ...(detail === "" ? {} : { detail }) };
  });
}

/** `refused (403)`: our words for what was found, and the status as it came. How many servers there are says nothing to most. */
function findingOf(finding: string, findings: Readonly<Record<string, string>>): string {
  if (/^\d+ servers$/.test(finding)) return "";
  const [, text = finding, status = ""] = /^(.*?)( \(\d+\))?$/.exec(finding) ?? [];
  return `${findings[text] ?? text}${status}`;
}
