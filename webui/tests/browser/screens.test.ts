/**
 * Every screen, as everybody may see it: role, theme, language and size. All sizes of every screen, and the others in turn, so that each
 * screen is seen by each role, in each theme and each language; `FULL=1` takes all of them together.
 */
import { AxeBuilder } from "@axe-core/playwright";
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

function cases(screen: Screen, turn: number): Case[] {
  const all = screen.roles.flatMap((role) =>
    SIZES.flatMap(([width, height]) =>
      LANGUAGES.flatMap((language) => [false, true].map((dark) => ({ role, look: { width, height, language, dark, touch: width < 700 } }))),
    ),
  );
  if (process.env.FULL === "1") return all;
  return SIZES.map(([width, height], index): Case => {
    const role = screen.roles[(index + turn) % screen.roles.length] ?? "boss";
    return { role, look: { width, height, language: LANGUAGES[(index + turn) % 3] ?? "en", dark: (index + turn) % 2 === 1, touch: width < 700 } };
  });
}

const inWords = ({ role, look }: Case) => `${role} ${look.width} ${look.language} ${look.dark ? "dark" : "light"}`;

describe.each(SCREENS.map((screen, turn) => [screen.path, screen, turn] as const))("%s", (path, screen, turn) => {
  test.each(cases(screen, turn).map((one) => [inWords(one), one] as const))("%s", async (words, { role, look }) => {
    const address = path.replaceAll(/\{(\w+)\}/g, (_, word: string) => names[word] ?? "");
    const { page, heard, close } = await visit(box, role, address, look);
    try {
      await settled(page);
      await page.screenshot({ path: `${PICTURES}/${path.replaceAll(/[^\w]+/g, "-")}-${words.replaceAll(" ", "-")}.png`, fullPage: true });
      const axe = await new AxeBuilder({ page }).withTags(RULES).analyze();
      const violations = axe.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | ")}`);
      expect({ heard, violations, layout: await brokenLayout(page) }).toEqual({ heard: [], violations: [], layout: [] });
    } finally {
      await close();
    }
  });
});
