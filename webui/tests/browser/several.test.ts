/** Several people at one thing, and one person at several things: nobody's work is lost without a word, and what was done to each is told. */
import { expect, test } from "vitest";
import { settled, visit, world } from "./world";

const box = world();
const MINE = "Recepção da manhã";

interface Extension {
  extension_id: string;
  number: string;
  name: string;
  status: string;
  media_encryption: string;
}

async function extensions(): Promise<Extension[]> {
  const answer = await box.office.do("ask", { method: "GET", path: `/accounts/${box.office.hello.world.account}/extensions` });
  return (answer.body as { items: Extension[] }).items;
}

async function change(id: string, body: Record<string, unknown>): Promise<void> {
  const answer = await box.office.do("ask", { method: "PATCH", path: `/accounts/${box.office.hello.world.account}/extensions/${id}`, body });
  expect(answer.status).toBe(200);
}

test("somebody else was quicker: the page says what they changed, keeps what was typed, and asks", async () => {
  const { account } = box.office.hello.world;
  const [first] = await extensions();
  const { page, heard, close } = await visit(box, "admin", `/a/${account}/extensions/${first?.extension_id}`);
  await page.locator("[name=name]").fill(MINE);
  await change(first?.extension_id ?? "", { name: "Recepção da tarde", ring_seconds: 17 });
  await page.locator("form:has([name=name]) button[type=submit]").click();
  const banner = page.locator(".banner").filter({ hasText: "Recepção da tarde" });
  await banner.waitFor();
  expect(await banner.innerText()).toContain("17");
  expect(await page.locator("[name=name]").inputValue()).toBe(MINE);
  expect((await extensions())[0]?.name).toBe("Recepção da tarde");
  await banner.getByRole("button").first().click();
  await expect.poll(async () => (await extensions())[0]?.name).toBe(MINE);
  // The browser itself tells the console of a 412.
  expect(heard.filter((one) => !one.includes("412"))).toEqual([]);
  await close();
});

test("what somebody else changed in a field that one did not touch is not undone without a word", async () => {
  const { account } = box.office.hello.world;
  const second = (await extensions())[1];
  const { page, close } = await visit(box, "admin", `/a/${account}/extensions/${second?.extension_id}`);
  await page.locator("[name=name]").fill("Balcão");
  await change(second?.extension_id ?? "", { media_encryption: "required" });
  await page.locator("form:has([name=name]) button[type=submit]").click();
  await page.locator(".banner").filter({ hasText: "SRTP" }).waitFor();
  expect((await extensions())[1]).toMatchObject({ name: second?.name, media_encryption: "required" });
  await close();
});

test.each([["desktop", 1440, 900], ["phone", 360, 740]] as const)("several extensions are suspended at once, and brought back (%s)", async (_, width, height) => {
  const { account } = box.office.hello.world;
  const { page, heard, close } = await visit(box, "admin", `/a/${account}/extensions`, { width, height, touch: width < 700 });
  await settled(page);
  const rows = page.locator("tr.table-row");
  await rows.nth(1).locator("[type=checkbox]").check();
  await rows.nth(2).locator("[type=checkbox]").check();
  await page.locator(".extensions-chosen").getByRole("button", { name: "Suspender" }).click();
  const states = async () => (await extensions()).slice(0, 4).map((one) => one.status);
  await expect.poll(states).toEqual(["active", "suspended", "suspended", "active"]);
  await page.getByRole("button", { name: "Desfazer" }).click();
  await expect.poll(states).toEqual(["active", "active", "active", "active"]);
  expect(heard).toEqual([]);
  await close();
});
