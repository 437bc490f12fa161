import type { Translation } from "../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  kind: "Tipo de destino",
  kinds: { extension: "Extensión", time_condition: "Horario", number: "Número", reject: "Rechazar", none: "Ninguno" },
  extension: "Extensión",
  hours: "Horario",
  number: "Número",
  numberHint: "Como lo marcaría alguien de la cuenta: una extensión, o hacia fuera por las rutas salientes.",
  reject: "Qué oye quien llama",
  rejects: {
    busy: "Ocupado",
    unavailable: "No disponible",
    unknown: "El número no existe",
    declined: "Llamada rechazada",
  },
  refused: (how) => `Rechazada: ${how}`,
  nowhere: "Sin destino: la llamada falla",
  gone: "eliminado",
  notChosen: "Sin elegir todavía",
  choose: "Elija…",
  pick: {
    nothing: "Nada corresponde",
    more: (count) => `${count} más: escriba para filtrar`,
    open: "Mostrar la lista",
  },
  needed: "Elija uno.",
  nameNeeded: "Póngale un nombre.",
  classes: {
    internal: "Solo internas",
    local: "Locales",
    mobile: "Locales y móviles",
    long_distance: "Todo el país",
    international: "Internacionales",
  },
  classHints: {
    internal: "Extensiones y números de emergencia.",
    local: "También la propia área, números gratuitos y servicios.",
    mobile: "También móviles del país.",
    long_distance: "También todos los demás números del país.",
    international: "También los países que la cuenta permite.",
  },
};
export default words;
