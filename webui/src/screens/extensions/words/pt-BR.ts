import { plural, type Translation } from "../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Ramais",
  list: {
    number: "Número", name: "Nome", devices: "Telefones", callingClass: "Pode ligar para", status: "Situação", all: "Todos",
    filterClass: "Categoria de discagem",
    make: "Novo ramal", range: "Uma faixa", paste: "De uma planilha", more: "Outras formas de adicionar", empty: "Nenhum ramal ainda",
    emptyHint: "Crie um ramal, uma faixa de números, ou cole uma lista de uma planilha.",
    registered: (n) => (n === 0 ? "Sem telefone" : plural(n, "1 telefone", `${n} telefones`)), silent: "Não responde",
  },
  chosen: {
    title: "Ramais selecionados", count: (n) => plural(n, "1 selecionado", `${n} selecionados`), clear: "Limpar a seleção", stop: "Parar",
    working: (done, all) => `${done} de ${all}…`,
    activated: (n) => plural(n, "1 ramal está ativo.", `${n} ramais estão ativos.`),
    suspended: (n) => plural(n, "1 ramal está suspenso.", `${n} ramais estão suspensos.`),
    changed: (n) => plural(n, "1 ramal foi mudado.", `${n} ramais foram mudados.`),
    deleted: (n) => plural(n, "1 ramal foi excluído.", `${n} ramais foram excluídos.`),
    failed: (n) => plural(n, "1 ramal não foi mudado", `${n} ramais não foram mudados`),
    failedText: "Continuam selecionados. Os outros estão prontos.",
    deleteTitle: (n) => plural(n, "Excluir 1 ramal?", `Excluir ${n} ramais?`),
    type: (n) => `Digite ${n} para confirmar`, wrong: "Não é essa a quantidade.",
  },
  encryptions: { off: "Não", offered: "Quando o telefone sabe", required: "Sempre: sem isso não há chamada" },
  fields: {
    encryption: "Criptografar o áudio (SRTP)",
    encryptionHint: "Só para telefones registrados com TLS: com UDP ou TCP qualquer um no caminho leria as chaves.",
    number: "Número", numberHint: "2 a 6 dígitos", name: "Nome", callingClass: "Pode ligar para", callerId: "Número mostrado fora",
    callerIdHint: "Um dos números da conta. Vazio: o do tronco.", maxDevices: "Telefones ao mesmo tempo", ringSeconds: "Segundos tocando",
    ringHint: "0: o tempo padrão da central.", more: "Mais ajustes",
  },
  make: { title: "Novo ramal", action: "Criar o ramal", done: (number) => `O ramal ${number} foi criado.` },
  range: {
    title: "Uma faixa de ramais", first: "Primeiro número", last: "Último número", name: "Nome de cada um", nameHint: "{number} vira o número do ramal.",
    nameDefault: "Ramal {number}", look: "Verificar", make: (n) => plural(n, "Criar 1 ramal", `Criar ${n} ramais`),
    would: (n, first, last) => `${plural(n, "1 ramal", `${n} ramais`)}: de ${first} a ${last}. Nada foi criado ainda.`,
  },
  bulk: {
    title: "Ramais de uma planilha",
    lead: "Cole células do LibreOffice ou do Excel na tabela, ou digite. Enter desce, Tab vai para a direita.",
    label: "Novos ramais", row: "Linha", cell: (column, row) => `${column}, linha ${row}`, addRow: "Adicionar linha", clear: "Esvaziar a tabela",
    removeRow: (row) => `Remover a linha ${row}`, check: "Verificar", make: (n) => plural(n, "Criar 1 ramal", `Criar ${n} ramais`),
    good: (n) => plural(n, "1 ramal pode ser criado.", `${n} ramais podem ser criados.`),
    bad: (n) => plural(n, "1 célula precisa de atenção.", `${n} células precisam de atenção.`), fromRow: (row) => `Linha ${row}`,
    nothing: "A tabela está vazia.",
    tooMany: (most) => `No máximo ${most} linhas de uma vez: o resto ficou de fora.`,
    columns: {
      number: "Número", name: "Nome", calling_class: "Pode ligar para", caller_id: "Número mostrado", max_devices: "Telefones", ring_seconds: "Toca (s)",
    },
  },
  secrets: {
    title: "Senhas dos telefones", once: "Copie ou baixe agora: depois cada senha só é mostrada a pedido, e isso fica registrado.",
    number: "Número", user: "Usuário", password: "Senha", copyAll: "Copiar tudo", download: "Baixar em CSV", done: "Ir para os ramais",
  },
  one: {
    back: "Ramais", settings: "Ajustes", suspend: "Suspender", activate: "Ativar", suspended: (number) => `${number} está suspenso.`,
    activated: (number) => `${number} está ativo.`, delete: "Excluir", deleteTitle: (number) => `Excluir o ramal ${number}?`,
    deleteText: "Os telefones dele param de funcionar na hora. Não há como desfazer.", deleted: (number) => `O ramal ${number} foi excluído.`,
    isSuspended: "Este ramal está suspenso: seus telefones são recusados.",
  },
  devices: {
    title: "Telefones registrados agora", none: "Nenhum telefone está registrado.", address: "Endereço", transport: "Transporte", agent: "Aparelho",
    until: "Até",
    reachable: "Responde", unreachable: "Não responde", state: "Estado",
  },
  calls: {
    title: "Últimas chamadas", none: "Nenhuma chamada ainda.", all: "Todas as chamadas", when: "Quando", with: "Com", duration: "Duração",
    outcome: "Resultado",
  },
  directions: { internal: "Interna", inbound: "Recebida", outbound: "Feita" },
  outcomes: {
    answered: "Atendida", no_answer: "Não atendida", busy: "Ocupado", declined: "Recusada", cancelled: "Desistência", failed: "Falhou",
  },
  setup: {
    title: "Configurar um telefone", domain: "Domínio SIP", server: "Servidor", port: "Porta", tlsPort: "Porta (TLS)", user: "Usuário",
    auth: "Usuário de autenticação", password: "Senha",
    show: "Mostrar a senha", showHint: "Fica registrado quem a vê.", renew: "Nova senha", renewTitle: "Criar uma nova senha?",
    renewText: "Telefones com a senha antiga param de funcionar no próximo registro. Eles precisam da nova.", renewed: "A nova senha já vale.",
    app: "Aplicativo ou telefone", scan: "Leia o código", hidden: "Mostre a senha primeiro: ela faz parte do código.",
    code: (app) => `Código QR para ${app}`,
    link: "Criar um código", linkAgain: "Criar um código novo",
    linkUntil: (time) => `Escaneie o código; ele vale até ${time}.`,
    linkHint: "O aplicativo busca a configuração nesta central. Se o celular não confia no certificado da central, digite os dados abaixo.",
    noCode: (app) => `${app} só lê códigos de um servidor de provisionamento: digite estes dados.`,
  },
  apps: {
    wave: { name: "Grandstream Wave", how: "No aplicativo: Configurações → Configurações de conta → + → Ler código QR." },
    linphone: { name: "Linphone", how: "No aplicativo: escaneie o código em “Buscar configuração remota” ou digite os dados: Usar conta SIP → Conta SIP de terceiros. ICE e STUN ficam desligados; criptografia de mídia SRTP só com transporte TLS." },
    zoiper: { name: "Zoiper", how: "No aplicativo: adicione uma conta com usuário@domínio e informe o servidor como proxy de saída. STUN fica desligado." },
    other: { name: "Telefone de mesa ou outro aplicativo", how: "Informe estes dados na conta SIP do telefone." },
    domain: "Domínio", proxy: "Proxy de saída", username: "Usuário", authName: "Usuário de autenticação", password: "Senha", transport: "Transporte",
    display: "Nome mostrado",
  },
  test: {
    title: "Chamada de teste", action: "Ligar para este telefone", hint: "O telefone toca; atenda para ouvir um tom.", running: "A chamada está em curso…",
    steps: { call: "O telefone é chamado", answer: "Alguém atende", sound_out: "Som até o telefone", sound_in: "Som vindo do telefone" },
  },
};
export default words;
