/** Times in the zone of an office, which need not be that of whoever looks. */
import { language } from "../../words/language";

function format(zone: string, options: Intl.DateTimeFormatOptions, tag: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(tag, { ...options, timeZone: zone });
  } catch {
    // A zone that the browser does not know.
    return new Intl.DateTimeFormat(tag, options);
  }
}

function dayIn(zone: string, at: number): string {
  return format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }, "en-CA").format(at);
}

/** The first instant of tomorrow. */
export function endOfDay(zone: string, now: number): number {
  const today = dayIn(zone, now);
  let [low, high] = [now, now + 30 * 3_600_000];
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2);
    if (dayIn(zone, middle) === today) low = middle;
    else high = middle;
  }
  return Math.round(high / 60_000) * 60_000;
}

/** 18:00; Monday 08:00; 30 November 08:00, as near as it is. */
export function whenIn(zone: string, at: string, now: number): string {
  const when = Date.parse(at);
  const clock = { hour: "2-digit", minute: "2-digit" } as const;
  if (dayIn(zone, when) === dayIn(zone, now)) return format(zone, clock, language.value).format(when);
  const near = when - now < 6 * 86_400_000;
  return format(zone, near ? { weekday: "long", ...clock } : { day: "numeric", month: "long", ...clock }, language.value).format(when);
}

/** Where the day of the week and the minute of the day stand now: 0 is Monday. */
export function nowIn(zone: string, now: number): { day: number; minute: number } {
  const parts = format(zone, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, "en-US").formatToParts(now);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return { day: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(part("weekday")), minute: Number(part("hour")) * 60 + Number(part("minute")) };
}

/** The name of a day of the week: 0 is Monday. */
export function dayName(day: number): string {
  // 5 January 1970 was a Monday.
  return new Intl.DateTimeFormat(language.value, { weekday: "long", timeZone: "UTC" }).format(Date.UTC(1970, 0, 5 + day));
}

