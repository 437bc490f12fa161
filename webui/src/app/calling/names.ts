/** What may be named as a destination or a way, and what it is called. */
import type { Of } from "../../api";
import { useAsk, type Asked } from "../ask";
import { extensionsOf, hoursOf, trunksOf } from "../directory";
import { accountId } from "../session";

export interface Named {
  id: string;
  label: string;
}

export interface Names {
  extensions: readonly Named[];
  hours: readonly Named[];
  trunks: readonly Named[];
}

/** Those of the account that is looked at. */
export function useNames(): Asked<Names> {
  const account = accountId.value ?? "";
  return useAsk(async () => {
    const [extensions, hours, trunks] = await Promise.all([extensionsOf(account), hoursOf(account), trunksOf(account)]);
    return {
      extensions: extensions.map((one) => ({ id: one.extension_id, label: one.name === "" || one.name === one.number ? one.number : `${one.number} · ${one.name}` })),
      hours: hours.map((one) => ({ id: one.time_condition_id, label: one.name })),
      trunks: trunks.map((one) => ({ id: one.trunk_id, label: one.name })),
    };
  }, [account]);
}

/** The name; nothing where it is unknown. */
export function nameIn(list: readonly Named[], id: string): string | undefined {
  return list.find((one) => one.id === id)?.label;
}

export type Destination = Of<"DestinationBody">;
