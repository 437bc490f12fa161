import type { Translation } from "../../../words/catalog";
import { number } from "../../../words/format";
import { alerts } from "./alerts.pt-BR";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Painel",
  alerts,
  alertsTitle: "Alertas abertos",
  allAlerts: "Todos os alertas",
  today: { calls: "Chamadas hoje", answered: (share) => `${share} atendidas`, missed: "Perdidas hoje", missedHint: "De fora, sem atendimento", live: "Chamadas agora", phones: "Telefones registrados", talk: "Tempo de conversa hoje" },
  chart: {
    title: "Chamadas",
    ranges: { today: "Hoje", week: "7 dias", month: "30 dias" },
    answered: "Atendidas",
    missed: "Perdidas",
    none: "Nenhuma chamada neste período.",
  },
  trunks: {
    title: "Troncos",
    none: "Ainda não há tronco: a conta só liga internamente.",
    add: "Configurar um tronco",
    states: { reachable: "No ar", degraded: "Instável", down: "Fora do ar", suspended: "Suspenso" },
    load: (calls, peak, most) => `${number(calls)} chamadas · pico de ${number(peak)} de ${number(most)}`,
    now: (calls) => `${number(calls)} agora`,
  },
  phones: {
    title: "Telefones",
    none: "Ainda não há ramal: cada pessoa ou telefone precisa de um.",
    add: "Criar ramais",
    notOne: "Nenhum telefone registrado ainda. Abra um ramal e leia o QR code com o telefone.",
    open: "Abrir os ramais",
    of: (count, all) => `${number(count)} de ${all} ramais com telefone`,
    unreachable: (count) => (count === 1 ? "1 telefone não responde" : `${number(count)} telefones não respondem`),
  },
  hours: {
    title: "Horário de atendimento",
    none: "Ainda não há horário: as chamadas seguem o mesmo caminho o dia todo.",
    add: "Definir o horário",
    open: "Aberto",
    closed: "Fechado",
    automatic: "Automático",
    switchOf: (name) => `Mudar ${name} à mão`,
    changed: (name, state) => `${name}: ${state}`,
    until: (at) => `até ${at}`,
    why: { override: "mudado à mão", holiday: "feriado", hours: "dentro do horário", outside_hours: "fora do horário", no_clock: "a central não sabe que horas são" },
  },
  links: { title: "Ir para", numbers: "Testar para onde um número vai" },
};
export default words;
