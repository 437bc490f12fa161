import { useLocation } from "preact-iso";
import { to } from "../../app/places";
import { canBox } from "../../app/session";
import { Tabs } from "../../ui";
import { words } from "./words";

/** The parts of the overview. */
export function OverviewTabs() {
  const { path } = useLocation();
  const w = words();
  const people = canBox("users.read") ? [{ href: to("overview", "administrators"), label: w.tabs.administrators }] : [];
  return <Tabs label={w.title} path={path} tabs={[{ href: to("overview"), label: w.tabs.now }, { href: to("overview", "accounts"), label: w.tabs.accounts },
    ...people]} />;
}
