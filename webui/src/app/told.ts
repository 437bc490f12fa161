/** What a form is about, by the names it has on the screen: to say what somebody else has changed of it. */

import { ApiError, type Read } from "../api/client";

/** Names and values; a value that is no text, number or yes and no is compared, but only its name is said. */
export type Told = readonly (readonly [label: string, value: unknown])[];

/** Of a form with these fields: one that is left out does not compile, for somebody else's change of it would be lost without a word. */
export function toldOf<Fields>(each: { readonly [Field in keyof Fields]-?: readonly [label: string, value: unknown] }): Told {
  return Object.values(each);
}

/** What of `now` is not as it was. */
export function differences(before: Told, now: Told): Told {
  const known = new Map(before.map(([label, value]) => [label, JSON.stringify(value)]));
  return now.filter(([label, value]) => !known.has(label) || known.get(label) !== JSON.stringify(value));
}

/** How a change went: taken, or somebody else was quicker with something of the same form. */
export interface Sent<T> {
  taken: boolean;
  /** What is there now. */
  read: Read<T>;
  /** Where it was not taken: in what it differs from what was known. */
  changes: Told;
}

/** How often a change is sent anew because something else of the same resource has changed. */
export const TURNS = 3;

/** Whether the box says that it is another one than the one that was read. */
export function isStale(problem: unknown): boolean {
  return problem instanceof ApiError && problem.status === 412;
}

/** Sends a change of what is known. Where nothing that `told` names has changed meanwhile, it goes through without a question. */
export async function sendOver<T>(known: Read<T>, put: (now: Read<T>) => Promise<Read<T>>, again: () => Promise<Read<T>>, told: (data: T) => Told): Promise<Sent<T>> {
  let now = known;
  for (let turn = 1; ; turn++) {
    try {
      return { taken: true, read: await put(now), changes: [] };
    } catch (problem) {
      if (!isStale(problem)) throw problem;
      now = await again();
      const changes = differences(told(known.data), told(now.data));
      if (changes.length > 0 || turn === TURNS) return { taken: false, read: now, changes };
    }
  }
}
