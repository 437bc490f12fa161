import "./system.css";
import { api, dataOf, type Of } from "../../api";
import { useAsk } from "../../app/ask";
import { canBox } from "../../app/session";
import { Badge, Card, Loaded, Pairs, Stat } from "../../ui";
import { common } from "../../words/common";
import { dateTime, number, octets } from "../../words/format";
import { useInfo } from "./box";
import { Restart } from "./restart";
import { words } from "./words";

const [FULL, VERY_FULL] = [85, 95];

/** 3 d 4 h, 4 h 12 min, 12 min. */
function uptime(seconds: number): string {
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  if (days > 0) return `${number(days)} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`;
}

export function State() {
  const info = useInfo(10);
  const storage = useAsk(async () => dataOf(await api.GET("/system/storage")), [], 60);
  const health = useAsk(async () => dataOf(await api.GET("/system/health")), [], 10);
  return (
    <Loaded asked={info}>
      {(found) => (
        <>
          <div class="grid">
            <Figures info={found} />
          </div>
          <div class="grid">
            <Box info={found} healthy={health.error === undefined && health.data?.status === "ok"}
              asked={health.data !== undefined || health.error !== undefined} />
            <Loaded asked={storage}>{(usage) => <Disk usage={usage} />}</Loaded>
          </div>
        </>
      )}
    </Loaded>
  );
}

function Figures({ info }: { info: Of<"Info"> }) {
  const w = words();
  return (
    <>
      <Stat label={w.state.calls} value={number(info.calls)} />
      <Stat label={w.state.phones} value={number(info.registrations)} />
      <Stat label={w.state.uptime} value={uptime(info.uptime_seconds)} />
    </>
  );
}

function Box({ info, healthy, asked }: { info: Of<"Info">; healthy: boolean; asked: boolean }) {
  const [w, c] = [words(), common()];
  const health = !asked ? c.states.loading : healthy ? <Badge tone="good">{w.state.good}</Badge> : <Badge tone="bad">{w.state.bad}</Badge>;
  const clock = info.clock === "trusted" ? <Badge tone="good">{w.state.clockGood}</Badge> : <Badge tone="warn">{w.state.clockBad}</Badge>;
  return (
    <Card title={w.state.box}>
      <Pairs pairs={[
        [w.state.health, health],
        [w.state.version, info.version],
        [w.state.time, dateTime(info.now)],
        [w.state.clock, clock],
        [w.state.sip, <ul class="system-plain">{info.sip.map((one) => <li key={one} class="mono">{one}</li>)}</ul>],
        [w.state.kind, info.appliance ? w.state.appliance : w.state.program],
      ]} />
      {info.appliance && canBox("system.write") && <Restart />}
    </Card>
  );
}

function Disk({ usage }: { usage: Of<"Storage"> }) {
  const w = words();
  const tone = usage.used_percent >= VERY_FULL ? "bad" : usage.used_percent >= FULL ? "warn" : "good";
  return (
    <Card title={w.state.storage}>
      <div class={`system-meter system-meter-${tone}`} role="meter" aria-valuemin={0} aria-valuemax={100}
        aria-valuenow={usage.used_percent} aria-label={w.state.storage}>
        <span style={{ width: `${usage.used_percent}%` }} />
      </div>
      <Pairs pairs={[[w.state.used, `${usage.used_percent} %`], [w.state.free, octets(usage.free)], [w.state.total, octets(usage.total)]]} />
    </Card>
  );
}
