/** Which language is spoken. */
import { signal } from "@preact/signals";

export const LANGUAGES = ["pt-BR", "en", "es"] as const;
export type Language = (typeof LANGUAGES)[number];

const KEPT = "language";

export function isLanguage(word: unknown): word is Language {
  return LANGUAGES.some((one) => one === word);
}

/** What was chosen here before, or the browser's; Portuguese where it speaks none of ours. */
export function firstLanguage(kept: string | null, wanted: readonly string[]): Language {
  if (isLanguage(kept)) return kept;
  for (const tag of wanted) {
    const found = LANGUAGES.find((one) => one.slice(0, 2) === tag.slice(0, 2).toLowerCase());
    if (found) return found;
  }
  return "pt-BR";
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

export const language = signal<Language>(
  typeof navigator === "undefined" ? "en" : firstLanguage(kept(), navigator.languages),
);

export function keep(next: Language): void {
  try {
    localStorage.setItem(KEPT, next);
  } catch {
    // A browser that keeps nothing speaks it until the page is closed.
  }
}
