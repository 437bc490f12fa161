/** Extensions of the first account, and the phones that have registered for them, as they come. */
import { useEffect } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { listen } from "../../api/live";
import { useAsk, type Asked } from "../../app/ask";

export type Extension = Of<"Extension">;
export type Device = Of<"Registration">;

/** The first hundred, by number: whoever makes more finds them in their place. */
export function useExtensions(account_id: string): Asked<Extension[]> {
  const query = { limit: 100, sort: "number", order: "asc" } as const;
  return useAsk(async () => dataOf(await api.GET("/accounts/{account_id}/extensions", { params: { path: { account_id }, query } })).items, [account_id]);
}

/** By extension. */
export function useDevices(account_id: string): ReadonlyMap<string, Device> {
  const asked = useAsk(async () => dataOf(await api.GET("/accounts/{account_id}/registrations", { params: { path: { account_id } } })).items, [account_id], 5);
  useEffect(() => listen(["registration.added", "registration.removed", "registration.reachability", "missed"], asked.reload), []);
  return new Map((asked.data ?? []).map((one) => [one.extension_id, one]));
}
