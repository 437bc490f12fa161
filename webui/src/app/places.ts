/**
 * The places of the UI: what stands in the menu, for whom, and where its screen is. A screen comes with its words when it is
 * opened first. Places of an account lie below `/a/ACCOUNT`, those of the box at the top.
 */
import type { IconName } from "../ui";
import { words as overview } from "../screens/overview/words";
import { words as dashboard } from "../screens/dashboard/words";
import { words as live } from "../screens/live/words";
import { words as history } from "../screens/history/words";
import { words as extensions } from "../screens/extensions/words";
import { words as hours } from "../screens/hours/words";
import { words as trunks } from "../screens/trunks/words";
import { words as routes } from "../screens/routes/words";
import { words as people } from "../screens/people/words";
import { words as security } from "../screens/security/words";
import { words as system } from "../screens/system/words";
import { words as me } from "../screens/me/words";
import { common } from "../words/common";
import { screen, type ScreenType } from "./screen";
import { accountId, can, canBox, canOwn, isSuperAdmin } from "./session";

export type PlaceId = keyof ReturnType<typeof common>["places"];

export interface Place {
  id: PlaceId;
  /** Below `/a/ACCOUNT`, or of the box. */
  scope: "account" | "box";
  icon: IconName;
  may: () => boolean;
  /** Among the first of a phone's bar. */
  first?: boolean;
  screen: ScreenType;
}

export const PLACES: readonly Place[] = [
  {
    id: "overview", scope: "box", icon: "overview", first: true, may: () => isSuperAdmin.value,
    screen: screen(overview, () => import("../screens/overview")),
  },
  {
    id: "dashboard", scope: "account", icon: "dashboard", first: true, may: () => canOwn("calls.read"),
    screen: screen(dashboard, () => import("../screens/dashboard")),
  },
  {
    id: "live", scope: "account", icon: "live", first: true, may: () => canOwn("calls.read"),
    screen: screen(live, () => import("../screens/live")),
  },
  {
    id: "history", scope: "account", icon: "history", first: true, may: () => canOwn("calls.read"),
    screen: screen(history, () => import("../screens/history")),
  },
  {
    id: "extensions", scope: "account", icon: "extensions", first: true, may: () => can("extensions.read"),
    screen: screen(extensions, () => import("../screens/extensions")),
  },
  {
    id: "hours", scope: "account", icon: "hours", may: () => can("routes.read"),
    screen: screen(hours, () => import("../screens/hours")),
  },
  {
    id: "trunks", scope: "account", icon: "trunks", may: () => can("trunks.read"),
    screen: screen(trunks, () => import("../screens/trunks")),
  },
  {
    id: "routes", scope: "account", icon: "routes", may: () => can("routes.read"),
    screen: screen(routes, () => import("../screens/routes")),
  },
  {
    id: "people", scope: "account", icon: "people", may: () => can("users.read"),
    screen: screen(people, () => import("../screens/people")),
  },
  {
    id: "security", scope: "account", icon: "security", may: () => can("audit.read"),
    screen: screen(security, () => import("../screens/security")),
  },
  {
    id: "system", scope: "box", icon: "system", may: () => canBox("system.read"),
    screen: screen(system, () => import("../screens/system")),
  },
  {
    id: "me", scope: "box", icon: "me", may: () => false,
    screen: screen(me, () => import("../screens/me")),
  },
];

/** The address of a place, or of something in it. */
export function to(place: PlaceId, below = "", account = accountId.value): string {
  const own = PLACES.find((one) => one.id === place);
  const rest = below === "" ? "" : `/${below}`;
  return own?.scope === "account" ? `/a/${account ?? ""}/${place}${rest}` : `/${place}${rest}`;
}

/** Those that stand in the menu of whoever is here. */
export function menuPlaces(): Place[] {
  return PLACES.filter((one) => one.may() && (one.scope === "box" || accountId.value !== undefined));
}

/** Where one begins. */
export function home(): string {
  const first = menuPlaces()[0];
  return first ? to(first.id) : "/me";
}

/** The place that an address leads to is fetched while it is found out who is here. */
export function preloadPlace(path: string): void {
  const parts = path.split("/").filter((one) => one !== "");
  const name = parts[0] === "a" ? parts[2] : parts[0];
  void PLACES.find((one) => one.id === name)?.screen.preload().catch(() => undefined);
}
