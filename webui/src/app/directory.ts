/** What an account has that calls are about, read whole, for who may read it: nothing for others. */
import { api, dataOf, type Of } from "../api";
import { everyOne } from "../api/pages";
import { can, canOwn } from "./session";

export type Extension = Of<"Extension">;
export type Trunk = Of<"Trunk">;
export type Hours = Of<"TimeConditionShown">;

/** By number. `own`: also for who may see only the own one. */
export async function extensionsOf(account_id: string, own: "all" | "own" = "all"): Promise<Extension[]> {
  if (!(own === "own" ? canOwn("extensions.read") : can("extensions.read"))) return [];
  const params = (query: { limit: number; cursor?: string }) => ({ path: { account_id }, query: { ...query, sort: "number" as const } });
  return everyOne((query) => api.GET("/accounts/{account_id}/extensions", { params: params(query) }).then(dataOf), 10_000);
}

export async function trunksOf(account_id: string): Promise<Trunk[]> {
  if (!can("trunks.read")) return [];
  return everyOne((query) => api.GET("/accounts/{account_id}/trunks", { params: { path: { account_id }, query } }).then(dataOf));
}

/** By name. */
export async function hoursOf(account_id: string): Promise<Hours[]> {
  if (!can("routes.read")) return [];
  const params = (query: { limit: number; cursor?: string }) => ({ path: { account_id }, query: { ...query, sort: "name" as const } });
  return everyOne((query) => api.GET("/accounts/{account_id}/time-conditions", { params: params(query) }).then(dataOf));
}
