/** Words that every place uses: places, actions, states, errors. */
import { catalog } from "../catalog";

export const common = catalog({ "pt-BR": () => import("./pt-BR"), en: () => import("./en"), es: () => import("./es") });
