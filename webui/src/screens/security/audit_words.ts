import type { Of } from "../../api";
import { accounts } from "../../app/session";
import { common } from "../../words/common";
import { words } from "./words";

const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

export type Entry = Of<"AuditEntry">;

/** Kinds of actions that can be looked for, as actions begin. */
export const GROUPS = [
  "session", "user", "member", "extension", "trunk", "route", "dialling", "time_condition", "phone_book", "call_pin", "account", "certificate", "setting",
] as const;

export function actionWords(action: string): string {
  const known = words().actions as Record<string, string | undefined>;
  return known[action.replaceAll(".", "_")] ?? action;
}

/** Who: a name, or what kind of thing has done it. */
export function actorWords(entry: Entry): string {
  const kinds = words().actors as Record<string, string | undefined>;
  const kind = kinds[entry.actor_kind];
  if (entry.actor_kind === "user" || kind === undefined) return entry.actor_name || entry.actor_kind;
  return entry.actor_kind === "api_key" ? `${kind}: ${entry.actor_name}` : kind;
}

/** On what: the name of the thing where the entry knows it, else its id. */
export function objectWords(entry: Entry): string {
  for (const side of [entry.after, entry.before]) {
    if (typeof side !== "object" || side === null) continue;
    const values = side as Record<string, unknown>;
    for (const key of ["name", "number", "extension_number", "full_name", "username"]) {
      const found = values[key];
      if (typeof found === "string" && found !== "") return found;
    }
  }
  const id = entry.object_id ?? "";
  const account = accounts.value.find((one) => one.account_id === id);
  // Ids say nothing to people; they stand in what was changed.
  return account?.name ?? (id === "" || ID.test(id) ? common().states.none : id);
}
