import { plural, type Translation } from "../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Entrar",
  username: "Usuário",
  password: "Senha",
  otp: "Código de uso único",
  otpHint: "Do aplicativo, ou um dos seus códigos de recuperação.",
  submit: "Entrar",
  wrong: "Usuário ou senha incorretos.",
  wrongWithCode: "Usuário, senha ou código incorretos. Cada código vale uma só vez.",
  tooMany: (wait) => `Muitas tentativas. Você pode tentar de novo em ${wait}.`,
  over: "Você já pode tentar de novo.",
  missing: "Preencha este campo.",
  seconds: (count) => plural(count, "1 segundo", `${count} segundos`),
  minutes: (count) => plural(count, "1 minuto", `${count} minutos`),
  forgotten: "Esqueceu a senha?",
  forgottenHelp: "Um administrador da sua empresa pode dar uma nova senha.",
  forgottenBox: "Se você cuida da central: com tela e teclado ligados nela, execute este comando no console. Ele cria uma nova senha para o administrador.",
  newPassword: {
    title: "Escolha sua senha",
    lead: "Você entrou com uma senha que lhe foi dada. Escolha uma que só você conheça.",
    field: "Nova senha",
    submit: "Salvar e continuar",
  },
  factor: {
    title: "Segundo fator",
    lead: "O seu papel exige um código de uso único ao entrar. Leva um minuto.",
  },
  elsewhere: "Entrar como outra pessoa",
};
export default words;
