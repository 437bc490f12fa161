/** The wallboard: who talks with whom, as it happens. */
import "./live.css";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, api } from "../../api";
import { useNames, type Names } from "../../app/names";
import { useQuery } from "../../app/query";
import { account, accountId, can } from "../../app/session";
import { Button, Confirm, Empty, IconButton, Loaded, Page, SelectField, Stat, TextField, toast } from "../../ui";
import { number, phone } from "../../words/format";
import { common } from "../../words/common";
import { useLiveCalls, type LiveCall } from "./calls";
import { Clock, Rows } from "./rows";
import { words } from "./words";

export default function Screen() {
  const own = accountId.value ?? "";
  const query = useQuery();
  const wall = query.get("wall") === "1";
  const calls = useLiveCalls(own);
  const names = useNames();
  const [ending, setEnding] = useState<LiveCall | undefined>(undefined);
  useWall(wall, () => query.set({ wall: "" }));
  const w = words();
  return (
    <Frame wall={wall} offset={calls.offset} onWall={() => openWall(query)} onLeave={() => leaveWall(query)}>
      <Loaded asked={calls}>
        {(all) => (
          <>
            <Figures calls={all} />
            {!wall && <Filters />}
            <Found all={all} names={names} offset={calls.offset} wall={wall} onHangUp={can("calls.barge") ? setEnding : undefined} />
          </>
        )}
      </Loaded>
      {ending && (
        <Confirm title={w.hangUpTitle} action={w.hangUp} onConfirm={() => hangUp(own, ending, w)} onClose={() => setEnding(undefined)}>
          <p dir="auto"><strong>{phone(ending.caller)} → {phone(ending.callee)}</strong></p>
          <p>{w.hangUpText}</p>
        </Confirm>
      )}
    </Frame>
  );
}

interface FrameProps {
  wall: boolean;
  offset: number;
  onWall: () => void;
  onLeave: () => void;
  children: ComponentChildren;
}

function Frame({ wall, offset, onWall, onLeave, children }: FrameProps) {
  const w = words();
  if (!wall) return <Page title={w.title} actions={<Button icon="full" onPress={onWall}>{w.wall}</Button>}>{children}</Page>;
  return (
    <div class="live-board stack">
      <div class="live-board-head">
        <h1 dir="auto">{account.value?.name ?? w.title}</h1>
        <Clock offset={offset} />
        <IconButton name="close" label={w.leaveWall} onPress={onLeave} />
      </div>
      {children}
    </div>
  );
}

function Figures({ calls }: { calls: readonly LiveCall[] }) {
  const w = words();
  const talking = calls.filter((one) => one.answer_time != null).length;
  return (
    <div class="live-figures">
      <Stat label={w.talking} value={number(talking)} />
      <Stat label={w.ringing} value={number(calls.length - talking)} />
      <Stat label={w.all} value={number(calls.length)} />
    </div>
  );
}

function Filters() {
  const w = words();
  const query = useQuery();
  const directions = Object.entries(w.directions).map(([value, label]) => ({ value, label }));
  return (
    <div class="live-filters">
      <TextField name="q" type="search" label={common().actions.search} placeholder={w.searchHint} maxLength={100} value={query.get("q")} onValue={(q) =>
        query.set({ q })} />
      <SelectField name="direction" label={w.columns.direction} value={query.get("direction")} options={[{ value: "", label: w.anyDirection }, ...directions]}
        onValue={(direction) => query.set({ direction })} />
    </div>
  );
}

interface FoundProps {
  all: readonly LiveCall[];
  names: Names;
  offset: number;
  wall: boolean;
  onHangUp: ((call: LiveCall) => void) | undefined;
}

function Found({ all, ...rest }: FoundProps) {
  const w = words();
  const query = useQuery();
  const [text, direction] = [query.get("q").toLowerCase(), query.get("direction")];
  const found = all.filter((one) => (direction === "" || one.direction === direction) && (text === "" || textOf(one, rest.names).includes(text)));
  if (all.length === 0) return <Empty icon="live" title={w.empty}>{w.emptyHint}</Empty>;
  if (found.length === 0) return <Empty icon="search" title={common().table.nothing} />;
  return (
    <>
      <Rows {...rest} calls={found} />
      {found.length < all.length && <p class="soft small" role="status">{w.hidden(found.length)} / {number(all.length)}</p>}
    </>
  );
}

function textOf(call: LiveCall, names: Names): string {
  const name = (number: string) => names.byNumber.get(number)?.name;
  return [call.caller, phone(call.caller), name(call.caller), call.callee, phone(call.callee), name(call.callee),
    names.trunk(call.trunk_id)].join(" ").toLowerCase();
}

async function hangUp(own: string, call: LiveCall, w: ReturnType<typeof words>): Promise<void> {
  try {
    await api.POST("/accounts/{account_id}/calls/live/{call_id}/hangup", { params: { path: { account_id: own, call_id: call.call_id } } });
    toast(w.hungUp);
  } catch (problem) {
    if (!(problem instanceof ApiError) || problem.status !== 404) throw problem;
    toast(w.gone);
  }
}

type Query = ReturnType<typeof useQuery>;

function openWall(query: Query): void {
  query.set({ wall: "1" });
  void document.documentElement.requestFullscreen?.().catch(() => undefined);
}

function leaveWall(query: Query): void {
  query.set({ wall: "" });
  if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
}

/** Without the frame of the page, in bigger type; who leaves the full screen leaves the wall. */
function useWall(wall: boolean, leave: () => void): void {
  useEffect(() => {
    if (!wall) return;
    const changed = () => {
      if (document.fullscreenElement === null) leave();
    };
    document.documentElement.classList.add("live-wall");
    document.addEventListener("fullscreenchange", changed);
    return () => {
      document.documentElement.classList.remove("live-wall");
      document.removeEventListener("fullscreenchange", changed);
    };
  }, [wall]);
}
