/** The same done to many, one after the other, at the pace that the box allows. */
import { ApiError } from "../api/client";

/** Questions on their way at one time. */
const AT_ONCE = 4;
/** How often one waits where the box says that it is too much. */
const TURNS = 6;

export interface Outcome<T> {
  done: T[];
  /** Which could not be done, and why. */
  failed: { row: T; problem: unknown }[];
}

interface Watch {
  /** Told after each: how many are behind. */
  told?: (behind: number) => void;
  /** Asked before each: what has not begun then is left. */
  stopped?: () => boolean;
  /** Waits so many seconds. */
  wait?: (seconds: number) => Promise<void>;
}

const waited = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));

/** A row that fails keeps none of the others from being done. */
export async function toEach<T>(rows: readonly T[], work: (row: T) => Promise<unknown>, { told, stopped, wait = waited }: Watch = {}): Promise<Outcome<T>> {
  const found: Outcome<T> = { done: [], failed: [] };
  const left = [...rows];
  const one = async (): Promise<void> => {
    for (let row = left.shift(); row !== undefined && stopped?.() !== true; row = left.shift()) {
      try {
        await patiently(work, row, wait);
        found.done.push(row);
      } catch (problem) {
        found.failed.push({ row, problem });
      }
      told?.(found.done.length + found.failed.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return found;
}

async function patiently<T>(work: (row: T) => Promise<unknown>, row: T, wait: (seconds: number) => Promise<void>): Promise<void> {
  for (let turn = 1; ; turn++) {
    try {
      await work(row);
      return;
    } catch (problem) {
      if (!(problem instanceof ApiError) || problem.status !== 429 || turn === TURNS) throw problem;
      await wait(problem.retryAfter ?? 1);
    }
  }
}
