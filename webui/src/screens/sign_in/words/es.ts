import { plural, type Translation } from "../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Entrar",
  username: "Usuario",
  password: "Contraseña",
  otp: "Código de un solo uso",
  otpHint: "De la aplicación, o uno de sus códigos de recuperación.",
  submit: "Entrar",
  wrong: "Usuario o contraseña incorrectos.",
  wrongWithCode: "Usuario, contraseña o código incorrectos. Cada código sirve una sola vez.",
  tooMany: (wait) => `Demasiados intentos. Puede intentarlo de nuevo en ${wait}.`,
  over: "Ya puede intentarlo de nuevo.",
  missing: "Complete este campo.",
  seconds: (count) => plural(count, "1 segundo", `${count} segundos`),
  minutes: (count) => plural(count, "1 minuto", `${count} minutos`),
  forgotten: "¿Olvidó la contraseña?",
  forgottenHelp: "Un administrador de su empresa puede darle una nueva.",
  forgottenBox:
    "Si usted administra la central: con pantalla y teclado en ella, ejecute este comando en la consola. Crea una contraseña nueva del administrador.",
  newPassword: {
    title: "Elija su contraseña",
    lead: "Entró con una contraseña que le dieron. Elija una que solo usted conozca.",
    field: "Contraseña nueva",
    submit: "Guardar y continuar",
  },
  factor: {
    title: "Segundo factor",
    lead: "Su función exige un código de un solo uso al entrar. Toma un minuto.",
  },
  elsewhere: "Entrar como otra persona",
};
export default words;
