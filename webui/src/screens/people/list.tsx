import { api, dataOf, type Of } from "../../api";
import { sortedBy } from "../../api/pages";
import { to } from "../../app/places";
import { accountId, can } from "../../app/session";
import { Button, DataList, Empty, Page, type Column } from "../../ui";
import { common } from "../../words/common";
import { date } from "../../words/format";
import { useExtensions } from "./extensions";
import { State } from "./state";
import { words } from "./words";

type Member = Of<"Member">;

function Name({ member }: { member: Member }) {
  return <a class="table-link" href={to("people", member.user.user_id)} dir="auto">{member.user.full_name || member.user.username}</a>;
}

function columns(numbers: ReadonlyMap<string, string>): Column<Member>[] {
  const [w, c] = [words(), common()];
  const number = (one: Member) => (one.extension_id ? numbers.get(one.extension_id) : undefined) ?? c.states.none;
  return [
    { key: "name", title: w.fields.name, phone: "title", cell: (one) => <Name member={one} /> },
    { key: "username", title: w.fields.username, sort: "username", phone: "detail", cell: (one) => <span dir="auto">{one.user.username}</span> },
    { key: "role", title: w.fields.role, width: "130px", phone: "aside", cell: (one) => c.roles[one.role] },
    { key: "extension", title: w.fields.extension, width: "110px", cell: number },
    { key: "factor", title: w.fields.factor, width: "140px", wide: true, cell: (one) => (one.user.has_second_factor ? w.factor.on : w.factor.off) },
    { key: "state", title: w.fields.state, width: "170px", cell: (one) => <State user={one.user} /> },
    { key: "created", title: w.fields.created, sort: "created_at", width: "120px", wide: true, cell: (one) => date(one.user.created_at) },
  ];
}

export function PeopleList() {
  const w = words();
  const account = accountId.value ?? "";
  const extensions = useExtensions();
  const numbers = new Map(extensions.data?.map((one) => [one.extension_id, one.number]));
  const add = can("users.write") && <Button kind="primary" icon="add" href={to("people", "new")}>{w.add}</Button>;
  return (
    <Page title={w.title} actions={add || undefined}>
      <DataList
        label={w.title} columns={columns(numbers)} rowKey={(one) => one.user.user_id} keys={[account]} sort={{ by: "username", order: "asc" }}
        fetchPage={(asked) => api.GET("/accounts/{account_id}/users", {
          params: { path: { account_id: account }, query: sortedBy(asked, ["created_at", "username"]) },
        }).then(dataOf)}
        empty={<Empty icon="people" title={w.empty} action={add || undefined}>{w.emptyHint}</Empty>}
      />
    </Page>
  );
}
