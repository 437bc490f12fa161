import { useEffect, useState } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { sortedBy } from "../../api/pages";
import { classOptions, classWord } from "../../app/calling/classes";
import { presenceOf, useDevices, type Presence } from "../../app/devices";
import { to } from "../../app/places";
import { useQuery } from "../../app/query";
import { can } from "../../app/session";
import { Badge, Button, DataList, Dot, Empty, Menu, Page, SelectField, type Column, type PageOf, type Query } from "../../ui";
import { common } from "../../words/common";
import { ChosenBar } from "./chosen";
import { words } from "./words";

type Extension = Of<"Extension">;

export function ListPage({ account }: { account: string }) {
  const w = words();
  const query = useQuery();
  const devices = useDevices(account);
  const presence = presenceOf(devices.data ?? []);
  const [status, callingClass] = [query.get("status"), query.get("class")];
  const filtered = status !== "" || callingClass !== "";
  const [turn, setTurn] = useState(0);
  const [chosen, setChosen] = useState<ReadonlyMap<string, Extension>>(new Map());
  // Nobody sees what is chosen of another search.
  useEffect(() => setChosen(new Map()), [status, callingClass, query.get("q")]);
  const selection = { rows: chosen, onRows: setChosen, name: (one: Extension) => `${one.number} ${one.name}` };
  const fetchPage = async (asked: Query): Promise<PageOf<Extension>> => {
    // The API does not filter: larger pages, and what does not fit is left out here.
    const query = { ...sortedBy(asked, ["number", "name"]), ...(filtered ? { limit: 500 } : {}) };
    const page = dataOf(await api.GET("/accounts/{account_id}/extensions", { params: { path: { account_id: account }, query } }));
    if (!filtered) return page;
    const fits = (one: Extension) => (status === "" || one.status === status) && (callingClass === "" || one.calling_class === callingClass);
    return { ...page, items: page.items.filter(fits) };
  };
  return (
    <Page title={w.title} actions={can("extensions.write") ? <Ways /> : undefined}>
      <ChosenBar account={account} rows={chosen} onClear={() => setChosen(new Map())} onDone={() => setTurn((before) => before + 1)}
        onDrop={(ids) => setChosen((before) => new Map([...before].filter(([id]) => !ids.has(id))))} />
      <DataList
        label={w.title} {...(can("extensions.write") ? { selection } : {})} columns={columns(presence, devices.data !== undefined)} rowKey={(one) => one.extension_id}
        fetchPage={fetchPage} keys={[account, status, callingClass, turn]}
        sort={{ by: "number", order: "asc" }} filtered={filtered} filters={<Filters />}
        empty={<Empty icon="extensions" title={w.list.empty}
          action={can("extensions.write") ? <Button kind="primary" icon="add"
            href={to("extensions", "new")}>{w.list.make}</Button> : undefined}>{can("extensions.write") && w.list.emptyHint}</Empty>}
      />
    </Page>
  );
}

function Ways() {
  const w = words();
  return (
    <>
      <Button kind="primary" icon="add" href={to("extensions", "new")}>{w.list.make}</Button>
      <Menu label={w.list.more} items={[
        { label: w.list.range, icon: "add", href: to("extensions", "range") }, { label: w.list.paste, icon: "upload", href: to("extensions", "paste") },
      ]} />
    </>
  );
}

function Filters() {
  const [w, c, query] = [words(), common(), useQuery()];
  const all = { value: "", label: w.list.all };
  return (
    <>
      <SelectField name="status" label={w.list.status} value={query.get("status")} onValue={(value) => query.set({ status: value })}
        options={[all, { value: "active", label: c.states.active }, { value: "suspended", label: c.states.suspended }]} />
      <SelectField name="class" label={w.list.filterClass} value={query.get("class")} onValue={(value) => query.set({ class: value })}
        options={[all, ...classOptions()]} />
    </>
  );
}

function columns(presence: ReadonlyMap<string, Presence>, known: boolean): Column<Extension>[] {
  const [w, c] = [words(), common()];
  return [
    { key: "number", title: w.list.number, sort: "number", width: "90px", phone: "detail", cell: (one) => <a class="table-link number"
      href={to("extensions", one.extension_id)}>{one.number}</a> },
    { key: "name", title: w.list.name, sort: "name", phone: "title", cell: (one) => <a class="table-link" dir="auto"
      href={to("extensions", one.extension_id)} title={one.name}>{one.name}</a> },
    { key: "devices", title: w.list.devices, width: "190px", phone: "aside", cell: (one) => known && <Light presence={presence.get(one.extension_id)} /> },
    { key: "class", title: w.list.callingClass, width: "190px", wide: true, cell: (one) => classWord(one.calling_class) },
    { key: "status", title: w.list.status, width: "130px", cell: (one) => one.status === "active" ? <span class="soft">{c.states.active}</span> : <Badge
      tone="warn">{c.states.suspended}</Badge> },
  ];
}

function Light({ presence }: { presence: Presence | undefined }) {
  const w = words();
  if (presence === undefined) return <span class="extensions-light soft"><Dot />{w.list.registered(0)}</span>;
  if (presence.answering === 0) return <span class="extensions-light"><Dot tone="warn" />{w.list.silent}</span>;
  return <span class="extensions-light"><Dot tone="good" />{w.list.registered(presence.all)}</span>;
}
