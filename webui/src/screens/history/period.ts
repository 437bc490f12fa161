/** The time that the list is about, as it stands in the address. */

export interface Range {
  from?: string;
  to?: string;
}

function day(at: Date, back: number): Date {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() - back);
}

/** A day as date fields write it; nothing where it is none. */
function written(text: string): Date | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  return found ? new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3])) : undefined;
}

/** From the begin of the first day to the end of the last, in the time of whoever looks. */
export function rangeOf(period: string, from: string, until: string, now = new Date()): Range {
  if (period === "today") return { from: day(now, 0).toISOString() };
  if (period === "7" || period === "30") return { from: day(now, Number(period) - 1).toISOString() };
  if (period !== "range") return {};
  const [first, last] = [written(from), written(until)];
  return { ...(first && { from: first.toISOString() }), ...(last && { to: day(last, -1).toISOString() }) };
}
