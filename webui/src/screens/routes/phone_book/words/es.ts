import type { Translation } from "../../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Agenda",
  lead: "Quien llama desde estos números aparece con nombre en los teléfonos.",
  empty: "La agenda está vacía", emptyHint: "Añada nombres uno a uno o traiga una lista entera en un archivo CSV.",
  name: "Nombre", number: "Número", numberHint: "Como marca la cuenta, o con +.", note: "Nota",
  add: "Añadir nombre", edit: "Cambiar el contacto", import: "Importar",
  deleted: (name) => `Se eliminó ${name}.`,
  importHint: "Un archivo CSV con la cabecera name,number. Un número que ya existe recibe el nuevo nombre.",
  file: "Archivo", take: "Importar",
  would: (made, renamed, unchanged) => `Nuevos: ${made}. Renombrados: ${renamed}. Iguales: ${unchanged}.`,
  done: "El archivo se importó.",
  wrong: "No se importó nada. Corrija estas líneas:",
};
export default words;
