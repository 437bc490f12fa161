/** What one screen of the first run tells the next. A reload keeps the choices; passwords are in memory alone. */
import { signal } from "@preact/signals";
import { countryHere, zoneHere } from "./guess";

export interface Place {
  country: string;
  zone: string;
}

const KEPT = "first-run";

function read(): Place {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}") as Partial<Place>;
    return { country: found.country ?? countryHere(), zone: found.zone ?? zoneHere() };
  } catch {
    return { country: countryHere(), zone: zoneHere() };
  }
}

export const chosen = signal<Place>(read());

export function choose(place: Place): void {
  chosen.value = place;
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(place));
  } catch {
    // Chosen until the page is closed.
  }
}

/** Passwords of phones, as they were answered once when their extensions were made, by the extension's id. */
export const phonePasswords = signal<ReadonlyMap<string, string>>(new Map());

export function keepPhonePasswords(made: readonly { extension_id: string; password: string }[]): void {
  phonePasswords.value = new Map([...phonePasswords.value, ...made.map((one) => [one.extension_id, one.password] as const)]);
}
