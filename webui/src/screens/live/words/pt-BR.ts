import { plural, type Translation } from "../../../words/catalog";
import { number } from "../../../words/format";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Chamadas ao vivo",
  ringing: "Chamando",
  talking: "Em conversa",
  all: "Total",
  columns: { state: "Estado", who: "Quem liga → destino", direction: "Sentido", trunk: "Tronco", duration: "Duração" },
  directions: { internal: "Interna", inbound: "Entrada", outbound: "Saída" },
  anyDirection: "Todos os sentidos",
  searchHint: "Nome ou número",
  hidden: (count) => plural(count, "1 linha", `${number(count)} linhas`),
  empty: "Nenhuma chamada neste momento",
  emptyHint: "Uma chamada aparece aqui assim que começa a tocar.",
  hangUp: "Desligar",
  hangUpOf: (caller, callee) => `Desligar: ${caller} → ${callee}`,
  hangUpTitle: "Desligar esta chamada?",
  hangUpText: "A ligação cai na hora para os dois lados.",
  hungUp: "A chamada foi encerrada.",
  gone: "A chamada já tinha terminado.",
  wall: "Painel de parede",
  leaveWall: "Sair do painel de parede",
};
export default words;
