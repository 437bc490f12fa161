/** Time zones to choose from: those that the browser knows, and the one that is set. */
export function zones(now: string): { value: string; label: string }[] {
  const known = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
  const all = now === "" || known.includes(now) ? known : [now, ...known];
  return all.map((one) => ({ value: one, label: one.replaceAll("_", " ") }));
}
