/** Which of our words say what the box says. */
import { KNOWN, type Key } from "./map";

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
