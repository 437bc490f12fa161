/** What the form of dialling holds, and what is sent of it. */
import type { Of } from "../../api";
import type { Told } from "../../app/told";
import { signs } from "./pattern";
import { words } from "./words";

type Body = Of<"DiallingBody">;
type Budget = Of<"BudgetBody">;

export interface DiallingValues {
  country: string;
  area_code: string;
  carrier: string;
  zone: string;
  numbers: string;
  blocked_callers: string;
  refuses_anonymous: boolean;
  international: string[];
  accountMinutes: string;
  accountMoney: string;
  extensionMinutes: string;
  extensionMoney: string;
  burstCalls: string;
  burstMinutes: string;
  offHours: string;
  offClass: string;
}

/** The fields that the API names otherwise. */
export const FIELDS = {
  accountMinutes: "guard.account_budget.minutes",
  accountMoney: "guard.account_budget.money",
  extensionMinutes: "guard.extension_budget.minutes",
  extensionMoney: "guard.extension_budget.money",
  burstCalls: "guard.burst.calls",
  burstMinutes: "guard.burst.minutes",
  offHours: "guard.off_hours.time_condition_id",
  offClass: "guard.off_hours.calling_class",
} as const;

const MOST_PATTERNS = 500;
const MOST_BUDGET = 1_000_000;
const MOST_CALLS = 500;

const text = (value: number | string | null | undefined) => (value == null ? "" : String(value));

export function valuesOf(body: Body): DiallingValues {
  const guard = body.guard ?? {};
  const off = guard.off_hours ?? undefined;
  return {
    country: body.country ?? "br", area_code: body.area_code ?? "", carrier: body.carrier ?? "", zone: body.zone ?? "",
    numbers: (body.numbers ?? []).join("\n"), blocked_callers: (body.blocked_callers ?? []).join("\n"),
    refuses_anonymous: body.refuses_anonymous ?? false, international: body.international ?? [],
    accountMinutes: text(guard.account_budget?.minutes), accountMoney: text(guard.account_budget?.money),
    extensionMinutes: text(guard.extension_budget?.minutes), extensionMoney: text(guard.extension_budget?.money),
    burstCalls: text(guard.burst?.calls ?? 20), burstMinutes: text(guard.burst?.minutes ?? 10),
    offHours: off?.time_condition_id ?? "", offClass: off?.calling_class ?? "internal",
  };
}

/** The settings by their names on the screen. */
export function told(body: Body): Told {
  const w = words().dialling;
  const values = valuesOf(body);
  return [
    [w.country, values.country], [w.area, values.area_code], [w.carrier, values.carrier], [w.zone, values.zone], [w.numbers, values.numbers],
    [w.blocked, values.blocked_callers], [w.anonymous, values.refuses_anonymous], [w.allowed, values.international],
    [w.accountBudget, [values.accountMinutes, values.accountMoney]], [w.extensionBudget, [values.extensionMinutes, values.extensionMoney]],
    [w.burst, [values.burstCalls, values.burstMinutes]], [w.offHours, [values.offHours, values.offClass]],
  ];
}

/** One a line; commas and semicolons divide, too. */
function lines(list: string): string[] {
  return list.split(/[\n,;]+/).map((one) => one.replaceAll(/\s+/g, "")).filter((one) => one !== "");
}

/** A comma is a decimal point where people write it so. */
function money(amount: string): string {
  return amount.trim().replace(",", ".");
}

function budget(minutes: string, amount: string): Budget {
  return { minutes: minutes.trim() === "" ? null : Number(minutes), money: amount.trim() === "" ? null : money(amount) };
}

export function bodyOf(values: DiallingValues): Body {
  const { country, area_code, carrier, zone, refuses_anonymous, international } = values;
  return {
    country, area_code: area_code.trim() || null, carrier: carrier.trim() || null, zone: zone || null,
    numbers: lines(values.numbers), blocked_callers: lines(values.blocked_callers), refuses_anonymous, international,
    guard: {
      account_budget: budget(values.accountMinutes, values.accountMoney),
      extension_budget: budget(values.extensionMinutes, values.extensionMoney),
      burst: { calls: Number(values.burstCalls || "0"), minutes: Number(values.burstMinutes || "10") },
      off_hours: values.offHours === "" ? null : { time_condition_id: values.offHours, calling_class: values.offClass },
    },
  };
}

function patternsWrong(list: string): string | undefined {
  const w = words().dialling;
  const all = lines(list);
  if (all.length > MOST_PATTERNS) return w.tooMany(MOST_PATTERNS);
  const wrong = all.find((one) => signs(one) === undefined);
  return wrong === undefined ? undefined : w.wrongPattern(wrong);
}

function whole(value: string, least: number, most: number): string | undefined {
  if (value.trim() === "") return undefined;
  return /^\d+$/.test(value.trim()) && Number(value) >= least && Number(value) <= most ? undefined : words().dialling.between(least, most);
}

function moneyWrong(value: string): string | undefined {
  const amount = money(value);
  if (amount === "") return undefined;
  return /^\d{1,7}(\.\d{1,6})?$/.test(amount) && Number(amount) <= MOST_BUDGET ? undefined : words().dialling.wrongMoney;
}

/** What can be known before it is sent. */
export function checkDialling(values: DiallingValues): Record<string, string> {
  const all: [string, string | undefined][] = [
    ["numbers", patternsWrong(values.numbers)],
    ["blocked_callers", patternsWrong(values.blocked_callers)],
    [FIELDS.accountMinutes, whole(values.accountMinutes, 0, MOST_BUDGET)],
    [FIELDS.extensionMinutes, whole(values.extensionMinutes, 0, MOST_BUDGET)],
    [FIELDS.accountMoney, moneyWrong(values.accountMoney)],
    [FIELDS.extensionMoney, moneyWrong(values.extensionMoney)],
    [FIELDS.burstCalls, whole(values.burstCalls, 0, MOST_CALLS)],
    [FIELDS.burstMinutes, whole(values.burstMinutes, 1, 60)],
  ];
  return Object.fromEntries(all.filter((one): one is [string, string] => one[1] !== undefined));
}
