/** The week: what the form holds, and what is sent of it. */
import type { Of } from "../../api";

type Weekly = Of<"WeeklyBody">;

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];
export const WORKING: readonly Day[] = ["tue", "wed", "thu", "fri"];

/** `HH:MM` each; an end of `00:00` is midnight, as a field for times cannot hold `24:00`. */
export interface Span {
  from: string;
  to: string;
}

export type Week = Readonly<Record<Day, readonly Span[]>>;

export const MINUTES = 1440;
const MIDNIGHT = "24:00";

export function minutesOf(text: string): number {
  const [hours = "0", minutes = "0"] = text.split(":");
  return Number(hours) * 60 + Number(minutes);
}

/** When a span ends, beyond the day where it runs past midnight. */
export function endOf({ from, to }: Span): number {
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  return end === 0 ? MINUTES : end < begin ? end + MINUTES : end;
}

export function fieldOf(text: string): string {
  return text === MIDNIGHT ? "00:00" : text;
}

export function sentEnd(text: string): string {
  return text === "00:00" ? MIDNIGHT : text;
}

function sorted(spans: readonly Span[]): Span[] {
  return [...spans].sort((a, b) => minutesOf(a.from) - minutesOf(b.from));
}

export function weekOf(weekly: readonly Weekly[]): Week {
  const on = (day: Day) => sorted(weekly.filter((one) => one.days.includes(day)).map((one) => ({ from: one.from, to: fieldOf(one.to) })));
  return Object.fromEntries(DAYS.map((day) => [day, on(day)])) as unknown as Week;
}

/** Days with the same hours go together, as the API takes 50 spans. */
export function weeklyOf(week: Week): Weekly[] {
  const all = new Map<string, Weekly>();
  for (const day of DAYS) {
    for (const { from, to } of week[day]) {
      const key = `${from} ${to}`;
      const known = all.get(key);
      if (known) known.days.push(day);
      else all.set(key, { days: [day], from, to: sentEnd(to) });
    }
  }
  return [...all.values()];
}

export type SpanError = "incomplete" | "same" | "overlaps";

/** What is wrong with a span among those of its day. */
export function spanError(spans: readonly Span[], index: number): SpanError | undefined {
  const own = spans[index];
  if (own === undefined) return undefined;
  if (!/^\d\d:\d\d$/.test(own.from) || !/^\d\d:\d\d$/.test(own.to)) return "incomplete";
  if (own.from === own.to && own.from !== "00:00") return "same";
  const meets = spans.some((one, other) => other < index && minutesOf(one.from) < endOf(own) && minutesOf(own.from) < endOf(one));
  return meets ? "overlaps" : undefined;
}

/** A span that is added: after the last one of the day, else the usual hours. */
export function nextSpan(spans: readonly Span[]): Span {
  const last = spans.at(-1);
  if (last === undefined) return { from: "08:00", to: "18:00" };
  const begin = Math.min(endOf(last) + 60, MINUTES - 60);
  const text = (minutes: number) => `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  return { from: text(begin), to: text(Math.min(begin + 240, MINUTES)) };
}

/** Parts of a day's line in minutes: its own spans, and what runs over from the day before. */
export function partsOf(week: Week, day: Day): { begin: number; end: number; over: boolean }[] {
  const before = DAYS[(DAYS.indexOf(day) + 6) % 7] ?? "sun";
  const complete = (spans: readonly Span[]) => spans.filter((_, index) => !["incomplete", "same"].includes(spanError(spans, index) ?? ""));
  const over = complete(week[before]).filter((one) => endOf(one) > MINUTES).map((one) => ({ begin: 0, end: endOf(one) - MINUTES, over: true }));
  return [...over, ...complete(week[day]).map((one) => ({ begin: minutesOf(one.from), end: Math.min(endOf(one), MINUTES), over: false }))];
}
