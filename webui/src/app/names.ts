/** Names of what calls are about: extensions by number and id, trunks by id; for who may read them. */
import { useAsk } from "./ask";
import { extensionsOf, trunksOf, type Extension, type Trunk } from "./directory";
import { accountId } from "./session";

export interface Names {
  extensions: readonly Extension[];
  byNumber: ReadonlyMap<string, Extension>;
  trunks: readonly Trunk[];
  trunk(id: string | null | undefined): string | undefined;
}

const NOTHING: Names = { extensions: [], byNumber: new Map(), trunks: [], trunk: () => undefined };

async function read(account: string): Promise<Names> {
  const [extensions, trunks] = await Promise.all([extensionsOf(account, "own"), trunksOf(account)]);
  const byTrunk = new Map(trunks.map((one) => [one.trunk_id, one.name]));
  return { extensions, trunks, byNumber: new Map(extensions.map((one) => [one.number, one])), trunk: (id) => byTrunk.get(id ?? "") };
}

/** Empty until they are there: what they are names of is shown without. */
export function useNames(): Names {
  return useAsk(() => read(accountId.value ?? ""), [accountId.value]).data ?? NOTHING;
}
