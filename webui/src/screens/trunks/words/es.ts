import { plural, type Translation } from "../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Troncales",
  list: {
    name: "Nombre", host: "Servidor", state: "Estado", calls: "Llamadas", until: "Registrada hasta", of: (now, most) => `${now} de ${most}`,
    make: "Nueva troncal", empty: "Aún no hay troncales", emptyHint: "La troncal es la línea con el operador: sin ella solo hay llamadas internas.",
  },
  states: { starting: "Iniciando", registered: "Registrada", reachable: "Accesible", degraded: "Con fallas", down: "Caída", suspended: "Suspendida" },
  problems: {
    starting: { what: "Todavía no se sabe nada.", todo: "Espere un momento." },
    suspended: { what: "La troncal o la cuenta está suspendida.", todo: "Actívela." },
    no_address: { what: "El DNS no conoce la dirección del servidor.", todo: "Compruebe cómo está escrito el servidor y que la central alcance un servidor DNS." },
    no_connection: { what: "Sin conexión con el servidor.", todo: "Compruebe servidor, puerto y transporte. Con TLS el servidor debe ser el nombre en el certificado del operador." },
    no_answer: { what: "El servidor no responde.", todo: "Compruebe servidor, puerto y transporte, y que ningún cortafuegos bloquee el SIP del operador." },
    wrong_credentials: { what: "El operador rechaza el usuario o la contraseña.", todo: "Escriba ambos de nuevo como los dio el operador." },
    unsafe_challenge: { what: "El operador pide la contraseña de un modo inseguro.", todo: "Pregunte al operador; otro puede estar respondiendo en su lugar." },
    refused: { what: "El operador rechaza la línea.", todo: "Pregunte al operador si la línea está activa y puede registrarse desde esta dirección." },
  },
  steps: { address: "Dirección del servidor", connection: "Conexión", answer: "Respuesta del servidor", credentials: "Usuario y contraseña", registration: "Registro" },
  found: { servers: (n) => plural(n, "1 servidor", `${n} servidores`), sip: (status) => `SIP ${status}` },
  one: {
    back: "Troncales", overview: "Estado", settings: "Ajustes", rates: "Tarifas", tabs: "Partes de la troncal", suspend: "Suspender", activate: "Activar",
    suspended: (name) => `${name} está suspendida.`, activated: (name) => `${name} está activa.`, delete: "Eliminar",
    deleteTitle: (name) => `¿Eliminar ${name}?`, deleteText: "Ninguna llamada podrá salir ni entrar por esta troncal. No se puede deshacer.", deleted: (name) => `${name} fue eliminada.`,
    usedBy: "Estas rutas pasan por ella:", since: "Desde", server: "Servidor en uso", roundTrip: "Ida y vuelta", calls: "Llamadas ahora",
    until: "Registrada hasta", test: "Probar la línea", testing: "Probando…",
    stale: "Lo que escribió sigue aquí.", takeOver: "Guardar lo mío igualmente",
  },
  form: {
    template: "Operador", templateHint: "Se completa lo que se sabe del operador.", byHand: "A mano", source: "De dónde viene esto", titleNew: "Nueva troncal", make: "Crear la troncal", made: (name) => `${name} fue creada.`,
    all: "Todos los ajustes", groups: { basic: "Línea", signIn: "Autenticación", ways: "Camino al operador", numbers: "Números", media: "Sonido y sesiones" },
    name: "Nombre", host: "Servidor", hostHint: "Nombre o dirección, como lo dio el operador", port: "Puerto", portHint: "Vacío: por DNS", transport: "Transporte",
    maxCalls: "Llamadas simultáneas (canales)", authType: "El operador reconoce la central por", digest: "Usuario y contraseña", digestHint: "La central se registra en el operador.",
    address: "Su dirección IP", addressHint: "Sin registro; la central necesita una IP fija.", username: "Usuario", password: "Contraseña", passwordStays: "Vacío: sigue la misma.",
    authUsername: "Usuario de autenticación", authUsernameHint: "Solo si es distinto del usuario.", networks: "Redes desde donde llegan llamadas",
    networksHint: "Además del propio servidor. Una por línea, como 192.0.2.0/28.", callerId: "Número que se muestra afuera", callerIdHint: "Uno de los números de la cuenta. Vacío: el usuario.",
    proxy: "Proxy de salida", proxyHint: "Todo se envía allí.", proxyPort: "Puerto del proxy",
    callerHeader: "El número de A va en", callerHeaders: { from: "Solo en From", p_asserted: "P-Asserted-Identity", p_preferred: "P-Preferred-Identity", remote_party_id: "Remote-Party-ID" },
    calledHeader: "El número llamado se lee de", calledHeaders: { auto: "Detectar", request_uri: "Request-URI", to: "To", p_called_party_id: "P-Called-Party-ID" },
    numberForm: "Los números llamados se escriben", numberForms: {
      none: "Como dice la ruta", as_dialled: "Como se marcó", e164_plus: "Internacional con + (+5411…)", e164: "Internacional sin + (5411…)", national: "Nacional (011…)", subscriber: "Sin código de área",
    },
    codecs: "Códecs", codecsHint: "El mejor primero, en el orden en que se marcan. Ninguno: los de los teléfonos.", codecNames: { pcma: "G.711 A-law", pcmu: "G.711 µ-law", g722: "G.722", opus: "Opus" },
    sessionTimer: "Renovar sesiones", sessionTimerHint: "Desactívelo solo si el operador corta llamadas por ello (RFC 4028).",
    passesCallers: "Las llamadas desviadas muestran quién llamó primero", passesCallersHint: "Solo si el operador admite números que no son de la cuenta.",
  },
  templates: { "generic-registration": "Otro operador, usuario y contraseña", "generic-address": "Otro operador, IP fija", "generic-tls": "Otro operador, TLS" },
  call: {
    title: "Llamada de prueba", number: "Número", hint: "La central llama por esta troncal y emite un tono durante cinco segundos. Cuesta lo mismo que cualquier llamada.", action: "Llamar",
    running: "La llamada está en curso, un minuto como máximo…",
    steps: { call: "El operador acepta la llamada", answer: "Alguien atiende", sound_out: "Sonido enviado", sound_in: "Sonido recibido" },
    refused: (status) => `Rechazada (SIP ${status})`, unanswered: "Nadie atendió en 45 s", echo: "El tono volvió.",
    sent: (n) => `${n} paquetes enviados: quien atendió oyó el tono.`, received: (n) => plural(n, "1 paquete llegó en cinco segundos.", `${n} paquetes llegaron en cinco segundos.`),
    advice: {
      forbidden: "Las reglas de la cuenta o del operador prohíben este número.", unknown: "El operador no conoce el número: compruebe cómo escribe los números la troncal.",
      away: "La troncal funciona: el llamado está ocupado, ausente o no quiere la llamada.", codecs: "El operador quiere otros códecs.",
      other: "Mire el estado de la troncal y la llamada en el historial.", unanswered: "Llame a un número que alguien atienda. Si el teléfono no sonó, pregunte al operador.",
      silent: "El sonido del operador no llega a la central: abra los puertos RTP y compruebe la dirección pública de la central.",
    },
  },
  rates: {
    title: "Tarifas por minuto", prefix: "Prefijo", price: "Precio", empty: "Aún no hay tarifas", emptyHint: "Las tarifas ordenan las troncales por costo y completan los costos en el historial.",
    replace: "Reemplazar por un archivo", file: "Elegir un archivo CSV", text: "O péguelo aquí", textHint: "Una línea cada una: prefix,price. La primera línea es el encabezado.", look: "Comprobar",
    would: (n) => `${plural(n, "1 tarifa reemplazaría", `${n} tarifas reemplazarían`)} a las actuales.`, put: "Reemplazar las tarifas", done: (n) => plural(n, "1 tarifa vigente.", `${n} tarifas vigentes.`),
    deleteAll: "Eliminar todas", deleteTitle: "¿Eliminar todas las tarifas?", deleteText: "Las llamadas por esta troncal quedan sin costo. No se puede deshacer.",
  },
};
export default words;
