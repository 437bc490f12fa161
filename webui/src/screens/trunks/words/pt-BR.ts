import { plural, type Translation } from "../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Troncos",
  list: {
    name: "Nome", host: "Servidor", state: "Estado", calls: "Chamadas", until: "Registrado até", of: (now, most) => `${now} de ${most}`,
    make: "Novo tronco", empty: "Nenhum tronco ainda", emptyHint: "O tronco é a linha com a operadora: sem ele, só há chamadas internas.",
  },
  states: { starting: "Iniciando", registered: "Registrado", reachable: "Acessível", degraded: "Com falhas", down: "Fora do ar", suspended: "Suspenso" },
  problems: {
    starting: { what: "Ainda não se sabe nada.", todo: "Espere um momento." },
    suspended: { what: "O tronco ou a conta está suspensa.", todo: "Ative." },
    no_address: { what: "O DNS não conhece o endereço do servidor.", todo: "Verifique como o servidor está escrito e se a central alcança um servidor DNS." },
    no_connection: { what: "Sem conexão com o servidor.", todo: "Verifique servidor, porta e transporte. Com TLS o servidor deve ser o nome no certificado da operadora." },
    no_answer: { what: "O servidor não responde.", todo: "Verifique servidor, porta e transporte, e se nenhum firewall bloqueia o SIP da operadora." },
    wrong_credentials: { what: "A operadora recusa o usuário ou a senha.", todo: "Digite os dois de novo como a operadora os enviou." },
    unsafe_challenge: { what: "A operadora pede a senha de um modo inseguro.", todo: "Pergunte à operadora; outro pode estar respondendo no lugar dela." },
    refused: { what: "A operadora recusa a linha.", todo: "Pergunte à operadora se a linha está ativa e pode registrar a partir deste endereço." },
  },
  steps: { address: "Endereço do servidor", connection: "Conexão", answer: "Resposta do servidor", credentials: "Usuário e senha", registration: "Registro" },
  found: { servers: (n) => plural(n, "1 servidor", `${n} servidores`), sip: (status) => `SIP ${status}` },
  one: {
    back: "Troncos", overview: "Estado", settings: "Ajustes", rates: "Tarifas", tabs: "Partes do tronco", suspend: "Suspender", activate: "Ativar",
    suspended: (name) => `${name} está suspenso.`, activated: (name) => `${name} está ativo.`, delete: "Excluir",
    deleteTitle: (name) => `Excluir ${name}?`, deleteText: "Nenhuma chamada poderá passar por este tronco. Não há como desfazer.", deleted: (name) => `${name} foi excluído.`,
    usedBy: "Estas rotas passam por ele:", since: "Desde", server: "Servidor em uso", roundTrip: "Ida e volta", calls: "Chamadas agora",
    until: "Registrado até", test: "Testar a linha", testing: "Testando…",
    stale: "O que você digitou continua aqui.", takeOver: "Salvar o meu assim mesmo",
  },
  form: {
    template: "Operadora", templateHint: "O que se sabe da operadora é preenchido.", byHand: "Manualmente", source: "De onde vem isto", titleNew: "Novo tronco", make: "Criar o tronco", made: (name) => `${name} foi criado.`,
    all: "Todos os ajustes", groups: { basic: "Linha", signIn: "Autenticação", ways: "Caminho até a operadora", numbers: "Números", media: "Som e sessões" },
    name: "Nome", host: "Servidor", hostHint: "Nome ou endereço, como a operadora informou", port: "Porta", portHint: "Vazio: pelo DNS", transport: "Transporte",
    maxCalls: "Chamadas simultâneas (canais)", authType: "A operadora reconhece a central por", digest: "Usuário e senha", digestHint: "A central se registra na operadora.",
    address: "Endereço IP", addressHint: "Sem registro; a central precisa de um IP fixo.", username: "Usuário", password: "Senha", passwordStays: "Vazio: continua a mesma.",
    authUsername: "Usuário de autenticação", authUsernameHint: "Só quando é diferente do usuário.", networks: "Redes de onde vêm as chamadas",
    networksHint: "Além do próprio servidor. Uma por linha, como 192.0.2.0/28.", callerId: "Número mostrado fora", callerIdHint: "Um dos números da conta. Vazio: o usuário.",
    proxy: "Proxy de saída", proxyHint: "Tudo é enviado para lá.", proxyPort: "Porta do proxy",
    callerHeader: "O número de A vai em", callerHeaders: { from: "Só em From", p_asserted: "P-Asserted-Identity", p_preferred: "P-Preferred-Identity", remote_party_id: "Remote-Party-ID" },
    calledHeader: "O número chamado é lido de", calledHeaders: { auto: "Detectar", request_uri: "Request-URI", to: "To", p_called_party_id: "P-Called-Party-ID" },
    numberForm: "Números chamados são escritos", numberForms: {
      none: "Como diz a rota", as_dialled: "Como discado", e164_plus: "Internacional com + (+5511…)", e164: "Internacional sem + (5511…)", national: "Nacional (011…)", subscriber: "Sem DDD",
    },
    codecs: "Codecs", codecsHint: "O melhor primeiro, na ordem em que são marcados. Nenhum: os dos telefones.", codecNames: { pcma: "G.711 A-law", pcmu: "G.711 µ-law", g722: "G.722", opus: "Opus" },
    sessionTimer: "Renovar sessões", sessionTimerHint: "Desligue só se a operadora derruba chamadas por causa disso (RFC 4028).",
    passesCallers: "Chamadas desviadas mostram quem ligou primeiro", passesCallersHint: "Só se a operadora aceita números que não são da conta.",
  },
  templates: { "generic-registration": "Outra operadora, usuário e senha", "generic-address": "Outra operadora, IP fixo", "generic-tls": "Outra operadora, TLS" },
  call: {
    title: "Chamada de teste", number: "Número", hint: "A central liga por este tronco e toca um tom por cinco segundos. Custa o mesmo que qualquer chamada.", action: "Ligar",
    running: "A chamada está em curso, por um minuto no máximo…",
    steps: { call: "A operadora aceita a chamada", answer: "Alguém atende", sound_out: "Som enviado", sound_in: "Som recebido" },
    refused: (status) => `Recusada (SIP ${status})`, unanswered: "Ninguém atendeu em 45 s", echo: "O tom voltou.",
    sent: (n) => `${n} pacotes enviados: quem atendeu ouviu o tom.`, received: (n) => plural(n, "1 pacote chegou em cinco segundos.", `${n} pacotes chegaram em cinco segundos.`),
    advice: {
      forbidden: "As regras da conta ou da operadora proíbem este número.", unknown: "A operadora não conhece o número: verifique como o tronco escreve os números.",
      away: "O tronco funciona: quem foi chamado está ocupado, ausente ou não quer a chamada.", codecs: "A operadora quer outros codecs.",
      other: "Veja o estado do tronco e a chamada no histórico.", unanswered: "Ligue para um número que alguém atenda. Se o telefone não tocou, pergunte à operadora.",
      silent: "O som da operadora não chega à central: abra as portas RTP e verifique o endereço público da central.",
    },
  },
  rates: {
    title: "Tarifas por minuto", prefix: "Prefixo", price: "Preço", empty: "Nenhuma tarifa ainda", emptyHint: "As tarifas ordenam os troncos por custo e preenchem os custos no histórico.",
    replace: "Substituir por um arquivo", file: "Escolher um arquivo CSV", text: "Ou cole aqui", textHint: "Uma linha cada: prefix,price. A primeira linha é o cabeçalho.", look: "Verificar",
    would: (n) => `${plural(n, "1 tarifa entraria", `${n} tarifas entrariam`)} no lugar das atuais.`, put: "Substituir as tarifas", done: (n) => plural(n, "1 tarifa em vigor.", `${n} tarifas em vigor.`),
    deleteAll: "Excluir todas", deleteTitle: "Excluir todas as tarifas?", deleteText: "As chamadas por este tronco ficam sem custo. Não há como desfazer.",
  },
};
export default words;
