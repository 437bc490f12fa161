/** Every catalog: the same words in three languages, none that nobody uses, none that was left in English. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const SOURCE = fileURLToPath(new URL("..", import.meta.url));
/** What is longer than this and has a blank in it is no name that all languages share. */
const SAME = 14;
/** Names: of languages in their own words, of programs, examples of addresses. */
const NAMES = /(^|›)(languages|name|example|placeholder)(›|$)/;

type Words = { [key: string]: string | ((...values: never[]) => string) | Words };

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

/** `states›yes` and so on: a key may have a dot in it. */
function keys(words: Words, before = ""): string[] {
  return Object.entries(words).flatMap(([key, value]) => (typeof value === "object" ? keys(value, `${before}${key}${BELOW}`) : [`${before}${key}`]));
}

const BELOW = "›";

function at(words: Words, key: string): unknown {
  return key.split(BELOW).reduce<unknown>((found, part) => (found as Words)[part], words);
}

/** The catalogs are where an `en.ts` is; the common one is used by all, each other by its place. */
const english = files(SOURCE).filter((path) => path.endsWith("/en.ts"));
const sources = files(SOURCE).filter((path) => /\.tsx?$/.test(path) && !/\.test\.|\/(en|es|pt-BR)\.ts$/.test(path));
const text = new Map(sources.map((path) => [path, readFileSync(path, "utf8")]));

/** Where words of this catalog are asked for: wherever its index is imported. */
function users(folder: string): string {
  return [...text].filter(([path, source]) => path.startsWith(dirname(folder)) || imports(path, source, folder)).map(([, source]) => source).join("\n");
}

function imports(path: string, source: string, folder: string): boolean {
  const found = [...source.matchAll(/from "(\.[^"]+)"/g)].map((one) => join(dirname(path), one[1] ?? ""));
  return found.some((one) => one === folder || one === join(folder, "index"));
}

/** Asked for by its name, or as one of several by an index of what it is in. */
function isUsed(key: string, source: string): boolean {
  const parts = key.split(BELOW);
  if (new RegExp(`\\b${escaped(parts.at(-1) ?? "")}\\b`).test(source)) return true;
  return parts.slice(0, -1).some((part) => new RegExp(`[.]${escaped(part)}\\s*(\\)\\s*)?(\\[|\\]|as\\b|,|\\)|;|\\?\\.\\[| satisfies)`).test(source));
}

const escaped = (word: string) => word.replaceAll(/[.*+?^${}()|[\]\\-]/g, "\\$&");

describe.each(english.map((path) => [relative(SOURCE, dirname(path)), path] as const))("the words of %s", async (_, path) => {
  const folder = dirname(path);
  const load = async (language: string) => ((await import(join(folder, `${language}.ts`))) as { default: Words }).default;

  test("are the same in three languages", async () => {
    const wanted = keys(await load("en")).sort();
    for (const language of ["pt-BR", "es"]) expect(keys(await load(language)).sort(), language).toEqual(wanted);
  });

  test("are all used", async () => {
    const source = users(folder);
    expect(keys(await load("en")).filter((key) => !isUsed(key, source))).toEqual([]);
  });

  test("are not left in English", async () => {
    const words = await load("en");
    const long = keys(words).filter((key) => { const value = at(words, key); return typeof value === "string" && value.length > SAME && value.includes(" ") && !NAMES.test(key); });
    for (const language of ["pt-BR", "es"]) {
      const other = await load(language);
      expect(long.filter((key) => at(other, key) === at(words, key)), language).toEqual([]);
    }
  });
});
