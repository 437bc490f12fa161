/** How far somebody may call. */
import { callingWords } from "./words";

export const CLASSES = ["internal", "local", "mobile", "long_distance", "international"] as const;

/** The word for a class; what is unknown as it came. */
export function classWord(name: string): string {
  const known: Record<string, string> = callingWords().classes;
  return known[name] ?? name;
}

export function classOptions(): { value: string; label: string; hint: string }[] {
  const w = callingWords();
  return CLASSES.map((one) => ({ value: one, label: w.classes[one], hint: w.classHints[one] }));
}
