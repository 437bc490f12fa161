import type { Translation } from "../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Historial de llamadas",
  filters: {
    period: "Período", direction: "Sentido", status: "Resultado", extension: "Extensión", all: "Todos", from: "Desde", until: "Hasta",
    periods: { all: "Cualquier fecha", today: "Hoy", "7": "Últimos 7 días", "30": "Últimos 30 días", range: "Desde – hasta" },
  },
  columns: { time: "Hora", caller: "Quien llamó", callee: "Llamado", duration: "Duración", result: "Resultado", trunk: "Troncal", cost: "Costo" },
  directions: { internal: "Interna", inbound: "Entrante", outbound: "Saliente" },
  statuses: {
    answered: "Contestada", no_answer: "Sin respuesta", busy: "Ocupado", declined: "Rechazada", cancelled: "Cancelada", unknown: "Número inexistente", unavailable: "No disponible",
    unacceptable: "Sin códec común", limit: "Límite alcanzado", forbidden: "No permitida", failed: "Falló", interrupted: "Interrumpida",
  },
  running: "En curso",
  withheld: "Oculto",
  newer: "Mostrar llamadas nuevas",
  empty: "Aún no hay llamadas",
  emptyHint: "Cada llamada aparece aquí en cuanto termina, o mientras está en curso.",
  call: {
    title: "Entienda esta llamada",
    summary: "Llamada",
    when: "Inicio",
    answered: "Contestada",
    afterRinging: (seconds) => `a los ${seconds} s`,
    ended: "Fin",
    talked: "Conversación",
    sip: (status) => `SIP ${status}`,
    kind: "Tipo de número",
    cost: "Costo",
    clock: "El reloj de la central no estaba ajustado cuando empezó esta llamada: las horas pueden ser erróneas. La duración es correcta.",
    way: "Camino de la llamada",
    noWay: "Las llamadas entre extensiones van directas: no hay nada que decidir.",
    whereTo: "¿Adónde va este número?",
    sameNumber: "Todas las llamadas de este número",
  },
  quality: {
    title: "Calidad",
    none: "No hubo audio que medir.",
    sides: { caller: "De quien llamó", callee: "De quien fue llamado" },
    verdicts: { good: "Buena", fair: "Regular", bad: "Mala", silent: "Sin audio" },
    advice: { good: "La red no molestó.", fair: "Alguna palabra pudo cortarse.", bad: "Faltaron palabras: revise la red y el router de este lado.", silent: "No llegó ningún paquete de este lado." },
    encryption: "Cifrado", inClear: "Ninguno",
    loss: "Paquetes perdidos", jitter: "Jitter", mos: "Nota de calidad (MOS, hasta 4,5)", roundTrip: "Ida y vuelta", received: "Paquetes recibidos", sent: "Paquetes enviados", dropped: "No reenviados",
    milliseconds: (value) => `${value} ms`,
    lossOf: (share, count) => `${share} % (${count})`,
  },
};
export default words;
