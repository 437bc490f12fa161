import type { Translation } from "../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  language: "Idioma",
  languages: { "pt-BR": "Português (Brasil)", en: "English", es: "Español" },
  passwordHint: "No mínimo 12 caracteres. Algumas palavras sem relação entre si são fáceis de guardar e difíceis de adivinhar.",
  currentPassword: "Senha atual",
  short: "Precisa de pelo menos 12 caracteres.",
  factor: {
    scan: "Leia a imagem com um aplicativo de códigos (Google Authenticator, Aegis, 2FAS…) e digite o código que ele mostra.",
    picture: "QR code para o aplicativo",
    byHand: "Chave, para digitar",
    code: "Código de 6 dígitos",
    turnOn: "Ativar",
    codesTitle: "Códigos de recuperação",
    codes: "Cada um destes códigos permite entrar uma vez quando o celular não está à mão. Eles só aparecem agora: imprima ou guarde em lugar seguro.",
    file: "codigos-de-recuperacao.txt",
    kept: "Já guardei",
  },
};
export default words;
