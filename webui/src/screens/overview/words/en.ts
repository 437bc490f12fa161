import { number } from "../../../words/format";
import { alerts } from "../../dashboard/words/alerts.en";

export default {
  title: "Overview",
  alerts,
  tabs: { now: "Now", accounts: "Accounts", administrators: "Administrators" },
  home: {
    accounts: "Accounts", extensions: "Extensions", registrations: "Phones online", live: "Calls now", today: "Calls today", alerts: "Open alerts", trunksDown: "Trunks down",
    ofTheBox: "The box", box: "The box", version: "Version", uptime: "Running for", clock: "Clock", sip: "SIP",
    clocks: { trusted: "believed", untrusted: "not believed" },
    all: "All accounts", name: "Account", days: (days: number) => (days === 1 ? "1 day" : `${number(days)} days`), toSystem: "System",
  },
  account: {
    add: "New account", import: "Import", none: "No account yet", noneHint: "Each customer gets an account with extensions, trunks and routes of its own.",
    name: "Name", slug: "Short name", slugHint: "Part of the phones' user names; cannot be changed later.", domain: "SIP domain", domainHint: "A name of its own for each account; it need not exist in DNS.",
    description: "Note", maxExtensions: "Extensions (max.)", maxCalls: "Calls (max.)", maxStorage: "Storage, MB (max.)", create: "Make account",
    made: (name: string) => `${name} was made.`, open: "Open", limits: "Account", created: "Made on", suspend: "Suspend", activate: "Activate",
    suspended: (name: string) => `${name} was suspended: its phones are refused.`, activated: (name: string) => `${name} is active again.`,
    status: "State", active: "Active", inactive: "Suspended",
  },
  remove: {
    title: "Delete the account", text: "Extensions, trunks, routes, call history and alerts are deleted with it. This cannot be undone; export it first if it may be needed again.",
    type: (name: string) => `Type “${name}” to confirm`, wrong: "This is not the name.", done: (name: string) => `${name} was deleted.`, action: "Delete account",
  },
  move: {
    exportTitle: "Export", exportText: "Everything but call history in one encrypted file, for this box or another. Whoever loses the passphrase cannot open it.",
    passphrase: "Passphrase", passphraseHint: "At least 12 characters.", export: "Export to a file", importTitle: "Import an account", file: "File", noFile: "Choose a file.", look: "Look what is in it",
    otherName: "Another name", otherSlug: "Another short name", otherDomain: "Another domain", otherHint: "Only where the file's own is taken here.",
    willBe: "This is what will be", importNow: "Import now", again: "Change something", done: (name: string) => `${name} was imported.`,
    extensions: "Extensions", trunks: "Trunks", inbound: "Inbound routes", outbound: "Outbound routes", newIds: "With new ids", people: "People", changes: "Otherwise than in the file",
    fields: { account_id: "Id", name: "Name", slug: "Short name", domain: "SIP domain" },
    outcomes: { made: "will be made", member_again: "becomes a member again", name_taken: "name is taken here: left out", not_in_file: "not in the file" },
  },
  people: {
    add: "New person", none: "Nobody yet", username: "User name", usernameHint: "Letters, digits, dots and hyphens; cannot be changed later.", fullName: "Name", email: "E-mail", language: "Language", role: "Role on the box",
    roleHints: { super_admin: "Runs the box and every account.", admin: "May be given accounts to run.", user: "May be given an extension." },
    create: "Make person", secondFactor: "Second factor", on: "on", off: "off", mustChange: "must change the password", status: "State", you: "This is you.",
    access: "Access", newPassword: "Give a new password", newPasswordText: "The person must change it at the next sign-in, and is signed out everywhere.", alsoFactor: "Remove the second factor too (the phone is lost)",
    give: "Give password", given: "New password", givenText: "It is shown this once. The person must change it at the first sign-in.", close: "Done",
    suspended: (name: string) => `${name} may no longer sign in.`, activated: (name: string) => `${name} may sign in again.`,
    remove: "Delete person", removeTitle: (name: string) => `Delete ${name}?`, removeText: "The person loses access to everything at once. What was done stays in the audit.", removed: (name: string) => `${name} was deleted.`,
  },
  languages: { "pt-BR": "Português", en: "English", es: "Español" },
};
