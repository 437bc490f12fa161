/** Run against a daemon by tests/api/cases/typescript.py: ORIGIN, USERNAME and PASSWORD come from the environment. */
import assert from "node:assert/strict";
import { ApiError, apiClient, type Credentials } from "../src/api/client";

function needed(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} is missing`);
  return value;
}

let credentials: Credentials = {};
const api = apiClient(needed("ORIGIN"), () => credentials);

const refused = (status: number, type: string) => (error: unknown) =>
  error instanceof ApiError && error.status === status && error.problem.type === type;

await assert.rejects(api.GET("/me"), refused(401, "unauthenticated"));
const login = await api.POST("/auth/login", { body: { username: needed("USERNAME"), password: needed("PASSWORD") } });
assert.ok(login.data?.access_token);
credentials = { accessToken: login.data.access_token };

const accounts = await api.GET("/accounts", { params: { query: { limit: 1 } } });
const account = accounts.data?.items[0];
assert.ok(account);
const path = { account_id: account.account_id };

const made = await api.POST("/accounts/{account_id}/extensions", { params: { path }, body: { number: "1077", name: "Typed" } });
assert.equal(made.data?.name, "Typed");
const etag = made.response.headers.get("etag");
assert.ok(etag);

const extension = { ...path, extension_id: made.data.extension_id };
const change = (tag: string, name: string) =>
  api.PATCH("/accounts/{account_id}/extensions/{extension_id}", {
    params: { path: extension, header: { "If-Match": tag } },
    body: { name },
  });
assert.equal((await change(etag, "Typed anew")).data?.name, "Typed anew");
await assert.rejects(change(etag, "Too late"), refused(412, "stale"));

await assert.rejects(
  api.POST("/accounts/{account_id}/extensions", { params: { path }, body: { number: "one", name: "x" } }),
  (error: unknown) => error instanceof ApiError && error.status === 422 && error.reasonFor("number") !== undefined,
);
console.log("ok");
