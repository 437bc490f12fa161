/** Where calls go: in, out, how numbers are dialled, and who may call farther. */
import "./routes.css";
import type { ComponentType } from "preact";
import { useLocation } from "preact-iso";
import { to } from "../../app/places";
import { screen, useBelow } from "../../app/screen";
import { can } from "../../app/session";
import { Button, Page, Tabs } from "../../ui";
import { DiallingTab } from "./dialling";
import { InboundEditor, InboundList } from "./inbound";
import { words as pathWords } from "./path/words";
import { words as bookWords } from "./phone_book/words";
import { OutboundEditor, OutboundList } from "./outbound";
import { PinsTab } from "./pins";
import { words } from "./words";

interface Tab {
  id: string;
  label: () => string;
  Screen: ComponentType;
  /** Its address leads to editors too: `inbound/ID`, `inbound/new`. */
  Editor?: ComponentType<{ id: string }>;
  titles?: { add: () => string; edit: () => string };
}

const TABS: readonly Tab[] = [
  {
    id: "inbound", label: () => words().tabs.inbound, Screen: InboundList, Editor: InboundEditor,
    titles: { add: () => words().inbound.newTitle, edit: () => words().inbound.editTitle },
  },
  {
    id: "outbound", label: () => words().tabs.outbound, Screen: OutboundList, Editor: OutboundEditor,
    titles: { add: () => words().outbound.newTitle, edit: () => words().outbound.editTitle },
  },
  { id: "dialling", label: () => words().tabs.dialling, Screen: DiallingTab },
  { id: "pins", label: () => words().tabs.pins, Screen: PinsTab },
  {
    id: "path", label: () => words().tabs.path,
    Screen: screen(pathWords, () => import("./path").then((all) => ({ default: all.WhereTo }))),
  },
  {
    id: "phone-book", label: () => words().tabs.phoneBook,
    Screen: screen(bookWords, () => import("./phone_book").then((all) => ({ default: all.PhoneBook }))),
  },
];

export default function Screen() {
  const [name, id] = useBelow();
  const { path } = useLocation();
  const w = words();
  const tab = TABS.find((one) => one.id === name) ?? TABS[0];
  if (tab === undefined) return null;
  const { Screen: Own, Editor, titles } = tab;
  if (Editor && titles && id !== undefined) {
    const back = { href: to("routes", tab.id), label: tab.label() };
    return <Page title={id === "new" ? titles.add() : titles.edit()} back={back}><Editor key={id} id={id} /></Page>;
  }
  const add = Editor && can("routes.write") ? <Button kind="primary" icon="add" href={to("routes", `${tab.id}/new`)}>{w.newRoute}</Button> : undefined;
  // The place's own address shows the first tab.
  const here = name === undefined ? to("routes", tab.id) : path;
  return (
    <Page title={w.title} actions={add}>
      <Tabs label={w.title} tabs={TABS.map((one) => ({ href: to("routes", one.id), label: one.label() }))} path={here} />
      <Own />
    </Page>
  );
}
