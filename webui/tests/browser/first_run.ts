/**
 * The first run, as an installer does it: from a box that nobody has set up to a test call that is heard. Counts what he has to
 * press and to type.
 */
import type { Locator, Page } from "playwright-core";
import type { Office } from "./office";

export interface Effort {
  clicks: number;
  fields: number;
}

/** Counts each press and each field that is filled. */
class Hand {
  clicks = 0;
  fields = 0;

  constructor(readonly page: Page) {}

  async press(button: Locator): Promise<void> {
    await button.click();
    this.clicks++;
  }

  async type(field: string, text: string): Promise<void> {
    await this.page.fill(`[name="${field}"]`, text);
    this.fields++;
  }

  /** The button that leads on. */
  async next(): Promise<void> {
    await this.press(this.page.locator("main .button-primary").last());
  }

  async at(step: string): Promise<void> {
    await this.page.waitForURL(`**/first-run/${step}`);
    await this.page.locator("main .button-primary").last().waitFor();
  }
}

/** Goes through it without a trunk; the page is at the last screen then, all steps of the test call being green. */
export async function firstRun(page: Page, office: Office, password: string): Promise<Effort> {
  const hand = new Hand(page);
  await page.goto("/");
  await page.locator('[name="zone"]').waitFor();
  await hand.next();
  await hand.at("password");
  await hand.type("password", password);
  await hand.next();
  await hand.at("network");
  await hand.next();
  await hand.at("account");
  await hand.type("name", "Padaria São João");
  await hand.type("area_code", "11");
  await hand.next();
  await hand.at("trunk");
  await hand.press(page.locator("main .button-quiet"));
  await hand.at("extensions");
  await hand.next();
  await hand.at("phones");
  const data = await shownData(page);
  await office.do("phone", data);
  await page.locator("[data-registered=true]").waitFor();
  await testCall(hand, office, data.user ?? "");
  return { clicks: hand.clicks, fields: hand.fields };
}

/** What the screen says for the first phone: server, domain, user, authentication name, password. */
async function shownData(page: Page): Promise<Record<string, string>> {
  const all = page.locator(".first_run-data .copy code");
  await all.nth(4).waitFor();
  const [, domain = "", user = "", auth_user = "", password = ""] = await all.allTextContents();
  return { domain, user, auth_user, password };
}

/** A box without the route for it says so: then there is nothing to wait for. */
async function testCall(hand: Hand, office: Office, user: string): Promise<void> {
  const { page } = hand;
  const card = page.locator("[data-part=test-call]");
  const answered = page.waitForResponse((one) => one.url().endsWith("/test-call"));
  await hand.press(card.locator(".button").first());
  if ((await answered).status() === 404) return;
  await office.do("hears", { number: user, frequency: 1000 });
  // The box cannot know what the phone's ear has heard: it asks.
  const yes = card.locator(".row .button-primary");
  await yes.or(card.locator(".banner-good")).waitFor({ timeout: 60_000 });
  if (await yes.isVisible()) await hand.press(yes);
  await card.locator(".banner-good").waitFor({ timeout: 60_000 });
  const states = await card.locator("[data-step]").evaluateAll((all) => all.map((one) => one.getAttribute("data-state")));
  if (states.length === 0 || states.some((one) => one !== "good")) throw new Error(`the test call: ${states.join(", ")}`);
}
