/** What can be known of a route before it is sent. */
import { callingWords } from "../../app/calling/words";
import { signs } from "./pattern";
import { words } from "./words";

/** A name, and patterns by the names of their fields; those that are empty and may be are left out by the caller. */
export function checkRoute(name: string, patterns: Readonly<Record<string, string>>): Record<string, string> {
  const wrong = Object.entries(patterns).filter(([, pattern]) => signs(pattern) === undefined).map(([field]) => [field, words().pattern.wrong] as const);
  return { ...(name.trim() === "" ? { name: callingWords().nameNeeded } : {}), ...Object.fromEntries(wrong) };
}
