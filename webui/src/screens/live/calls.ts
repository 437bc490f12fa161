/** The calls in progress of an account: read once, then kept by events. */
import { useEffect, useState } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { listen, type EventName } from "../../api/live";

type Shown = Of<"CallShown">;
/** What is shown of a call. Events know all of it but the trunk. */
export type LiveCall = Pick<Shown, "call_id" | "caller" | "callee" | "direction" | "start_time" | "extension_id" | "answer_time" | "trunk_id">;

export interface LiveCalls {
  /** The oldest first. The object of a call that has not changed is the same one. */
  data: readonly LiveCall[] | undefined;
  error: unknown;
  loading: boolean;
  reload(): void;
  /** How far the box's clock is before ours, in ms. */
  offset: number;
}

interface CallEvent extends LiveCall {
  account_id: string;
}

function isCallEvent(data: unknown): data is CallEvent {
  return typeof data === "object" && data !== null && "call_id" in data && "account_id" in data && "start_time" in data;
}

/** A call is still seen within a second of its ringing, and a busy board is not drawn ten times a second. */
const TOGETHER_MS = 300;
const TRUNK_MS = 1000;
const ANEW_MS = 60_000;

/** Keeps the calls apart from what is drawn of them: events of a third of a second are drawn at once. */
class Board {
  private calls = new Map<string, LiveCall>();
  /** What came while the list was on its way: it may know better than the list. */
  private meanwhile: [EventName, CallEvent][] = [];
  private drawing: ReturnType<typeof setTimeout> | undefined;
  private reading: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private offset = 0;

  constructor(private readonly account: string, private readonly tell: (state: Omit<LiveCalls, "reload">) => void) {}

  async read(): Promise<void> {
    clearTimeout(this.reading);
    this.reading = undefined;
    this.meanwhile = [];
    try {
      const answer = await api.GET("/accounts/{account_id}/calls/live", { params: { path: { account_id: this.account } } });
      const before = this.calls;
      this.calls = new Map(dataOf(answer).items.map((one) => [one.call_id, kept(before.get(one.call_id), one)]));
      const apart = new Date(answer.response.headers.get("date") ?? "").getTime() - Date.now();
      this.offset = Math.abs(apart) > 2000 ? apart : 0;
      for (const [name, call] of this.meanwhile) this.change(name, call);
      this.draw(undefined);
    } catch (error) {
      this.draw(error);
    }
  }

  event(name: EventName, call: CallEvent): void {
    this.meanwhile.push([name, call]);
    this.change(name, call);
    this.drawing ??= setTimeout(() => this.draw(undefined), TOGETHER_MS);
    if (name === "call.started" && call.direction !== "internal") this.reading ??= setTimeout(() => void this.read(), TRUNK_MS);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.drawing);
    clearTimeout(this.reading);
  }

  private change(name: EventName, call: CallEvent): void {
    if (name === "call.ended") this.calls.delete(call.call_id);
    else this.calls.set(call.call_id, { ...call, trunk_id: call.trunk_id ?? this.calls.get(call.call_id)?.trunk_id ?? null });
  }

  private draw(error: unknown): void {
    clearTimeout(this.drawing);
    this.drawing = undefined;
    if (!this.stopped) this.tell({ data: error === undefined ? [...this.calls.values()] : undefined, error, loading: false, offset: this.offset });
  }
}

function kept(before: LiveCall | undefined, now: LiveCall): LiveCall {
  return before && before.answer_time === (now.answer_time ?? null) && before.trunk_id === (now.trunk_id ?? null) ? before : now;
}

export function useLiveCalls(account: string): LiveCalls {
  const [state, setState] = useState<Omit<LiveCalls, "reload">>({ data: undefined, error: undefined, loading: true, offset: 0 });
  const [board, setBoard] = useState<Board | undefined>(undefined);
  useEffect(() => {
    const own = new Board(account, (next) => setState((before) => ({ ...next, data: next.data ?? before.data })));
    setBoard(own);
    const deaf = listen(["call.started", "call.answered", "call.ended"], (name, data) => {
      if (isCallEvent(data) && data.account_id === account) own.event(name, data);
    });
    const deafToo = listen(["missed"], () => void own.read());
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void own.read();
    }, ANEW_MS);
    void own.read();
    return () => {
      deaf();
      deafToo();
      clearInterval(timer);
      own.stop();
    };
  }, [account]);
  return { ...state, reload: () => void board?.read() };
}
