/** The extensions of the account, for a choice and for showing their numbers. */
import { api, dataOf, type Of } from "../../api";
import { useAsk, type Asked } from "../../app/ask";
import { accountId, can } from "../../app/session";
import type { Option } from "../../ui";

export type Extension = Of<"Extension">;

const PAGE = 500;
const PAGES = 8;

async function all(account: string): Promise<Extension[]> {
  const found: Extension[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const query = { limit: PAGE, sort: "number" as const, ...(cursor === undefined ? {} : { cursor }) };
    const answer = dataOf(await api.GET("/accounts/{account_id}/extensions", { params: { path: { account_id: account }, query } }));
    found.push(...answer.items);
    cursor = answer.next_cursor ?? undefined;
    if (cursor === undefined) break;
  }
  return found;
}

/** Nothing for who may not see them. */
export function useExtensions(): Asked<Extension[]> {
  const account = accountId.value ?? "";
  return useAsk(async () => (can("extensions.read") ? all(account) : []), [account]);
}

/** For a field: none, then each with its name. */
export function extensionOptions(list: readonly Extension[], none: string): Option[] {
  return [{ value: "", label: none }, ...list.map((one) => ({ value: one.extension_id, label: `${one.number} · ${one.name}` }))];
}
