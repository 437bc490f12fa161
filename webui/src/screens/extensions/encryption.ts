/** Whether the sound is encrypted, as the API names it. */
import { words } from "./words";

export function encryptionOptions(): { value: string; label: string }[] {
  return Object.entries(words().encryptions).map(([value, label]) => ({ value, label }));
}

/** In words; what is unknown as it came. */
export function encryptionWord(name: string): string {
  const known: Record<string, string | undefined> = words().encryptions;
  return known[name] ?? name;
}
