import type { Translation } from "../../../words/catalog";
import { number } from "../../../words/format";
import { alerts } from "../../dashboard/words/alerts.pt-BR";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Visão geral",
  alerts,
  tabs: { now: "Agora", accounts: "Contas", administrators: "Administradores" },
  home: {
    accounts: "Contas", extensions: "Ramais", registrations: "Telefones registrados", live: "Chamadas agora", today: "Chamadas hoje", alerts: "Alertas abertos", trunksDown: "Troncos fora do ar",
    ofTheBox: "A central", box: "A central", version: "Versão", uptime: "Ligada há", clock: "Relógio", sip: "SIP",
    clocks: { trusted: "confiável", untrusted: "não confiável" },
    all: "Todas as contas", name: "Conta", days: (days) => (days === 1 ? "1 dia" : `${number(days)} dias`), toSystem: "Sistema",
  },
  account: {
    add: "Nova conta", import: "Importar", none: "Ainda não há conta", noneHint: "Cada cliente recebe uma conta com ramais, troncos e rotas próprios.",
    name: "Nome", slug: "Nome curto", slugHint: "Parte do usuário dos telefones; não pode ser mudado depois.", domain: "Domínio SIP", domainHint: "Um nome próprio para cada conta; não precisa existir no DNS.",
    description: "Observação", maxExtensions: "Ramais (máx.)", maxCalls: "Chamadas (máx.)", maxStorage: "Disco, MB (máx.)", create: "Criar conta",
    made: (name) => `${name} foi criada.`, open: "Abrir", limits: "Dados da conta", created: "Criada em", suspend: "Suspender", activate: "Ativar",
    suspended: (name) => `${name} foi suspensa: seus telefones são recusados.`, activated: (name) => `${name} está ativa de novo.`,
    status: "Estado", active: "Ativa", inactive: "Suspensa",
  },
  remove: {
    title: "Excluir a conta", text: "Ramais, troncos, rotas, histórico de chamadas e alertas são excluídos com ela. Não há como desfazer; exporte antes se ela puder ser necessária.",
    type: (name) => `Digite “${name}” para confirmar`, wrong: "Este não é o nome.", done: (name) => `${name} foi excluída.`, action: "Excluir conta",
  },
  move: {
    exportTitle: "Exportar", exportText: "Tudo menos o histórico de chamadas em um arquivo cifrado, para esta central ou outra. Quem perde a frase secreta não consegue abri-lo.",
    passphrase: "Frase secreta", passphraseHint: "Pelo menos 12 caracteres.", export: "Exportar para um arquivo", importTitle: "Importar uma conta", file: "Arquivo", noFile: "Escolha um arquivo.", look: "Ver o que há nele",
    otherName: "Outro nome", otherSlug: "Outro nome curto", otherDomain: "Outro domínio", otherHint: "Só se o do arquivo já estiver em uso aqui.",
    willBe: "Vai ficar assim", importNow: "Importar agora", again: "Mudar algo", done: (name) => `${name} foi importada.`,
    extensions: "Ramais", trunks: "Troncos", inbound: "Rotas de entrada", outbound: "Rotas de saída", newIds: "Com novos identificadores", people: "Pessoas", changes: "Diferente do arquivo",
    fields: { account_id: "Identificador", name: "Nome", slug: "Nome curto", domain: "Domínio SIP" },
    outcomes: { made: "será criada", member_again: "volta a ser membro", name_taken: "o nome já existe aqui: fica de fora", not_in_file: "não está no arquivo" },
  },
  people: {
    add: "Nova pessoa", none: "Ainda ninguém", username: "Usuário", usernameHint: "Letras, números, pontos e hifens; não pode ser mudado depois.", fullName: "Nome", email: "E-mail", language: "Idioma", role: "Papel na central",
    roleHints: { super_admin: "Cuida da central e de todas as contas.", admin: "Pode receber contas para administrar.", user: "Pode receber um ramal." },
    create: "Criar pessoa", secondFactor: "Segundo fator", on: "ligado", off: "desligado", mustChange: "precisa trocar a senha", status: "Estado", you: "Esta pessoa é você.",
    access: "Acesso", newPassword: "Dar uma senha nova", newPasswordText: "A pessoa precisa trocá-la na próxima entrada e sai de todos os lugares onde estava conectada.", alsoFactor: "Remover também o segundo fator (o celular foi perdido)",
    give: "Dar senha", given: "Senha nova", givenText: "É mostrada só desta vez. A pessoa precisa trocá-la na primeira entrada.", close: "Pronto",
    suspended: (name) => `${name} não pode mais entrar.`, activated: (name) => `${name} pode entrar de novo.`,
    remove: "Excluir pessoa", removeTitle: (name) => `Excluir ${name}?`, removeText: "A pessoa perde todo o acesso na hora. O que ela fez continua na auditoria.", removed: (name) => `${name} foi excluída.`,
  },
  languages: { "pt-BR": "Português", en: "English", es: "Español" },
};
export default words;
