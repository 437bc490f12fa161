/**
 * The API as the screens use it. Beyond the typed client:
 *
 * - who is signed out in the middle of something signs in again over the page, and what was asked for is asked again;
 * - what is wrong with a field is said in our words, where we have some;
 * - what does not reach the box throws {@link Unreachable}, and the page says so at its top;
 * - an answer's tag is kept by whoever changes something later: see {@link readOf}.
 */
import { signal } from "@preact/signals";
import { inWords } from "../words/reasons";
import { ApiError, apiClient, type Api, type Read } from "./client";

export { ApiError, type Problem, type Read } from "./client";
export type { Of, Schemas } from "./of";

/** The box could not be reached. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** The token against forgery of the session, once there is one. */
export const csrfToken = signal<string | undefined>(undefined);
/** Whether the last request reached the box. */
export const reachable = signal(true);
/** Whether somebody must sign in again before what waits can go on. */
export const expired = signal(false);

let waiting: (() => void)[] = [];

/** Somebody has signed in again: what waited goes on. */
export function goOn(): void {
  expired.value = false;
  const all = waiting;
  waiting = [];
  for (const one of all) one();
}

/** Whether a signed-out answer is to be waited out; false while nobody has signed in yet. */
export const session = { open: false };

const client = apiClient("", () => (csrfToken.value === undefined ? {} : { csrfToken: csrfToken.value }));

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** As openapi-fetch's, and as the head of this file says. */
export const api: Api = new Proxy(client, {
  get(target, name) {
    const own = Reflect.get(target, name) as unknown;
    if (typeof own !== "function" || typeof name !== "string" || !isMethod(name)) return own;
    return (...words: unknown[]) => attempt(() => (own as (...words: unknown[]) => Promise<unknown>).apply(target, words));
  },
});

function isMethod(name: string): name is Method {
  return ["GET", "POST", "PUT", "PATCH", "DELETE"].includes(name);
}

async function attempt<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      const answer = await ask();
      reachable.value = true;
      return answer;
    } catch (problem) {
      if (problem instanceof ApiError) {
        reachable.value = true;
        if (!session.open || problem.status !== 401 || problem.problem.type !== "unauthenticated") throw await told(problem);
        await signedInAgain();
      } else if (problem instanceof TypeError) {
        reachable.value = false;
        throw new Unreachable("the box does not answer", { cause: problem });
      } else {
        throw problem;
      }
    }
  }
}

/** With the reasons of its fields in the words of whoever reads them. */
async function told(error: ApiError): Promise<ApiError> {
  const { status, problem, retryAfter } = error;
  // Whoever opens the page is told that nobody has signed in: that needs no words.
  if (problem.errors === undefined && problem.detail == null) return error;
  const errors = await inWords(problem.errors ?? []);
  return new ApiError(status, problem.errors === undefined ? problem : { ...problem, errors }, retryAfter);
}

function signedInAgain(): Promise<void> {
  expired.value = true;
  return new Promise((resolve) => waiting.push(resolve));
}

/** What an answer is changed with later (`If-Match`). */
function tagOf(answer: { response: Response }): string {
  return answer.response.headers.get("etag") ?? "";
}

/** An answer's data with its tag. */
export function readOf<T>(answer: { data?: T; response: Response }): Read<T> {
  return { data: dataOf(answer), tag: tagOf(answer) };
}

/** Data of an answer that is a success: there is some. */
export function dataOf<T>(answer: { data?: T }): T {
  if (answer.data === undefined) throw new Error("the box answered with nothing");
  return answer.data;
}
