import type { Translation } from "../../../words/catalog";
import type { alerts as en } from "./alerts.en";

export const alerts: Translation<typeof en> = {
  kinds: {
    calls_stopped: "Se interrumpieron llamadas",
    emergency_call: "Llamada de emergencia",
    login_failures: "Muchos intentos de acceso fallidos",
    token_reuse: "Una sesión se usó dos veces",
    new_network: "Acceso desde una red nueva",
    permission_raised: "Alguien recibió más permisos",
    configuration_not_applied: "Un cambio no tuvo efecto",
    trunk_down: "Una troncal está caída",
    outbound_rise: "Muchas más llamadas salientes de lo normal",
    sip_failures: "Fallos de registro de teléfonos",
    certificate: "Certificado",
    disk: "El disco se está llenando",
    clock: "El reloj no es fiable",
  },
  takeUp: "Marcar como visto",
  takenUp: "La alerta se marcó como vista.",
  times: (count) => (count === 1 ? "una vez" : `${count} veces`),
  none: "Ninguna alerta abierta",
};
