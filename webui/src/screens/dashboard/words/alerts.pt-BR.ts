import type { Translation } from "../../../words/catalog";
import type { alerts as en } from "./alerts.en";

export const alerts: Translation<typeof en> = {
  kinds: {
    calls_stopped: "Chamadas foram interrompidas",
    emergency_call: "Chamada de emergência",
    login_failures: "Muitas tentativas de entrada falharam",
    token_reuse: "Uma sessão foi usada duas vezes",
    new_network: "Entrada a partir de uma rede nova",
    permission_raised: "Alguém recebeu mais permissões",
    configuration_not_applied: "Uma mudança não teve efeito",
    trunk_down: "Um tronco está fora do ar",
    outbound_rise: "Chamadas de saída muito acima do normal",
    sip_failures: "Falhas de registro de telefones",
    certificate: "Certificado",
    disk: "O disco está enchendo",
    clock: "O relógio não é confiável",
  },
  takeUp: "Marcar como visto",
  takenUp: "O alerta foi marcado como visto.",
  times: (count) => (count === 1 ? "uma vez" : `${count} vezes`),
  none: "Nenhum alerta aberto",
};
