/** The wallboard under load: three hundred real calls, of which some end and others begin all the time. */
import { expect, test } from "vitest";
import { visit, world } from "./world";

const box = world("--wide");
const CALLS = 300;
/** Calls that end, and others that begin, in a second: as where one takes two and a half minutes. */
const ANEW = 2;
const MEASURED_MS = 10_000;
const SLOWER = 4;
/** Of one core that is slowed down so. */
const BUDGET = 0.2;

test.each(["", "?wall=1"])("three hundred live calls take little of a slow processor (%s)", async (query) => {
  const { account } = box.office.hello.world;
  if (query === "") await box.office.do("many_live", { calls: CALLS, anew: ANEW });
  const { page, heard, close } = await visit(box, "admin", `/a/${account}/live${query}`);
  await expect.poll(() => shown(), { timeout: 10_000 }).toBeGreaterThan(CALLS * 0.9);
  const session = await page.context().newCDPSession(page);
  // Processor time of the page's thread: what others do on this machine is not counted.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  const before = await metrics();
  await page.waitForTimeout(MEASURED_MS);
  const after = await metrics();
  const share = (after.TaskDuration - before.TaskDuration) / (after.Timestamp - before.Timestamp);
  console.log(`${CALLS} live calls${query}: ${(share * 100).toFixed(1)} % of a core at ${SLOWER}x throttle; ${await shown()} shown`);
  const first = await page.locator("tr.table-row").first().innerText();
  await expect.poll(() => page.locator("tr.table-row").first().innerText(), { message: "the board moves", timeout: 5_000 }).not.toEqual(first);
  expect(await shown()).toBeGreaterThan(CALLS * 0.9);
  expect(share).toBeLessThan(BUDGET);
  expect(heard).toEqual([]);
  await close();

  async function shown(): Promise<number> {
    return Number(await page.locator("table[aria-rowcount]").getAttribute("aria-rowcount")) - 1;
  }
  async function metrics(): Promise<{ TaskDuration: number; Timestamp: number }> {
    const all = Object.fromEntries((await session.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value]));
    return { TaskDuration: all.TaskDuration ?? Number.NaN, Timestamp: all.Timestamp ?? Number.NaN };
  }
}, 180_000);
