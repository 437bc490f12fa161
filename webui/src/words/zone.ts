/** Days and times of a zone, as fields for date and time write them (`2026-11-26T14:05`), and moments. Without a zone: the browser's. */

const made = new Map<string, Intl.DateTimeFormat>();

/** A zone that the browser does not know is taken for its own. */
function formatOf(zone: string | undefined): Intl.DateTimeFormat {
  const found = made.get(zone ?? "");
  if (found) return found;
  const options = { hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
  const format = new Intl.DateTimeFormat("en-US", isKnown(zone) ? { ...options, timeZone: zone } : options);
  made.set(zone ?? "", format);
  return format;
}

/** Whether the browser has its rules. */
export function isKnown(zone: string | undefined): zone is string {
  if (zone === undefined) return false;
  try {
    return Boolean(new Intl.DateTimeFormat("en-US", { timeZone: zone }));
  } catch {
    return false;
  }
}

function written(at: Date, zone: string | undefined): string {
  const parts = formatOf(zone).formatToParts(at);
  const of = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return `${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}`;
}

/** The moment as a clock of the zone shows it; empty where it is none. */
export function toLocal(moment: string, zone?: string): string {
  const at = new Date(moment);
  return Number.isNaN(at.getTime()) ? "" : written(at, zone);
}

/** When a clock of the zone shows this; where it does so twice, one of the two. */
export function toMoment(local: string, zone?: string): string | undefined {
  const wanted = new Date(`${local}Z`).getTime();
  if (Number.isNaN(wanted)) return undefined;
  let at = wanted;
  for (let turn = 0; turn < 2; turn++) at += wanted - new Date(`${written(new Date(at), zone)}Z`).getTime();
  return new Date(at).toISOString();
}

/** The day of the zone's calendar. */
export function dayIn(at: Date, zone?: string): string {
  return written(at, zone).slice(0, 10);
}

const MINUTE = 60_000;
const DAY = 1440;

/** The first moment of a day of the zone, or of one so many days later; nothing where the text is no day. Midnight need not exist. */
export function dayStart(day: string, zone?: string, later = 0): string | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day);
  if (!parts) return undefined;
  const wanted = new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + later));
  const text = wanted.toISOString().slice(0, 10);
  let [low, high] = [wanted.getTime() / MINUTE - DAY, wanted.getTime() / MINUTE + DAY];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (dayIn(new Date(middle * MINUTE), zone) < text) low = middle;
    else high = middle;
  }
  return new Date(high * MINUTE).toISOString();
}

/** Whether two clocks show the same, now and in half a year. */
export function sameClock(one: string | undefined, other: string | undefined, now = Date.now()): boolean {
  return [now, now + 182 * DAY * MINUTE].every((at) => written(new Date(at), one) === written(new Date(at), other));
}
