/** Names of what calls are about: extensions by number and id, trunks by id; for who may read them. */
import { api, dataOf, type Of } from "../../api";
import { useAsk } from "../ask";
import { accountId, can, canOwn } from "../session";

const PAGE = 500;

export interface Names {
  extensions: readonly Of<"Extension">[];
  byNumber: ReadonlyMap<string, Of<"Extension">>;
  trunks: readonly Of<"Trunk">[];
  trunk(id: string | null | undefined): string | undefined;
}

const NOTHING: Names = { extensions: [], byNumber: new Map(), trunks: [], trunk: () => undefined };

async function all<T>(ask: (cursor: string | undefined) => Promise<{ items: T[]; next_cursor?: string | null }>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(cursor);
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

async function read(account: string): Promise<Names> {
  const params = (cursor: string | undefined) => ({
    params: { path: { account_id: account }, query: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } },
  });
  const [extensions, trunks] = await Promise.all([
    canOwn("extensions.read") ? all(async (cursor) => dataOf(await api.GET("/accounts/{account_id}/extensions", params(cursor)))) : [],
    can("trunks.read") ? all(async (cursor) => dataOf(await api.GET("/accounts/{account_id}/trunks", params(cursor)))) : [],
  ]);
  const byTrunk = new Map(trunks.map((one) => [one.trunk_id, one.name]));
  return { extensions, trunks, byNumber: new Map(extensions.map((one) => [one.number, one])), trunk: (id) => byTrunk.get(id ?? "") };
}

/** Empty until they are there: what they are names of is shown without. */
export function useNames(): Names {
  return useAsk(() => read(accountId.value ?? ""), [accountId.value]).data ?? NOTHING;
}
