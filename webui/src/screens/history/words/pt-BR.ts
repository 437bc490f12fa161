import type { Translation } from "../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Histórico de chamadas",
  filters: {
    period: "Período", direction: "Sentido", status: "Resultado", extension: "Ramal", all: "Todos", from: "De", until: "Até",
    periods: { all: "Qualquer data", today: "Hoje", "7": "Últimos 7 dias", "30": "Últimos 30 dias", range: "De – até" },
  },
  columns: { time: "Hora", caller: "Quem chamou", callee: "Chamado", duration: "Duração", result: "Resultado", trunk: "Tronco", cost: "Custo" },
  directions: { internal: "Interna", inbound: "Recebida", outbound: "Feita" },
  statuses: {
    answered: "Atendida", no_answer: "Não atendida", busy: "Ocupado", declined: "Recusada", cancelled: "Cancelada", unknown: "Número inexistente", unavailable: "Indisponível",
    unacceptable: "Sem codec comum", limit: "Limite atingido", forbidden: "Não permitida", failed: "Falhou", interrupted: "Interrompida",
  },
  running: "Em andamento",
  withheld: "Não identificado",
  newer: "Mostrar chamadas novas",
  empty: "Ainda não há chamadas",
  emptyHint: "Cada chamada aparece aqui assim que termina, ou enquanto está em andamento.",
  call: {
    title: "Entenda esta chamada",
    summary: "Chamada",
    when: "Início",
    answered: "Atendida",
    afterRinging: (seconds) => `após ${seconds} s`,
    ended: "Fim",
    talked: "Conversa",
    sip: (status) => `SIP ${status}`,
    kind: "Tipo de número",
    cost: "Custo",
    clock: "O relógio do PABX não estava certo quando esta chamada começou: os horários podem estar errados. A duração está certa.",
    way: "Caminho da chamada",
    noWay: "Chamadas entre ramais vão direto: não há nada a decidir.",
    whereTo: "Para onde vai este número?",
    sameNumber: "Todas as chamadas deste número",
  },
  quality: {
    title: "Qualidade",
    none: "Não houve áudio para medir.",
    sides: { caller: "De quem chamou", callee: "De quem foi chamado" },
    verdicts: { good: "Boa", fair: "Razoável", bad: "Ruim", silent: "Sem áudio" },
    advice: { good: "A rede não atrapalhou.", fair: "Uma palavra ou outra pode ter falhado.", bad: "Faltaram palavras: confira a rede e o roteador deste lado.", silent: "Nenhum pacote chegou deste lado." },
    encryption: "Criptografia", inClear: "Nenhuma",
    loss: "Pacotes perdidos", jitter: "Jitter", mos: "Nota de qualidade (MOS, até 4,5)", roundTrip: "Ida e volta", received: "Pacotes recebidos", sent: "Pacotes enviados", dropped: "Não repassados",
    milliseconds: (value) => `${value} ms`,
    lossOf: (share, count) => `${share} % (${count})`,
  },
};
export default words;
