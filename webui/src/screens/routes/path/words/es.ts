import type { Translation } from "../../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  lead: "Pregunta a la central adónde iría una llamada, y por qué. No se llama a nadie.",
  to: "Número", toHint: "Como se marca, o el número al que llama alguien de fuera.",
  by: "La llamada viene de", inside: "Una extensión", outside: "Fuera, por una troncal",
  extension: "Extensión", anybody: "Cualquiera que pueda llamar a todo",
  trunk: "Troncal", noTrunks: "Aún no hay troncal por donde pueda entrar una llamada.",
  from: "Número de quien llama", fromHint: "Vacío: oculto.",
  at: "Cuándo", atHint: (zone) => `Vacío: ahora. En la hora de la cuenta, ${zone}.`,
  ask: "Mostrar el camino",
  answer: "Camino de la llamada",
  waiting: "Adónde va un número",
  waitingHint: "Escriba un número: su camino por horarios, rutas y troncales se dibuja aquí.",
  needNumber: "Escriba un número.", needTrunk: "Elija una troncal.",
  ends: {
    extension: (name, devices) => `${name} timbra, en ${devices}.`,
    device: "1 aparato", devices: (count) => `${count} aparatos`,
    noDevices: (name) => `Se llama a ${name}, pero ningún aparato está registrado: quien llama oye que no hay nadie.`,
    openExtension: "Abrir la extensión",
    feature: "La propia central atiende la llamada.",
    trunks: "La llamada sale. Las troncales se prueban en este orden:",
    as: (number) => `como ${number}`, price: (price) => `${price} por minuto`,
    refused: (status) => `La llamada se rechaza (SIP ${status}).`,
  },
};
export default words;
