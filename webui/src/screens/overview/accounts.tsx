/** All accounts of the box. */
import { api, dataOf, type Of } from "../../api";
import { sortedBy } from "../../api/pages";
import { to } from "../../app/places";
import { canBox } from "../../app/session";
import { Badge, Button, DataList, Dot, Empty, Page, type Column, type Query } from "../../ui";
import { date, number } from "../../words/format";
import { OverviewTabs } from "./tabs";
import { words } from "./words";

type Account = Of<"Account">;

function columns(): Column<Account>[] {
  const w = words().account;
  return [
    { key: "name", title: w.name, sort: "name", phone: "title", cell: (one) => <a class="table-link" dir="auto" href={to("overview",
      `accounts/${one.account_id}`)}>{one.name}</a> },
    { key: "domain", title: w.domain, phone: "detail", cell: (one) => <span dir="auto">{one.domain}</span> },
    { key: "status", title: w.status, width: "130px", phone: "aside", cell: (one) => <Status status={one.status} /> },
    { key: "limit", title: w.maxExtensions, width: "150px", wide: true, numeric: true, cell: (one) => number(one.max_extensions) },
    { key: "created", title: w.created, sort: "created_at", width: "120px", wide: true, cell: (one) => date(one.created_at) },
  ];
}

export function Status({ status }: { status: Of<"StatusWord"> }) {
  const w = words().account;
  const tone = status === "active" ? "good" : "warn";
  return <Badge tone={tone}><Dot tone={tone} />{status === "active" ? w.active : w.inactive}</Badge>;
}

async function page(asked: Query) {
  return dataOf(await api.GET("/accounts", { params: { query: sortedBy(asked, ["name", "created_at"]) } }));
}

export function Accounts() {
  const w = words();
  const may = canBox("accounts.write");
  const actions = may && <><Button icon="upload" href={to("overview", "accounts/import")}>{w.account.import}</Button><Button kind="primary" icon="add"
    href={to("overview", "accounts/new")}>{w.account.add}</Button></>;
  return (
    <Page title={w.title} actions={actions}>
      <OverviewTabs />
      <DataList label={w.tabs.accounts} columns={columns()} rowKey={(one) => one.account_id} fetchPage={page} keys={[]} sort={{ by: "name", order: "asc" }}
        empty={<Empty icon="box" title={w.account.none} action={actions}>{w.account.noneHint}</Empty>} />
    </Page>
  );
}
