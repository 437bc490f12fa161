/** What the box says is wrong, in the words of whoever reads it. They come with the first error: see `src/api`. */
import { catalog } from "../catalog";

const words = catalog({ "pt-BR": () => import("./pt-BR"), en: () => import("./en"), es: () => import("./es") });

let finder: typeof import("./find") | undefined;

/** The words, and what tells which one it is: nobody needs them before something is wrong. */
export async function loadReasons(): Promise<void> {
  [finder] = await Promise.all([import("./find"), words.load()]);
}

/** The longest that is looked at: what is longer is none of the box's own sentences. */
const LONGEST = 300;

/** In our words; what is unknown, or comes before its words, as the box put it. */
export function reasonWords(said: string): string {
  return known(said) ?? said;
}

/** Only where there are words for it. */
export function known(said: string): string | undefined {
  if (finder === undefined || said.length > LONGEST) return undefined;
  const found = finder.find(said);
  if (found === undefined) return undefined;
  const word = words()[found.key] as string | ((...values: string[]) => string);
  return typeof word === "string" ? word : word(...found.values.map(reasonWords));
}

/** The reasons of a problem in our words. Where those cannot be fetched, they stay as the box put them. */
export async function inWords<T extends { field: string; reason: string }>(errors: readonly T[]): Promise<T[]> {
  await loadReasons().catch(() => undefined);
  return errors.map((one) => ({ ...one, reason: reasonWords(one.reason) }));
}
