/** What the form of hours holds, and what is sent of it. */
import { destinationError } from "../../app/calling/destination";
import type { Destination } from "../../app/calling/names";
import { callingWords } from "../../app/calling/words";
import type { HoursBody } from "./api";
import { DAYS, endOf, fieldOf, MINUTES, sentEnd, spanError, weekOf, weeklyOf, type Span, type Week } from "./week";
import { words } from "./words";

export interface HolidayValues {
  name: string;
  /** `YYYY-MM-DD`; the year says nothing where it is every year. */
  date: string;
  yearly: boolean;
  open: readonly Span[];
}

export interface HoursValues {
  name: string;
  zone: string;
  week: Week;
  holidays: readonly HolidayValues[];
  holiday_set: string;
  open: Destination | null;
  closed: Destination | null;
}

const MOST_SPANS = 50;

/** A year that shows a day of every year in a field for dates: this one, or one that has a 29 February. */
function withYear(date: string): string {
  return date === "02-29" ? "2028-02-29" : `${new Date().getFullYear()}-${date}`;
}

export function valuesOf(body: HoursBody): HoursValues {
  const { name, zone, weekly, holidays = [], holiday_set, open = null, closed = null } = body;
  return {
    name, zone: zone ?? "America/Sao_Paulo", week: weekOf(weekly), holiday_set: holiday_set ?? "", open, closed,
    holidays: holidays.map((one) => {
      const yearly = one.date.length === 5;
      return { name: one.name, yearly, date: yearly ? withYear(one.date) : one.date,
        open: (one.open ?? []).map((span) => ({ from: span.from, to: fieldOf(span.to) })) };
    }),
  };
}

export function bodyOf(values: HoursValues): HoursBody {
  const { name, zone, week, holidays, holiday_set, open, closed } = values;
  return {
    name: name.trim(), zone, weekly: weeklyOf(week), holiday_set: holiday_set || null, open, closed,
    holidays: holidays.map((one) => ({
      name: one.name.trim(), date: one.yearly ? one.date.slice(5) : one.date, open: one.open.map((span) => ({ from: span.from, to: sentEnd(span.to) })),
    })),
  };
}

/** What can be known before it is sent. */
export function checkHours(values: HoursValues): Record<string, string> {
  const w = words();
  const errors: Record<string, string> = {};
  if (values.name.trim() === "") errors["name"] = callingWords().nameNeeded;
  const [open, closed] = [destinationError(values.open), destinationError(values.closed)];
  if (open !== undefined) errors["open"] = open;
  if (closed !== undefined) errors["closed"] = closed;
  const wrong = DAYS.some((day) => values.week[day].some((_, index) => spanError(values.week[day], index) !== undefined));
  if (wrong) errors["weekly"] = w.weekWrong;
  if (weeklyOf(values.week).length > MOST_SPANS) errors["weekly"] = w.weekTooMany(MOST_SPANS);
  values.holidays.forEach((one, index) => {
    if (one.name.trim() === "") errors[`holidays[${index}].name`] = callingWords().nameNeeded;
    if (one.date === "") errors[`holidays[${index}].date`] = w.holidays.dateNeeded;
    if (one.open.some((span, at) => spanError(one.open, at) !== undefined || endOf(span) > MINUTES)) errors[`holidays[${index}].date`] ??= w.weekWrong;
  });
  return errors;
}

export const USUAL: HoursBody = {
  name: "", zone: "America/Sao_Paulo", weekly: [{ days: ["mon", "tue", "wed", "thu", "fri"], from: "08:00", to: "18:00" }], holidays: [], holiday_set: null,
  open: { kind: "extension", extension_id: "" }, closed: { kind: "reject", reject: "unavailable" },
};
