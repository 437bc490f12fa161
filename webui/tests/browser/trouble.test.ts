/** A box that is gone, a network that is gone, a session that is gone, in the middle of a form: nothing typed is lost. */
import { expect, test } from "vitest";
import type { Page } from "playwright-core";
import { openContext } from "./browser";
import { settled, visit, world } from "./world";

const box = world();
const NAME = "Um nome que ninguém quer digitar de novo";

/** The own profile's form is everybody's: half filled. */
async function halfFilled(page: Page): Promise<void> {
  await page.goto("/me");
  await settled(page);
  await page.locator("[name=full_name]").fill(NAME);
}

const save = (page: Page) => page.locator("form:has([name=full_name]) button[type=submit]").click();
const typed = (page: Page) => page.locator("[name=full_name]").inputValue();

async function isSaved(page: Page): Promise<void> {
  const saved = async () => ((await page.evaluate(async () => (await (await fetch("/api/v1/me")).json()) as { full_name: string }))).full_name;
  await expect.poll(saved, { timeout: 10_000 }).toBe(NAME);
}

test("the box is killed and comes back: the page says so, keeps what was typed, and saves it", async () => {
  const { page, close } = await visit(box, "admin", "/");
  await halfFilled(page);
  await box.office.do("kill");
  await save(page);
  await page.getByRole("alert").first().waitFor();
  expect(await page.locator("main").innerText()).toContain("A central não responde");
  expect(await typed(page)).toBe(NAME);
  await box.office.do("start");
  await save(page);
  await isSaved(page);
  await close();
});

test("the network goes and comes", async () => {
  const { page, close } = await visit(box, "admin", "/");
  await page.context().request.patch("/api/v1/me", { data: {} });
  await halfFilled(page);
  await page.context().setOffline(true);
  await save(page);
  await page.getByRole("alert").first().waitFor();
  expect(await typed(page)).toBe(NAME);
  await page.context().setOffline(false);
  await save(page);
  await isSaved(page);
  await close();
});

test("the session is ended from elsewhere: one signs in over the page, and what was asked for goes on", async () => {
  const other = await visit(box, "user", "/");
  // A session of its own, to be ended.
  const { username, password } = box.office.hello.world.people.user;
  await other.page.context().clearCookies();
  await other.page.context().request.post("/api/v1/auth/login", { data: { username, password, browser: true } });
  await halfFilled(other.page);
  const elsewhere = await openContext(box.browser, box.office.hello);
  const given = (await (await elsewhere.request.post("/api/v1/auth/login", { data: { username, password, browser: true } })).json()) as { csrf_token: string };
  const ended = await elsewhere.request.delete("/api/v1/auth/sessions", { headers: { "x-csrf-token": given.csrf_token } });
  expect(ended.status()).toBe(204);
  await elsewhere.close();
  await save(other.page);
  const dialog = other.page.getByRole("dialog");
  await dialog.waitFor();
  await dialog.locator("input[type=password]").fill(password);
  await dialog.locator("button[type=submit]").click();
  await dialog.waitFor({ state: "hidden" });
  expect(await typed(other.page)).toBe(NAME);
  await isSaved(other.page);
  await other.close();
});

test("the stream of events ends and begins anew by itself", async () => {
  const { page, close } = await visit(box, "boss", `/a/${box.office.hello.world.account}/live`);
  await box.office.do("kill");
  await expect.poll(() => page.locator(".news").count(), { timeout: 20_000 }).toBeGreaterThan(0);
  await box.office.do("start");
  await expect.poll(() => page.locator(".news").count(), { timeout: 40_000 }).toBe(0);
  await close();
});
