/**
 * What the box can be asked for although the typed client does not know it yet: the check of the network, and the test call of an
 * extension. A box that is older than this page answers 404: then there is nothing.
 */
import { ApiError, Unreachable, csrfToken } from "../../api";

export interface LaterStep {
  step: string;
  state: string;
  finding?: string | null;
  advice?: string | null;
}

export interface LaterCall {
  number: string;
  running: boolean;
  steps: LaterStep[];
}

interface LaterCheck {
  items?: LaterStep[];
  steps?: LaterStep[];
}

async function ask<T>(method: "GET" | "POST", path: string): Promise<T | undefined> {
  const headers: Record<string, string> = csrfToken.value === undefined ? {} : { "x-csrf-token": csrfToken.value };
  const answer = await fetch(`/api/v1${path}`, { method, headers }).catch((cause: unknown) => {
    throw new Unreachable("the box does not answer", { cause });
  });
  if (answer.status === 404 || answer.status === 405) return undefined;
  if (answer.ok) return (await answer.json()) as T;
  const unknown = { type: "internal", title: answer.statusText, status: answer.status, instance: path };
  throw new ApiError(answer.status, (await answer.json().catch(() => unknown)) as ApiError["problem"], undefined);
}

/** What the box finds wrong with the network; nothing where it cannot say. */
export async function networkCheck(): Promise<LaterStep[] | undefined> {
  const found = await ask<LaterCheck>("GET", "/system/network/check");
  return found && (found.items ?? found.steps ?? []);
}

function callPath(account: string, extension: string): string {
  return `/accounts/${encodeURIComponent(account)}/extensions/${encodeURIComponent(extension)}/test-call`;
}

/** The box rings the phone; nothing where it cannot. */
export function beginTestCall(account: string, extension: string): Promise<LaterCall | undefined> {
  return ask<LaterCall>("POST", callPath(account, extension));
}

export function testCall(account: string, extension: string): Promise<LaterCall | undefined> {
  return ask<LaterCall>("GET", callPath(account, extension));
}
