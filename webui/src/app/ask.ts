/** Reading from the API in a component, and doing something there. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError, Unreachable } from "../api";
import { common } from "../words/common";
import { known as reasonKnown } from "../words/reasons";

export interface Asked<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  /** Asks again; what is shown stays meanwhile. */
  reload(): void;
  /** Puts something in the place of what was read: an answer to a change, say. */
  put(data: T): void;
}

/**
 * What `ask` answers, asked anew when one of `keys` changes. Late answers to old questions are forgotten.
 * `everySeconds`: again and again, while the page is seen.
 */
export function useAsk<T>(ask: () => Promise<T>, keys: readonly unknown[], everySeconds?: number): Asked<T> {
  const [state, setState] = useState<{ data: T | undefined; error: unknown; loading: boolean }>({ data: undefined, error: undefined, loading: true });
  const turn = useRef(0);
  const latest = useRef(ask);
  latest.current = ask;
  const go = useCallback(() => {
    const own = ++turn.current;
    setState((before) => ({ ...before, loading: true }));
    latest.current().then(
      (data) => {
        if (own === turn.current) setState({ data, error: undefined, loading: false });
      },
      (error: unknown) => {
        if (own === turn.current) setState((before) => ({ ...before, error, loading: false }));
      },
    );
  }, []);
  useEffect(() => {
    setState({ data: undefined, error: undefined, loading: true });
    go();
    return () => {
      turn.current++;
    };
  }, keys);
  useEffect(() => {
    if (everySeconds === undefined) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") go();
    }, everySeconds * 1000);
    return () => clearInterval(timer);
  }, [everySeconds, go]);
  const put = useCallback((data: T) => {
    turn.current++;
    setState({ data, error: undefined, loading: false });
  }, []);
  return { ...state, reload: go, put };
}

/** An error in the words of whoever reads it. */
export function wordsOf(error: unknown): string {
  const w = common();
  if (error instanceof Unreachable) return w.errors.unreachable;
  if (!(error instanceof ApiError)) return w.errors.unknown;
  const known = w.errors.types[error.problem.type as keyof typeof w.errors.types] as string | undefined;
  const wait = error.retryAfter === undefined ? "" : ` ${w.errors.retryAfter(error.retryAfter)}`;
  const said = error.problem.detail ?? "";
  const about = known ?? w.errors.unknown;
  const detail = reasonKnown(said) ?? (said === "" ? about : `(${said})`);
  return `${about}${detail === about ? "" : ` ${detail}`}${wait}`;
}
