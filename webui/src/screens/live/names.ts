/** What the extensions and trunks of the account are called. */
import { api, dataOf } from "../../api";
import { useAsk } from "../../app/ask";
import { can } from "../../app/session";

export interface Names {
  /** Of extensions, by number. */
  extensions: ReadonlyMap<string, string>;
  trunks: ReadonlyMap<string, string>;
}

const PAGES = 10;

async function extensions(account: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let cursor: string | undefined;
  for (let page = 0; page < PAGES && can("extensions.read"); page++) {
    const query = { limit: 500, ...(cursor === undefined ? {} : { cursor }) };
    const answer = dataOf(await api.GET("/accounts/{account_id}/extensions", { params: { path: { account_id: account }, query } }));
    for (const one of answer.items) found.set(one.number, one.name);
    cursor = answer.next_cursor ?? undefined;
    if (cursor === undefined) break;
  }
  return found;
}

async function trunks(account: string): Promise<Map<string, string>> {
  if (!can("trunks.read")) return new Map();
  const answer = dataOf(await api.GET("/accounts/{account_id}/trunks", { params: { path: { account_id: account }, query: { limit: 500 } } }));
  return new Map(answer.items.map((one) => [one.trunk_id, one.name]));
}

const NONE: Names = { extensions: new Map(), trunks: new Map() };

/** Calls are shown without them as long as they are on their way, or may not be read. */
export function useNames(account: string): Names {
  const asked = useAsk(async () => {
    const [own, lines] = await Promise.all([extensions(account), trunks(account)]);
    return { extensions: own, trunks: lines };
  }, [account]);
  return asked.data ?? NONE;
}
