/** How many calls there were. */
import { api, dataOf, type Of } from "../../api";
import { shownZone } from "../../words/format";
import { dayIn, dayStart } from "../../words/zone";

export type Stats = Of<"Stats">;

export type Range = "today" | "week" | "month";
const DAYS: Record<Range, number> = { today: 1, week: 7, month: 30 };


/** From the midnight with which it begins, by the account's clock. */
export async function statsOf(account: string, range: Range): Promise<Stats> {
  const zone = shownZone.value;
  const from = dayStart(dayIn(new Date(), zone), zone, 1 - DAYS[range]);
  const query = { step: range === "today" ? "hour" as const : "day" as const, ...(from === undefined ? {} : { from }) };
  return dataOf(await api.GET("/accounts/{account_id}/stats", { params: { path: { account_id: account }, query } }));
}
