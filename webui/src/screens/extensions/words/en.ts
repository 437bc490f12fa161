import { plural } from "../../../words/catalog";

export default {
  title: "Extensions",
  list: {
    number: "Number", name: "Name", devices: "Phones", callingClass: "May call", status: "Status", all: "All", filterClass: "Calling class",
    make: "New extension", range: "A range", paste: "From a spreadsheet", more: "More ways to add", empty: "No extension yet",
    emptyHint: "Make one, a range of numbers, or paste a list from a spreadsheet.",
    registered: (n: number) => (n === 0 ? "No phone" : plural(n, "1 phone", `${n} phones`)), silent: "Does not answer",
  },
  classes: { internal: "Inside only", local: "Local", mobile: "Local and mobile", long_distance: "The whole country", international: "Also abroad" },
  encryptions: { off: "Off", offered: "Where the phone can", required: "Always: no call otherwise" },
  fields: {
    encryption: "Encrypt the sound (SRTP)",
    encryptionHint: "Only phones that register with TLS: with UDP or TCP everybody on the way could read the keys.",
    number: "Number", numberHint: "2 to 6 digits", name: "Name", callingClass: "May call", callerId: "Number shown outside",
    callerIdHint: "One of the account's own numbers. Empty: the trunk's.", maxDevices: "Phones at the same time", ringSeconds: "Seconds it rings",
    ringHint: "0: as long as the box says.", more: "More settings",
  },
  make: { title: "New extension", action: "Make the extension", done: (number: string) => `Extension ${number} is there.` },
  range: {
    title: "A range of extensions", first: "First number", last: "Last number", name: "Name of each", nameHint: "{number} stands for the number.",
    nameDefault: "Extension {number}", look: "Check", make: (n: number) => plural(n, "Make 1 extension", `Make ${n} extensions`),
    would: (n: number, first: string, last: string) => `${plural(n, "1 extension", `${n} extensions`)}: ${first} to ${last}. Nothing has been made yet.`,
  },
  bulk: {
    title: "Extensions from a spreadsheet",
    lead: "Paste cells from LibreOffice or Excel into the table, or type. Enter goes down, Tab goes right.",
    label: "New extensions", row: "Row", cell: (column: string, row: number) => `${column}, row ${row}`, addRow: "Add a row", clear: "Empty the table",
    removeRow: (row: number) => `Remove row ${row}`, check: "Check", make: (n: number) => plural(n, "Make 1 extension", `Make ${n} extensions`),
    good: (n: number) => plural(n, "1 extension can be made.", `${n} extensions can be made.`),
    bad: (n: number) => plural(n, "1 cell needs a look.", `${n} cells need a look.`), fromRow: (row: number) => `Row ${row}`, nothing: "The table is empty.",
    tooMany: (most: number) => `At most ${most} rows at once: the rest was left out.`,
    columns: { number: "Number", name: "Name", calling_class: "May call", caller_id: "Number shown", max_devices: "Phones", ring_seconds: "Rings (s)" },
  },
  secrets: {
    title: "Passwords of the phones", once: "Copy or download them now: afterwards each is shown on request only, and that is recorded.",
    number: "Number", user: "User name", password: "Password", copyAll: "Copy all", download: "Download as CSV", done: "To the extensions",
  },
  one: {
    back: "Extensions", settings: "Settings", suspend: "Suspend", activate: "Activate", suspended: (number: string) => `${number} is suspended.`,
    activated: (number: string) => `${number} is active.`, delete: "Delete", deleteTitle: (number: string) => `Delete extension ${number}?`,
    deleteText: "Its phones stop working at once. This cannot be undone.", deleted: (number: string) => `Extension ${number} is deleted.`,
    stale: "What you typed is still here.", takeOver: "Save mine anyway", isSuspended: "This extension is suspended: its phones are refused.",
  },
  devices: {
    title: "Phones registered now", none: "No phone is registered.", address: "Address", transport: "Transport", agent: "Device", until: "Until",
    reachable: "Answers", unreachable: "Does not answer", state: "State",
  },
  calls: { title: "Last calls", none: "No calls yet.", all: "All calls", when: "When", with: "With", duration: "Duration", outcome: "Outcome" },
  directions: { internal: "Internal", inbound: "Incoming", outbound: "Outgoing" },
  outcomes: {
    answered: "Answered", no_answer: "No answer", busy: "Busy", declined: "Declined", cancelled: "Given up", failed: "Failed",
  },
  setup: {
    title: "Set up a phone", domain: "SIP domain", server: "Server", port: "Port", tlsPort: "Port (TLS)", user: "User name", auth: "Authentication name",
    password: "Password",
    show: "Show the password", showHint: "Who looks at it is recorded.", renew: "New password", renewTitle: "Make a new password?",
    renewText: "Phones with the old password stop working when they register next. They need the new one.", renewed: "The new password is valid now.",
    app: "App or phone", scan: "Scan the code", hidden: "Show the password first: it is part of the code.",
    code: (app: string) => `QR code for ${app}`, noCode: (app: string) => `${app} reads codes of a provisioning server only: type this in.`,
  },
  apps: {
    wave: { name: "Grandstream Wave", how: "In the app: Settings → Account settings → + → Scan QR code." },
    linphone: { name: "Linphone", how: "In the app: Use a SIP account → Third-party SIP account. ICE, STUN and media encryption stay off." },
    zoiper: { name: "Zoiper", how: "In the app: add an account with user@domain, then enter the server as outbound proxy. STUN stays off." },
    other: { name: "Desk phone or another app", how: "Enter these in the phone's SIP account." },
    domain: "Domain", proxy: "Outbound proxy", username: "User name", authName: "Authentication name", password: "Password", transport: "Transport",
    display: "Display name",
  },
  test: {
    title: "Test call", action: "Call this phone", hint: "The phone rings; answer it to hear a tone.", running: "The call goes on…",
    steps: { call: "The phone is called", answer: "Somebody answers", sound_out: "Sound to the phone", sound_in: "Sound from the phone" },
  },
};
