import type { ComponentChildren } from "preact";
import { toldOf, type Told } from "../../app/told";
import { AreaField, CheckField, ChoiceField, PasswordField, SelectField, TextField, type FormState } from "../../ui";
import { CODECS, ticked, TRANSPORTS, type Values } from "./values";
import { words } from "./words";

interface Part {
  form: FormState<Values>;
  /** The trunk is there: its password stays where none is typed. */
  there: boolean;
}

/** The fields by their names on the screen. */
export function told(values: Values): Told {
  const f = words().form;
  return toldOf<Omit<Values, "password">>({
    name: [f.name, values.name], host: [f.host, values.host], port: [f.port, values.port], transport: [f.transport, values.transport.toUpperCase()],
    max_calls: [f.maxCalls, values.max_calls], auth_type: [f.authType, values.auth_type === "digest" ? f.digest : f.address],
    username: [f.username, values.username], auth_username: [f.authUsername, values.auth_username], networks: [f.networks, values.networks],
    caller_id: [f.callerId, values.caller_id], outbound_proxy: [f.proxy, values.outbound_proxy],
    outbound_proxy_port: [f.proxyPort, values.outbound_proxy_port],
    caller_header: [f.callerHeader, f.callerHeaders[values.caller_header as keyof typeof f.callerHeaders]],
    called_header: [f.calledHeader, f.calledHeaders[values.called_header as keyof typeof f.calledHeaders]],
    number_form: [f.numberForm, f.numberForms[(values.number_form || "none") as keyof typeof f.numberForms]], codecs: [f.codecs, values.codecs],
    session_timer: [f.sessionTimer, values.session_timer], passes_callers: [f.passesCallers, values.passes_callers],
    media_encryption: [f.encryption, f.encryptions[values.media_encryption as keyof typeof f.encryptions]],
  });
}

/** All fields of a trunk, in groups. */
export function AllFields({ form, there }: Part) {
  const g = words().form.groups;
  return (
    <>
      <Group title={g.basic}><BasicFields form={form} /></Group>
      <Group title={g.signIn}><SignInFields form={form} there={there} /></Group>
      <Group title={g.ways}><WayFields form={form} /></Group>
      <Group title={g.numbers}><NumberFields form={form} /></Group>
      <Group title={g.media}><MediaFields form={form} /></Group>
    </>
  );
}

function Group({ title, children }: { title: string; children: ComponentChildren }) {
  return <fieldset class="trunks-group"><legend>{title}</legend><div class="stack">{children}</div></fieldset>;
}

function BasicFields({ form }: { form: FormState<Values> }) {
  const w = words().form;
  return (
    <>
      <TextField {...form.text("name")} label={w.name} maxLength={64} required />
      <div class="form-pair">
        <TextField {...form.text("host")} label={w.host} hint={w.hostHint} required />
        <TextField {...form.text("port")} label={w.port} hint={w.portHint} type="number" min={1} max={65535} required={false} />
      </div>
      <div class="form-pair">
        <SelectField {...form.text("transport")} label={w.transport} options={TRANSPORTS.map((value) => ({ value, label: value.toUpperCase() }))} />
        <TextField {...form.text("max_calls")} label={w.maxCalls} type="number" min={0} max={10000} />
      </div>
    </>
  );
}

function SignInFields({ form, there }: Part) {
  const w = words().form;
  const ways = [{ value: "digest", label: w.digest, hint: w.digestHint }, { value: "address", label: w.address, hint: w.addressHint }];
  return (
    <>
      <ChoiceField {...form.text("auth_type")} label={w.authType} options={ways} />
      {form.values.auth_type === "digest" && (
        <>
          <div class="form-pair">
            <TextField {...form.text("username")} label={w.username} maxLength={128} required />
            <PasswordField {...form.text("password")} label={w.password} {...(there ? { hint: w.passwordStays } : { required: true })} maxLength={128} />
          </div>
          <TextField {...form.text("auth_username", "profile.auth_username")} label={w.authUsername} hint={w.authUsernameHint} required={false} />
        </>
      )}
    </>
  );
}

function WayFields({ form }: { form: FormState<Values> }) {
  const w = words().form;
  return (
    <>
      <AreaField {...form.text("networks")} label={w.networks} hint={w.networksHint} rows={3} mono required={false} />
      <div class="form-pair">
        <TextField {...form.text("outbound_proxy", "profile.outbound_proxy")} label={w.proxy} hint={w.proxyHint} required={false} />
        <TextField {...form.text("outbound_proxy_port", "profile.outbound_proxy_port")} label={w.proxyPort} hint={w.portHint} type="number" min={1}
          max={65535} required={false} />
      </div>
    </>
  );
}

function options(names: Record<string, string>): { value: string; label: string }[] {
  return Object.entries(names).map(([value, label]) => ({ value: value === "none" ? "" : value, label }));
}

function NumberFields({ form }: { form: FormState<Values> }) {
  const w = words().form;
  return (
    <>
      <TextField {...form.text("caller_id")} label={w.callerId} hint={w.callerIdHint} inputMode="tel" required={false} />
      <SelectField {...form.text("number_form", "profile.number_form")} label={w.numberForm} options={options(w.numberForms)} />
      <div class="form-pair">
        <SelectField {...form.text("caller_header", "profile.caller_header")} label={w.callerHeader} options={options(w.callerHeaders)} />
        <SelectField {...form.text("called_header", "profile.called_header")} label={w.calledHeader} options={options(w.calledHeaders)} />
      </div>
      <CheckField {...form.check("passes_callers", "profile.passes_callers")} label={w.passesCallers} hint={w.passesCallersHint} />
    </>
  );
}

function MediaFields({ form }: { form: FormState<Values> }) {
  const w = words().form;
  const order = form.values.codecs.split(" ").filter((one) => one !== "");
  return (
    <>
      <fieldset class="field">
        <legend class="field-label">{w.codecs}</legend>
        <div class="trunks-codecs">
          {CODECS.map((codec) => {
            const place = order.indexOf(codec);
            const label = place < 0 ? w.codecNames[codec] : `${place + 1}. ${w.codecNames[codec]}`;
            return <CheckField key={codec} name="profile.codecs" label={label} checked={place >= 0}
              onChecked={(on) => form.set({ codecs: ticked(form.values.codecs, codec, on) })} />;
          })}
        </div>
        <div class="field-hint">{w.codecsHint}</div>
      </fieldset>
      <CheckField {...form.check("session_timer", "profile.session_timer")} label={w.sessionTimer} hint={w.sessionTimerHint} />
      <SelectField {...form.text("media_encryption", "profile.media_encryption")} label={w.encryption} hint={w.encryptionHint} options={options(w.encryptions)} />
    </>
  );
}

/** The fields that a template asks for; the rest folds up below. */
export function AskedFields({ form, ask }: { form: FormState<Values>; ask: readonly string[] }) {
  const w = words().form;
  const has = (name: string) => ask.includes(name);
  return (
    <div class="stack">
      <TextField {...form.text("name")} label={w.name} maxLength={64} required />
      {(has("host") || form.values.host.includes("{")) && <TextField {...form.text("host")} label={w.host} hint={w.hostHint} required />}
      {has("profile.outbound_proxy") && <TextField {...form.text("outbound_proxy", "profile.outbound_proxy")} label={w.proxy} hint={w.proxyHint} required />}
      {has("username") && (
        <div class="form-pair">
          <TextField {...form.text("username")} label={w.username} maxLength={128} required />
          <PasswordField {...form.text("password")} label={w.password} maxLength={128} required />
        </div>
      )}
      {has("profile.auth_username") && <TextField {...form.text("auth_username", "profile.auth_username")} label={w.authUsername} hint={w.authUsernameHint} />}
      {has("networks") && <AreaField {...form.text("networks")} label={w.networks} hint={w.networksHint} rows={3} mono />}
      {has("caller_id") && <TextField {...form.text("caller_id")} label={w.callerId} hint={w.callerIdHint} inputMode="tel" />}
    </div>
  );
}
