/** The time that the list is about, as it stands in the address. */
import { dayIn, dayStart } from "../../words/zone";

export interface Range {
  from?: string;
  to?: string;
}

/** From the begin of the first day to the end of the last, by the clocks of the zone. */
export function rangeOf(period: string, from: string, until: string, zone: string | undefined, now = new Date()): Range {
  const back = { today: 0, "7": 6, "30": 29 }[period];
  if (back !== undefined) return begun(dayStart(dayIn(now, zone), zone, -back));
  if (period !== "range") return {};
  const end = dayStart(until, zone, 1);
  return { ...begun(dayStart(from, zone)), ...(end === undefined ? {} : { to: end }) };
}

function begun(from: string | undefined): Range {
  return from === undefined ? {} : { from };
}
