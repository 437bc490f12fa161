/** What every browser test needs: one box and one browser for the file, ended with it. */
import { mkdirSync, rmSync } from "node:fs";
import { afterAll, beforeAll } from "vitest";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { complaints, openBrowser, openContext, signIn, type Look } from "./browser";
import { Office, type RoleName } from "./office";

export interface World {
  office: Office;
  browser: Browser;
}

/** Pictures are kept here, and looked at by whoever changes a screen. */
export const PICTURES = ".build/screens";

export function world(...options: string[]): World {
  const made = {} as World;
  const folder = `.build/office-${process.pid}-${Math.trunc(performance.now())}`;
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    made.office = await Office.start(folder, ...options);
    made.browser = await openBrowser();
  });
  afterAll(async () => {
    await made.browser?.close();
    await made.office?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return made;
}

export interface Visit {
  page: Page;
  /** What it complained of so far. */
  heard: string[];
  close: () => Promise<void>;
}

/** A page of somebody who has signed in; nobody: who has not. */
export async function visit({ office, browser }: World, role: RoleName | undefined, path: string, look: Look = {}): Promise<Visit> {
  const context = await openContext(browser, office.hello, look);
  if (role) await signIn(context, office.hello.world.people[role], office.hello.url);
  const language = look.language ?? "pt-BR";
  if (role) await speaks(context, role, language);
  await context.addInitScript((word) => localStorage.setItem("language", word), language);
  const page = await context.newPage();
  const heard = complaints(page);
  await page.goto(path);
  await settled(page);
  return { page, heard, close: () => context.close() };
}

const spoken = new Map<RoleName, string>();

/** What somebody has chosen goes before what the browser wants. */
async function speaks(context: BrowserContext, role: RoleName, language: string): Promise<void> {
  if ((spoken.get(role) ?? "pt-BR") === language) return;
  spoken.set(role, language);
  const me = await context.request.get("/api/v1/me");
  const { csrf_token: token } = (await (await context.request.get("/api/v1/auth/session")).json()) as { csrf_token: string };
  const headers = { "if-match": me.headers().etag ?? "", "x-csrf-token": token };
  const answer = await context.request.patch("/api/v1/me", { headers, data: { language } });
  if (!answer.ok()) throw new Error(`${role} cannot speak ${language}: ${answer.status()} ${await answer.text()}`);
}

/** Until nothing is on its way any more: no request, no spinner; and it stays so, for a part that comes may ask for more. */
export async function settled(page: Page): Promise<void> {
  // The page of parts shows spinners that never end.
  if (new URL(page.url()).pathname === "/parts") return page.locator(".page").waitFor();
  await page.evaluate(() => Object.assign(globalThis, { quiet: 0 })).catch(() => undefined);
  await page.waitForFunction(() => {
    const still = globalThis as { quiet?: number };
    const busy = document.querySelector("#app > *") === null || document.querySelector(".page .spinner, .alone .spinner") !== null;
    still.quiet = busy ? 0 : (still.quiet ?? 0) + 1;
    return still.quiet >= 4;
  }, undefined, { timeout: 20_000, polling: 40 });
}
