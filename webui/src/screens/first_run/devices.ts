/** Extensions of the first account, and the phones that have registered for them, as they come. */
import { api, dataOf } from "../../api";
import { useAsk, type Asked } from "../../app/ask";
import { useDevices as useAllDevices, type Device } from "../../app/devices";
import type { Extension } from "../../app/directory";

export type { Device, Extension };

const SECONDS = 5;

/** The first hundred, by number: whoever makes more finds them in their place. */
export function useExtensions(account_id: string): Asked<Extension[]> {
  const query = { limit: 100, sort: "number", order: "asc" } as const;
  return useAsk(async () => dataOf(await api.GET("/accounts/{account_id}/extensions", { params: { path: { account_id }, query } })).items, [account_id]);
}

/** By extension. */
export function useDevices(account_id: string): ReadonlyMap<string, Device> {
  const asked = useAllDevices(account_id, undefined, SECONDS);
  return new Map((asked.data ?? []).map((one) => [one.extension_id, one]));
}
