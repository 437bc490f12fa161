import type { Translation } from "../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  language: "Idioma",
  languages: { "pt-BR": "Português (Brasil)", en: "English", es: "Español" },
  passwordHint: "Al menos 12 caracteres. Varias palabras sin relación entre sí son fáciles de recordar y difíciles de adivinar.",
  currentPassword: "Contraseña actual",
  short: "Necesita al menos 12 caracteres.",
  factor: {
    scan: "Lea la imagen con una aplicación de códigos (Google Authenticator, Aegis, 2FAS…) y escriba el código que muestra.",
    picture: "Código QR para la aplicación",
    byHand: "Clave, para escribirla",
    code: "Código de 6 dígitos",
    turnOn: "Activar",
    codesTitle: "Códigos de recuperación",
    codes:
      "Cada uno de estos códigos permite entrar una vez cuando no tiene el teléfono a mano. Solo se muestran ahora: imprímalos o guárdelos bien.",
    file: "codigos-de-recuperacion.txt",
    kept: "Ya los guardé",
  },
};
export default words;
