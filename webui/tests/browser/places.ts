/** Every screen: its address, and who may open it. `{a}` is the account, others are what `tests/web/filling.py` made. */
import type { RoleName } from "./office";

export interface Screen {
  path: string;
  roles: readonly RoleName[];
}

const ALL: readonly RoleName[] = ["boss", "admin", "user"];
const ADMINS: readonly RoleName[] = ["boss", "admin"];
const BOSS: readonly RoleName[] = ["boss"];

/** Of a place, the address itself and what lies below it. */
function below(place: string, roles: readonly RoleName[], ...parts: readonly string[]): Screen[] {
  return ["", ...parts].map((part) => ({ path: part === "" ? place : `${place}/${part}`, roles }));
}

export const SCREENS: readonly Screen[] = [
  ...below("/overview", BOSS, "accounts", "accounts/new", "accounts/import", "administrators", "administrators/new"),
  ...below("/a/{a}/dashboard", ALL),
  ...below("/a/{a}/live", ALL),
  ...below("/a/{a}/history", ALL),
  ...below("/a/{a}/history/{call}", ADMINS),
  ...below("/a/{a}/extensions", ADMINS, "{extension}", "new", "range", "paste"),
  ...below("/a/{a}/hours", ADMINS, "{hours}", "new"),
  ...below("/a/{a}/trunks", ADMINS, "{trunk}", "{trunk}/settings", "{trunk}/rates", "new"),
  ...below("/a/{a}/routes", ADMINS, "inbound/new", "outbound", "outbound/new", "dialling", "pins", "path", "phone-book"),
  ...below("/a/{a}/people", ADMINS, "new"),
  ...below("/a/{a}/security", ADMINS, "audit"),
  ...below("/a/{a}/security/bans", BOSS),
  ...below("/a/{a}/security/rules", BOSS),
  ...below("/system", BOSS, "network", "time", "certificates", "backup", "updates", "notify", "log"),
  ...below("/me", ALL, "password", "second-factor", "sessions", "keys"),
  ...below("/parts", BOSS),
];
