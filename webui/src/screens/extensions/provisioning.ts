/**
 * How apps are told of an account. Grandstream Wave reads the account itself from a QR code; Linphone's code is the address of a file,
 * for which the box makes a link that works for minutes. Zoiper's code is made by its maker's service, Acrobits' names an account
 * there: neither is offered; people type what {@link typed} lists.
 */

export interface Account {
  domain: string;
  /** Address of the box, as phones reach it. */
  server: string;
  port: number;
  /** The number. */
  user: string;
  authUser: string;
  password: string;
  name: string;
}

export type App = "wave" | "linphone" | "zoiper" | "other";
export const APPS: readonly App[] = ["wave", "linphone", "zoiper", "other"];

function xml(text: string): string {
  const signs: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
  return text.replaceAll(/[&<>"']/g, (sign) => signs[sign] ?? sign);
}

/** An IPv6 address stands in brackets before a port. */
export function hostPort(host: string, port: number): string {
  return `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
}

/** What Grandstream Wave's QR code holds. It reads ASCII only: of other names the accents go, or the name is the number. */
export function waveCode(account: Account): string {
  const plain = account.name.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll(/[^\x20-\x7e]/g, "").trim();
  const display = (plain || account.user).slice(0, 40);
  const fields: readonly (readonly [string, string])[] = [
    ["RegisterServer", account.domain], ["OutboundServer", hostPort(account.server, account.port)], ["UserID", account.user],
    ["AuthID", account.authUser], ["AuthPass", account.password], ["AccountName", account.user], ["DisplayName", display],
  ];
  const inside = fields.map(([name, value]) => `<${name}>${xml(value)}</${name}>`).join("");
  return `<?xml version="1.0" encoding="utf-8"?><AccountConfig version="1"><Account>${inside}</Account></AccountConfig>`;
}

export type TypedField = "username" | "authName" | "password" | "domain" | "proxy" | "transport" | "display";

/** What is typed into an app, in the order of its screen; the password is the screen's own. */
export function typed(app: App, account: Account): readonly (readonly [TypedField, string])[] {
  const proxy = hostPort(account.server, account.port);
  const password = ["password", account.password] as const;
  switch (app) {
    case "linphone":
      return [
        ["username", account.user], password, ["domain", account.domain], ["display", account.name],
        ["proxy", `<sip:${proxy};transport=tcp>`], ["authName", account.authUser], ["transport", "TCP"],
      ];
    case "zoiper":
      return [["username", `${account.user}@${account.domain}`], password, ["proxy", proxy], ["authName", account.authUser], ["transport", "TCP"]];
    default:
      return [
        ["domain", account.domain], ["proxy", proxy], ["username", account.user], ["authName", account.authUser], password,
        ["display", account.name], ["transport", "UDP / TCP"],
      ];
  }
}

/** Port of SIP among the addresses that the box serves (`0.0.0.0:5060`); 5060 where it may not be read. */
export function sipPort(served: readonly string[]): number {
  for (const one of served) {
    const found = /:(\d+)$/.exec(one)?.[1];
    if (found !== undefined && Number(found) > 0) return Number(found);
  }
  return 5060;
}
