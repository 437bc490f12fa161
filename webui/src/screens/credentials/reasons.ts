/** What the box says about passwords and codes, in our words, beside the field. */
import { ApiError } from "../../api";
import { credentials } from "./words";

const MIN_CHARS = 12;

/** What can be known of a new password here. */
export function tooShort(field: string, password: string): Record<string, string> {
  return [...password].length < MIN_CHARS ? { [field]: credentials().reasons.short } : {};
}

type Known = readonly (readonly [begin: string, ours: string])[];

function inWords(reason: string, more: Known): string {
  const { reasons: w, wrongPassword } = credentials();
  const known: Known = [
    ...more,
    ["has fewer than", w.short], ["has more than", w.long], ["is made of words", w.common], ["holds a name", w.ownName], ["is the one you have", w.same],
    ["is not the code", w.otp], ["is not your password", wrongPassword],
  ];
  return known.find(([begin]) => reason.startsWith(begin))?.[1] ?? reason;
}

/** Does it; what the box says is thrown on in our words: about passwords and codes, and `more` by how it begins. */
export async function saying<T>(work: () => Promise<T>, more: Known = []): Promise<T> {
  try {
    return await work();
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    const said = problem.problem;
    const errors = (said.errors ?? []).map((one) => ({ ...one, reason: inWords(one.reason, more) }));
    throw new ApiError(problem.status, { ...said, errors }, problem.retryAfter);
  }
}
