/** The box itself. */
import type { ComponentType } from "preact";
import { useLocation } from "preact-iso";
import { to } from "../../app/places";
import { useBelow } from "../../app/screen";
import { canBox } from "../../app/session";
import { Page, Tabs } from "../../ui";
import { Backup } from "./backup";
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

export default function System() {
  const w = words();
  const { path } = useLocation();
  const [below] = useBelow();
  const parts = (Object.keys(PARTS) as Part[]).filter((one) => PARTS[one].may());
  const part = parts.find((one) => one === below) ?? "state";
  const Open = PARTS[part].screen;
  return (
    <Page title={w.title}>
      <Tabs label={w.title} path={path} tabs={parts.map((one) => ({ href: one === "state" ? to("system") : to("system", one), label: w.tabs[one] }))} />
      <Open />
    </Page>
  );
}
