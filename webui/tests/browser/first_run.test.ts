/** From a box out of the packet to a test call that is heard. */
import { expect, test } from "vitest";
import { complaints, openContext } from "./browser";
import { firstRun } from "./first_run";
import { brokenLayout } from "./layout";
import { PICTURES, world } from "./world";

const box = world("--fresh");
const CLICKS = 12;
const FIELDS = 9;

test("a newcomer hears the box's test call after few presses and fewer fields", async () => {
  const context = await openContext(box.browser, box.office.hello);
  const page = await context.newPage();
  const heard = complaints(page);
  const effort = await firstRun(page, box.office, "sete-gatos-no-telhado");
  console.log(`first run: ${effort.clicks} clicks, ${effort.fields} fields`);
  await page.screenshot({ path: `${PICTURES}/first-run-done.png`, fullPage: true });
  expect(effort.clicks).toBeLessThanOrEqual(CLICKS);
  expect(effort.fields).toBeLessThanOrEqual(FIELDS);
  expect(effort.fields).toBeGreaterThan(0);
  // Nobody is signed in at the beginning: the page asks, and the box says so.
  expect(heard.filter((one) => !one.includes("401"))).toEqual([]);
  expect(await brokenLayout(page)).toEqual([]);
  await context.close();
});
