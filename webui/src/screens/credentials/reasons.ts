/** What can be known of a new password before the box is asked. */
import { credentials } from "./words";

const MIN_CHARS = 12;

export function tooShort(field: string, password: string): Record<string, string> {
  return [...password].length < MIN_CHARS ? { [field]: credentials().short } : {};
}
