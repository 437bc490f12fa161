/** What may be named as a destination or a way, and what it is called. */
import { api, dataOf, type Of } from "../../api";
import { useAsk, type Asked } from "../ask";
import { accountId, can } from "../session";
import { everyOne } from "./pages";

export interface Named {
  id: string;
  label: string;
}

export interface Names {
  extensions: readonly Named[];
  hours: readonly Named[];
  trunks: readonly Named[];
}

async function extensions(account_id: string): Promise<Named[]> {
  if (!can("extensions.read")) return [];
  const all = await everyOne((query) => api.GET("/accounts/{account_id}/extensions", { params: { path: { account_id }, query } }).then(dataOf));
  return all.map((one) => ({ id: one.extension_id, label: one.name === "" || one.name === one.number ? one.number : `${one.number} · ${one.name}` }));
}

async function hours(account_id: string): Promise<Named[]> {
  if (!can("routes.read")) return [];
  const all = await everyOne((query) => api.GET("/accounts/{account_id}/time-conditions", { params: { path: { account_id }, query } }).then(dataOf));
  return all.map((one) => ({ id: one.time_condition_id, label: one.name }));
}

async function trunks(account_id: string): Promise<Named[]> {
  if (!can("trunks.read")) return [];
  const all = await everyOne((query) => api.GET("/accounts/{account_id}/trunks", { params: { path: { account_id }, query } }).then(dataOf));
  return all.map((one) => ({ id: one.trunk_id, label: one.name }));
}

/** Those of the account that is looked at. */
export function useNames(): Asked<Names> {
  const account = accountId.value ?? "";
  return useAsk(async () => {
    const [a, b, c] = await Promise.all([extensions(account), hours(account), trunks(account)]);
    return { extensions: a, hours: b, trunks: c };
  }, [account]);
}

/** The name; nothing where it is unknown. */
export function nameIn(list: readonly Named[], id: string): string | undefined {
  return list.find((one) => one.id === id)?.label;
}

export type Destination = Of<"DestinationBody">;
