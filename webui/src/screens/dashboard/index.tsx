/** How the account stands today. */
import "./dashboard.css";
import { useEffect, useState } from "preact/hooks";
import { api, dataOf } from "../../api";
import { listen } from "../../api/live";
import { useAsk, type Asked } from "../../app/ask";
import { to, menuPlaces } from "../../app/places";
import { useQuery } from "../../app/query";
import { account, accountId, can } from "../../app/session";
import { Button, Card, Chart, Loaded, Page, Stat } from "../../ui";
import { duration, number, percent, shownZone } from "../../words/format";
import { common } from "../../words/common";
import { AlertList } from "./alerts";
import { Hours } from "./hours";
import { Phones, Trunks, usePhones } from "./lines";
import { statsOf, type Range, type Stats } from "./stats";
import { words } from "./words";

export default function Screen() {
  const own = accountId.value ?? "";
  const w = words();
  const query = useQuery();
  const range = rangeOf(query.get("range"));
  const today = useAsk(() => statsOf(own, "today"), [own, shownZone.value], 60);
  const longer = useAsk(async () => (range === "today" ? undefined : statsOf(own, range)), [own, range, shownZone.value], 300);
  const phones = usePhones(own, can("extensions.read"));
  const shown = range === "today" ? today : longer;
  useAfterCalls(today.reload);
  return (
    <Page title={w.title} lead={<span dir="auto">{account.value?.name}</span>}>
      <Today account={own} stats={today} phones={can("extensions.read") ? phones.data?.devices.length : undefined} />
      <Calls stats={shown} range={range} onRange={(next) => query.set({ range: next === "today" ? "" : next })} />
      <div class="dashboard-cards">
        <div class="stack">
          {can("routes.read") && <Hours account={own} />}
          {can("trunks.read") && <Trunks account={own} stats={shown.data} />}
          {can("extensions.read") && <Phones asked={phones} />}
        </div>
        <div class="stack">
          {can("audit.read") && <Alerts account={own} />}
          <Links />
        </div>
      </div>
    </Page>
  );
}

function rangeOf(word: string): Range {
  return word === "week" || word === "month" ? word : "today";
}

/** Figures follow the calls, but not each single one. */
function useAfterCalls(reload: () => void): void {
  useEffect(() => {
    let soon: ReturnType<typeof setTimeout> | undefined;
    const deaf = listen(["call.ended", "missed"], () => {
      soon ??= setTimeout(() => {
        soon = undefined;
        reload();
      }, 3000);
    });
    return () => {
      clearTimeout(soon);
      deaf();
    };
  }, []);
}

function Today({ account: own, stats, phones }: { account: string; stats: Asked<Stats>; phones: number | undefined }) {
  const w = words().today;
  const live = useAsk(async () => dataOf(await api.GET("/accounts/{account_id}/calls/live", { params: { path: { account_id: own } } })).items.length, [own]);
  useEffect(() => listen(["call.started", "call.ended", "missed"], live.reload), []);
  const totals = stats.data?.totals;
  const all = totals ? totals.inbound + totals.outbound + totals.internal : 0;
  const none = common().states.none;
  return (
    <div class="dashboard-figures">
      <Stat label={w.calls} value={totals ? number(all) : none} href={to("history")} {...(totals && all > 0 ?
        { hint: w.answered(percent(totals.answered / all)) } : {})} />
      <Stat label={w.missed} value={totals ? number(totals.missed) : none} hint={w.missedHint} href={to("history")} />
      <Stat label={w.talk} value={totals ? duration(totals.talk_seconds * 1000) : none} />
      <Stat label={w.live} value={live.data === undefined ? none : number(live.data)} href={to("live")} />
      {can("extensions.read") && <Stat label={w.phones} value={phones === undefined ? none : number(phones)} href={to("extensions")} />}
    </div>
  );
}

function Calls({ stats, range, onRange }: { stats: Asked<Stats | undefined>; range: Range; onRange: (range: Range) => void }) {
  const w = words().chart;
  const choice = (
    <div class="dashboard-switch" role="group" aria-label={w.title}>
      {(["today", "week", "month"] as const).map((one) => <button key={one} type="button" class="dashboard-mode" aria-pressed={one === range} onClick={() =>
        onRange(one)}>{w.ranges[one]}</button>)}
    </div>
  );
  return <Card title={w.title} actions={choice}><Loaded asked={stats}>{(found) => found && <Bars stats={found} />}</Loaded></Card>;
}

function Bars({ stats }: { stats: Stats }) {
  const w = words().chart;
  const [drawn, setDrawn] = useState(() => pictureOf(stats));
  useEffect(() => setDrawn(pictureOf(stats)), [stats]);
  const { totals } = stats;
  if (totals.inbound + totals.outbound + totals.internal === 0) return <p class="soft dashboard-none">{w.none}</p>;
  return (
    <>
      <Chart label={w.title} kind="bars" times={drawn.times} series={[{ label: w.answered, values: drawn.answered, tone: "accent" }, { label: w.missed,
        values: drawn.missed, tone: "bad" }]} />
    </>
  );
}

function pictureOf({ buckets }: Stats) {
  return { times: buckets.map((one) => one.start), answered: buckets.map((one) => one.answered), missed: buckets.map((one) => one.missed) };
}

function Alerts({ account: own }: { account: string }) {
  const w = words();
  const query = { open: true, limit: 5 };
  const asked = useAsk(async () => dataOf(await api.GET("/accounts/{account_id}/alerts", { params: { path: { account_id: own }, query } })).items, [own], 60);
  useEffect(() => listen(["alert", "missed"], asked.reload), []);
  return (
    <Card title={w.alertsTitle} actions={<a href={to("security")}>{w.allAlerts}</a>}>
      <Loaded asked={asked}>{(all) => <AlertList alerts={all} words={w.alerts} onTaken={asked.reload} />}</Loaded>
    </Card>
  );
}

function Links() {
  const w = words().links;
  const places = common().places;
  const shown = menuPlaces().filter((one) => one.scope === "account" && one.id !== "dashboard");
  return (
    <Card title={w.title}>
      <div class="row">
        {shown.map((one) => <Button key={one.id} small icon={one.icon} href={to(one.id)}>{places[one.id]}</Button>)}
        {can("routes.read") && <Button small icon="play" href={to("routes", "simulate")}>{w.numbers}</Button>}
      </div>
    </Card>
  );
}
