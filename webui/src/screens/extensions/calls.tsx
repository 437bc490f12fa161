import { api, dataOf, type Of } from "../../api";
import { useAsk } from "../../app/ask";
import { to } from "../../app/places";
import { Button, Card, Loaded, PlainTable } from "../../ui";
import { dateTime, duration, phone } from "../../words/format";
import type { Extension } from "./one";
import { words } from "./words";

/** The last ten calls by or to the extension. */
export function CallsCard({ account, extension }: { account: string; extension: Extension }) {
  const w = words();
  const id = extension.extension_id;
  const asked = useAsk(async () => dataOf(await api.GET("/accounts/{account_id}/calls", {
    params: { path: { account_id: account }, query: { extension_id: id, limit: 10 } },
  })).items, [account, id]);
  const all = <Button small kind="quiet" href={`${to("history")}?extension_id=${encodeURIComponent(id)}`}>{w.calls.all}</Button>;
  return (
    <Card title={w.calls.title} actions={all}>
      <Loaded asked={asked}>
        {(calls) => calls.length === 0 ? <p class="soft">{w.calls.none}</p> : (
          <PlainTable label={w.calls.title} head={[w.calls.when, w.calls.with, w.calls.outcome, { title: w.calls.duration, numeric: true }]}
            rows={calls.map((one) => ({ key: one.call_id, cells: cells(one, extension.number) }))} />
        )}
      </Loaded>
    </Card>
  );
}

function cells(call: Of<"CallShown">, number: string) {
  const w = words();
  const [directions, outcomes]: Record<string, string | undefined>[] = [w.directions, w.outcomes];
  const other = call.caller === number ? call.callee : call.caller;
  return [
    <a key="when" href={to("history", call.call_id)}>{dateTime(call.start_time)}</a>,
    <span key="with"><bdi class="extensions-number">{phone(other).slice(0, 40)}</bdi><br /><span
      class="soft small">{directions?.[call.direction] ?? call.direction}</span></span>,
    outcomes?.[call.status] ?? call.status, duration(call.duration_ms),
  ];
}
