/**
 * Every kind of step that a call's way can have (`pabxd/model/src/trace.rs`), what it looks like and what is said of it. A test reads
 * the kinds of the daemon's source: one that is missing here fails.
 */
import type { IconName } from "../../ui";
import { phone } from "../../words/format";
import { language } from "../../words/language";
import type { TraceWords } from "./words";

/** Where something about it can be changed. */
export type Leads = keyof TraceWords["links"];

interface Kind {
  icon: IconName;
  tone?: "good" | "warn" | "bad";
  /** Where a link leads. */
  leads?: Leads;
  say: (w: TraceWords, of: Values) => string;
}

/** What a step holds, read as what is needed of it. */
export class Values {
  private readonly values: Readonly<Record<string, unknown>>;

  constructor(data: unknown) {
    this.values = typeof data === "object" && data !== null ? { ...data } : {};
  }

  text(name: string): string {
    const value = this.values[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  }

  on(name: string): boolean {
    return this.values[name] === true;
  }

  inner(name: string): Values {
    return new Values(this.values[name]);
  }
}

/** A word of the API in ours; one that we do not know as it came. */
export function named(words: Readonly<Record<string, unknown>>, word: string): string {
  const found = Object.hasOwn(words, word) ? words[word] : undefined;
  return typeof found === "string" ? found : word;
}

function caller(w: TraceWords, number: string): string {
  return number === "" ? w.withheld : phone(number);
}

function why(w: TraceWords, of: Values): string {
  const by = of.inner("why");
  return by.text("by") === "holiday" ? w.whys.holiday(by.text("name")) : named(w.whys, by.text("by"));
}

function spent(w: TraceWords, of: Values): string {
  return named(w.stations, `budget_${of.text("what")}_${of.text("whose")}`);
}

function chosen(w: TraceWords, of: Values): string {
  const [trunk, number, price] = [of.text("name"), phone(of.text("number")), of.text("price")];
  return price === "" ? w.stations.trunk_chosen(trunk, number) : w.stations.trunk_priced(trunk, number, money(Number(price) / 1e6));
}

/** A price as it is, at least two digits behind the point; the currency is the account's. */
export function money(value: number): string {
  return new Intl.NumberFormat(language.value, { minimumFractionDigits: 2, maximumFractionDigits: 6 }).format(value);
}

export const KINDS: Readonly<Record<string, Kind>> = {
  number_read: { icon: "phone", say: (w, of) => w.stations.number_read(of.text("dialled"), phone(of.text("normal")), named(w.classes, of.text("class"))) },
  number_not_read: { icon: "phone", tone: "warn", say: (w, of) => w.stations.number_not_read(of.text("dialled")) },
  extension: { icon: "extensions", tone: "good", leads: "extension", say: (w, of) => w.stations.extension(of.text("number")) },
  test_call: { icon: "phone", say: (w) => w.stations.test_call },
  feature: { icon: "box", tone: "good", say: (w, of) => w.stations.feature(of.text("code")) },
  came_in: {
    icon: "incoming", leads: "trunk",
    say: (w, of) => w.stations.came_in(caller(w, of.text("caller")), phone(of.text("called")), of.text("name")),
  },
  caller_blocked: { icon: "security", tone: "bad", leads: "dialling", say: (w, of) => w.stations.caller_blocked(of.text("pattern")) },
  anonymous_refused: { icon: "security", tone: "bad", leads: "dialling", say: (w) => w.stations.anonymous_refused },
  route_taken: { icon: "routes", leads: "route", say: (w, of) => w.stations.route_taken(of.text("name"), of.text("pattern"), phone(of.text("matched"))) },
  no_route: { icon: "routes", tone: "bad", leads: "route", say: (w, of) => w.stations.no_route(of.text("routes")) },
  destination_gone: { icon: "warn", tone: "bad", leads: "route", say: (w) => w.stations.destination_gone },
  international_blocked: {
    icon: "globe", tone: "bad", leads: "dialling",
    say: (w, of) => (of.text("country_code") === "" ? w.stations.international_blocked : w.stations.country_blocked(of.text("country_code"))),
  },
  premium_blocked: { icon: "security", tone: "bad", leads: "dialling", say: (w) => w.stations.premium_blocked },
  class_blocked: { icon: "security", tone: "bad", leads: "extension", say: (w, of) => w.stations.class_blocked(named(w.reaches, of.text("calling_class"))) },
  hours: {
    icon: "hours", leads: "hours",
    say: (w, of) => (of.on("open") ? w.stations.hours_open : w.stations.hours_closed)(of.text("name"), why(w, of)),
  },
  endless: { icon: "warn", tone: "bad", leads: "hours", say: (w) => w.stations.endless },
  forwarded: { icon: "outgoing", say: (w, of) => w.stations.forwarded(phone(of.text("number"))) },
  forwarded_too_often: { icon: "warn", tone: "bad", say: (w) => w.stations.forwarded_too_often },
  rejected: { icon: "hangup", tone: "warn", say: (w, of) => w.stations.rejected(named(w.rejects, of.text("reject"))) },
  caller_verified: {
    icon: "security",
    say: (w, of) => (of.text("verstat") === "" ? w.stations.caller_signed : w.stations.caller_verified(of.text("verstat"))),
  },
  pin_taken: { icon: "key", say: (w, of) => w.stations.pin_taken(of.text("name"), named(w.reaches, of.text("calling_class"))) },
  pin_wrong: { icon: "key", tone: "bad", say: (w) => w.stations.pin_wrong },
  pin_locked: { icon: "key", tone: "bad", say: (w) => w.stations.pin_locked },
  caller_withheld: { icon: "eyeOff", say: (w) => w.stations.caller_withheld },
  caller_id_not_owned: { icon: "eyeOff", tone: "warn", leads: "dialling", say: (w, of) => w.stations.caller_id_not_owned(phone(of.text("caller_id"))) },
  off_hours: { icon: "hours", tone: "bad", leads: "dialling", say: (w, of) => w.stations.off_hours(of.text("name"), named(w.reaches, of.text("calling_class"))) },
  budget_spent: { icon: "security", tone: "bad", leads: "dialling", say: spent },
  burst: { icon: "security", tone: "bad", leads: "dialling", say: (w, of) => w.stations.burst(of.text("calls"), of.text("minutes")) },
  preempted: { icon: "warn", tone: "warn", say: (w) => w.stations.preempted },
  encryption_refused: {
    icon: "security", tone: "bad",
    say: (w, of) => w.stations.encryption_refused(of.text("party"), named(w.encryptions, of.text("why"))),
  },
  emergency: { icon: "bell", tone: "warn", say: (w) => w.stations.emergency },
  trunk_skipped: { icon: "trunks", tone: "warn", leads: "trunk", say: (w, of) => w.stations.trunk_skipped(of.text("name"), named(w.skips, of.text("why"))) },
  trunk_chosen: { icon: "trunks", leads: "trunk", say: chosen },
  trunk_tried: { icon: "trunks", leads: "trunk", say: (w, of) => w.stations.trunk_tried(of.text("server")) },
  trunk_failed: {
    icon: "trunks", tone: "bad", leads: "trunk",
    say: (w, of) => (of.text("status") === "408" ? w.stations.trunk_silent : w.stations.trunk_failed(of.text("status"))),
  },
};

export interface Station {
  key: string;
  icon: IconName;
  tone: "good" | "warn" | "bad" | undefined;
  text: string;
  /** What to change. */
  change: string | undefined;
  leads: Leads | undefined;
  /** Of what the link leads to. */
  id: string;
}

const IDS: Partial<Record<Leads, string>> = { trunk: "trunk_id", hours: "time_condition_id", route: "route_id" };

/** A step as it is shown. `text` is what the box says of it, for kinds that are new to us. */
export function station(w: TraceWords, step: { text: string; data: unknown }, place: number): Station {
  const of = new Values(step.data);
  const name = of.text("step");
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) return { key: String(place), icon: "info", tone: undefined, text: step.text, change: undefined, leads: undefined, id: "" };
  const change = named(w.changes, name);
  const id = kind.leads === undefined ? "" : of.text(IDS[kind.leads] ?? "");
  return { key: String(place), icon: kind.icon, tone: kind.tone, text: kind.say(w, of), change: change === name ? undefined : change, leads: kind.leads, id };
}
