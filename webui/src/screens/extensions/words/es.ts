import { plural, type Translation } from "../../../words/catalog";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Extensiones",
  list: {
    number: "Número", name: "Nombre", devices: "Teléfonos", callingClass: "Puede llamar a", status: "Estado", all: "Todas", filterClass: "Categoría de llamada",
    make: "Nueva extensión", range: "Un rango", paste: "De una planilla", more: "Otras formas de agregar", empty: "Aún no hay extensiones",
    emptyHint: "Cree una, un rango de números, o pegue una lista de una planilla.",
    registered: (n) => (n === 0 ? "Sin teléfono" : plural(n, "1 teléfono", `${n} teléfonos`)), silent: "No responde",
  },
  chosen: {
    title: "Extensiones seleccionadas", count: (n) => plural(n, "1 seleccionada", `${n} seleccionadas`), clear: "Quitar la selección", stop: "Parar",
    working: (done, all) => `${done} de ${all}…`,
    activated: (n) => plural(n, "1 extensión está activa.", `${n} extensiones están activas.`),
    suspended: (n) => plural(n, "1 extensión está suspendida.", `${n} extensiones están suspendidas.`),
    changed: (n) => plural(n, "1 extensión fue cambiada.", `${n} extensiones fueron cambiadas.`),
    deleted: (n) => plural(n, "1 extensión fue eliminada.", `${n} extensiones fueron eliminadas.`),
    failed: (n) => plural(n, "1 extensión no fue cambiada", `${n} extensiones no fueron cambiadas`),
    failedText: "Siguen seleccionadas. Las demás están listas.",
    deleteTitle: (n) => plural(n, "¿Eliminar 1 extensión?", `¿Eliminar ${n} extensiones?`),
    type: (n) => `Escriba ${n} para confirmar`, wrong: "No es esa la cantidad.",
  },
  encryptions: { off: "No", offered: "Cuando el teléfono puede", required: "Siempre: si no, no hay llamada" },
  fields: {
    encryption: "Cifrar el audio (SRTP)",
    encryptionHint: "Solo con teléfonos registrados por TLS: con UDP o TCP cualquiera en el camino podría leer las claves.",
    number: "Número", numberHint: "De 2 a 6 dígitos", name: "Nombre", callingClass: "Puede llamar a", callerId: "Número que se muestra afuera",
    callerIdHint: "Uno de los números de la cuenta. Vacío: el de la troncal.", maxDevices: "Teléfonos a la vez", ringSeconds: "Segundos de timbre",
    ringHint: "0: lo que diga la central.", more: "Más ajustes",
  },
  make: { title: "Nueva extensión", action: "Crear la extensión", done: (number) => `La extensión ${number} fue creada.` },
  range: {
    title: "Un rango de extensiones", first: "Primer número", last: "Último número", name: "Nombre de cada una", nameHint: "{number} representa el número.",
    nameDefault: "Extensión {number}", look: "Comprobar", make: (n) => plural(n, "Crear 1 extensión", `Crear ${n} extensiones`),
    would: (n, first, last) => `${plural(n, "1 extensión", `${n} extensiones`)}: de ${first} a ${last}. Todavía no se creó nada.`,
  },
  bulk: {
    title: "Extensiones de una planilla",
    lead: "Pegue celdas de LibreOffice o Excel en la tabla, o escriba. Enter baja, Tab va a la derecha.",
    label: "Nuevas extensiones", row: "Fila", cell: (column, row) => `${column}, fila ${row}`, addRow: "Agregar fila", clear: "Vaciar la tabla",
    removeRow: (row) => `Quitar la fila ${row}`, check: "Comprobar", make: (n) => plural(n, "Crear 1 extensión", `Crear ${n} extensiones`),
    good: (n) => plural(n, "Se puede crear 1 extensión.", `Se pueden crear ${n} extensiones.`),
    bad: (n) => plural(n, "1 celda necesita atención.", `${n} celdas necesitan atención.`), fromRow: (row) => `Fila ${row}`, nothing: "La tabla está vacía.",
    tooMany: (most) => `Como máximo ${most} filas a la vez: el resto quedó afuera.`,
    columns: {
      number: "Número", name: "Nombre", calling_class: "Puede llamar a", caller_id: "Número mostrado", max_devices: "Teléfonos", ring_seconds: "Timbra (s)",
    },
  },
  secrets: {
    title: "Contraseñas de los teléfonos", once: "Cópielas o descárguelas ahora: después cada una se muestra solo a pedido, y queda registrado.",
    number: "Número", user: "Usuario", password: "Contraseña", copyAll: "Copiar todo", download: "Descargar como CSV", done: "Ir a las extensiones",
  },
  one: {
    back: "Extensiones", settings: "Ajustes", suspend: "Suspender", activate: "Activar", suspended: (number) => `${number} está suspendida.`,
    activated: (number) => `${number} está activa.`, delete: "Eliminar", deleteTitle: (number) => `¿Eliminar la extensión ${number}?`,
    deleteText: "Sus teléfonos dejan de funcionar de inmediato. No se puede deshacer.", deleted: (number) => `La extensión ${number} fue eliminada.`,
    isSuspended: "Esta extensión está suspendida: sus teléfonos son rechazados.",
  },
  devices: {
    title: "Teléfonos registrados ahora", none: "Ningún teléfono está registrado.", address: "Dirección", transport: "Transporte", agent: "Aparato",
    until: "Hasta",
    reachable: "Responde", unreachable: "No responde", state: "Estado",
  },
  calls: {
    title: "Últimas llamadas", none: "Aún no hay llamadas.", all: "Todas las llamadas", when: "Cuándo", with: "Con", duration: "Duración",
    outcome: "Resultado",
  },
  directions: { internal: "Interna", inbound: "Entrante", outbound: "Saliente" },
  outcomes: {
    answered: "Atendida", no_answer: "Sin respuesta", busy: "Ocupado", declined: "Rechazada", cancelled: "Abandonada", failed: "Falló",
  },
  setup: {
    title: "Configurar un teléfono", domain: "Dominio SIP", server: "Servidor", port: "Puerto", tlsPort: "Puerto (TLS)", user: "Usuario",
    auth: "Usuario de autenticación", password: "Contraseña",
    show: "Mostrar la contraseña", showHint: "Queda registrado quién la ve.", renew: "Nueva contraseña", renewTitle: "¿Crear una nueva contraseña?",
    renewText: "Los teléfonos con la contraseña anterior dejan de funcionar en su próximo registro. Necesitan la nueva.",
    renewed: "La nueva contraseña ya es válida.",
    app: "Aplicación o teléfono", scan: "Escanee el código", hidden: "Primero muestre la contraseña: es parte del código.",
    code: (app) => `Código QR para ${app}`,
    link: "Crear un código", linkAgain: "Crear un código nuevo",
    linkUntil: (time) => `Escanee el código; funciona hasta las ${time}.`,
    linkHint: "La aplicación busca su configuración en esta central. Si el teléfono no confía en el certificado de la central, escriba los datos de abajo.",
    noCode: (app) => `${app} solo lee códigos de un servidor de aprovisionamiento: escriba estos datos.`,
  },
  apps: {
    wave: { name: "Grandstream Wave", how: "En la aplicación: Ajustes → Ajustes de cuenta → + → Escanear código QR." },
    linphone: { name: "Linphone", how: "En la aplicación: escanee el código en «Obtener configuración remota» o escriba los datos: Usar cuenta SIP → Cuenta SIP de terceros. ICE y STUN quedan desactivados; cifrado de medios SRTP solo con transporte TLS." },
    zoiper: {
      name: "Zoiper", how: "En la aplicación: agregue una cuenta con usuario@dominio e indique el servidor como proxy de salida. STUN queda desactivado.",
    },
    other: { name: "Teléfono de escritorio u otra aplicación", how: "Indique estos datos en la cuenta SIP del teléfono." },
    domain: "Dominio", proxy: "Proxy de salida", username: "Usuario", authName: "Usuario de autenticación", password: "Contraseña", transport: "Transporte",
    display: "Nombre visible",
  },
  test: {
    title: "Llamada de prueba", action: "Llamar a este teléfono", hint: "El teléfono suena; atienda para oír un tono.", running: "La llamada está en curso…",
    steps: { call: "Se llama al teléfono", answer: "Alguien atiende", sound_out: "Sonido hacia el teléfono", sound_in: "Sonido desde el teléfono" },
  },
};
export default words;
