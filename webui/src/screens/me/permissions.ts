/** What one may give to a key: what one has oneself. */
import { me } from "../../app/session";
import { words } from "./words";

export function permissionName(permission: string): string {
  const named: Readonly<Record<string, string>> = words().permissions;
  return named[permission.replace(".", "_")] ?? permission;
}

/** In one account, or wherever one has them. */
export function ownPermissions(account_id: string): string[] {
  const memberships = (me.value?.memberships ?? []).filter((one) => account_id === "" || one.account_id === account_id);
  const all = [...(me.value?.permissions ?? []), ...memberships.flatMap((one) => [...one.permissions, ...one.own])];
  return [...new Set(all)];
}
