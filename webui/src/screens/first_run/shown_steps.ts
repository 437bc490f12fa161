import type { Step } from "../../ui";

/** The steps of the network's check, a trunk's test and a phone's test call have one shape. */
interface ToldStep {
  step: string;
  state: string;
  finding?: string | null | undefined;
  advice?: string | null | undefined;
}

const STATES: Record<string, Step["state"]> = {
  ok: "good", passed: "good", failed: "bad", warning: "warn", waiting: "waiting", running: "busy", unknown: "warn", skipped: "skipped",
};

/** Our words for a step, by the box's name of it: its title, what to do where it failed, why it was left out. */
export interface StepWord {
  title: string;
  advice: string;
  skipped?: string;
}
export type StepWords = Readonly<Record<string, StepWord>>;
export type Findings = Readonly<Record<string, string>>;

/** What is worth reading where all is well, and where it is not: addresses and times, which are the same in all languages. */
const TOLD_WHEN_GOOD = new Set(["address", "gateway", "connection", "answer"]);
const TOLD_WHEN_BAD = new Set(["nat", "sip_alg"]);

/** Steps as the box tells them, in our words. `running`: the first that waits is the one that is at work. */
export function stepsOf(steps: readonly ToldStep[], titles: StepWords, findings: Findings, running = false): Step[] {
  const atWork = running ? steps.findIndex((one) => one.state === "waiting") : -1;
  return steps.map((one, index) => {
    const state = index === atWork ? "busy" : (STATES[one.state] ?? "waiting");
    const own = titles[one.step];
    const detail = detailOf(one, state, own, findings);
    return { key: one.step, title: own?.title ?? one.step, state, ...(detail === "" ? {} : { detail }) };
  });
}

function detailOf(one: ToldStep, state: Step["state"], own: StepWord | undefined, findings: Findings): string {
  const finding = one.finding ?? "";
  if (own === undefined) return [finding, one.advice ?? ""].filter(Boolean).join(". ");
  if (state === "skipped") return own.skipped ?? "";
  if (state === "good") return TOLD_WHEN_GOOD.has(one.step) && !/^\d+ servers$/.test(finding) ? finding.replaceAll(" by ", " · ") : "";
  if (state !== "bad" && state !== "warn") return "";
  return [findingOf(finding, findings) ?? (TOLD_WHEN_BAD.has(one.step) ? finding : ""), own.advice].filter(Boolean).join(". ");
}

/** `refused (403)`: our words for what was found, and the status as it came. */
function findingOf(finding: string, findings: Findings): string | undefined {
  const [, text = finding, status = ""] = /^(.*?)( \(\d+\))?$/.exec(finding) ?? [];
  const ours = findings[text];
  return ours && `${ours}${status}`;
}
