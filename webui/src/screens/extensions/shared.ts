/** What several screens of extensions use. */
import { words } from "./words";

export const CLASSES = ["internal", "local", "mobile", "long_distance", "international"] as const;

/** How far one may call, in words; what is unknown as it came. */
export function classWord(name: string): string {
  const known: Record<string, string | undefined> = words().classes;
  return known[name] ?? name;
}

export function classOptions(): { value: string; label: string }[] {
  return CLASSES.map((value) => ({ value, label: classWord(value) }));
}

/** Text to a file that the browser saves. */
export function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  [link.href, link.download] = [url, name];
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Whether the sound is encrypted, as the API names it. */
export function encryptionOptions(): { value: string; label: string }[] {
  return Object.entries(words().encryptions).map(([value, label]) => ({ value, label }));
}
