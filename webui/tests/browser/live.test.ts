/** Calls as they happen: real phones, a real box, and what the page shows of them. */
import { expect, test } from "vitest";
import { visit, world } from "./world";

const box = world();
/** "Live means live: a call appears within a second of ringing." The test's own steps are not counted in. */
const SOON_MS = 1000;

test("a call appears when it rings and goes when it ends; the history explains it", async () => {
  const { account } = box.office.hello.world;
  const { page, heard, close } = await visit(box, "admin", `/a/${account}/live`);
  await box.office.do("register", { number: "1001" });
  await box.office.do("register", { number: "1002" });
  const row = page.locator("main").getByText("1002").first();
  // The page itself notes when it has drawn the call: the box's clock and the browser's are one.
  await page.evaluate(() => {
    const seen = new MutationObserver(() => {
      if (document.querySelector("main")?.textContent?.includes("1002")) {
        Object.assign(globalThis, { drawn: Date.now() });
        seen.disconnect();
      }
    });
    seen.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await box.office.do("ring", { from: "1001", to: "1002" });
  await row.waitFor({ timeout: 5_000 });
  const live = (await box.office.do("ask", { method: "GET", path: `/accounts/${account}/calls/live` })).body as { items: { call_id: string; start_time: string }[] };
  const call = live.items[0];
  const drawn = await page.evaluate(() => (globalThis as { drawn?: number }).drawn ?? Number.NaN);
  const late = drawn - Date.parse(call?.start_time ?? "");
  console.log(`a call is drawn ${late} ms after it began`);
  expect(late).toBeLessThan(SOON_MS);
  expect(late).toBeGreaterThanOrEqual(0);

  await box.office.do("hangup", { number: "1001" });
  await row.waitFor({ state: "hidden", timeout: 5_000 });
  await page.goto(`/a/${account}/history/${call?.call_id}`);
  await page.locator("main h1").waitFor();
  await expect.poll(() => page.locator("main").innerText()).toContain("1002");
  expect(heard).toEqual([]);
  await close();
});

test("who may, ends a call from the page, and the phone hears it", async () => {
  const { account } = box.office.hello.world;
  const { page, close } = await visit(box, "boss", `/a/${account}/live`);
  await box.office.do("call", { from: "1003", to: "1004" });
  const end = page.getByRole("button", { name: /desligar/i }).first();
  await end.waitFor();
  await end.click();
  // It asks once more.
  await page.getByRole("dialog").getByRole("button", { name: /desligar/i }).click();
  expect((await box.office.do("closed", { number: "1004" })).ok).toBe(true);
  await close();
});
