/** What the UI costs: octets over the wire, time on a slow phone, rows that are drawn, work of a wallboard. */
import { afterEach, expect, test } from "vitest";
import type { CDPSession, Page } from "playwright-core";
import { openContext } from "./browser";
import { settled, visit, world } from "./world";

const box = world();
const BUDGET_KIB = 120;
/** Lighthouse's "slow 4G": 150 ms, 1.6 Mbit/s down, 750 kbit/s up. */
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 1_638_400 / 8, uploadThroughput: 750_000 / 8 };
const SLOWER = 4;

const told: string[] = [];
afterEach(() => {
  for (const one of told.splice(0)) console.log(one);
});

interface Wire {
  octets: number;
  requests: string[];
}

/** Counts what comes over the wire, heads included; the stream of events never ends and is left out. */
async function counted(session: CDPSession): Promise<Wire> {
  const wire: Wire = { octets: 0, requests: [] };
  const urls = new Map<string, string>();
  await session.send("Network.enable");
  session.on("Network.requestWillBeSent", ({ requestId, request }) => urls.set(requestId, request.url));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    wire.octets += encodedDataLength;
    wire.requests.push(`${new URL(urls.get(requestId) ?? "https://x/").pathname} ${encodedDataLength}`);
  });
  return wire;
}

async function signInByHand(page: Page): Promise<void> {
  const { username, password } = box.office.hello.world.people.admin;
  await page.locator("[name=username]").fill(username);
  await page.locator("[name=password]").fill(password);
  await page.locator("button[type=submit]").click();
}

async function dashboardIsThere(page: Page): Promise<void> {
  await page.locator("main h1").waitFor();
  await settled(page);
}

test("signing in and the dashboard fit the budget", async () => {
  const context = await openContext(box.browser, box.office.hello);
  const page = await context.newPage();
  const wire = await counted(await context.newCDPSession(page));
  await page.goto("/");
  await signInByHand(page);
  await dashboardIsThere(page);
  await page.waitForTimeout(1000);
  told.push(`over the wire: ${(wire.octets / 1024).toFixed(1)} KiB in ${wire.requests.length} requests`);
  expect(wire.octets / 1024, wire.requests.join("\n")).toBeLessThanOrEqual(BUDGET_KIB);
  await context.close();
});

test("the dashboard is soon there on a slow phone", async () => {
  const context = await openContext(box.browser, box.office.hello, { width: 390, height: 800, touch: true });
  const page = await context.newPage();
  await page.goto("/");
  await signInByHand(page);
  await dashboardIsThere(page);
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", SLOW_4G);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  const before = Date.now();
  await page.reload({ waitUntil: "commit" });
  await page.locator("main h1").waitFor();
  const usable = Date.now() - before;
  await dashboardIsThere(page);
  told.push(`slow 4G, ${SLOWER}x CPU, cache warm: usable after ${usable} ms, every figure there after ${Date.now() - before} ms`);
  expect(await page.locator("main h1").count()).toBe(1);
  await context.close();
});

/** Rows in the document, and the longest task while it scrolls to the end of what has come. */
async function scrolled(page: Page, far: number): Promise<{ rows: number; longest: number; height: number }> {
  return page.evaluate(async (wanted) => {
    let longest = 0;
    const watch = new PerformanceObserver((list) => list.getEntries().forEach((one) => { longest = Math.max(longest, one.duration); }));
    watch.observe({ type: "longtask" });
    let most = 0;
    for (let turn = 0; turn < 400 && document.documentElement.scrollHeight < wanted; turn++) {
      scrollTo(0, document.documentElement.scrollHeight);
      await new Promise((resolve) => setTimeout(resolve, 60));
      most = Math.max(most, document.querySelectorAll("tr.table-row").length);
    }
    for (let turn = 0; turn < 60; turn++) {
      scrollBy(0, -700);
      await new Promise((resolve) => requestAnimationFrame(resolve));
      most = Math.max(most, document.querySelectorAll("tr.table-row").length);
    }
    return { rows: most, longest: Math.round(longest), height: document.documentElement.scrollHeight };
  }, far);
}

test("ten thousand extensions and a million calls scroll with a window of rows", async () => {
  const { account } = box.office.hello.world;
  await box.office.do("ask", { method: "PATCH", path: `/accounts/${account}`, body: { max_extensions: 10_100 } });
  for (let first = 10_000; first < 20_000; first += 2_000) {
    const body = { first: String(first), last: String(first + 1_999), name: "Ramal {number}" };
    const made = await box.office.do("ask", { method: "POST", path: `/accounts/${account}/extensions/range`, body });
    expect(made.status, JSON.stringify(made.body).slice(0, 300)).toBe(200);
  }
  await box.office.do("many_calls", { count: 1_000_000, account });
  const { page, close } = await visit(box, "admin", `/a/${account}/extensions`);
  await page.locator("tr.table-row").first().waitFor();
  const extensions = await scrolled(page, 48 * 10_000);
  await page.goto(`/a/${account}/history`);
  await page.locator("tr.table-row").first().waitFor();
  const calls = await scrolled(page, 48 * 3_000);
  told.push(`10,000 extensions: at most ${extensions.rows} rows drawn, longest task ${extensions.longest} ms; 1,000,000 calls: ${calls.rows} rows, ${calls.longest} ms`);
  expect(extensions.height).toBeGreaterThan(48 * 9_900);
  expect(Math.max(extensions.rows, calls.rows)).toBeLessThan(120);
  await close();
}, 300_000);
