/** The box itself. */
import type { ComponentType } from "preact";
import { useLocation } from "preact-iso";
import { to } from "../../app/places";
import { useBelow } from "../../app/screen";
import { canBox } from "../../app/session";
import { Page, Tabs } from "../../ui";
import { Backup } from "./backup";
import { useInfo } from "./box";
import { Certificates } from "./certificates";
import { Log } from "./log";
import { Network } from "./network";
import { Notify } from "./notify";
import { State } from "./state";
import { Time } from "./time";
import { Updates } from "./updates";
import { words } from "./words";

const PARTS = {
  state: { screen: State, may: () => true },
  network: { screen: Network, may: () => true },
  time: { screen: Time, may: () => true },
  certificates: { screen: Certificates, may: () => true },
  backup: { screen: Backup, may: () => canBox("system.write") },
  updates: { screen: Updates, may: () => canBox("system.update") },
  notify: { screen: Notify, may: () => true },
  log: { screen: Log, may: () => true },
} satisfies Record<string, { screen: ComponentType; may: () => boolean }>;
type Part = keyof typeof PARTS;
/** Of a box that looks after itself. On another machine their addresses say why there is nothing. */
const OF_APPLIANCE: readonly Part[] = ["network", "time", "updates"];

export default function System() {
  const w = words();
  const { path } = useLocation();
  const [below] = useBelow();
  const parts = (Object.keys(PARTS) as Part[]).filter((one) => PARTS[one].may());
  const part = parts.find((one) => one === below) ?? "state";
  const Open = PARTS[part].screen;
  const bare = useInfo().data?.appliance === false;
  const shown = parts.filter((one) => one === part || !bare || !OF_APPLIANCE.includes(one));
  return (
    <Page title={w.title}>
      <Tabs label={w.title} path={path} tabs={shown.map((one) => ({ href: one === "state" ? to("system") : to("system", one), label: w.tabs[one] }))} />
      <Open />
    </Page>
  );
}
