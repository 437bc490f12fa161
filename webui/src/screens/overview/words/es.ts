import type { Translation } from "../../../words/catalog";
import { number } from "../../../words/format";
import { alerts } from "../../dashboard/words/alerts.es";
import type en from "./en";

const words: Translation<typeof en> = {
  title: "Vista general",
  alerts,
  tabs: { now: "Ahora", accounts: "Cuentas", administrators: "Administradores" },
  home: {
    accounts: "Cuentas", extensions: "Extensiones", registrations: "Teléfonos registrados", live: "Llamadas ahora", today: "Llamadas hoy", alerts: "Alertas abiertas", trunksDown: "Troncales caídas",
    ofTheBox: "La central", box: "La central", version: "Versión", uptime: "Encendida desde hace", clock: "Reloj", sip: "SIP",
    clocks: { trusted: "fiable", untrusted: "no fiable" },
    all: "Todas las cuentas", name: "Cuenta", days: (days) => (days === 1 ? "1 día" : `${number(days)} días`), toSystem: "Sistema",
  },
  account: {
    add: "Nueva cuenta", import: "Importar", none: "Aún no hay cuentas", noneHint: "Cada cliente recibe una cuenta con extensiones, troncales y rutas propias.",
    name: "Nombre", slug: "Nombre corto", slugHint: "Parte del usuario de los teléfonos; no se puede cambiar después.", domain: "Dominio SIP", domainHint: "Un nombre propio para cada cuenta; no hace falta que exista en el DNS.",
    description: "Nota", maxExtensions: "Extensiones (máx.)", maxCalls: "Llamadas (máx.)", maxStorage: "Disco, MB (máx.)", create: "Crear cuenta",
    made: (name) => `${name} fue creada.`, open: "Abrir", limits: "Datos de la cuenta", created: "Creada el", suspend: "Suspender", activate: "Activar",
    suspended: (name) => `${name} fue suspendida: sus teléfonos son rechazados.`, activated: (name) => `${name} está activa de nuevo.`,
    status: "Estado", active: "Activa", inactive: "Suspendida",
  },
  remove: {
    title: "Eliminar la cuenta", text: "Extensiones, troncales, rutas, historial de llamadas y alertas se eliminan con ella. No se puede deshacer; expórtela antes si puede volver a hacer falta.",
    type: (name) => `Escriba “${name}” para confirmar`, wrong: "Ese no es el nombre.", done: (name) => `${name} fue eliminada.`, action: "Eliminar cuenta",
  },
  move: {
    exportTitle: "Exportar", exportText: "Todo menos el historial de llamadas en un archivo cifrado, para esta central u otra. Quien pierde la frase secreta no puede abrirlo.",
    passphrase: "Frase secreta", passphraseHint: "Al menos 12 caracteres.", export: "Exportar a un archivo", importTitle: "Importar una cuenta", file: "Archivo", noFile: "Elija un archivo.", look: "Ver qué contiene",
    otherName: "Otro nombre", otherSlug: "Otro nombre corto", otherDomain: "Otro dominio", otherHint: "Solo si el del archivo ya está en uso aquí.",
    willBe: "Quedará así", importNow: "Importar ahora", again: "Cambiar algo", done: (name) => `${name} fue importada.`,
    extensions: "Extensiones", trunks: "Troncales", inbound: "Rutas entrantes", outbound: "Rutas salientes", newIds: "Con identificadores nuevos", people: "Personas", changes: "Distinto del archivo",
    fields: { account_id: "Identificador", name: "Nombre", slug: "Nombre corto", domain: "Dominio SIP" },
    outcomes: { made: "se creará", member_again: "vuelve a ser miembro", name_taken: "el nombre ya existe aquí: queda fuera", not_in_file: "no está en el archivo" },
  },
  people: {
    add: "Nueva persona", none: "Todavía nadie", username: "Usuario", usernameHint: "Letras, números, puntos y guiones; no se puede cambiar después.", fullName: "Nombre", email: "Correo", language: "Idioma", role: "Rol en la central",
    roleHints: { super_admin: "Se ocupa de la central y de todas las cuentas.", admin: "Puede recibir cuentas para administrar.", user: "Puede recibir una extensión." },
    create: "Crear persona", secondFactor: "Segundo factor", on: "activado", off: "desactivado", mustChange: "debe cambiar la contraseña", status: "Estado", you: "Esta persona es usted.",
    access: "Acceso", newPassword: "Dar una contraseña nueva", newPasswordText: "La persona debe cambiarla en el próximo acceso y se cierran todas sus sesiones.", alsoFactor: "Quitar también el segundo factor (se perdió el teléfono)",
    give: "Dar contraseña", given: "Contraseña nueva", givenText: "Se muestra solo esta vez. La persona debe cambiarla en el primer acceso.", close: "Listo",
    suspended: (name) => `${name} ya no puede entrar.`, activated: (name) => `${name} puede entrar de nuevo.`,
    remove: "Eliminar persona", removeTitle: (name) => `¿Eliminar a ${name}?`, removeText: "La persona pierde todo el acceso al instante. Lo que hizo sigue en la auditoría.", removed: (name) => `${name} fue eliminada.`,
  },
  languages: { "pt-BR": "Português", en: "English", es: "Español" },
};
export default words;
