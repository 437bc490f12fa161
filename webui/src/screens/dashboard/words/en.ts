import { number } from "../../../words/format";
import { alerts } from "./alerts.en";

export default {
  title: "Dashboard",
  alerts,
  alertsTitle: "Open alerts",
  allAlerts: "All alerts",
  today: { calls: "Calls today", answered: (share: string) => `${share} answered`, missed: "Missed today", missedHint: "From outside, unanswered", live: "Calls now", phones: "Registered phones", talk: "Talk time today" },
  chart: {
    title: "Calls",
    ranges: { today: "Today", week: "7 days", month: "30 days" },
    answered: "Answered",
    missed: "Missed",
    none: "No calls in this time.",
  },
  trunks: {
    title: "Trunks",
    none: "No trunk yet: the account can only call inside.",
    add: "Set up a trunk",
    states: { reachable: "Reachable", degraded: "Degraded", down: "Down", suspended: "Suspended" },
    load: (calls: number, peak: number, most: number) => `${number(calls)} calls · at most ${number(peak)} of ${number(most)} at once`,
    now: (calls: number) => `${number(calls)} now`,
  },
  phones: {
    title: "Phones",
    none: "No extension yet: each person or telephone needs one.",
    add: "Make extensions",
    notOne: "No phone is registered yet. Open an extension and scan its QR code with the phone.",
    open: "Open the extensions",
    of: (count: number, all: string) => `${number(count)} of ${all} extensions have a phone`,
    unreachable: (count: number) => (count === 1 ? "1 phone does not answer" : `${number(count)} phones do not answer`),
  },
  hours: {
    title: "Opening hours",
    none: "No opening hours yet: calls go the same way all day.",
    add: "Set opening hours",
    open: "Open",
    closed: "Closed",
    automatic: "Automatic",
    switchOf: (name: string) => `Switch ${name} by hand`,
    changed: (name: string, state: string) => `${name}: ${state}`,
    until: (at: string) => `until ${at}`,
    why: { override: "switched by hand", holiday: "holiday", hours: "within the hours", outside_hours: "outside the hours", no_clock: "the box does not know the time" },
  },
  links: { title: "Go to", numbers: "Try where a number leads" },
};
