import type { Translation } from "../../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  lead: "Pergunta ao PABX para onde uma chamada iria, e por quê. Ninguém é chamado.",
  to: "Número", toHint: "Como se disca, ou o número que alguém de fora chama.",
  by: "A chamada vem de", inside: "Um ramal", outside: "Fora, por um tronco",
  extension: "Ramal", anybody: "Qualquer um que possa chamar tudo",
  trunk: "Tronco", noTrunks: "Ainda não há tronco por onde uma chamada possa entrar.",
  from: "Número de quem chama", fromHint: "Vazio: não identificado.",
  at: "Quando", atHint: (zone) => `Vazio: agora. No horário da conta, ${zone}.`,
  ask: "Mostrar o caminho",
  answer: "Caminho da chamada",
  waiting: "Para onde vai um número",
  waitingHint: "Digite um número: o caminho dele por horários, rotas e troncos é desenhado aqui.",
  needNumber: "Digite um número.", needTrunk: "Escolha um tronco.",
  ends: {
    extension: (name, devices) => `${name} toca, em ${devices}.`,
    device: "1 aparelho", devices: (count) => `${count} aparelhos`,
    noDevices: (name) => `${name} é chamado, mas nenhum aparelho está registrado: quem chama ouve que ninguém atende.`,
    openExtension: "Abrir o ramal",
    feature: "O próprio PABX atende a chamada.",
    trunks: "A chamada sai. Os troncos são tentados nesta ordem:",
    as: (number) => `como ${number}`, price: (price) => `${price} por minuto`,
    refused: (status) => `A chamada é recusada (SIP ${status}).`,
  },
};
export default words;
