/** The seven screens, their addresses, and where the first run goes on. */
import { useLocation } from "preact-iso";
import { api, dataOf } from "../../api";
import { accounts } from "../../app/session";

export const STEPS = ["place", "password", "network", "account", "trunk", "extensions", "phones"] as const;
export type StepName = (typeof STEPS)[number];

export function isStep(word: string | undefined): word is StepName {
  return STEPS.some((one) => one === word);
}

export function addressOf(step: StepName): string {
  return `/first-run/${step}`;
}

/** A way to the next screen, for a screen. */
export function useGo(): (step: StepName) => void {
  const { route } = useLocation();
  return (step) => {
    route(addressOf(step));
    scrollTo(0, 0);
  };
}

/** The account that the first run is about: the first there is. */
export function firstAccount(): string | undefined {
  return accounts.value[0]?.account_id;
}

/** The first screen whose work is not done yet, as the box tells. */
export async function whereItGoesOn(): Promise<StepName> {
  const account_id = firstAccount();
  if (account_id === undefined) return "network";
  const one = { params: { path: { account_id }, query: { limit: 1 } } };
  const extensions = dataOf(await api.GET("/accounts/{account_id}/extensions", one)).items;
  if (extensions.length > 0) return "phones";
  const trunks = dataOf(await api.GET("/accounts/{account_id}/trunks", one)).items;
  return trunks.length > 0 ? "extensions" : "trunk";
}
