/** Dates, numbers and sizes in the form of the language that is spoken. */
import { signal } from "@preact/signals";
import { language } from "./language";
import { dayIn, isKnown, toLocal } from "./zone";

/** Whose clock times are shown by: that of the account or of the box that is looked at; nothing: the browser's. */
export const shownZone = signal<string | undefined>(undefined);

const cache = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>();

function kept<T extends Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>(key: string, make: (tag: string) => T): T {
  const name = `${language.value} ${key}`;
  const found = cache.get(name) as T | undefined;
  if (found) return found;
  const made = make(language.value);
  cache.set(name, made);
  return made;
}

function dateFormat(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const zone = shownZone.value;
  return kept(`${name} ${zone ?? ""}`, (tag) => new Intl.DateTimeFormat(tag, isKnown(zone) ? { ...options, timeZone: zone } : options));
}

/** 26/11/2026 14:05:09 */
export function dateTime(at: string): string {
  return dateFormat("full", { dateStyle: "short", timeStyle: "medium" }).format(new Date(at));
}

/** 26/11/2026 */
export function date(at: string): string {
  return dateFormat("date", { dateStyle: "short" }).format(new Date(at));
}

/** 26/11 */
export function dayMonth(at: string): string {
  return dateFormat("day", { day: "2-digit", month: "2-digit" }).format(new Date(at));
}

/** 14:05 */
export function time(at: string): string {
  return dateFormat("time", { timeStyle: "short" }).format(new Date(at));
}

/** Monday, 26 November, 14:05 */
export function longDate(at: string): string {
  return dateFormat("long", { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}

/** Whether both are on one day. */
export function sameDay(one: string, other: string): boolean {
  return dayIn(new Date(one), shownZone.value) === dayIn(new Date(other), shownZone.value);
}

/** Whether a day begins then. */
export function isMidnight(at: string): boolean {
  return toLocal(at, shownZone.value).endsWith("T00:00");
}

/** A zone's name: Brasilia Time (America/Sao_Paulo). */
export function zoneName(zone: string): string {
  if (!isKnown(zone)) return zone;
  const format = kept(`zone ${zone}`, (tag) => new Intl.DateTimeFormat(tag, { timeZone: zone, timeZoneName: "longGeneric" }));
  const name = format.formatToParts(0).find((one) => one.type === "timeZoneName")?.value;
  return name === undefined ? zone : `${name} (${zone})`;
}

/** 1.234,5 */
export function number(value: number, digits = 0): string {
  return kept(`number ${digits}`, (tag) => new Intl.NumberFormat(tag, { maximumFractionDigits: digits })).format(value);
}

/** 87 % */
export function percent(share: number): string {
  return kept("percent", (tag) => new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 0 })).format(share);
}

/** 3:07, or 1:02:03. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** 12,3 GB */
export function octets(count: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  let [value, unit] = [count, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  const options = { style: "unit", unit: units[unit] ?? "byte", unitDisplay: unit === 0 ? "long" : "short", maximumFractionDigits: value < 10 ? 1 : 0 } as const;
  return kept(`octets ${unit} ${options.maximumFractionDigits}`, (tag) => new Intl.NumberFormat(tag, options)).format(value);
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3600], ["minute", 60]];

/** 3 minutes ago, in 2 days. */
export function relative(at: string, now = Date.now()): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ["second", 1];
  return kept("relative", (tag) => new Intl.RelativeTimeFormat(tag, { numeric: "auto" })).format(Math.trunc(seconds / size), unit);
}

/** A number in E.164 in groups where its form is known (+55 11 3333-4444); everything else as it is. */
export function phone(text: string): string {
  const brazil = /^\+55(\d{2})(\d{4,5})(\d{4})$/.exec(text);
  return brazil ? `+55 ${brazil[1]} ${brazil[2]}-${brazil[3]}` : text;
}
