/** Four errands by the keyboard alone; where the focus is can be seen at every step. */
import { expect, test } from "vitest";
import type { Locator, Page } from "playwright-core";
import { CALLED, NAME, NUMBER, callToFind, madeExtension, switchedTo } from "./errands";
import { settled, visit, world } from "./world";

const box = world();
const MOST = 80;
/** So low that the page must be scrolled to what has the focus. */
const LOW = { width: 1280, height: 420 };

/** What is wrong with how the focus shows; nothing where it is nowhere in the page. */
function unseen(page: Page): Promise<string | undefined> {
  return page.evaluate(async () => {
    // Drawn as it stays: even without motion a change of style takes a frame.
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const own = document.activeElement;
    if (own === null || own === document.body || own === document.documentElement) return undefined;
    const name = `${own.outerHTML.slice(0, 120)} at ${location.pathname}`;
    const { left, right, top, bottom } = own.getBoundingClientRect();
    const [x, y] = [[Math.max(0, left), Math.min(innerWidth, right)], [Math.max(0, top), Math.min(innerHeight, bottom)]] as [[number, number], [number, number]];
    if (x[1] - x[0] < 4 || y[1] - y[0] < 4) return `not in the window: ${name}`;
    const over = document.elementFromPoint((x[0] + x[1]) / 2, (y[0] + y[1]) / 2);
    if (over === null || !(own.contains(over) || over.contains(own))) return `under ${over?.outerHTML.slice(0, 80)}: ${name}`;
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(own);
    const outlined = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1 && !/transparent|, 0\)$/.test(outlineColor);
    return own.matches(":focus-visible") && outlined ? undefined : `no outline: ${name}`;
  });
}

const hasFocus = (wanted: Locator) => wanted.evaluate((own) => own === document.activeElement);

async function press(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key);
  expect(await unseen(page)).toBeUndefined();
}

/** Tab, until it has the focus. */
async function tabTo(page: Page, wanted: Locator, key = "Tab"): Promise<void> {
  await wanted.waitFor();
  for (let turn = 0; turn < MOST; turn++) {
    if (await hasFocus(wanted)) return;
    await press(page, key);
  }
  throw new Error(`not reached by ${key}: ${wanted}`);
}

async function follow(page: Page, wanted: Locator): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press("Enter");
}

const place = (page: Page, name: string) => page.locator(`nav.side a[href$="/${name}"]`);

test("signing in", async () => {
  const { page, heard, close } = await visit(box, undefined, "/", LOW);
  const { username, password } = box.office.hello.world.people.admin;
  await tabTo(page, page.locator("[name=password]"));
  await page.keyboard.type(password);
  await tabTo(page, page.locator("[name=username]"), "Shift+Tab");
  await page.keyboard.type(username);
  await tabTo(page, page.locator("button[type=submit]"));
  await page.keyboard.press("Space");
  await page.waitForURL(`**/a/${box.office.hello.world.account}/dashboard`);
  await page.locator("nav.side").waitFor();
  await settled(page);
  // What stands there for the keyboard alone: past the menu.
  await tabTo(page, page.locator("a.skip"));
  await page.keyboard.press("Enter");
  await expect.poll(() => hasFocus(page.locator("main"))).toBe(true);
  await press(page, "Tab");
  await expect.poll(() => page.locator("main :focus").count()).toBe(1);
  // Nobody had a cookie: the browser says so of the first question.
  expect(heard.filter((one) => !one.includes("401"))).toEqual([]);
  await close();
});

test("a new extension", async () => {
  const { page, heard, close } = await visit(box, "admin", "/", LOW);
  await follow(page, place(page, "extensions"));
  await follow(page, page.locator(`main a[href$="/extensions/new"]`).first());
  await tabTo(page, page.locator("[name=number]"));
  await page.keyboard.type(NUMBER);
  await tabTo(page, page.locator("[name=name]"));
  await page.keyboard.type(NAME);
  await tabTo(page, page.locator("main form summary"));
  await page.keyboard.press("Space");
  await tabTo(page, page.locator("[name=calling_class]"));
  await page.keyboard.press("Home");
  const calling = await page.locator("[name=calling_class]").inputValue();
  expect(calling).not.toBe("international");
  await tabTo(page, page.locator("main form button[type=submit]"));
  await page.keyboard.press("Enter");
  await page.locator(".extensions-secrets").waitFor();
  await expect.poll(() => madeExtension(box), { timeout: 10_000 }).toMatchObject({ number: NUMBER, name: NAME, calling_class: calling });
  // And back to the list.
  await follow(page, page.locator(`main .row a[href$="/extensions"]`));
  await page.locator("main .table-search").waitFor();
  expect(heard).toEqual([]);
  await close();
});

test("the hours are switched by hand", async () => {
  const { page, heard, close } = await visit(box, "admin", "/", LOW);
  await follow(page, place(page, "hours"));
  const closed = page.locator("main .hours-mode-closed");
  const dialog = page.getByRole("dialog");
  await follow(page, closed);
  await dialog.waitFor();
  await press(page, "Escape");
  await dialog.waitFor({ state: "detached" });
  await expect.poll(() => hasFocus(closed)).toBe(true);
  await page.keyboard.press("Enter");
  await tabTo(page, dialog.getByRole("button", { name: "Sem prazo" }));
  await page.keyboard.press("Space");
  await expect.poll(() => switchedTo(box), { timeout: 10_000 }).toBe("closed");
  await dialog.waitFor({ state: "detached" });
  await expect.poll(() => hasFocus(closed)).toBe(true);
  await expect.poll(() => closed.getAttribute("aria-pressed")).toBe("true");
  expect(heard).toEqual([]);
  await close();
});

test("a call is searched for and explained", async () => {
  const id = await callToFind(box);
  const { page, heard, close } = await visit(box, "admin", "/", LOW);
  await follow(page, place(page, "history"));
  await tabTo(page, page.locator("main input[type=search]"));
  await page.keyboard.type(CALLED);
  await expect.poll(() => page.locator("main .table-row").count(), { timeout: 10_000 }).toBe(1);
  await follow(page, page.locator("main .table-row a").first());
  await page.locator(".history-head").waitFor();
  expect(new URL(page.url()).pathname.split("/").at(-1)).toBe(id);
  await expect.poll(() => page.locator("main").innerText()).toContain("Caminho da chamada");
  expect(heard).toEqual([]);
  await close();
});

/** A window enlarged to twice has a phone's bar at its bottom. */
test.each(["dashboard", "extensions", "extensions/new", "hours", "history"])("enlarged, nothing that has the focus is under a bar: %s", async (name) => {
  const { page, close } = await visit(box, "admin", `/a/${box.office.hello.world.account}/${name}`, { width: 640, height: 450 });
  for (let turn = 0; turn < 40; turn++) await press(page, "Tab");
  for (let turn = 0; turn < 40; turn++) await press(page, "Shift+Tab");
  await close();
});
