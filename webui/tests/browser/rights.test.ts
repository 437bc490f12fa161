/** What a role may not do it cannot see, and the box refuses it all the same. */
import { expect, test } from "vitest";
import type { RoleName } from "./office";
import { SCREENS } from "./places";
import { settled, visit, world } from "./world";

const box = world();
const GONE = "Esta página não existe.";
const ROLES: readonly RoleName[] = ["admin", "user"];

function address(path: string): string {
  const { account, hours, trunk } = box.office.hello.world;
  const names: Record<string, string> = { a: account, hours, trunk, call: "x", extension: "x" };
  return path.replaceAll(/\{(\w+)\}/g, (_, word: string) => names[word] ?? "");
}

test.each(ROLES)("%s has no way to what is not his, by menu or by address", async (role) => {
  const { page, close } = await visit(box, role, "/");
  const menu = await page.locator("nav a").evaluateAll((all) => all.map((one) => one.getAttribute("href") ?? ""));
  const placeOf = (path: string) => address(path).split("/").slice(0, path.startsWith("/a/") ? 4 : 2).join("/");
  const open = SCREENS.filter((one) => one.roles.includes(role)).map((one) => placeOf(one.path));
  const closed = SCREENS.filter((one) => !open.includes(placeOf(one.path)) && one.path !== "/parts");
  expect(closed.length).toBeGreaterThan(1);
  for (const { path } of closed) {
    expect(menu).not.toContain(placeOf(path));
    await page.goto(address(path));
    await settled(page);
    expect(await page.locator("main").innerText(), path).toContain(GONE);
  }
  await close();
});

/** With the cookie and the token of the page itself. */
const REFUSED: readonly [RoleName, string, string, unknown][] = [
  ["user", "POST", "/accounts/{a}/extensions", { number: "1999", name: "Mine" }],
  ["user", "GET", "/accounts/{a}/trunks", undefined],
  ["user", "POST", "/accounts/{a}/trunks", { name: "T", host: "192.0.2.1", auth_type: "address" }],
  ["user", "GET", "/accounts/{a}/inbound-routes", undefined],
  ["user", "POST", "/accounts/{a}/routes/simulate", { to: "1001" }],
  ["user", "GET", "/system/info", undefined],
  ["admin", "GET", "/system/info", undefined],
  ["admin", "POST", "/accounts", { name: "N", slug: "nnn", domain: "n.test", max_extensions: 1 }],
  ["admin", "POST", "/system/restart", undefined],
  ["admin", "PUT", "/settings/security", { second_factor_for: [] }],
];

test.each(REFUSED)("%s: %s %s is refused past the page", async (role, method, path, body) => {
  const { page, close } = await visit(box, role, "/");
  const status = await page.evaluate(
    async ([verb, url, sent]) => {
      const current = (await (await fetch("/api/v1/auth/session")).json()) as { csrf_token: string };
      const headers = { "content-type": "application/json", "x-csrf-token": current.csrf_token, "if-match": "*" };
      return (await fetch(`/api/v1${url}`, { method: verb as string, headers, ...(sent ? { body: sent } : {}) })).status;
    },
    [method, address(path), body === undefined ? "" : JSON.stringify(body)] as const,
  );
  expect(status).toBe(403);
  await close();
});

test("another account is not there, for its own people neither by address nor by the API", async () => {
  const { page, close } = await visit(box, "admin", `/a/${box.office.hello.world.other}/extensions`);
  await settled(page);
  expect(await page.locator("main").innerText()).toContain(GONE);
  const status = await page.evaluate(async (url) => (await fetch(`/api/v1/accounts/${url}/extensions`)).status, box.office.hello.world.other);
  expect(status).toBe(404);
  await close();
});
