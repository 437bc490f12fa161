import "./security.css";
import { useState } from "preact/hooks";
import { api, dataOf } from "../../api";
import { useAsk } from "../../app/ask";
import { useQuery } from "../../app/query";
import { accountId, can, canBox } from "../../app/session";
import { DataList, Empty, SelectField, TextField, type Column } from "../../ui";
import { dateTime, shownZone } from "../../words/format";
import { dayStart } from "../../words/zone";
import { AuditEntryDialog } from "./audit_entry";
import { GROUPS, actionWords, actorWords, objectWords, type Entry } from "./audit_words";
import { ScopeFilter, useWholeBox } from "./scope";
import { Verification } from "./verification";
import { words } from "./words";

function columns(open: (entry: Entry) => void): Column<Entry>[] {
  const w = words();
  return [
    { key: "at", title: w.audit.when, width: "190px", cell: (one) => dateTime(one.at) },
    {
      key: "action", title: w.what, phone: "title",
      cell: (one) => <button type="button" class="security-open" onClick={() => open(one)}>{actionWords(one.action)}</button>,
    },
    { key: "object", title: w.audit.object, cell: (one) => <span dir="auto">{objectWords(one)}</span> },
    {
      key: "actor", title: w.audit.who, width: "160px", phone: "detail",
      cell: (one) => <><span dir="auto">{actorWords(one)}</span><span class="security-phone"> · {dateTime(one.at)}</span></>,
    },
    { key: "source", title: w.audit.source, width: "150px", wide: true, cell: (one) => <span class="mono">{one.source ?? ""}</span> },
  ];
}

/** The people whose entries can be looked for. */
function usePeople(wholeBox: boolean) {
  const account_id = accountId.value ?? "";
  return useAsk(async () => {
    if (wholeBox || canBox("users.read")) return dataOf(await api.GET("/users", { params: { query: { limit: 500 } } })).items;
    if (!can("users.read")) return [];
    return dataOf(await api.GET("/accounts/{account_id}/users", { params: { path: { account_id }, query: { limit: 500 } } })).items.map((one) => one.user);
  }, [account_id, wholeBox]);
}

function Filters({ wholeBox }: { wholeBox: boolean }) {
  const w = words();
  const query = useQuery();
  const people = usePeople(wholeBox).data ?? [];
  const actors = [{ value: "", label: w.audit.everybody }, ...people.map((one) => ({ value: one.user_id, label: one.full_name || one.username }))];
  const groups = [{ value: "", label: w.audit.everything }, ...GROUPS.map((one) => ({ value: one, label: w.groups[one] }))];
  const field = (name: string) => ({ name, value: query.get(name), onValue: (value: string) => query.set({ [name]: value }) });
  return (
    <div class="security-filters">
      <TextField {...field("from")} type="date" label={w.audit.from} />
      <TextField {...field("to")} type="date" label={w.audit.to} />
      <SelectField {...field("actor")} label={w.audit.who} options={actors} />
      <SelectField {...field("action")} label={w.what} options={groups} />
      <ScopeFilter />
    </div>
  );
}

export function Audit() {
  const w = words();
  const query = useQuery();
  const wholeBox = useWholeBox();
  const [shown, setShown] = useState<Entry | undefined>(undefined);
  const account_id = accountId.value ?? "";
  const zone = shownZone.value;
  const [from, until] = [dayStart(query.get("from"), zone), dayStart(query.get("to"), zone, 1)];
  const [actor, action] = [query.get("actor"), query.get("action")];
  const filter = {
    ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { to: until }),
    ...(actor === "" ? {} : { actor_id: actor }), ...(action === "" ? {} : { action: `${action}.` }),
  };
  return (
    <>
      {canBox("audit.read") && <Verification />}
      <DataList
        label={w.tabs.audit} columns={columns(setShown)} rowKey={(one) => one.audit_id} keys={[account_id, wholeBox, from, until, actor, action]}
        filters={<Filters wholeBox={wholeBox} />} filtered={Object.keys(filter).length > 0}
        fetchPage={async ({ sort: _sort, ...asked }) => {
          const words = { ...asked, ...filter };
          if (wholeBox) return dataOf(await api.GET("/audit", { params: { query: words } }));
          return dataOf(await api.GET("/accounts/{account_id}/audit", { params: { path: { account_id }, query: words } }));
        }}
        empty={<Empty icon="history" title={w.audit.empty} />}
      />
      {shown && <AuditEntryDialog entry={shown} onClose={() => setShown(undefined)} />}
    </>
  );
}
