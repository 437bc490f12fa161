import { api, readOf, type Of, type Read } from "../../api";
import { useAsk, type Asked } from "../../app/ask";
import { canBox } from "../../app/session";
import { StaleBanner, useKept } from "../../app/stale";
import type { Told } from "../../app/told";
import { AreaField, Card, CheckField, Form, Loaded, Pairs, PasswordField, SelectField, TextField, toast, useForm, type FormState } from "../../ui";
import { common } from "../../words/common";
import { linesOf } from "./box";
import { checkAcme } from "./checks";
import { words } from "./words";

type Acme = Of<"Acme">;

function read(): Promise<Read<Acme>> {
  return api.GET("/settings/acme").then(readOf);
}

const CHALLENGES = ["http-01", "tls-alpn-01"] as const;

/** From whom the certificate is ordered, and for which names. */
export function AcmeSettings({ onSaved }: { onSaved: () => void }) {
  const w = words();
  const asked = useAsk(read, []);
  return (
    <Card title={w.acme.title}>
      <p class="soft">{w.acme.hint}</p>
      <Loaded asked={asked}>
        {(found) => (canBox("system.write") ? <AcmeForm key={found.tag} found={found} asked={asked} onSaved={onSaved} /> : (
          <Pairs pairs={[[w.certificate.names, found.data.names?.join(", ") ?? common().states.none]]} />
        ))}
      </Loaded>
    </Card>
  );
}

function begun(acme: Acme) {
  return {
    enabled: acme.enabled, names: (acme.names ?? []).join("\n"), contacts: (acme.contacts ?? []).join("\n"), terms_agreed: acme.terms_agreed ?? false,
    challenge: (acme.challenge ?? "http-01") as string, directory_url: acme.directory_url ?? "", ca_certificate: acme.ca_certificate ?? "",
    eab_key_id: acme.eab_key_id ?? "", eab_hmac_key: "",
  };
}

type Values = ReturnType<typeof begun>;

function told(acme: Acme): Told {
  const w = words();
  const values = begun(acme);
  return [[w.acme.enabled, values.enabled], [w.certificate.names, values.names], [w.acme.contacts, values.contacts], [w.acme.terms, values.terms_agreed],
    [w.acme.challenge, w.acme.challenges[values.challenge as keyof typeof w.acme.challenges]], [w.acme.directory, values.directory_url],
    [w.acme.roots, [values.ca_certificate]], [w.acme.keyId, values.eab_key_id]];
}

function bodyOf(values: Values): Acme {
  const { directory_url, ca_certificate, eab_key_id, eab_hmac_key } = values;
  return {
    enabled: values.enabled, terms_agreed: values.terms_agreed, names: linesOf(values.names), contacts: linesOf(values.contacts),
    challenge: CHALLENGES.find((one) => one === values.challenge) ?? "http-01",
    ...(directory_url.trim() === "" ? {} : { directory_url: directory_url.trim() }), ...(ca_certificate.trim() === "" ? {} : { ca_certificate }),
    ...(eab_key_id === "" ? {} : { eab_key_id }), ...(eab_hmac_key === "" ? {} : { eab_hmac_key }),
  };
}

function AcmeForm({ found, asked, onSaved }: { found: Read<Acme>; asked: Asked<Read<Acme>>; onSaved: () => void }) {
  const w = words();
  const kept = useKept(found, read, told);
  const form = useForm(begun(found.data), async (values) => {
    const saved = await kept.send(({ tag }) => api.PUT("/settings/acme", { params: { header: { "If-Match": tag } }, body: bodyOf(values) }).then(readOf));
    if (saved === undefined) return;
    asked.put(saved);
    onSaved();
    toast(common().states.saved);
  }, checkAcme);
  // Errors of single names come under the field that holds them all.
  const names = Object.entries(form.errors).find(([field]) => field.startsWith("names"))?.[1];
  return (
    <Form form={form}>
      <CheckField {...form.check("enabled")} label={w.acme.enabled} />
      {form.values.enabled && (
        <>
          <AreaField {...form.text("names")} error={names} rows={2} mono label={w.certificate.names} hint={w.acme.namesHint} placeholder="pbx.example.com" />
          <SelectField {...form.text("challenge")} label={w.acme.challenge}
            options={CHALLENGES.map((one) => ({ value: one, label: w.acme.challenges[one] }))} />
          <AreaField {...form.text("contacts")} rows={2} label={w.acme.contacts} required={false} hint={w.onePerLine} />
          <CheckField {...form.check("terms_agreed")} label={w.acme.terms} />
          <Authority form={form} />
        </>
      )}
      <StaleBanner kept={kept} onTheirs={asked.put} onMine={() => void form.submit()} />
    </Form>
  );
}

/** Where it is not Let's Encrypt. */
function Authority({ form }: { form: FormState<Values> }) {
  const w = words();
  return (
    <details>
      <summary>{w.acme.authority}</summary>
      <div class="stack">
        <TextField {...form.text("directory_url")} type="url" mono label={w.acme.directory} />
        <AreaField {...form.text("ca_certificate")} rows={3} mono label={w.acme.roots} required={false} />
        <TextField {...form.text("eab_key_id")} mono label={w.acme.keyId} required={false} />
        {form.values.eab_key_id !== "" && <PasswordField {...form.text("eab_hmac_key")} label={w.acme.key} hint={w.staysHint} />}
      </div>
    </details>
  );
}
