/**
 * The API of the box, typed: paths, bodies and answers come from the OpenAPI document of the daemon that the build is for, so what
 * has changed there does not compile here.
 */
import createClient, { type Client, type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

/** The body of every error (RFC 9457). */
export type Problem = components["schemas"]["ProblemDocument"];

/** An answer that is no success. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly problem: Problem,
    /** Seconds after which to ask again, where the box says so. */
    readonly retryAfter: number | undefined,
  ) {
    super(problem.detail ?? problem.title);
  }

  /** Why a field of the request cannot be taken. */
  reasonFor(field: string): string | undefined {
    return this.problem.errors?.find((one) => one.field === field)?.reason;
  }
}

/** What was read, with the tag that a change of it needs. */
export interface Read<T> {
  data: T;
  tag: string;
}

/** Who asks: a browser's cookie needs its token against forgery, a program has an access token. */
export interface Credentials {
  readonly accessToken?: string;
  readonly csrfToken?: string;
}

export type Api = Client<paths>;

/**
 * A client for the API below `origin` (`""` in a page of the box). `credentials` is asked anew for each request: tokens
 * change. Every answer that is no success is thrown as an {@link ApiError}.
 */
export function apiClient(origin: string, credentials: () => Credentials): Api {
  const api = createClient<paths>({ baseUrl: `${origin}/api/v1` });
  api.use(signing(credentials), throwing);
  return api;
}

function signing(credentials: () => Credentials): Middleware {
  return {
    onRequest({ request }) {
      const { accessToken, csrfToken } = credentials();
      if (accessToken !== undefined) request.headers.set("authorization", `Bearer ${accessToken}`);
      if (csrfToken !== undefined) request.headers.set("x-csrf-token", csrfToken);
      return request;
    },
  };
}

const throwing: Middleware = {
  async onResponse({ response }) {
    if (response.ok || response.status === 304) return;
    const after = Number(response.headers.get("retry-after") ?? Number.NaN);
    throw new ApiError(response.status, await problemOf(response), Number.isFinite(after) ? after : undefined);
  },
};

/** What stands between us and the box may answer with something else. */
async function problemOf(response: Response): Promise<Problem> {
  const typed = response.headers.get("content-type")?.startsWith("application/problem+json") ?? false;
  if (typed) return (await response.json()) as Problem;
  const instance = new URL(response.url).pathname;
  return { type: "no-proper-answer", title: response.statusText, status: response.status, instance };
}
