/**
 * Every screen, as everybody may see it: each role, language, theme and size of each. A screen is opened once for a role and a language, and
 * turned from there; and once more for each size as a phone or a desktop opens it, with a picture, the others in turn.
 */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { Look } from "./browser";
import { brokenLayout } from "./layout";
import type { RoleName } from "./office";
import { SCREENS, type Screen } from "./places";
import { PICTURES, settled, visit, world } from "./world";

const SIZES = [[320, 640], [768, 1024], [1440, 900]] as const;
const LANGUAGES = ["pt-BR", "en", "es"] as const;
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const box = world();
let names: Record<string, string> = {};

beforeAll(async () => {
  const { account, hours, trunk } = box.office.hello.world;
  const first = async (path: string, id: string) => {
    const answer = (await box.office.do("ask", { method: "GET", path: `/accounts/${account}/${path}` })).body as { items: Record<string, string>[] };
    return answer.items[0]?.[id] ?? "";
  };
  names = { a: account, hours, trunk, call: await first("calls?limit=1", "call_id"), extension: await first("extensions?limit=1", "extension_id") };
  await box.office.do("call", { from: "1001", to: "1002" });
});

interface Case {
  role: RoleName;
  look: Look;
}

function pictured(screen: Screen, turn: number): Case[] {
  return SIZES.map(([width, height], index): Case => {
    const role = screen.roles[(index + turn) % screen.roles.length] ?? "boss";
    return { role, look: { width, height, language: LANGUAGES[(index + turn) % 3] ?? "en", dark: (index + turn) % 2 === 1, touch: width < 700 } };
  });
}

const inWords = ({ role, look }: Case) => `${role} ${look.width} ${look.language} ${look.dark ? "dark" : "light"}`;

const addressOf = (path: string) => path.replaceAll(/\{(\w+)\}/g, (_, word: string) => names[word] ?? "");

async function violations(page: Page): Promise<string[]> {
  const axe = await new AxeBuilder({ page }).withTags(RULES).analyze();
  return axe.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | ")}`);
}

describe.each(SCREENS.map((screen, turn) => [screen.path, screen, turn] as const))("%s", (path, screen, turn) => {
  test.each(pictured(screen, turn).map((one) => [inWords(one), one] as const))("%s", async (words, { role, look }) => {
    const { page, heard, close } = await visit(box, role, addressOf(path), look);
    try {
      await settled(page);
      await page.screenshot({ path: `${PICTURES}/${path.replaceAll(/[^\w]+/g, "-")}-${words.replaceAll(" ", "-")}.png`, fullPage: true });
      expect({ heard, violations: await violations(page), layout: await brokenLayout(page) }).toEqual({ heard: [], violations: [], layout: [] });
    } finally {
      await close();
    }
  });

  test.each(screen.roles.flatMap((role) => LANGUAGES.map((language) => [role, language] as const)))("%s, %s, every size and theme", async (role, language) => {
    const { page, heard, close } = await visit(box, role, addressOf(path), { language });
    const found: string[] = [];
    try {
      await settled(page);
      for (const theme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
        for (const [width, height] of SIZES) {
          await page.setViewportSize({ width, height });
          // What watches its own size draws itself anew in the next frame.
          await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
          found.push(...(await brokenLayout(page)).map((one) => `${width} ${theme}: ${one}`));
        }
        // What words, theme and the last size do not change was looked at in the other test.
        if (language === "pt-BR") found.push(...(await violations(page)).map((one) => `${theme}: ${one}`));
      }
      expect({ heard, found }).toEqual({ heard: [], found: [] });
    } finally {
      await close();
    }
  });
});
