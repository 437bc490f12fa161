/** The trunks and the phones: what stands, and what does not. */
import { useEffect } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { listen } from "../../api/live";
import { useAsk } from "../../app/ask";
import { devicesOf, useDeviceNews, type Device } from "../../app/devices";
import { to } from "../../app/places";
import { can } from "../../app/session";
import { Badge, Button, Card, Dot, Loaded, type Tone } from "../../ui";
import { number } from "../../words/format";
import type { Stats } from "./stats";
import { words } from "./words";

type Line = Of<"Trunk"> & { state: string; calls: number };

const TONES: Readonly<Record<string, Tone>> = { reachable: "good", degraded: "warn", down: "bad" };
const SHOWN = 20;

async function lines(account: string): Promise<Line[]> {
  const all = dataOf(await api.GET("/accounts/{account_id}/trunks", { params: { path: { account_id: account }, query: { limit: SHOWN } } })).items;
  return Promise.all(all.map(async (trunk) => {
    if (trunk.status === "suspended") return { ...trunk, state: "suspended", calls: 0 };
    const path = { account_id: account, trunk_id: trunk.trunk_id };
    const status = await api.GET("/accounts/{account_id}/trunks/{trunk_id}/status", { params: { path } }).then(dataOf, () => undefined);
    return { ...trunk, state: status?.state ?? "", calls: status?.calls ?? 0 };
  }));
}

export function Trunks({ account, stats }: { account: string; stats: Stats | undefined }) {
  const w = words().trunks;
  const asked = useAsk(() => lines(account), [account], 60);
  useEffect(() => listen(["trunk.state", "missed"], asked.reload), []);
  return (
    <Card title={w.title}>
      <Loaded asked={asked}>
        {(all) => all.length === 0 ? <><p class="soft">{w.none}</p>{can("trunks.write") && <div><Button small icon="add" href={to("trunks")}>{w.add}</Button>
          </div>}</> : (
          <ul class="dashboard-list">{all.map((one) => <TrunkLine key={one.trunk_id} line={one} stats={stats} />)}</ul>
        )}
      </Loaded>
    </Card>
  );
}

function TrunkLine({ line, stats }: { line: Line; stats: Stats | undefined }) {
  const w = words().trunks;
  const load = stats?.trunks.find((one) => one.trunk_id === line.trunk_id);
  const tone = TONES[line.state];
  const state = w.states[line.state as keyof typeof w.states] as string | undefined;
  const share = load && line.max_calls > 0 ? Math.min(100, Math.round((load.peak / line.max_calls) * 100)) : undefined;
  return (
    <li class="dashboard-item">
      <div class="dashboard-main">
        <a class="table-link" dir="auto" href={to("trunks", line.trunk_id)}>{line.name}</a>
        {load && load.peak > 0 && <p class="soft small">{w.load(load.calls, load.peak, line.max_calls)}</p>}
        {share !== undefined && share > 0 && <div class="dashboard-load" aria-hidden="true"><div style={{ width: `${share}%` }} /></div>}
      </div>
      <div class="row">{line.calls > 0 && <span class="soft small">{w.now(line.calls)}</span>}{line.state !== "" && <Badge {...(tone ? { tone } : {})}>
        <Dot {...(tone ? { tone } : {})} />{state ?? line.state}</Badge>}</div>
    </li>
  );
}

/** Of the account: how many extensions there are (`more`: at least), and the devices. */
export interface PhonesFound {
  extensions: number;
  more: boolean;
  devices: readonly Device[];
}

export function usePhones(account: string, wanted: boolean) {
  const asked = useAsk(async (): Promise<PhonesFound | undefined> => {
    if (!wanted) return undefined;
    const path = { account_id: account };
    const [extensions, devices] = await Promise.all([
      api.GET("/accounts/{account_id}/extensions", { params: { path, query: { limit: 500 } } }), devicesOf(account),
    ]);
    const found = dataOf(extensions);
    return { extensions: found.items.length, more: found.next_cursor != null, devices };
  }, [account, wanted], 60);
  useDeviceNews(asked.reload);
  return asked;
}

export function Phones({ asked }: { asked: ReturnType<typeof usePhones> }) {
  const w = words().phones;
  return (
    <Card title={w.title}>
      <Loaded asked={asked}>
        {(found) => {
          if (found.extensions === 0) return <><p class="soft">{w.none}</p>{can("extensions.write") && <div><Button small icon="add" href={to("extensions")}>
            {w.add}</Button></div>}</>;
          if (found.devices.length === 0) return <><p class="soft">{w.notOne}</p><div><Button small icon="extensions" href={to("extensions")}>{w.open}
            </Button></div></>;
          const away = found.devices.filter((one) => !one.reachable).length;
          return (
            <>
              <p>{w.of(new Set(found.devices.map((one) => one.extension_id)).size, `${number(found.extensions)}${found.more ? "+" : ""}`)}</p>
              {away > 0 && <p><Badge tone="warn"><Dot tone="warn" />{w.unreachable(away)}</Badge></p>}
              <div><Button small icon="extensions" href={to("extensions")}>{w.open}</Button></div>
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}
