/** Chromium, as different people would sit before it. */
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import type { Hello, Person } from "./office";

export interface Look {
  width?: number;
  height?: number;
  dark?: boolean;
  language?: "pt-BR" | "en" | "es";
  touch?: boolean;
  /** With the service worker, which else would stand between the page and the test. */
  worker?: boolean;
}

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--ignore-certificate-errors"] });
}

export async function openContext(browser: Browser, hello: Hello, look: Look = {}): Promise<BrowserContext> {
  const { width = 1440, height = 900, dark = false, language = "pt-BR", touch = false, worker = false } = look;
  return browser.newContext({
    baseURL: hello.url, ignoreHTTPSErrors: true, viewport: { width, height }, colorScheme: dark ? "dark" : "light", locale: language,
    hasTouch: touch, isMobile: touch, timezoneId: "America/Sao_Paulo", reducedMotion: "reduce",
    serviceWorkers: worker ? "allow" : "block",
  });
}

const kept = new Map<string, Awaited<ReturnType<BrowserContext["cookies"]>>>();

/** Signs in past the screen: the browser gets the cookie. Once for each person: a password takes the box as long as it should. */
export async function signIn(context: BrowserContext, person: Person, url = ""): Promise<void> {
  const key = `${url} ${person.username}`;
  const cookies = kept.get(key);
  if (cookies) return context.addCookies(cookies);
  const answer = await context.request.post("/api/v1/auth/login", { data: { ...person, browser: true } });
  if (!answer.ok()) throw new Error(`signing in as ${person.username}: ${answer.status()} ${await answer.text()}`);
  kept.set(key, await context.cookies());
}

/** Everything that the page complains of. */
export function complaints(page: Page): string[] {
  const all: string[] = [];
  page.on("console", (message) => {
    // Eight streams of a person are open at most, and those of pages that were closed end with the next heartbeat: the page tries again.
    if (message.text().includes("429") && message.location().url.endsWith("/events")) return;
    // Without the worker it complains of that.
    if (message.text().includes("Service Worker registration blocked by Playwright")) return;
    if (message.type() === "error" || message.type() === "warning") all.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => all.push(`thrown: ${error.message}`));
  return all;
}
