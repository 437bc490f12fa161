/** Times of an account's zone, as fields for date and time write them (`2026-11-26T14:05`), and moments. */

function written(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  }).formatToParts(at);
  const of = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return `${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}`;
}

/** The moment as a clock of the zone shows it; empty where it is none. */
export function toLocal(moment: string, zone: string): string {
  const at = new Date(moment);
  return Number.isNaN(at.getTime()) ? "" : written(at, zone);
}

/** When a clock of the zone shows this; where it does so twice, one of the two. */
export function toMoment(local: string, zone: string): string | undefined {
  const wanted = new Date(`${local}Z`).getTime();
  if (Number.isNaN(wanted)) return undefined;
  let at = wanted;
  for (let turn = 0; turn < 2; turn++) at += wanted - new Date(`${written(new Date(at), zone)}Z`).getTime();
  return new Date(at).toISOString();
}
