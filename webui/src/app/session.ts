/** Who is signed in, what he may do, and which account he looks at. */
import { computed, signal } from "@preact/signals";
import { ApiError, api, csrfToken, dataOf, session, type Of } from "../api";
import { closeStream, openStream } from "../api/live";
import { isLanguage, language } from "../words/language";
import { speak } from "../words/catalog";

export type Me = Of<"Me">;
export type Account = Of<"Account">;
export type Role = Of<"RoleWord">;

/** How far it has come with whoever opens the page. */
export type Phase = "starting" | "setup" | "signed-out" | "new-password" | "second-factor" | "in" | "unreachable";

export const phase = signal<Phase>("starting");
export const me = signal<Me | undefined>(undefined);
/** The accounts that may be looked at: all of them up to a hundred; the switcher searches for others. */
export const accounts = signal<Account[]>([]);
export const accountId = signal<string | undefined>(undefined);

export const account = computed(() => accounts.value.find((one) => one.account_id === accountId.value));
export const membership = computed(() => me.value?.memberships.find((one) => one.account_id === accountId.value));
export const isSuperAdmin = computed(() => me.value?.role === "super_admin");

/** Whether one may do this in the account that is looked at, for everybody in it. */
export function can(permission: string): boolean {
  return canBox(permission) || (membership.value?.permissions.includes(permission) ?? false);
}

/** Whether one may do this at least with what is one's own. */
export function canOwn(permission: string): boolean {
  return can(permission) || (membership.value?.own.includes(permission) ?? false);
}

/** Whether one may do this on the whole box. */
export function canBox(permission: string): boolean {
  return me.value?.permissions.includes(permission) ?? false;
}

/** Finds out who is here. */
export async function begin(): Promise<void> {
  try {
    await enter();
    if (phase.value !== "signed-out") return;
    const setup = dataOf(await api.GET("/setup"));
    if (!setup.done) phase.value = "setup";
  } catch {
    phase.value = "unreachable";
  }
}

/** Goes in with the session that the browser has, if it has one. All is asked for at once: on a slow line each question costs. */
export async function enter(): Promise<void> {
  const [current, own, all] = await Promise.allSettled([
    api.GET("/auth/session"), api.GET("/me"), api.GET("/accounts", { params: { query: { limit: 100, sort: "name" } } }),
  ]);
  // Whoever has to set a password first has a session, and may ask for nothing else.
  if (current.status === "fulfilled") csrfToken.value = dataOf(current.value).csrf_token ?? undefined;
  const refused = [current, own, all].find((one) => one.status === "rejected");
  if (refused) {
    if (!(refused.reason instanceof ApiError)) throw refused.reason;
    phase.value = phaseOf(refused.reason.problem.type);
    return;
  }
  if (own.status !== "fulfilled" || all.status !== "fulfilled") return;
  me.value = dataOf(own.value);
  accounts.value = dataOf(all.value).items;
  session.open = true;
  const spoken = me.value?.language;
  if (isLanguage(spoken) && spoken !== language.value) await speak(spoken);
  openStream();
  phase.value = "in";
}

function phaseOf(problem: string): Phase {
  if (problem === "password-change-required") return "new-password";
  return problem === "otp-enrolment-required" ? "second-factor" : "signed-out";
}

/** Signs in; throws what the box says where it refuses. */
export async function signIn(username: string, password: string, otp?: string): Promise<void> {
  const body = { username, password, browser: true, ...(otp === undefined ? {} : { otp }) };
  const signed = dataOf(await api.POST("/auth/login", { body }));
  csrfToken.value = signed.csrf_token ?? undefined;
}

export async function signOut(): Promise<void> {
  session.open = false;
  closeStream();
  try {
    await api.POST("/auth/logout");
  } catch {
    // Whoever leaves has left: the session runs out by itself.
  }
  location.assign("/");
}

/** Read again after a change of oneself or of the accounts. */
export async function refresh(): Promise<void> {
  me.value = dataOf(await api.GET("/me"));
  accounts.value = dataOf(await api.GET("/accounts", { params: { query: { limit: 100, sort: "name" } } })).items;
}
