/** The extensions of the account, for a choice and for showing their numbers. */
import { useAsk, type Asked } from "../../app/ask";
import { extensionsOf, type Extension } from "../../app/directory";
import { accountId } from "../../app/session";
import type { Option } from "../../ui";

/** Nothing for who may not see them. */
export function useExtensions(): Asked<Extension[]> {
  const account = accountId.value ?? "";
  return useAsk(() => extensionsOf(account), [account]);
}

/** For a field: none, then each with its name. */
export function extensionOptions(list: readonly Extension[], none: string): Option[] {
  return [{ value: "", label: none }, ...list.map((one) => ({ value: one.extension_id, label: `${one.number} · ${one.name}` }))];
}
