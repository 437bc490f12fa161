/** Hours as the API has them. */
import { api, dataOf, readOf, type Of, type Read } from "../../api";
import { everyOne } from "../../api/pages";
import { hoursOf, type Hours } from "../../app/directory";
import { accountId } from "../../app/session";

export type { Hours };
export type HoursBody = Of<"TimeConditionBody">;
export type Switch = Of<"OverrideBody">;

const ALL = "/accounts/{account_id}/time-conditions";
const own = () => accountId.value ?? "";
const at = (time_condition_id: string) => ({ account_id: own(), time_condition_id });

export const allHours = () => hoursOf(own());

export function readHours(id: string): Promise<Read<Hours>> {
  return api.GET(`${ALL}/{time_condition_id}`, { params: { path: at(id) } }).then(readOf);
}

export function makeHours(body: HoursBody): Promise<Hours> {
  return api.POST(ALL, { params: { path: { account_id: own() } }, body }).then(dataOf);
}

export function putHours(id: string, body: HoursBody, tag: string): Promise<Read<Hours>> {
  return api.PUT(`${ALL}/{time_condition_id}`, { params: { path: at(id), header: { "If-Match": tag } }, body }).then(readOf);
}

export function switchHours(id: string, body: Switch): Promise<Read<Hours>> {
  return api.PUT(`${ALL}/{time_condition_id}/override`, { params: { path: at(id) }, body }).then(readOf);
}

export async function dropHours(id: string): Promise<void> {
  await api.DELETE(`${ALL}/{time_condition_id}`, { params: { path: at(id) } });
}

/** What leads to these hours: names of inbound routes and of other hours. */
export async function usersOf(id: string): Promise<string[]> {
  const routes = await everyOne((query) => api.GET("/accounts/{account_id}/inbound-routes", { params: { path: { account_id: own() }, query } }).then(dataOf));
  const leads = (to: Of<"DestinationBody"> | null | undefined) => to?.kind === "time_condition" && to.time_condition_id === id;
  const others = (await allHours()).filter((one) => leads(one.open) || leads(one.closed));
  return [...routes.filter((one) => leads(one.destination)), ...others].map((one) => one.name);
}
