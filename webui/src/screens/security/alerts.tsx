import "./security.css";
import { useEffect, useState } from "preact/hooks";
import { api, dataOf } from "../../api";
import { listen } from "../../api/live";
import { wordsOf } from "../../app/ask";
import { useQuery } from "../../app/query";
import { accountId } from "../../app/session";
import { Badge, Button, DataList, Dialog, Dot, Empty, Pairs, SelectField, toast, type Column } from "../../ui";
import { common } from "../../words/common";
import { dateTime, number, relative } from "../../words/format";
import { alertWords, severityWord, toneOf, type Alert } from "./alert_words";
import { ScopeFilter, useWholeBox } from "./scope";
import { words } from "./words";

async function acknowledge(alert: Alert, wholeBox: boolean): Promise<void> {
  const alert_id = alert.alert_id;
  if (wholeBox) await api.POST("/alerts/{alert_id}/acknowledgement", { params: { path: { alert_id } } });
  else await api.POST("/accounts/{account_id}/alerts/{alert_id}/acknowledgement", { params: { path: { account_id: accountId.value ?? "", alert_id } } });
}

function columns(open: (alert: Alert) => void, take: (alert: Alert) => void): Column<Alert>[] {
  const w = words();
  return [
    { key: "severity", title: w.severity, width: "110px", wide: true, cell: (one) => <Badge tone={toneOf(one)}>{severityWord(one)}</Badge> },
    {
      key: "what", title: w.what, phone: "title",
      cell: (one) => (
        <button type="button" class="security-open" onClick={() => open(one)} dir="auto">
          <span class="security-phone"><Dot tone={toneOf(one)} label={severityWord(one)} /> </span>{alertWords(one).title}
        </button>
      ),
    },
    { key: "times", title: w.times, width: "90px", numeric: true, cell: (one) => number(one.times) },
    { key: "since", title: w.since, width: "205px", wide: true, cell: (one) => dateTime(one.raised_at) },
    { key: "last", title: w.last, width: "150px", phone: "detail", cell: (one) => <span title={dateTime(one.last_at)}>{relative(one.last_at)}</span> },
    {
      key: "take", title: w.taken, width: "170px", phone: "aside",
      cell: (one) => <Taken alert={one} take={take} />,
    },
  ];
}

function Taken({ alert, take }: { alert: Alert; take: (alert: Alert) => void }) {
  const at = alert.acknowledged_at;
  if (at) return <span class="soft small" title={dateTime(at)}>{relative(at)}</span>;
  return <Button small onPress={() => take(alert)}>{words().acknowledge}</Button>;
}

/** Counts up whenever an alert is raised, or something may have been missed. */
function useNews(): [number, () => void] {
  const [count, setCount] = useState(0);
  const more = () => setCount((before) => before + 1);
  useEffect(() => listen(["alert", "missed"], more), []);
  return [count, more];
}

export function Alerts() {
  const w = words();
  const query = useQuery();
  const wholeBox = useWholeBox();
  const [news, changed] = useNews();
  const [shown, setShown] = useState<Alert | undefined>(undefined);
  const all = query.get("show") === "all";
  const account_id = accountId.value ?? "";
  const take = (alert: Alert) => {
    acknowledge(alert, wholeBox).then(() => {
      setShown(undefined);
      toast(w.acknowledged);
      changed();
    }, (problem: unknown) => toast(wordsOf(problem)));
  };
  const states = [{ value: "", label: w.open }, { value: "all", label: w.all }];
  return (
    <>
      <DataList
        label={w.tabs.alerts} columns={columns(setShown, take)} rowKey={(one) => one.alert_id} keys={[account_id, wholeBox, all, news]} filtered={all}
        filters={
          <div class="security-filters">
            <SelectField name="show" label={w.show} value={all ? "all" : ""} onValue={(show) => query.set({ show })} options={states} />
            <ScopeFilter />
          </div>
        }
        fetchPage={async ({ sort: _sort, ...asked }) => {
          const words = { ...asked, ...(all ? {} : { open: true }) };
          if (wholeBox) return dataOf(await api.GET("/alerts", { params: { query: words } }));
          return dataOf(await api.GET("/accounts/{account_id}/alerts", { params: { path: { account_id }, query: words } }));
        }}
        empty={<Empty icon="check" title={w.noAlerts}>{w.noAlertsHint}</Empty>}
      />
      {shown && <AlertDialog alert={shown} onTake={() => take(shown)} onClose={() => setShown(undefined)} />}
    </>
  );
}

function AlertDialog({ alert, onTake, onClose }: { alert: Alert; onTake: () => void; onClose: () => void }) {
  const [w, c] = [words(), common()];
  const { title, advice } = alertWords(alert);
  return (
    <Dialog title={w.alert} onClose={onClose}>
      <div class="row"><Badge tone={toneOf(alert)}>{severityWord(alert)}</Badge><strong dir="auto">{title}</strong></div>
      {advice !== undefined && <p>{advice}</p>}
      <Pairs pairs={[
        [w.times, number(alert.times)],
        [w.since, dateTime(alert.raised_at)],
        [w.last, dateTime(alert.last_at)],
        [w.taken, alert.acknowledged_at ? dateTime(alert.acknowledged_at) : c.states.no],
        [w.message, <span class="small" dir="auto" lang="en">{alert.detail}</span>],
      ]} />
      <div class="form-actions">
        {!alert.acknowledged_at && <Button kind="primary" icon="check" onPress={onTake}>{w.acknowledge}</Button>}
        <Button kind="quiet" onPress={onClose}>{c.actions.close}</Button>
      </div>
    </Dialog>
  );
}
