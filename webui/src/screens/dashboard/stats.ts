/** How many calls there were. */
import { api, dataOf, type Of } from "../../api";

export type Stats = Of<"Stats">;

export type Range = "today" | "week" | "month";
const DAYS: Record<Range, number> = { today: 1, week: 7, month: 30 };

/** The midnight with which it begins, by the clock of whoever looks. */
function beginning(range: Range): Date {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - DAYS[range] + 1);
  return day;
}

export async function statsOf(account: string, range: Range): Promise<Stats> {
  const query = { step: range === "today" ? "hour" : "day", from: beginning(range).toISOString() } as const;
  return dataOf(await api.GET("/accounts/{account_id}/stats", { params: { path: { account_id: account }, query } }));
}
