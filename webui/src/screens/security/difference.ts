/** What an entry of the audit says has changed: each field that is not the same before and after. */
export interface Change {
  field: string;
  before: string | undefined;
  after: string | undefined;
}

const DEPTH = 3;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `{a: {b: 1}}` as `a.b = 1`. */
function flat(value: unknown, under: string, into: Map<string, string>, depth = 0): void {
  if (isObject(value) && depth < DEPTH) {
    for (const [name, inner] of Object.entries(value)) flat(inner, under === "" ? name : `${under}.${name}`, into, depth + 1);
  } else if (value !== undefined && !(depth === 0 && value === null)) {
    into.set(under, textOf(value));
  }
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join(", ");
  return value === null ? "–" : JSON.stringify(value);
}

export function changes(before: unknown, after: unknown): Change[] {
  const [old, young] = [new Map<string, string>(), new Map<string, string>()];
  flat(before, "", old);
  flat(after, "", young);
  const fields = [...new Set([...old.keys(), ...young.keys()])];
  return fields.map((field) => ({ field, before: old.get(field), after: young.get(field) })).filter((one) => one.before !== one.after);
}
