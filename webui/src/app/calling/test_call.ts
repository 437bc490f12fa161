/** The test call of an extension: the box rings its phones. */
import { ApiError, api, dataOf, type Of } from "../../api";

export type TestCall = Of<"TestCall">;
export type CallStep = Of<"CallStep">;

const paramsOf = (account: string, extension: string) => ({ path: { account_id: account, extension_id: extension } });

export async function beginTestCall(account: string, extension: string): Promise<TestCall> {
  return dataOf(await api.POST("/accounts/{account_id}/extensions/{extension_id}/test-call", { params: paramsOf(account, extension) }));
}

/** How far the last one came; undefined: there was none. */
export async function testCall(account: string, extension: string): Promise<TestCall | undefined> {
  try {
    return dataOf(await api.GET("/accounts/{account_id}/extensions/{extension_id}/test-call", { params: paramsOf(account, extension) }));
  } catch (problem) {
    if (problem instanceof ApiError && problem.status === 404) return undefined;
    throw problem;
  }
}
