/** The rows of the wallboard. */
import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Names } from "../../app/names";
import { Badge, Dot, Icon, IconButton, useWindow, type IconName } from "../../ui";
import { duration, phone, time } from "../../words/format";
import type { LiveCall } from "./calls";
import { words } from "./words";

const ICONS: Readonly<Record<string, IconName>> = { internal: "internal", inbound: "incoming", outbound: "outgoing" };
const USUAL = [48, 64] as const;
const WALL = [72, 72] as const;

interface Props {
  calls: readonly LiveCall[];
  names: Names;
  offset: number;
  wall: boolean;
  onHangUp: ((call: LiveCall) => void) | undefined;
}

export function Rows(props: Props) {
  const w = words();
  const { calls, wall, onHangUp } = props;
  const frame = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const { first, last, height } = useWindow(body, calls.length, wall ? WALL : USUAL);
  const row = useRows(props);
  useClock(frame, props.offset);
  // One cell: one that spans more columns than a narrow window shows would make new ones.
  const spacer = (count: number, key: string) => count > 0 && (
    <tr class="table-spacer" aria-hidden="true" key={key}><td style={{ height: `${count * height}px` }} /></tr>
  );
  return (
    <div class="table-frame live-frame" ref={frame}>
      <table class="table table-list" aria-label={w.title} aria-rowcount={calls.length + 1}>
        <thead>
          <tr>
            <th scope="col" class="live-state">{w.columns.state}</th>
            <th scope="col">{w.columns.who}</th>
            <th scope="col" class="live-direction">{w.columns.direction}</th>
            <th scope="col" class="live-trunk">{w.columns.trunk}</th>
            <th scope="col" class="live-duration cell-number">{w.columns.duration}</th>
            {onHangUp && !wall && <th scope="col" class="live-end"><span class="visually-hidden">{w.hangUp}</span></th>}
          </tr>
        </thead>
        <tbody ref={body}>
          {spacer(first, "before")}
          {calls.slice(first, last).map(row)}
          {spacer(calls.length - last, "after")}
        </tbody>
      </table>
    </div>
  );
}

/** A row is made anew only when its call changes: the same node twice is not looked at again. */
function useRows({ names, wall, onHangUp }: Props): (call: LiveCall) => VNode {
  const made = useRef(new WeakMap<LiveCall, VNode>());
  const w = words();
  const key = `${wall} ${onHangUp !== undefined}`;
  const before = useRef<readonly unknown[]>([]);
  if (before.current[0] !== names || before.current[1] !== w || before.current[2] !== key) {
    before.current = [names, w, key];
    made.current = new WeakMap();
  }
  return (call) => {
    const found = made.current.get(call);
    if (found) return found;
    const own = <Row key={call.call_id} call={call} names={names} {...(onHangUp && !wall ? { onHangUp } : {})} />;
    made.current.set(call, own);
    return own;
  };
}

function Row({ call, names, onHangUp }: { call: LiveCall; names: Names; onHangUp?: (call: LiveCall) => void }) {
  const w = words();
  const talks = call.answer_time != null;
  const direction = w.directions[call.direction as keyof typeof w.directions] as string | undefined;
  return (
    <tr class="table-row" data-call={call.call_id}>
      <td class="cell-detail live-state">
        <Badge tone={talks ? "good" : "warn"}><Dot tone={talks ? "good" : "warn"} />{talks ? w.talking : w.ringing}</Badge>
      </td>
      <td class="cell-title"><span class="live-who"><Side number={call.caller} names={names} /><Icon name="right" size={14} /><Side number={call.callee}
        names={names} /></span></td>
      <td class="live-direction"><span class="row live-way"><Icon name={ICONS[call.direction] ?? "phone"} size={18} />{direction ?? call.direction}</span></td>
      <td class="live-trunk" dir="auto">{names.trunk(call.trunk_id)}</td>
      <td class="cell-number cell-aside live-duration">
        <span data-since={call.answer_time ?? call.start_time} />
        {onHangUp && <span class="live-phone-end"><End call={call} onHangUp={onHangUp} /></span>}
      </td>
      {onHangUp && <td class="live-end"><End call={call} onHangUp={onHangUp} /></td>}
    </tr>
  );
}

function End({ call, onHangUp }: { call: LiveCall; onHangUp: (call: LiveCall) => void }) {
  return <IconButton name="hangup" label={words().hangUpOf(phone(call.caller), phone(call.callee))} onPress={() => onHangUp(call)} />;
}

function Side({ number, names }: { number: string; names: Names }) {
  const name = names.byNumber.get(number)?.name;
  return <span class="live-side" dir="auto">{name ? <><strong>{name}</strong> <span class="soft">{number}</span></> : <strong>{phone(number)}</strong>}</span>;
}

/** One timer for all durations, and for the clock on the wall: it writes text, nothing is drawn anew. */
function useClock(frame: { readonly current: HTMLElement | null }, offset: number): void {
  const tick = () => {
    const now = Date.now() + offset;
    for (const one of frame.current?.querySelectorAll<HTMLElement>("[data-since]") ?? []) {
      const text = duration(now - new Date(one.dataset.since ?? "").getTime());
      if (one.firstChild === null) one.textContent = text;
      else if (one.firstChild.nodeValue !== text) one.firstChild.nodeValue = text;
    }
  };
  useLayoutEffect(tick);
  useEffect(() => {
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [offset]);
}

/** The time of day, for the wall. */
export function Clock({ offset }: { offset: number }) {
  const own = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const tick = () => {
      if (own.current) own.current.textContent = time(new Date(Date.now() + offset).toISOString());
    };
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [offset]);
  return <span class="live-clock number" ref={own} />;
}
