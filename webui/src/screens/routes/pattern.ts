/** Number patterns as the engine reads them (model/src/pattern.rs), to try them out while they are typed. */
type Sign = { kind: "one"; digits: string } | { kind: "open"; least: 0 | 1 };

const NAMED: Record<string, string> = { X: "0123456789", Z: "123456789", N: "23456789" };
const MOST = 64;

function digitsOf(inner: string): string | undefined {
  if (!/^(\d(-\d)?)+$/.test(inner)) return undefined;
  let all = "";
  for (const [, low = "0", high] of inner.matchAll(/(\d)(?:-(\d))?/g)) {
    if (high !== undefined && high < low) return undefined;
    for (let digit = Number(low); digit <= Number(high ?? low); digit++) all += String(digit);
  }
  return all;
}

/** The signs; undefined where it is no pattern. */
export function signs(text: string): readonly Sign[] | undefined {
  if (text === "" || text.length > MOST) return undefined;
  const all: Sign[] = [];
  for (let at = 0; at < text.length; at++) {
    const c = text.charAt(at);
    if (/[\d*#]/.test(c) || (c === "+" && at === 0)) all.push({ kind: "one", digits: c });
    else if (NAMED[c] !== undefined) all.push({ kind: "one", digits: NAMED[c] });
    else if ((c === "." || c === "!") && at === text.length - 1) all.push({ kind: "open", least: c === "." ? 1 : 0 });
    else if (c === "[") {
      const end = text.indexOf("]", at);
      const digits = end < 0 ? undefined : digitsOf(text.slice(at + 1, end));
      if (digits === undefined) return undefined;
      all.push({ kind: "one", digits });
      at = end;
    } else return undefined;
  }
  return all;
}

/** Whether the whole number is one that the pattern stands for. */
export function fits(pattern: readonly Sign[], number: string): boolean {
  let rest = number;
  for (const sign of pattern) {
    if (sign.kind === "open") return rest.length >= sign.least && /^\d*$/.test(rest);
    if (rest === "" || !sign.digits.includes(rest.charAt(0))) return false;
    rest = rest.slice(1);
  }
  return rest === "";
}

/** Digits of an open end in an example: the end of a number that looks like one. */
const TAIL = "11987654321";

/** As many digits as numbers that begin so have. */
function usualLength(head: string): number {
  return head.startsWith("+55") ? 14 : 12;
}

/** A number that fits. */
export function example(pattern: readonly Sign[]): string {
  let text = "";
  for (const sign of pattern) {
    if (sign.kind === "one") text += sign.digits.length === 1 ? sign.digits : sign.digits.charAt(Math.min(sign.digits.length - 1, (text.length * 3) % 10));
    else {
      const wanted = Math.max(sign.least, Math.min(TAIL.length, usualLength(text) - text.length));
      text += wanted === 0 ? "" : TAIL.slice(-wanted);
    }
  }
  return text;
}

/** As it is typed by people: without what only divides the digits. */
export function bare(number: string): string {
  return number.replaceAll(/[\s().\/-]/g, "");
}

/** What a provider gets of a number by a route. */
export function sent(number: string, strip: number, prefix: string): string {
  return prefix + number.slice(strip);
}
