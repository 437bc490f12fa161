import { withCalling } from "../../../app/calling/words";
import { catalog } from "../../../words/catalog";

export const words = withCalling(catalog({ "pt-BR": () => import("./pt-BR"), en: () => import("./en"), es: () => import("./es") }));
