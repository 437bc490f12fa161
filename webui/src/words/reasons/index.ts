/** What the box says is wrong, in the words of whoever reads it. They come with the first error: see `src/api`. */
import { catalog } from "../catalog";
import { KNOWN, type Key } from "./map";

export const reasons = catalog({ "pt-BR": () => import("./pt-BR"), en: () => import("./en"), es: () => import("./es") });

/** What fits most exactly first: what has fewer places for anything, then the longer text. */
const PATTERNS = [...KNOWN].sort(([a], [b]) => places(a) - places(b) || b.length - a.length).map(([said, key]) => ({ key, fits: pattern(said) }));

function places(said: string): number {
  return said.split("{}").length;
}

function pattern(said: string): RegExp {
  const parts = said.split("{}").map((one) => one.replaceAll(/[.*+?^${}()|[\]\\/-]/g, "\\$&"));
  return new RegExp(`^${parts.join("(.+?)")}$`, "s");
}

interface Found {
  key: Key;
  values: string[];
}

/** Which of our words say it, with what stands in it. A rule of a kind of text (`price: more than 6 decimals`) is known by the rule. */
export function find(said: string): Found | undefined {
  for (const { key, fits } of PATTERNS) {
    const values = fits.exec(said)?.slice(1);
    if (values !== undefined) return { key, values };
  }
  const rule = /^[\w ]+: (.+)$/s.exec(said)?.[1];
  return rule === undefined ? undefined : find(rule);
}

/** The longest that is looked at: what is longer is none of the box's own sentences. */
const LONGEST = 300;

/** In our words; what is unknown, or comes before its words, as the box put it. */
export function reasonWords(said: string): string {
  return known(said) ?? said;
}

/** Only where there are words for it. */
export function known(said: string): string | undefined {
  if (!reasons.loaded() || said.length > LONGEST) return undefined;
  const found = find(said);
  if (found === undefined) return undefined;
  const word = reasons()[found.key] as string | ((...values: string[]) => string);
  return typeof word === "string" ? word : word(...found.values.map(reasonWords));
}

/** The reasons of a problem in our words. Where those cannot be fetched, they stay as the box put them. */
export async function inWords<T extends { field: string; reason: string }>(errors: readonly T[]): Promise<T[]> {
  await reasons.load().catch(() => undefined);
  return errors.map((one) => ({ ...one, reason: reasonWords(one.reason) }));
}
