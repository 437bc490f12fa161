/** Routes as the API has them, both kinds in the same form. */
import { api, dataOf, readOf, type Of, type Read } from "../../api";
import { everyOne } from "../../api/pages";
import { accountId } from "../../app/session";
import { changeNow } from "../../app/stale";

export type Inbound = Of<"Inbound">;
export type InboundBody = Of<"InboundBody">;
export type Outbound = Of<"Outbound">;
export type OutboundBody = Of<"OutboundBody">;

/** What both kinds have. */
export interface AnyRoute {
  route_id: string;
  name: string;
  position: number;
  status: Of<"StatusWord">;
}

export interface Resource<Shown, Body> {
  all(): Promise<Shown[]>;
  read(id: string): Promise<Read<Shown>>;
  make(body: Body): Promise<Shown>;
  put(id: string, body: Body, tag: string): Promise<Read<Shown>>;
  drop(id: string): Promise<void>;
  bodyOf(shown: Shown): Body;
}

const own = () => accountId.value ?? "";
const one = (route_id: string) => ({ account_id: own(), route_id });
const IN = "/accounts/{account_id}/inbound-routes";
const OUT = "/accounts/{account_id}/outbound-routes";

export const inbound: Resource<Inbound, InboundBody> = {
  all: () => everyOne((query) => api.GET(IN, { params: { path: { account_id: own() }, query } }).then(dataOf)),
  read: (id) => api.GET(`${IN}/{route_id}`, { params: { path: one(id) } }).then(readOf),
  make: (body) => api.POST(IN, { params: { path: { account_id: own() } }, body }).then(dataOf),
  put: (id, body, tag) => api.PUT(`${IN}/{route_id}`, { params: { path: one(id), header: { "If-Match": tag } }, body }).then(readOf),
  drop: async (id) => void (await api.DELETE(`${IN}/{route_id}`, { params: { path: one(id) } })),
  bodyOf: ({ name, position, trunk_id = null, did_pattern, caller_pattern = null, destination = null, status }) =>
    ({ name, position, trunk_id, did_pattern, caller_pattern, destination, status }),
};

export const outbound: Resource<Outbound, OutboundBody> = {
  all: () => everyOne((query) => api.GET(OUT, { params: { path: { account_id: own() }, query } }).then(dataOf)),
  read: (id) => api.GET(`${OUT}/{route_id}`, { params: { path: one(id) } }).then(readOf),
  make: (body) => api.POST(OUT, { params: { path: { account_id: own() } }, body }).then(dataOf),
  put: (id, body, tag) => api.PUT(`${OUT}/{route_id}`, { params: { path: one(id), header: { "If-Match": tag } }, body }).then(readOf),
  drop: async (id) => void (await api.DELETE(`${OUT}/{route_id}`, { params: { path: one(id) } })),
  bodyOf: ({ name, position, pattern, strip, prefix, trunks, trunk_order = null, failover_after_ringing = false, status }) =>
    ({ name, position, pattern, strip, prefix, trunks, trunk_order, failover_after_ringing, status }),
};

/** Changes one word of something, whatever else was changed meanwhile. */
export async function change<Shown, Body>(of: Resource<Shown, Body>, id: string, what: Partial<Body>): Promise<void> {
  await changeNow(() => of.read(id), ({ data, tag }) => of.put(id, { ...of.bodyOf(data), ...what }, tag));
}
