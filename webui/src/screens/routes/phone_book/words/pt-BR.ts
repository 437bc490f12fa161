import type { Translation } from "../../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Agenda",
  lead: "Quem chama destes números aparece com nome nos telefones.",
  empty: "A agenda está vazia", emptyHint: "Inclua nomes um a um ou traga uma lista inteira em arquivo CSV.",
  name: "Nome", number: "Número", numberHint: "Como a conta disca, ou com +.", note: "Observação",
  add: "Incluir nome", edit: "Mudar o contato", import: "Importar",
  deleted: (name) => `${name} foi excluído.`,
  importHint: "Um arquivo CSV com o cabeçalho name,number. Um número que já existe recebe o novo nome.",
  file: "Arquivo", take: "Importar",
  would: (made, renamed, unchanged) => `Novos: ${made}. Renomeados: ${renamed}. Iguais: ${unchanged}.`,
  done: "O arquivo foi importado.",
  wrong: "Nada foi importado. Corrija estas linhas:",
};
export default words;
