/**
 * How many calls there were. `GET …/stats` counts them; a box that has no such route yet has its last calls counted here.
 * Untyped until the route stands in `schema.d.ts`.
 */
import { api, dataOf } from "../../api";

export interface Counts {
  inbound: number;
  outbound: number;
  internal: number;
  answered: number;
  missed: number;
  talk_seconds: number;
}

export interface Stats {
  buckets: readonly (Counts & { start: string })[];
  totals: Counts;
  trunks: readonly { trunk_id: string; calls: number; peak: number }[];
  /** Counted here, of no more calls than one page has. */
  partial: boolean;
}

export type Range = "today" | "week" | "month";
const DAYS: Record<Range, number> = { today: 1, week: 7, month: 30 };
const HOUR_MS = 3_600_000;
const PAGE = 500;

/** The midnight with which it begins, by the clock of whoever looks. */
function beginning(range: Range): Date {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - DAYS[range] + 1);
  return day;
}

export async function statsOf(account: string, range: Range): Promise<Stats> {
  const step = range === "today" ? "hour" : "day";
  const words = new URLSearchParams({ step, from: beginning(range).toISOString() });
  const answer = await fetch(`/api/v1/accounts/${encodeURIComponent(account)}/stats?${words.toString()}`).catch(() => undefined);
  const found: unknown = answer?.ok ? await answer.json() : undefined;
  return isStats(found) ? { ...found, partial: false } : counted(account, range);
}

function isStats(found: unknown): found is Stats {
  return typeof found === "object" && found !== null && "buckets" in found && Array.isArray(found.buckets) && "totals" in found && "trunks" in found;
}

function none(): Counts {
  return { inbound: 0, outbound: 0, internal: 0, answered: 0, missed: 0, talk_seconds: 0 };
}

async function counted(account: string, range: Range): Promise<Stats> {
  const from = beginning(range);
  const query = { from: from.toISOString(), limit: PAGE };
  const page = dataOf(await api.GET("/accounts/{account_id}/calls", { params: { path: { account_id: account }, query } }));
  const buckets = empty(from, range);
  const totals = none();
  const trunks = new Map<string, number>();
  for (const call of page.items) {
    const bucket = [...buckets].reverse().find((one) => one.start <= new Date(call.start_time).toISOString());
    for (const one of bucket ? [bucket, totals] : [totals]) {
      if (call.direction === "inbound" || call.direction === "outbound" || call.direction === "internal") one[call.direction] += 1;
      if (call.answer_time != null) one.answered += 1;
      else if (call.direction === "inbound") one.missed += 1;
      one.talk_seconds += Math.floor(call.duration_ms / 1000);
    }
    if (call.trunk_id) trunks.set(call.trunk_id, (trunks.get(call.trunk_id) ?? 0) + 1);
  }
  const partial = page.next_cursor != null;
  return { buckets, totals, partial, trunks: [...trunks].map(([trunk_id, calls]) => ({ trunk_id, calls, peak: 0 })) };
}

function empty(from: Date, range: Range): (Counts & { start: string })[] {
  const count = range === "today" ? 24 : DAYS[range];
  return Array.from({ length: count }, (_, index) => {
    const start = new Date(from);
    if (range === "today") start.setTime(start.getTime() + index * HOUR_MS);
    else start.setDate(start.getDate() + index);
    return { start: start.toISOString(), ...none() };
  });
}
