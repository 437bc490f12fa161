import { catalog } from "../../../../words/catalog";

export const words = catalog({ "pt-BR": () => import("./pt-BR"), en: () => import("./en"), es: () => import("./es") });
