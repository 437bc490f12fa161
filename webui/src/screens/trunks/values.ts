/** A trunk as a form holds it, and as the API takes it. */
import type { Of } from "../../api";
import type { Trunk } from "./states";

export interface Values {
  name: string;
  host: string;
  port: string;
  transport: string;
  max_calls: string;
  auth_type: string;
  username: string;
  password: string;
  networks: string;
  caller_id: string;
  auth_username: string;
  outbound_proxy: string;
  outbound_proxy_port: string;
  caller_header: string;
  called_header: string;
  number_form: string;
  codecs: string;
  session_timer: boolean;
  passes_callers: boolean;
  media_encryption: string;
}

export const CODECS = ["pcma", "pcmu", "g722", "opus"] as const;
export const TRANSPORTS = ["udp", "tcp", "tls"] as const;

/** What is known of a trunk: one that is there, or a template's part of one. */
type Known = Partial<Omit<Of<"NewTrunkBody">, "profile">> & { profile?: Partial<Of<"ProfileBody">> };

export function valuesOf(known: Known): Values {
  const profile = known.profile ?? {};
  return {
    name: known.name ?? "", host: known.host ?? "", port: text(known.port), transport: known.transport ?? "udp", max_calls: text(known.max_calls ?? 30),
    auth_type: known.auth_type ?? "digest", username: known.username ?? "", password: "", networks: (known.networks ?? []).join("\n"),
    caller_id: known.caller_id ?? "",
    auth_username: profile.auth_username ?? "", outbound_proxy: profile.outbound_proxy ?? "", outbound_proxy_port: text(profile.outbound_proxy_port),
    caller_header: profile.caller_header ?? "p_asserted", called_header: profile.called_header ?? "auto", number_form: profile.number_form ?? "",
    codecs: (profile.codecs ?? []).join(" "), session_timer: profile.session_timer ?? true, passes_callers: profile.passes_callers ?? false,
    media_encryption: profile.media_encryption ?? "off",
  };
}

export function valuesOfTrunk(trunk: Trunk): Values {
  return valuesOf(trunk);
}

/** A template's trunk is JSON that the types know nothing of; what does not look like a field is left out. */
export function valuesOfTemplate(template: Of<"Template">): Values {
  const trunk = isObject(template.trunk) ? template.trunk : {};
  const profile = isObject(trunk.profile) ? trunk.profile : {};
  return valuesOf({ ...plain(trunk), profile: { ...plain(profile), ...(Array.isArray(profile.codecs) ? { codecs: profile.codecs.map(String) } : {}) } });
}

function isObject(found: unknown): found is Record<string, unknown> {
  return typeof found === "object" && found !== null && !Array.isArray(found);
}

function plain(found: Record<string, unknown>): Record<string, never> {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => ["string", "number", "boolean"].includes(typeof value))) as Record<string, never>;
}

function text(value: number | null | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}

function some(value: string): string | null {
  return value.trim() === "" ? null : value.trim();
}

function count(value: string): number | null {
  return value.trim() === "" ? null : Number(value);
}

/** The body of a new trunk, or of a change: an empty password is not sent. */
export function bodyOf(values: Values): Of<"NewTrunkBody"> {
  const digest = values.auth_type === "digest";
  return {
    name: values.name, host: values.host.trim(), port: count(values.port), transport: TRANSPORTS.find((one) => one === values.transport) ?? "udp",
    max_calls: count(values.max_calls), auth_type: digest ? "digest" : "address", ...(digest ? { username: values.username } : {}),
    ...(digest && values.password !== "" ? { password: values.password } : {}),
    networks: values.networks.split(/[\s,;]+/).filter((one) => one !== ""), caller_id: some(values.caller_id),
    profile: {
      auth_username: digest ? some(values.auth_username) : null, outbound_proxy: some(values.outbound_proxy),
      outbound_proxy_port: count(values.outbound_proxy_port),
      caller_header: values.caller_header, called_header: values.called_header, number_form: some(values.number_form),
      codecs: values.codecs.split(" ").filter((one) => one !== ""), session_timer: values.session_timer, passes_callers: values.passes_callers,
      media_encryption: values.media_encryption,
    },
  };
}

/** Ticks a codec: at the end of the order, or out of it. */
export function ticked(codecs: string, codec: string, on: boolean): string {
  const others = codecs.split(" ").filter((one) => one !== "" && one !== codec);
  return (on ? [...others, codec] : others).join(" ");
}
