import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, dataOf } from "../../api";
import { listen } from "../../api/live";
import { useAsk } from "../../app/ask";
import { to } from "../../app/places";
import { accountId, can } from "../../app/session";
import { useNames, type Names } from "../../app/names";
import { TracePath } from "../../app/trace/path";
import { Values, named } from "../../app/trace/steps";
import { words as traceWords } from "../../app/trace/words";
import { Banner, Button, Card, Icon, Loaded, Page, Pairs } from "../../ui";
import { dateTime, duration, number, phone } from "../../words/format";
import { lasted } from "./list";
import { Direction, Party, Result, type CallShown } from "./party";
import { Quality } from "./quality";
import { words } from "./words";

/** Why one call went as it went. While it goes on, it follows. */
export function OneCall({ id }: { id: string }) {
  const w = words();
  const account = accountId.value ?? "";
  const asked = useAsk(async () => dataOf(await api.GET("/accounts/{account_id}/calls/{call_id}", { params: { path: { account_id: account, call_id: id } } })), [account, id]);
  useEffect(() => listen(["call.answered", "call.ended", "missed"], (name, data) => {
    if (name === "missed" || new Values(data).text("call_id") === id) asked.reload();
  }), [id]);
  return (
    <Page title={w.call.title} back={{ href: to("history"), label: w.title }}>
      <Loaded asked={asked}>{(call) => <Explained call={call} />}</Loaded>
    </Page>
  );
}

/** Once a second while it goes on. */
function useTick(running: boolean): void {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [running]);
}

function Explained({ call }: { call: CallShown }) {
  const w = words();
  const names = useNames();
  useTick(!call.end_time);
  return (
    <div class="stack">
      {call.clock === "untrusted" && <Banner kind="warn">{w.call.clock}</Banner>}
      <div class="history-cards">
        <div class="stack">
          <Summary call={call} names={names} />
          <Quality quality={call.quality} />
        </div>
        {(call.direction === "internal" || (call.trace ?? []).length > 0) && (
          <Card title={w.call.way}>{(call.trace ?? []).length > 0 ? <TracePath steps={call.trace} /> : <p class="soft">{w.call.noWay}</p>}</Card>
        )}
      </div>
    </div>
  );
}

function Summary({ call, names }: { call: CallShown; names: Names }) {
  const w = words();
  return (
    <Card title={w.call.summary}>
      <div class="history-head">
        <Direction of={call.direction} />
        <Side number={call.caller} names={names} />
        <Icon name="right" size={16} />
        <Side number={call.callee} names={names} />
      </div>
      <Outcome call={call} />
      <Facts call={call} names={names} />
      <Links call={call} />
    </Card>
  );
}

function Side({ number: own, names }: { number: string; names: Names }) {
  const found = names.byNumber.get(own);
  const party = <Party number={own} names={names} />;
  return found && can("extensions.read") ? <a href={to("extensions", found.extension_id)}>{party}</a> : party;
}

/** How it came out, in words, and what to do. */
function Outcome({ call }: { call: CallShown }) {
  const [w, t] = [words(), traceWords()];
  const reason = call.reason ?? "";
  const advice = named(t.advice, reason);
  return (
    <div class="stack-small">
      <div class="row">
        <Result call={call} />
        {call.end_time && <span class="soft small number">{w.call.sip(String(call.sip_status))}</span>}
      </div>
      {reason !== "" && <p>{named(t.reasons, reason)}</p>}
      {reason !== "" && advice !== reason && call.status !== "cancelled" && <p class="soft">{advice}</p>}
    </div>
  );
}

function Facts({ call, names }: { call: CallShown; names: Names }) {
  const w = words();
  const trunk = names.trunk(call.trunk_id);
  const ringing = call.answer_time ? (new Date(call.answer_time).getTime() - new Date(call.start_time).getTime()) / 1000 : 0;
  const pairs: [string, ComponentChildren][] = [
    [w.call.when, dateTime(call.start_time)],
    [w.call.answered, call.answer_time ? `${dateTime(call.answer_time)}, ${w.call.afterRinging(number(ringing))}` : undefined],
    [w.call.ended, call.end_time ? dateTime(call.end_time) : undefined],
    [w.call.talked, call.answer_time ? duration(lasted(call)) : undefined],
    [w.columns.trunk, call.trunk_id && trunk !== undefined ? <a href={to("trunks", call.trunk_id)} dir="auto">{trunk}</a> : undefined],
    [w.call.kind, call.class ? named(traceWords().classes, call.class) : undefined],
    [w.call.cost, call.cost ?? undefined],
  ];
  return <Pairs pairs={pairs} />;
}

function Links({ call }: { call: CallShown }) {
  const w = words();
  const outside = call.direction === "inbound" ? call.caller : call.callee;
  return (
    <div class="row">
      {can("routes.read") && <Button small icon="routes" href={`${to("routes", "path")}?${question(call)}`}>{w.call.whereTo}</Button>}
      {outside !== "" && <Button small kind="quiet" icon="search" href={`${to("history")}?q=${encodeURIComponent(outside)}`} label={`${w.call.sameNumber}: ${phone(outside)}`}>{w.call.sameNumber}</Button>}
    </div>
  );
}

/** The same call as a question about its way. */
function question(call: CallShown): string {
  const asked = new URLSearchParams({ to: call.callee, at: call.start_time });
  if (call.direction === "inbound" && call.trunk_id) {
    asked.set("trunk_id", call.trunk_id);
    if (call.caller !== "") asked.set("from", call.caller);
  } else if (call.extension_id) {
    asked.set("extension_id", call.extension_id);
  }
  return asked.toString();
}
