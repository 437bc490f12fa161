/** The accounts as they stand now. */
import { api, dataOf, type Of } from "../../api";

export type AccountStats = Of<"AccountStats">;
export type BoxStats = Of<"BoxStats">;

export async function boxStats(): Promise<BoxStats> {
  return dataOf(await api.GET("/stats"));
}
