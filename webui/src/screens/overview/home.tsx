/** How everything stands, in figures; what somebody should look at. */
import { useEffect } from "preact/hooks";
import { api, dataOf } from "../../api";
import { listen } from "../../api/live";
import { useAsk } from "../../app/ask";
import { to } from "../../app/places";
import { canBox } from "../../app/session";
import { Badge, Button, Card, Empty, Loaded, Page, Pairs, PlainTable, Stat } from "../../ui";
import { common } from "../../words/common";
import { dateTime, duration, number } from "../../words/format";
import { AlertList } from "../dashboard/alerts";
import { boxStats, type AccountStats, type BoxStats } from "./stats";
import { OverviewTabs } from "./tabs";
import { words } from "./words";

const SHOWN = 50;
const DAY_S = 86_400;

export function Home() {
  const w = words();
  const stats = useAsk(boxStats, [], 15);
  return (
    <Page title={w.title}>
      <OverviewTabs />
      <Loaded asked={stats}>
        {(found) => (
          <>
            <Totals stats={found} />
            <Side found={found} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Side({ found }: { found: BoxStats }) {
  const names = new Map(found.items.map((one) => [one.account_id, one.name]));
  return (
    <>
      <Accounts items={found.items} />
      <div class="overview-columns">
        {canBox("audit.read") && <Alerts names={names} />}
        {canBox("system.read") && <BoxInfo />}
      </div>
    </>
  );
}

function sum(items: readonly AccountStats[], of: keyof AccountStats): string {
  const found = items.map((one) => one[of]).filter((value) => typeof value === "number");
  return found.length === 0 ? common().states.none : number(found.reduce((all, one) => all + one, 0));
}

function Totals({ stats }: { stats: BoxStats }) {
  const w = words().home;
  const { items } = stats;
  return (
    <div class="overview-figures">
      <Stat label={w.accounts} value={number(items.length)} href={to("overview", "accounts")} />
      <Stat label={w.extensions} value={sum(items, "extensions")} />
      <Stat label={w.registrations} value={sum(items, "registrations")} />
      <Stat label={w.live} value={sum(items, "live_calls")} />
      <Stat label={w.today} value={sum(items, "calls_today")} />
      <Stat label={w.trunksDown} value={sum(items, "trunks_down")} />
    </div>
  );
}

function trouble(one: AccountStats): number {
  return (one.trunks_down ?? 0) + (one.open_alerts ?? 0);
}

/** Those with trouble first. */
function Accounts({ items }: { items: readonly AccountStats[] }) {
  const w = words();
  if (items.length === 0) {
    return <Card><Empty icon="box" title={w.account.none} action={canBox("accounts.write") && <Button kind="primary" icon="add" href={to("overview",
      "accounts/new")}>{w.account.add}</Button>}>{w.account.noneHint}</Empty></Card>;
  }
  const shown = [...items].sort((a, b) => trouble(b) - trouble(a) || a.name.localeCompare(b.name)).slice(0, SHOWN);
  const cell = (value: number | undefined) => (value === undefined ? common().states.none : number(value));
  const bad = (value: number | undefined) => (value ? <Badge tone="bad">{number(value)}</Badge> : cell(value));
  return (
    <Card title={w.home.accounts} actions={<a href={to("overview", "accounts")}>{w.home.all}</a>}>
      <PlainTable label={w.home.accounts}
        head={[w.home.name, ...[w.home.extensions, w.home.registrations, w.home.live, w.home.today, w.home.alerts, w.home.trunksDown].map((title) =>
          ({ title, numeric: true as const }))]}
        rows={shown.map((one) => ({
          key: one.account_id,
          cells: [
            <span class="overview-name"><a class="table-link" dir="auto" href={to("dashboard", "", one.account_id)}>{one.name}</a>
              {one.status === "suspended" && <Badge tone="warn">{w.account.inactive}</Badge>}</span>,
            cell(one.extensions), cell(one.registrations), cell(one.live_calls), cell(one.calls_today), bad(one.open_alerts), bad(one.trunks_down),
          ],
        }))} />
    </Card>
  );
}

function Alerts({ names }: { names: ReadonlyMap<string, string> }) {
  const w = words();
  const asked = useAsk(async () => dataOf(await api.GET("/alerts", { params: { query: { open: true, limit: 20 } } })).items, [], 60);
  useEffect(() => listen(["alert", "missed"], asked.reload), []);
  return (
    <Card title={w.home.alerts}>
      <Loaded asked={asked}>
        {(all) => <AlertList alerts={all} words={w.alerts} onTaken={asked.reload} whose={(one) => <span class="soft small" dir="auto">{one.account_id ?
          names.get(one.account_id) : w.home.ofTheBox}</span>} />}
      </Loaded>
    </Card>
  );
}

function BoxInfo() {
  const w = words().home;
  const asked = useAsk(async () => dataOf(await api.GET("/system/info")), [], 60);
  return (
    <Card title={w.box} actions={<a href={to("system")}>{w.toSystem}</a>}>
      <Loaded asked={asked}>
        {(info) => (
          <Pairs pairs={[
            [w.version, info.version],
            [w.uptime, info.uptime_seconds >= DAY_S ? w.days(Math.floor(info.uptime_seconds / DAY_S)) : duration(info.uptime_seconds * 1000)],
            [w.clock, <>{dateTime(info.now)} <Badge tone={info.clock === "trusted" ? "good" : "warn"}>
              {(w.clocks[info.clock as keyof typeof w.clocks] as string | undefined) ?? info.clock}</Badge></>],
            [w.sip, info.sip.join(", ")],
          ]} />
        )}
      </Loaded>
    </Card>
  );
}
