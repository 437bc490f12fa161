/** What happens on the box, as it happens: one stream of Server-Sent Events for the whole page. */
import { signal } from "@preact/signals";

export const EVENTS = [
  "call.started", "call.answered", "call.ended", "registration.added", "registration.removed", "registration.reachability",
  "trunk.state", "ban", "alert", "missed",
] as const;
export type EventName = (typeof EVENTS)[number];

/** The data is JSON; each listener knows what its event holds. */
export type Listener = (name: EventName, data: unknown) => void;

/** Whether events come in. Where they do not, what is shown may be old, and says so. */
export const live = signal(false);

const listeners = new Map<EventName, Set<Listener>>();
let stream: EventSource | undefined;
let again: ReturnType<typeof setTimeout> | undefined;
let wait = 1000;
let before = false;

/** Hears of these events until the answer is called. */
export function listen(names: readonly EventName[], listener: Listener): () => void {
  for (const name of names) {
    const set = listeners.get(name) ?? new Set();
    listeners.set(name, set.add(listener));
  }
  return () => {
    for (const name of names) listeners.get(name)?.delete(listener);
  };
}

function tell(name: EventName, data: unknown): void {
  for (const listener of listeners.get(name) ?? []) listener(name, data);
}

/** Begins to listen; everybody is told `missed` when the stream has to begin anew: what is shown must be read again. */
export function openStream(): void {
  closeStream();
  const own = new EventSource("/api/v1/events");
  stream = own;
  own.addEventListener("open", () => {
    wait = 1000;
    // The first time, everybody has only just read what there is.
    if (!live.peek() && before) tell("missed", null);
    before = true;
    live.value = true;
  });
  own.addEventListener("error", () => {
    live.value = false;
    // The browser tries again by itself unless the answer was a refusal: then we do.
    if (own.readyState !== EventSource.CLOSED || stream !== own) return;
    again = setTimeout(openStream, wait);
    wait = Math.min(wait * 2, 30_000);
  });
  for (const name of EVENTS) {
    own.addEventListener(name, (event) => {
      tell(name, parsed((event as MessageEvent<string>).data));
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

export function closeStream(): void {
  clearTimeout(again);
  stream?.close();
  stream = undefined;
  live.value = false;
}
