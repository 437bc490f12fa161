/** The usual routes, made by themselves: out over the trunk, in to the first extension. What is there already stays. */
import { api, dataOf } from "../../api";
import type { Extension } from "./devices";
import { words } from "./words";

export interface Routes {
  /** The trunk's name; none: calls stay in the house. */
  out: string | undefined;
  /** Who is called from outside. */
  into: string | undefined;
}

/** Any number, as it is dialled. */
const ALL = ".";

export async function usualRoutes(account_id: string, extensions: readonly Extension[]): Promise<Routes> {
  const params = { path: { account_id }, query: { limit: 1 } };
  const trunk = dataOf(await api.GET("/accounts/{account_id}/trunks", { params })).items[0];
  const first = extensions[0];
  if (trunk === undefined || first === undefined) return { out: undefined, into: undefined };
  const outbound = dataOf(await api.GET("/accounts/{account_id}/outbound-routes", { params })).items[0];
  const inbound = dataOf(await api.GET("/accounts/{account_id}/inbound-routes", { params })).items[0];
  if (outbound === undefined) await makeOut(account_id, trunk.trunk_id);
  if (inbound === undefined) await makeIn(account_id, { trunk_id: trunk.trunk_id, extension_id: first.extension_id, number: trunk.caller_id });
  return { out: trunk.name, into: inbound === undefined ? first.number : undefined };
}

async function makeOut(account_id: string, trunk_id: string): Promise<void> {
  const body = { name: words().routes.out, position: 1, pattern: ALL, strip: 0, prefix: "", trunks: [trunk_id], status: "active" as const };
  await api.POST("/accounts/{account_id}/outbound-routes", { params: { path: { account_id } }, body });
}

/** To the main number where it is known, as the provider writes it, else to any of this trunk: a provider may give the number with or without a plus. */
async function makeIn(account_id: string, to: { trunk_id: string; extension_id: string; number: string | null | undefined }): Promise<void> {
  const patterns = to.number?.startsWith("+") ? [ALL, to.number] : [ALL, "+."];
  for (const [index, did_pattern] of patterns.entries()) {
    const body = {
      name: index === 0 ? words().routes.into : `${words().routes.into} ${index + 1}`, position: index + 1, trunk_id: to.trunk_id, did_pattern,
      destination: { kind: "extension", extension_id: to.extension_id }, status: "active",
    } as const;
    await api.POST("/accounts/{account_id}/inbound-routes", { params: { path: { account_id } }, body });
  }
}
