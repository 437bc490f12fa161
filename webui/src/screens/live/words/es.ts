import { plural, type Translation } from "../../../words/catalog";
import { number } from "../../../words/format";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Llamadas en vivo",
  ringing: "Sonando",
  talking: "En conversación",
  all: "Total",
  columns: { state: "Estado", who: "Quién llama → destino", direction: "Sentido", trunk: "Troncal", duration: "Duración" },
  directions: { internal: "Interna", inbound: "Entrante", outbound: "Saliente" },
  anyDirection: "Todos los sentidos",
  searchHint: "Nombre o número",
  hidden: (count) => plural(count, "1 fila", `${number(count)} filas`),
  empty: "Ninguna llamada en este momento",
  emptyHint: "Una llamada aparece aquí en cuanto empieza a sonar.",
  hangUp: "Colgar",
  hangUpOf: (caller, callee) => `Colgar: ${caller} → ${callee}`,
  hangUpTitle: "¿Colgar esta llamada?",
  hangUpText: "La llamada se corta al instante para ambas partes.",
  hungUp: "La llamada fue terminada.",
  gone: "La llamada ya había terminado.",
  wall: "Panel de pared",
  leaveWall: "Salir del panel de pared",
};
export default words;
