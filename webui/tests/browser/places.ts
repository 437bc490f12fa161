/** Every screen: its address, and who may open it. `{a}` is the account, others are what `tests/web/filling.py` made. */
import type { RoleName } from "./office";

export interface Screen {
  path: string;
  roles: readonly RoleName[];
}

const ALL: readonly RoleName[] = ["boss", "admin", "user"];
const ADMINS: readonly RoleName[] = ["boss", "admin"];
const BOSS: readonly RoleName[] = ["boss"];

export const SCREENS: readonly Screen[] = [
  { path: "/overview", roles: BOSS },
  { path: "/overview/administrators", roles: BOSS },
  { path: "/a/{a}/dashboard", roles: ALL },
  { path: "/a/{a}/live", roles: ALL },
  { path: "/a/{a}/history", roles: ALL },
  { path: "/a/{a}/history/{call}", roles: ADMINS },
  { path: "/a/{a}/extensions", roles: ADMINS },
  { path: "/a/{a}/extensions/{extension}", roles: ADMINS },
  { path: "/a/{a}/hours", roles: ADMINS },
  { path: "/a/{a}/hours/{hours}", roles: ADMINS },
  { path: "/a/{a}/trunks", roles: ADMINS },
  { path: "/a/{a}/trunks/{trunk}", roles: ADMINS },
  { path: "/a/{a}/routes", roles: ADMINS },
  { path: "/a/{a}/people", roles: ADMINS },
  { path: "/a/{a}/security", roles: ADMINS },
  { path: "/system", roles: BOSS },
  { path: "/me", roles: ALL },
  { path: "/parts", roles: BOSS },
];
