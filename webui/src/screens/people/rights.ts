/** What can be given to a member, and how far each role reaches: the table of `pabxd/model/src/role.rs`, but for what is the box's alone. */
import type { Of } from "../../api";

export type Reach = "none" | "own" | "account";
/** What a membership says of one permission, on top of its role. */
export type Choice = "role" | "given" | "denied";

const ADMIN_AND_OWN = [
  "accounts.read", "extensions.read", "features.read", "features.write", "users.read", "users.write", "calls.read", "recordings.read", "reports.read",
  "audit.read",
] as const;
const ADMIN_ONLY = [
  "extensions.write", "trunks.read", "trunks.write", "routes.read", "routes.write", "calls.listen", "calls.whisper", "calls.barge", "recordings.delete",
  "reports.export",
] as const;

export type Permission = (typeof ADMIN_AND_OWN)[number] | (typeof ADMIN_ONLY)[number];

/** In the order in which they are shown. */
export const PERMISSIONS: readonly Permission[] = [
  "calls.read", "calls.listen", "calls.whisper", "calls.barge", "recordings.read", "recordings.delete", "reports.read", "reports.export",
  "extensions.read", "extensions.write", "features.read", "features.write", "trunks.read", "trunks.write", "routes.read", "routes.write",
  "users.read", "users.write", "accounts.read", "audit.read",
];

/** How far a role alone reaches. */
export function byRole(role: Of<"RoleWord">, permission: Permission): Reach {
  if (role !== "user") return "account";
  return ADMIN_AND_OWN.some((one) => one === permission) ? "own" : "none";
}

/** A permission in words, by the catalog's names. */
export function wordKey<P extends Permission>(permission: P): WordKey<P> {
  return permission.replace(".", "_") as WordKey<P>;
}

type WordKey<P extends string> = P extends `${infer Thing}.${infer Deed}` ? `${Thing}_${Deed}` : never;

/** How it stands with one permission. */
export function choiceOf(member: Of<"Member">, permission: Permission): Choice {
  if (member.deny.includes(permission)) return "denied";
  return member.allow.includes(permission) ? "given" : "role";
}
