/** The test call of an extension. The API's own types do not have it yet: the one place where it is asked for without them. */
import { ApiError, csrfToken } from "../../api";

export interface CallStep {
  step: string;
  state: string;
  finding: string | null;
  advice: string | null;
}

export interface TestCall {
  running: boolean;
  steps: CallStep[];
}

function isTestCall(found: unknown): found is TestCall {
  return typeof found === "object" && found !== null && "running" in found && "steps" in found && Array.isArray(found.steps);
}

/** `POST` calls the phone, `GET` tells how far it came; undefined: there is no such thing, or no such call yet. */
export async function testCall(method: "GET" | "POST", account: string, extension: string): Promise<TestCall | undefined> {
  const path = `/api/v1/accounts/${encodeURIComponent(account)}/extensions/${encodeURIComponent(extension)}/test-call`;
  const headers = csrfToken.value === undefined ? {} : { "x-csrf-token": csrfToken.value };
  const answer = await fetch(path, { method, headers });
  if (answer.status === 404 || answer.status === 405) return undefined;
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.ok && isTestCall(body)) return body;
  const detail = typeof body === "object" && body !== null && "detail" in body && typeof body.detail === "string" ? { detail: body.detail } : {};
  const type = typeof body === "object" && body !== null && "type" in body && typeof body.type === "string" ? body.type : "internal";
  throw new ApiError(answer.status, { type, title: answer.statusText, status: answer.status, instance: path, ...detail }, undefined);
}
