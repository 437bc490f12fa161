/** Alerts, the audit, who is kept out, and what is asked of people. */
import { useLocation } from "preact-iso";
import { to } from "../../app/places";
import { useBelow } from "../../app/screen";
import { canBox } from "../../app/session";
import { Page, Tabs } from "../../ui";
import { Alerts } from "./alerts";
import { Audit } from "./audit";
import { Bans } from "./bans";
import { Rules } from "./rules";
import { words } from "./words";

const PARTS = {
  alerts: { screen: Alerts, may: () => true },
  audit: { screen: Audit, may: () => true },
  bans: { screen: Bans, may: () => canBox("system.read") },
  rules: { screen: Rules, may: () => canBox("system.read") },
};
type Part = keyof typeof PARTS;

export default function Security() {
  const w = words();
  const { path } = useLocation();
  const [below] = useBelow();
  const parts = (Object.keys(PARTS) as Part[]).filter((one) => PARTS[one].may());
  const part = parts.find((one) => one === below) ?? "alerts";
  const Open = PARTS[part].screen;
  return (
    <Page title={w.title}>
      <Tabs label={w.title} path={path} tabs={parts.map((one) => ({ href: one === "alerts" ? to("security") : to("security", one), label: w.tabs[one] }))} />
      <Open />
    </Page>
  );
}
