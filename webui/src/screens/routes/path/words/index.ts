import { words as trace } from "../../../../app/trace/words";
import { catalog } from "../../../../words/catalog";

const own = catalog({ "pt-BR": () => import("./pt-BR"), en: () => import("./en"), es: () => import("./es") });
/** With those of a call's way, which stand on the same screen. */
export const words = Object.assign(() => own(), { load: () => Promise.all([own.load(), trace.load()]).then(() => undefined) });
