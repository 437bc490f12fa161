import { words } from "./words";

/** Whether the sound is encrypted, as the API names it. */
export function encryptionOptions(): { value: string; label: string }[] {
  return Object.entries(words().encryptions).map(([value, label]) => ({ value, label }));
}
