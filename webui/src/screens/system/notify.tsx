import "./system.css";
import { api, readOf, type Of, type Read } from "../../api";
import { useAsk, type Asked } from "../../app/ask";
import { canBox } from "../../app/session";
import { StaleBanner, useKept } from "../../app/stale";
import { AreaField, Card, Form, Loaded, Pairs, PasswordField, SelectField, TextField, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { linesOf } from "./box";
import { checkMail, checkWebhooks } from "./checks";
import { words } from "./words";

type Mail = Of<"Mail">;
type Webhooks = Of<"Webhooks">;

const readMail = (): Promise<Read<Mail>> => api.GET("/settings/mail").then(readOf);
const readWebhooks = (): Promise<Read<Webhooks>> => api.GET("/settings/webhooks").then(readOf);

/** How alerts leave the box. */
export function Notify() {
  const mail = useAsk(readMail, []);
  const hooks = useAsk(readWebhooks, []);
  return (
    <div class="system-columns">
      <Loaded asked={mail}>{(found) => <MailForm key={found.tag} found={found} asked={mail} />}</Loaded>
      <Loaded asked={hooks}>{(found) => <HookForm key={found.tag} found={found} asked={hooks} />}</Loaded>
    </div>
  );
}

function MailForm({ found, asked }: { found: Read<Mail>; asked: Asked<Read<Mail>> }) {
  const [w, c] = [words(), common()];
  const value = found.data;
  const kept = useKept(found, readMail, ({ host, port, security, username, from, alerts_to }) => [
    [w.mail.host, host], [w.mail.port, port], [w.mail.security, w.mail.securities[security]], [w.mail.username, username ?? ""], [w.mail.from, from],
    [w.mail.to, alerts_to.join(", ")],
  ]);
  const begun = {
    host: value.host, port: String(value.port), security: value.security, username: value.username ?? "", password: "", from: value.from,
    alerts_to: value.alerts_to.join("\n"),
  };
  const form = useForm(begun, async ({ password, ...values }) => {
    const given = password === "" ? {} : { password };
    const body = { ...values, host: values.host.trim(), port: Number(values.port), alerts_to: linesOf(values.alerts_to), ...given };
    const saved = await kept.send(({ tag }) => api.PUT("/settings/mail", { params: { header: { "If-Match": tag } }, body }).then(readOf));
    if (saved === undefined) return;
    asked.put(saved);
    toast(c.states.saved);
  }, checkMail);
  const security = (["tls", "starttls", "none"] as const).map((one) => ({ value: one, label: w.mail.securities[one] }));
  if (!canBox("system.write")) {
    const pairs = [[w.mail.host, value.host || c.states.none], [w.mail.to, value.alerts_to.join(", ") || c.states.none]] as const;
    return <Card title={w.mail.title}><Pairs pairs={pairs} /></Card>;
  }
  return (
    <Card title={w.mail.title}>
      <p class="soft">{w.mail.hint}</p>
      <Form form={form}>
        <TextField {...form.text("host")} label={w.mail.host} hint={w.mail.hostHint} />
        <div class="form-pair">
          <TextField {...form.text("port")} type="number" min={1} max={65535} label={w.mail.port} />
          <SelectField {...form.text("security")} label={w.mail.security} options={security} />
        </div>
        <TextField {...form.text("username")} label={w.mail.username} required={false} />
        {form.values.username !== "" && <PasswordField {...form.text("password")} label={w.mail.password} hint={w.staysHint} />}
        <TextField {...form.text("from")} type="email" label={w.mail.from} />
        <AreaField {...form.text("alerts_to")} rows={3} label={w.mail.to} hint={w.onePerLine} />
        <StaleBanner kept={kept} onTheirs={asked.put} onMine={() => void form.submit()} />
      </Form>
    </Card>
  );
}

function HookForm({ found, asked }: { found: Read<Webhooks>; asked: Asked<Read<Webhooks>> }) {
  const [w, c] = [words(), common()];
  const value = found.data;
  const kept = useKept(found, readWebhooks, ({ urls }) => [[w.hooks.urls, urls.join(", ")]]);
  const form = useForm({ urls: value.urls.join("\n"), secret: "" }, async ({ urls, secret }) => {
    const body = { urls: linesOf(urls), ...(secret === "" ? {} : { secret }) };
    const saved = await kept.send(({ tag }) => api.PUT("/settings/webhooks", { params: { header: { "If-Match": tag } }, body }).then(readOf));
    if (saved === undefined) return;
    asked.put(saved);
    toast(c.states.saved);
  }, (values) => checkWebhooks(values, value.urls.length > 0));
  if (!canBox("system.write")) return <Card title={w.hooks.title}><Pairs pairs={[[w.hooks.urls, value.urls.join(", ") || c.states.none]]} /></Card>;
  return (
    <Card title={w.hooks.title}>
      <p class="soft">{w.hooks.hint}</p>
      <Form form={form}>
        <AreaField {...form.text("urls")} rows={3} mono label={w.hooks.urls} hint={w.onePerLine} />
        <PasswordField {...form.text("secret")} label={w.hooks.secret} hint={value.urls.length > 0 ? w.staysHint : w.hooks.secretHint} maxLength={128} />
        <StaleBanner kept={kept} onTheirs={asked.put} onMine={() => void form.submit()} />
      </Form>
    </Card>
  );
}
