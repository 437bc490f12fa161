/** Whether the doors are open, and the switch for when something is otherwise today. */
import { useState } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { useAsk, wordsOf } from "../../app/ask";
import { to } from "../../app/places";
import { can } from "../../app/session";
import { Badge, Button, Card, Dot, Loaded, toast } from "../../ui";
import { longDate, sameDay, time } from "../../words/format";
import { words } from "./words";

type Condition = Of<"TimeConditionShown">;
type Override = Of<"OverrideBody">;
const MODES = ["automatic", "open", "closed"] as const;

export function Hours({ account }: { account: string }) {
  const w = words().hours;
  const asked = useAsk(async () => dataOf(await api.GET("/accounts/{account_id}/time-conditions", { params: { path: { account_id: account },
    query: { limit: 20 } } })).items, [account], 60);
  const changed = (next: Condition) => asked.put((asked.data ?? []).map((one) => (one.time_condition_id === next.time_condition_id ? next : one)));
  return (
    <Card title={w.title}>
      <Loaded asked={asked}>
        {(all) => all.length === 0 ? <><p class="soft">{w.none}</p>{can("routes.write") && <div><Button small icon="add" href={to("hours")}>{w.add}</Button>
          </div>}</> : (
          <ul class="dashboard-list">{all.map((one) => <Doors key={one.time_condition_id} condition={one} account={account} onChanged={changed} />)}</ul>
        )}
      </Loaded>
    </Card>
  );
}

function Doors({ condition, account, onChanged }: { condition: Condition; account: string; onChanged: (next: Condition) => void }) {
  const w = words().hours;
  const [busy, setBusy] = useState<string | undefined>(undefined);
  const { now, override, name } = condition;
  const put = async (body: Override) => {
    const path = { account_id: account, time_condition_id: condition.time_condition_id };
    onChanged(dataOf(await api.PUT("/accounts/{account_id}/time-conditions/{time_condition_id}/override", { params: { path }, body })));
  };
  const change = (mode: (typeof MODES)[number]) => {
    setBusy(mode);
    const undo = () => void put({ mode: override.mode, until: override.until ?? null }).catch((problem: unknown) => toast(wordsOf(problem)));
    put({ mode, until: null }).then(() => toast(w.changed(name, w[mode]), undo), (problem: unknown) => toast(wordsOf(problem))).finally(() =>
      setBusy(undefined));
  };
  return (
    <li class="dashboard-item">
      <div class="dashboard-main">
        <div class="row"><a class="table-link" dir="auto" href={to("hours", condition.time_condition_id)}>{name}</a><Badge tone={now.open ? "good" : "bad"}>
          <Dot tone={now.open ? "good" : "bad"} />{now.open ? w.open : w.closed}</Badge></div>
        <p class="soft small">{reason(condition)}</p>
      </div>
      {can("routes.write") && (
        <div class="dashboard-switch" role="group" aria-label={w.switchOf(name)}>
          {MODES.map((mode) => (
            <button key={mode} type="button" class="dashboard-mode" aria-pressed={override.mode === mode} aria-busy={busy === mode} onClick={() =>
              { if (override.mode !== mode && busy === undefined) change(mode); }}>{w[mode]}</button>
          ))}
        </div>
      )}
    </li>
  );
}

/** Why it is so, and until when. */
function reason({ now, override }: Condition): string {
  const w = words().hours;
  const why = w.why[now.why as keyof typeof w.why] as string | undefined;
  const until = now.why === "override" ? override.until : now.until;
  return [now.holiday ?? why ?? now.why, until ? w.until(moment(until)) : ""].filter((one) => one !== "").join(" · ");
}

function moment(at: string): string {
  return sameDay(at, new Date().toISOString()) ? time(at) : longDate(at);
}
