/** Words for where calls go, as several places say them: load them with the place's own. */
import { catalog } from "../../../words/catalog";

export const callingWords = catalog({ "pt-BR": () => import("./pt-BR"), en: () => import("./en"), es: () => import("./es") });

/** A place's words and these. */
export function withCalling<T>(own: { (): T; load(): Promise<void> }): { (): T; load(): Promise<void> } {
  return Object.assign(() => own(), { load: async () => { await Promise.all([own.load(), callingWords.load()]); } });
}
