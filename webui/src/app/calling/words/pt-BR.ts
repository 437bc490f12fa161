import type { Translation } from "../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  kind: "Tipo de destino",
  kinds: { extension: "Ramal", time_condition: "Horário", number: "Número", reject: "Recusar", none: "Nenhum" },
  extension: "Ramal",
  hours: "Horário",
  number: "Número",
  numberHint: "Como alguém da conta discaria: um ramal, ou para fora pelas rotas de saída.",
  reject: "O que o chamador ouve",
  rejects: {
    busy: "Ocupado",
    unavailable: "Indisponível",
    unknown: "Número inexistente",
    declined: "Chamada recusada",
  },
  refused: (how) => `Recusada: ${how}`,
  nowhere: "Sem destino: a chamada falha",
  gone: "excluído",
  notChosen: "Ainda não escolhido",
  choose: "Escolha…",
  pick: {
    nothing: "Nada corresponde",
    more: (count) => `Mais ${count}: digite para filtrar`,
    open: "Mostrar a lista",
  },
  needed: "Escolha um.",
  nameNeeded: "Dê um nome.",
  classes: {
    internal: "Só internas",
    local: "Locais",
    mobile: "Locais e celulares",
    long_distance: "Todo o país (DDD)",
    international: "Internacionais (DDI)",
  },
  classHints: {
    internal: "Ramais e números de emergência.",
    local: "Também a própria área, números gratuitos e serviços.",
    mobile: "Também celulares do país.",
    long_distance: "Também todos os outros números do país.",
    international: "Também os países que a conta permite.",
  },
};
export default words;
