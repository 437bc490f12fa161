/** Four errands on a phone by the finger alone; nothing that is touched is smaller than 24 px. */
import { expect, test } from "vitest";
import type { Locator, Page } from "playwright-core";
import { CALLED, NAME, NUMBER, callToFind, madeExtension, switchedTo } from "./errands";
import { settled, visit, world } from "./world";

const box = world();
const PHONE = { width: 390, height: 844, touch: true };
const LEAST = 24;

/** Whether a finger beside its middle hits it too. */
function isHit(own: Element, aside: number): boolean {
  const { left, right, top, bottom } = own.getBoundingClientRect();
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return [[aside, 0], [-aside, 0], [0, aside], [0, -aside]].every(([across = 0, down = 0]) => own.contains(document.elementFromPoint(x + across, y + down)));
}

async function tap(wanted: Locator): Promise<void> {
  await wanted.waitFor();
  // As a finger scrolls: out from under the bars.
  await wanted.evaluate((own) => own.scrollIntoView({ block: "center" }));
  const { width, height } = (await wanted.boundingBox()) ?? { width: 0, height: 0 };
  expect(Math.min(width, height), `${wanted} is ${width} by ${height}`).toBeGreaterThanOrEqual(LEAST);
  expect(await wanted.evaluate(isHit, LEAST / 2 - 1), `${wanted} is covered or cut off around its middle`).toBe(true);
  await wanted.tap();
}

/** What the keyboard on the screen does, once the field has been touched. */
async function type(page: Page, field: Locator, text: string): Promise<void> {
  await tap(field);
  await expect.poll(() => field.evaluate((own) => own === document.activeElement)).toBe(true);
  await page.keyboard.insertText(text);
}

/** By the bar at the bottom, or by what is behind its last button. */
async function go(page: Page, name: string): Promise<void> {
  const link = page.locator(`nav.bottom a[href$="/${name}"]`);
  await page.locator("nav.bottom").waitFor();
  if (!(await link.isVisible())) await tap(page.locator("nav.bottom > button"));
  await tap(link);
  await page.waitForURL(`**/${name}`);
}

test("signing in", async () => {
  const { page, heard, close } = await visit(box, undefined, "/", PHONE);
  const { username, password } = box.office.hello.world.people.admin;
  await type(page, page.locator("[name=username]"), username);
  await type(page, page.locator("[name=password]"), password);
  // Looked at, as on a small keyboard one does.
  await tap(page.locator(".input-with-button button"));
  await expect.poll(() => page.locator("[name=password]").getAttribute("type")).toBe("text");
  await tap(page.locator("button[type=submit]"));
  await page.locator("nav.bottom").waitFor();
  await settled(page);
  expect(new URL(page.url()).pathname).toBe(`/a/${box.office.hello.world.account}/dashboard`);
  expect(heard.filter((one) => !one.includes("401"))).toEqual([]);
  await close();
});

test("a new extension", async () => {
  const { page, heard, close } = await visit(box, "admin", "/", PHONE);
  await go(page, "extensions");
  await tap(page.locator(`main a[href$="/extensions/new"]`).first());
  await type(page, page.locator("[name=number]"), NUMBER);
  await type(page, page.locator("[name=name]"), NAME);
  await tap(page.locator("main form summary"));
  await page.locator("[name=calling_class]").waitFor();
  await tap(page.locator("main form button[type=submit]"));
  await page.locator(".extensions-secrets").waitFor();
  await expect.poll(() => madeExtension(box), { timeout: 10_000 }).toMatchObject({ number: NUMBER, name: NAME });
  // It is in the list, and its row leads to it.
  await tap(page.locator(`main .row a[href$="/extensions"]`));
  await type(page, page.locator("main input[type=search]"), NUMBER);
  await expect.poll(() => page.locator("main .table-row").count(), { timeout: 10_000 }).toBe(1);
  await tap(page.locator("main .table-row .cell-title a"));
  await expect.poll(() => page.locator("main").innerText(), { timeout: 10_000 }).toContain(NAME);
  expect(heard).toEqual([]);
  await close();
});

test("the hours are switched by hand", async () => {
  const { page, heard, close } = await visit(box, "admin", "/", PHONE);
  await go(page, "hours");
  await tap(page.locator("main .hours-mode-closed"));
  const dialog = page.getByRole("dialog");
  await tap(dialog.getByRole("button", { name: "Sem prazo" }));
  await expect.poll(() => switchedTo(box), { timeout: 10_000 }).toBe("closed");
  await dialog.waitFor({ state: "detached" });
  await expect.poll(() => page.locator("main .hours-mode-closed").getAttribute("aria-pressed")).toBe("true");
  expect(heard).toEqual([]);
  await close();
});

test("a call is searched for and explained", async () => {
  const id = await callToFind(box);
  const { page, heard, close } = await visit(box, "admin", "/", PHONE);
  await go(page, "history");
  await type(page, page.locator("main input[type=search]"), CALLED);
  await expect.poll(() => page.locator("main .table-row").count(), { timeout: 10_000 }).toBe(1);
  await tap(page.locator("main .table-row a:visible").first());
  await page.locator(".history-head").waitFor();
  expect(new URL(page.url()).pathname.split("/").at(-1)).toBe(id);
  await expect.poll(() => page.locator("main").innerText()).toContain("Caminho da chamada");
  expect(heard).toEqual([]);
  await close();
});
