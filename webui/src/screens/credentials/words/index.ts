/** Words of what sign-in, first run and one's own profile share: passwords, the second factor, languages. */
import { catalog } from "../../../words/catalog";

export const credentials = catalog({ "pt-BR": () => import("./pt-BR"), en: () => import("./en"), es: () => import("./es") });
