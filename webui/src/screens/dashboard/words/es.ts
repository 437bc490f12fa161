import type { Translation } from "../../../words/catalog";
import { number } from "../../../words/format";
import { alerts } from "./alerts.es";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Panel",
  alerts,
  alertsTitle: "Alertas abiertas",
  allAlerts: "Todas las alertas",
  today: { calls: "Llamadas hoy", answered: (share) => `${share} contestadas`, missed: "Perdidas hoy", missedHint: "De fuera, sin contestar", live: "Llamadas ahora", phones: "Teléfonos registrados", talk: "Tiempo hablado hoy" },
  chart: {
    title: "Llamadas",
    ranges: { today: "Hoy", week: "7 días", month: "30 días" },
    answered: "Contestadas",
    missed: "Perdidas",
    none: "Ninguna llamada en este período.",
  },
  trunks: {
    title: "Troncales",
    none: "Aún no hay troncal: la cuenta solo llama internamente.",
    add: "Configurar una troncal",
    states: { reachable: "Operativa", degraded: "Inestable", down: "Caída", suspended: "Suspendida" },
    load: (calls, peak, most) => `${number(calls)} llamadas · pico de ${number(peak)} de ${number(most)}`,
    now: (calls) => `${number(calls)} ahora`,
  },
  phones: {
    title: "Teléfonos",
    none: "Aún no hay extensiones: cada persona o teléfono necesita una.",
    add: "Crear extensiones",
    notOne: "Ningún teléfono registrado todavía. Abra una extensión y lea su código QR con el teléfono.",
    open: "Abrir las extensiones",
    of: (count, all) => `${number(count)} de ${all} extensiones con teléfono`,
    unreachable: (count) => (count === 1 ? "1 teléfono no responde" : `${number(count)} teléfonos no responden`),
  },
  hours: {
    title: "Horario de atención",
    none: "Aún no hay horario: las llamadas siguen el mismo camino todo el día.",
    add: "Definir el horario",
    open: "Abierto",
    closed: "Cerrado",
    automatic: "Automático",
    switchOf: (name) => `Cambiar ${name} a mano`,
    changed: (name, state) => `${name}: ${state}`,
    until: (at) => `hasta ${at}`,
    why: { override: "cambiado a mano", holiday: "feriado", hours: "dentro del horario", outside_hours: "fuera del horario", no_clock: "la central no sabe la hora" },
  },
  links: { title: "Ir a", numbers: "Probar adónde lleva un número" },
};
export default words;
