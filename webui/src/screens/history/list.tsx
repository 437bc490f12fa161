import { useEffect, useState } from "preact/hooks";
import { api, dataOf } from "../../api";
import { listen } from "../../api/live";
import { to } from "../../app/places";
import { useQuery } from "../../app/query";
import { accountId, can } from "../../app/session";
import { clockKnown } from "../../app/zone";
import { useNames, type Names } from "../../app/names";
import { Button, DataList, Empty, Page, SelectField, Spinner, TextField, type Column } from "../../ui";
import { common } from "../../words/common";
import { dateTime, duration, shownZone } from "../../words/format";
import { Direction, Party, Result, type CallShown } from "./party";
import { rangeOf } from "./period";
import { words } from "./words";

const FILTERS = ["period", "from", "to", "direction", "status", "extension_id"] as const;

/** What the address asks for, in the API's words. */
function useFilters() {
  const query = useQuery();
  const filter: Record<string, string> = { ...rangeOf(query.get("period"), query.get("from"), query.get("to"), shownZone.value) };
  for (const name of ["direction", "status", "extension_id"]) {
    const value = query.get(name);
    if (value !== "") filter[name] = value;
  }
  return { query, filter, set: FILTERS.some((name) => query.get(name) !== ""), ready: query.get("period") === "" || clockKnown.value };
}

function columns(names: Names): Column<CallShown>[] {
  const w = words();
  return [
    { key: "time", title: w.columns.time, width: "190px", phone: "detail", cell: (call) => <a class="history-time" href={to("history", call.call_id)}>{dateTime(call.start_time)}</a> },
    {
      key: "caller", title: w.columns.caller, phone: "title",
      cell: (call) => (
        <span class="history-parties">
          <Direction of={call.direction} /><Party number={call.caller} names={names} />
          <span class="history-callee" aria-hidden="true">→</span><span class="history-callee"><Party number={call.callee} names={names} /></span>
        </span>
      ),
    },
    { key: "callee", title: w.columns.callee, cell: (call) => <Party number={call.callee} names={names} /> },
    { key: "duration", title: w.columns.duration, width: "110px", numeric: true, cell: (call) => (call.answer_time ? duration(lasted(call)) : common().states.none) },
    { key: "result", title: w.columns.result, width: "160px", phone: "aside", cell: (call) => <Result call={call} /> },
    ...(names.trunks.length > 0 ? [{ key: "trunk", title: w.columns.trunk, width: "150px", wide: true as const, cell: (call: CallShown) => <span dir="auto">{names.trunk(call.trunk_id) ?? ""}</span> }] : []),
    { key: "cost", title: w.columns.cost, width: "90px", wide: true, numeric: true, cell: (call) => call.cost ?? "" },
  ];
}

/** How long it was, or has been. */
export function lasted(call: CallShown): number {
  return call.end_time || !call.answer_time ? call.duration_ms : Date.now() - new Date(call.answer_time).getTime();
}

export function CallList() {
  const w = words();
  const names = useNames();
  const { query, filter, set, ready } = useFilters();
  const [turn, setTurn] = useState(0);
  const [newer, setNewer] = useState(false);
  useEffect(() => listen(["call.answered", "call.ended", "missed"], () => setNewer(true)), []);
  const account = accountId.value ?? "";
  const asked = new URLSearchParams({ ...filter, ...(query.get("q") === "" ? {} : { q: query.get("q") }) }).toString();
  const show = () => {
    setNewer(false);
    setTurn(turn + 1);
  };
  return (
    <Page title={w.title} actions={can("reports.export") && (
      <Button icon="download" href={`/api/v1/accounts/${encodeURIComponent(account)}/calls.csv?${asked}`} download="calls.csv">{common().actions.export}</Button>
    )}>
      {!ready ? <Spinner label={common().states.loading} /> : <DataList<CallShown>
        label={w.title} columns={columns(names)} rowKey={(call) => call.call_id} filtered={set} keys={[account, JSON.stringify(filter), turn]}
        fetchPage={async ({ q, cursor, limit }) => {
          const paged = { limit, ...(q === undefined ? {} : { q }), ...(cursor === undefined ? {} : { cursor }), ...filter };
          return dataOf(await api.GET("/accounts/{account_id}/calls", { params: { path: { account_id: account }, query: paged } }));
        }}
        filters={<Filters names={names} />}
        actions={newer && <Button kind="quiet" icon="reload" onPress={show}>{w.newer}</Button>}
        empty={<Empty icon="history" title={w.empty}>{w.emptyHint}</Empty>}
      />}
    </Page>
  );
}

function Filters({ names }: { names: Names }) {
  const w = words();
  const query = useQuery();
  const select = (name: string, label: string, options: readonly { value: string; label: string }[]) => (
    <SelectField name={name} label={label} value={query.get(name)} options={options} onValue={(value) => query.set({ [name]: value })} />
  );
  const either = (of: Readonly<Record<string, string>>) => [{ value: "", label: w.filters.all }, ...Object.entries(of).map(([value, label]) => ({ value, label }))];
  const { all, today, range } = w.filters.periods;
  const periods = [["", all], ["today", today], ["7", w.filters.periods["7"]], ["30", w.filters.periods["30"]], ["range", range]] as const;
  return (
    <div class="history-filters">
      <SelectField name="period" label={w.filters.period} value={query.get("period")} options={periods.map(([value, label]) => ({ value, label }))}
        onValue={(value) => query.set(value === "range" ? { period: value } : { period: value, from: "", to: "" })} />
      {query.get("period") === "range" && (
        <>
          <TextField name="from" label={w.filters.from} type="date" value={query.get("from")} onValue={(from) => query.set({ from })} />
          <TextField name="to" label={w.filters.until} type="date" value={query.get("to")} onValue={(until) => query.set({ to: until })} />
        </>
      )}
      {select("direction", w.filters.direction, either(w.directions))}
      {select("status", w.filters.status, either(w.statuses))}
      {can("calls.read") && names.extensions.length > 0 && select("extension_id", w.filters.extension,
        [{ value: "", label: w.filters.all }, ...names.extensions.map((one) => ({ value: one.extension_id, label: `${one.number} ${one.name}` }))])}
    </div>
  );
}
