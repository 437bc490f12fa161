/**
 * The words of the UI. Each place has a catalog: a module per language, of which the English one says which words there are.
 *
 *     // words/en.ts             export default { title: "Extensions", count: (n: number) => plural(n, "1 phone", `${n} phones`) };
 *     // words/es.ts             const words: Translation<typeof en> = { … }; export default words;
 *     // words/index.ts          export const words = catalog({ "pt-BR": () => import("./pt-BR"), en: …, es: … });
 *     // in a component          const w = words();   w.title, w.count(3)
 *
 * A missing word does not compile; an unused one fails `src/words/unused.test.ts`.
 */
import { batch, signal } from "@preact/signals";
import { keep, language, type Language } from "./language";

/** The same words in another language. */
export type Translation<T> = {
  [Key in keyof T]: T[Key] extends string
    ? string
    : T[Key] extends (...values: infer Values) => string
      ? (...values: Values) => string
      : Translation<T[Key]>;
};

export type Loaders<T> = Record<Language, () => Promise<{ default: Translation<T> }>>;

export interface Catalog<T> {
  /** The words in the language that is spoken; a component that asks is drawn anew when it changes. */
  (): Translation<T>;
  /** Before the first use. */
  load(): Promise<void>;
}

const all: { reload(next: Language): Promise<() => void> }[] = [];

export function catalog<T>(loaders: { en: () => Promise<{ default: T }> } & Omit<Loaders<T>, "en">): Catalog<T> {
  const words = signal<Translation<T> | undefined>(undefined);
  const fetchWords = async (next: Language) => (await (loaders as Loaders<T>)[next]()).default;
  const ask = (): Translation<T> => {
    if (words.value === undefined) throw new Error("a catalog was used before it was loaded");
    return words.value;
  };
  const load = async () => {
    if (words.value !== undefined) return;
    const wanted = language.value;
    const found = await fetchWords(wanted);
    words.value ??= wanted === language.value ? found : await fetchWords(language.value);
  };
  all.push({
    async reload(next) {
      if (words.peek() === undefined) return () => undefined;
      const found = await fetchWords(next);
      return () => {
        words.value = found;
      };
    },
  });
  return Object.assign(ask, { load });
}

/** Speaks another language from now on. */
export async function speak(next: Language): Promise<void> {
  const changes = await Promise.all(all.map((one) => one.reload(next)));
  batch(() => {
    language.value = next;
    for (const change of changes) change();
  });
  keep(next);
  document.documentElement.lang = next;
}

/** One or several: all three languages tell these two apart. */
export function plural(count: number, one: string, other: string): string {
  return new Intl.PluralRules(language.value).select(count) === "one" ? one : other;
}
