import type { ComponentChildren } from "preact";
import { api, readOf, type Of } from "../../api";
import { changeNow } from "../../app/stale";
import { language } from "../../words/language";
import { Form, PasswordField, SelectField, TextField, useForm } from "../../ui";
import { chosen } from "./kept";
import { words } from "./words";

type Template = Of<"Template">;
type Trunk = Of<"Trunk">;
type NewTrunk = Of<"NewTrunkBody">;

interface Values {
  template: string;
  host: string;
  username: string;
  password: string;
  caller_id: string;
  networks: string;
  proxy: string;
}

interface Props {
  account: string;
  templates?: readonly Template[];
  /** To be changed, in place of a new one. */
  trunk?: Trunk;
  onDone: () => void;
  onCancel?: () => void;
  more?: ComponentChildren;
}

/** What a template holds is the beginning of a new trunk's body. */
function known(template: Template | undefined): Partial<NewTrunk> {
  const trunk: unknown = template?.trunk;
  return typeof trunk === "object" && trunk !== null ? trunk : {};
}

function list(text: string): string[] {
  return text.split(/[\s,;]+/).filter((one) => one !== "");
}

function bodyOf(values: Values, template: Template | undefined): NewTrunk {
  const begun = known(template);
  const host = values.host.trim() || (begun.host ?? "");
  const general = template === undefined || begun.host === undefined;
  const proxy = values.proxy.trim();
  return {
    ...begun, auth_type: begun.auth_type ?? "digest", host, name: (general ? host : template.name).slice(0, 64) || words().trunk.name,
    ...(values.username.trim() ? { username: values.username.trim() } : {}), ...(values.password ? { password: values.password } : {}),
    ...(values.caller_id.trim() ? { caller_id: values.caller_id.trim() } : {}), ...(values.networks.trim() ? { networks: list(values.networks) } : {}),
    ...(proxy ? { profile: { ...begun.profile, outbound_proxy: proxy } } : {}),
  };
}

async function change(account_id: string, trunk: Trunk, values: Values): Promise<void> {
  const path = { account_id, trunk_id: trunk.trunk_id };
  const body = {
    host: values.host.trim(), ...(trunk.name === trunk.host ? { name: values.host.trim().slice(0, 64) } : {}),
    ...(trunk.auth_type === "digest" ? { username: values.username.trim() } : {}), ...(values.password ? { password: values.password } : {}),
    ...(trunk.auth_type === "address" ? { networks: list(values.networks) } : {}), caller_id: values.caller_id.trim() || null,
  };
  const one = "/accounts/{account_id}/trunks/{trunk_id}";
  await changeNow(() => api.GET(one, { params: { path } }).then(readOf),
    ({ tag }) => api.PATCH(one, { params: { path, header: { "If-Match": tag } }, body }).then(readOf));
}

function asks(trunk: Trunk | undefined, template: Template | undefined): readonly string[] {
  if (trunk) return trunk.auth_type === "digest" ? ["host", "username", "password", "caller_id"] : ["host", "networks", "caller_id"];
  return template?.ask ?? ["host", "username", "password"];
}

/** What the provider has given must be there; a password that is known already may stay. */
function missing(values: Values, asked: readonly string[], known: boolean): Record<string, string> {
  const needed = (["host", "username", "password"] as const).filter((name) => asked.includes(name) && !(known && name === "password"));
  return Object.fromEntries(needed.filter((name) => values[name].trim() === "").map((name) => [name, words().missing]));
}

/** Provider first: what is known of it is not asked. */
export function TrunkForm({ account, templates = [], trunk, onDone, onCancel, more }: Props) {
  const w = words().trunk;
  const usual = chosen.value.country === "br" ? "brazil-registration" : "generic-registration";
  const first: Values = {
    template: templates.some((one) => one.id === usual) ? usual : (templates[0]?.id ?? ""),
    host: trunk?.host ?? "", username: trunk?.username ?? "", password: "",
    caller_id: trunk?.caller_id ?? "", networks: trunk?.networks.join(", ") ?? "", proxy: "",
  };
  const chosenOf = (values: Values) => templates.find((one) => one.id === values.template);
  const form = useForm(first, async (values) => {
    if (trunk) await change(account, trunk, values);
    else await api.POST("/accounts/{account_id}/trunks", { params: { path: { account_id: account } }, body: bodyOf(values, chosenOf(values)) });
    onDone();
  }, (values) => missing(values, asks(trunk, chosenOf(values)), trunk !== undefined));
  const template = chosenOf(form.values);
  const asked = asks(trunk, template);
  const example = known(template).host;
  const wants = (field: string) => asked.includes(field) || form.errors[field] !== undefined;
  const note = template?.notes[language.value];
  return (
    <Form form={form} action={w.connect} more={more} {...(onCancel ? { onCancel } : {})}>
      {templates.length > 0 && (
        <SelectField {...form.text("template")} label={w.provider} hint={note} options={templates.map((one) => ({ value: one.id, label: one.name }))} />
      )}
      {wants("host") && <TextField {...form.text("host")} label={w.host} placeholder={example ?? "sip.example.com"} inputMode="url" maxLength={253} />}
      {wants("profile.outbound_proxy") && <TextField {...form.text("proxy", "profile.outbound_proxy")} label={w.proxy} inputMode="url" maxLength={253} />}
      {(wants("username") || wants("password")) && (
        <div class="form-pair">
          <TextField {...form.text("username")} label={w.username} maxLength={128} />
          <PasswordField {...form.text("password")} label={w.password} hint={trunk ? w.passwordStays : undefined} maxLength={256} />
        </div>
      )}
      {wants("networks") && <TextField {...form.text("networks")} label={w.networks} hint={w.networksHint} required={false} />}
      {wants("caller_id") && <TextField {...form.text("caller_id")} label={w.callerId} hint={w.callerIdHint} inputMode="tel" maxLength={32} required={false} />}
    </Form>
  );
}
