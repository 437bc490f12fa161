/** What can be known before the box is asked: in the words of whoever typed it. */
import { linesOf } from "./box";
import { words } from "./words";

type Errors = Record<string, string>;

const MIN_PASSPHRASE = 12;
const [MIN_SECRET, MAX_SECRET] = [16, 128];

export function isMail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
}

export function checkNewPassphrase({ passphrase }: { passphrase: string }): Errors {
  return [...passphrase].length < MIN_PASSPHRASE ? { passphrase: words().errors.short } : {};
}

export function checkPem({ chain, key }: { chain: string; key: string }): Errors {
  const w = words();
  return { ...(chain.trim() === "" ? { chain: w.errors.empty } : {}), ...(key.trim() === "" ? { key: w.errors.empty } : {}) };
}

export function checkAcme(values: { enabled: boolean; names: string; terms_agreed: boolean; contacts: string }): Errors {
  const w = words();
  const errors: Errors = {};
  if (!linesOf(values.contacts).every(isMail)) errors.contacts = w.errors.mail;
  if (!values.enabled) return errors;
  if (linesOf(values.names).length === 0) errors.names = w.errors.names;
  if (!values.terms_agreed) errors.terms_agreed = w.errors.terms;
  return errors;
}

export function checkMail(values: { host: string; port: string; from: string; alerts_to: string }): Errors {
  const w = words();
  const errors: Errors = {};
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) errors.port = w.errors.port;
  if (values.host.trim() === "") return errors;
  if (!isMail(values.from)) errors.from = w.errors.mail;
  if (!linesOf(values.alerts_to).every(isMail)) errors.alerts_to = w.errors.mail;
  return errors;
}

export function checkWebhooks(values: { urls: string; secret: string }, hasSecret: boolean): Errors {
  const w = words();
  const errors: Errors = {};
  const urls = linesOf(values.urls);
  const [length, local] = [[...values.secret].length, /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/];
  if (!urls.every((one) => one.startsWith("https://") || local.test(one))) errors.urls = w.errors.url;
  const needed = length > 0 || (urls.length > 0 && !hasSecret);
  if (needed && (length < MIN_SECRET || length > MAX_SECRET)) errors.secret = w.errors.secret;
  return errors;
}
