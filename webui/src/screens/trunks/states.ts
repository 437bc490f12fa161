/** How trunks stand: read for those that are shown, then told by the box as it changes. */
import { useEffect, useRef, useState } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { listen } from "../../api/live";
import type { Tone } from "../../ui";
import { words } from "./words";

export type Trunk = Of<"Trunk">;
export type Status = Of<"TrunkStatus">;

/** Questions on their way at one time. */
const AT_ONCE = 20;

export async function readStatus(account: string, id: string): Promise<Status> {
  return dataOf(await api.GET("/accounts/{account_id}/trunks/{trunk_id}/status", { params: { path: { account_id: account, trunk_id: id } } }));
}

/** The trunk that an event is about. */
export function trunkOf(data: unknown): string | undefined {
  return typeof data === "object" && data !== null && "trunk_id" in data && typeof data.trunk_id === "string" ? data.trunk_id : undefined;
}

/** The states of a list; `want` asks for more of them. */
export function useStates(account: string): { states: ReadonlyMap<string, Status>; want: (ids: readonly string[]) => void } {
  const [states, setStates] = useState<ReadonlyMap<string, Status>>(new Map());
  const waiting = useRef<string[]>([]);
  const known = useRef(new Set<string>());
  const [running, gone] = [useRef(0), useRef(false)];
  const next = (): void => {
    while (running.current < AT_ONCE) {
      const id = waiting.current.shift();
      if (id === undefined) return;
      running.current++;
      readStatus(account, id).then((found) => {
        if (!gone.current) setStates((before) => new Map(before).set(id, found));
      }, () => undefined).finally(() => {
        running.current--;
        next();
      });
    }
  };
  const want = (ids: readonly string[]) => {
    for (const id of ids) known.current.add(id);
    waiting.current = [...new Set([...waiting.current, ...ids])];
    next();
  };
  useEffect(() => {
    gone.current = false;
    const stop = listen(["trunk.state", "missed"], (name, data) => {
      const id = trunkOf(data);
      if (name === "missed") want([...known.current]);
      else if (id !== undefined && known.current.has(id)) want([id]);
    });
    return () => {
      gone.current = true;
      stop();
    };
  }, [account]);
  return { states, want };
}

/** A state as a light and a word. Suspended is no fault. */
export function stateShown(trunk: Trunk, status: Status | undefined): { tone: Tone | undefined; word: string } {
  const w: Record<string, string | undefined> = words().states;
  if (trunk.status !== "active" || status?.problem === "suspended") return { tone: undefined, word: w.suspended ?? "" };
  if (status === undefined) return { tone: undefined, word: "" };
  if (status.problem === "starting") return { tone: "info", word: w.starting ?? "" };
  const tones: Record<string, Tone | undefined> = { registered: "good", reachable: "good", degraded: "warn", down: "bad" };
  return { tone: tones[status.state], word: w[status.state] ?? status.state };
}

/** A problem in words and what to do; what is unknown as the box put it. */
export function problemShown(problem: string, advice: string | null | undefined): { what: string; todo: string } {
  const known: Record<string, { what: string; todo: string } | undefined> = words().problems;
  return known[problem] ?? { what: problem, todo: advice ?? "" };
}
