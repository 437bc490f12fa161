import { api, dataOf } from "../../api";
import { sortedBy } from "../../api/pages";
import { to } from "../../app/places";
import { can } from "../../app/session";
import { Button, DataList, Dot, Empty, Page, type Column, type PageOf, type Query } from "../../ui";
import { common } from "../../words/common";
import { dateTime, number } from "../../words/format";
import { stateShown, useStates, type Status, type Trunk } from "./states";
import { words } from "./words";

export function ListPage({ account }: { account: string }) {
  const w = words();
  const { states, want } = useStates(account);
  const fetchPage = async (query: Query): Promise<PageOf<Trunk>> => {
    const params = { path: { account_id: account }, query: sortedBy(query, ["name"]) };
    const page = dataOf(await api.GET("/accounts/{account_id}/trunks", { params }));
    want(page.items.map((one) => one.trunk_id));
    return page;
  };
  const make = can("trunks.write") ? <Button kind="primary" icon="add" href={to("trunks", "new")}>{w.list.make}</Button> : undefined;
  return (
    <Page title={w.title} actions={make}>
      <DataList label={w.title} columns={columns(states)} rowKey={(one) => one.trunk_id} fetchPage={fetchPage} keys={[account]}
        sort={{ by: "name", order: "asc" }}
        empty={<Empty icon="trunks" title={w.list.empty} action={make}>{w.list.emptyHint}</Empty>} />
    </Page>
  );
}

function columns(states: ReadonlyMap<string, Status>): Column<Trunk>[] {
  const [w, c] = [words().list, common()];
  const of = (one: Trunk) => states.get(one.trunk_id);
  return [
    { key: "name", title: w.name, sort: "name", phone: "title", cell: (one) => <a class="table-link" dir="auto" title={one.name}
      href={to("trunks", one.trunk_id)}>{one.name}</a> },
    { key: "state", title: w.state, width: "200px", phone: "aside", cell: (one) => <Light trunk={one} status={of(one)} /> },
    { key: "host", title: w.host, phone: "detail", cell: (one) => <span title={one.host}>{one.host}</span> },
    { key: "calls", title: w.calls, width: "110px", numeric: true, cell: (one) => of(one) && w.of(of(one)?.calls ?? 0, one.max_calls) },
    { key: "until", title: w.until, width: "190px", wide: true, cell: (one) => until(of(one)) ?? c.states.none },
  ];
}

function until(status: Status | undefined): string | undefined {
  return status?.registered_until ? dateTime(status.registered_until) : undefined;
}

function Light({ trunk, status }: { trunk: Trunk; status: Status | undefined }) {
  const { tone, word } = stateShown(trunk, status);
  return <span class="trunks-light"
    title={status?.calls === undefined ? undefined : number(status.calls)}>{tone ? <Dot tone={tone} /> : <Dot />}<span>{word}</span></span>;
}
