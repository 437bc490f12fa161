import { useState } from "preact/hooks";
import { api, dataOf } from "../../api";
import { to } from "../../app/places";
import { classOptions } from "../../app/calling/classes";
import { Card, Form, Page, SelectField, TextField, toast, useForm, type FormState } from "../../ui";
import { Secrets, type Secret } from "./secrets";
import { encryptionOptions } from "./encryption";
import { words } from "./words";

/** What one sets on an extension, as text. */
export interface Settings {
  name: string;
  calling_class: string;
  caller_id: string;
  max_devices: string;
  ring_seconds: string;
  media_encryption: string;
}

/** A number that was typed; what is none is answered with an error by the API's own check of types. */
export function count(text: string): number | undefined {
  return text.trim() === "" ? undefined : Number(text);
}

export function NewPage({ account }: { account: string }) {
  const w = words();
  const [made, setMade] = useState<Secret | undefined>(undefined);
  const initial = { number: "", name: "", calling_class: "international", caller_id: "", max_devices: "5", ring_seconds: "0", media_encryption: "offered" };
  const form = useForm(initial, async ({ caller_id, max_devices, ring_seconds, ...rest }) => {
    const body = { ...rest, caller_id: caller_id.trim() || null, max_devices: count(max_devices) ?? null, ring_seconds: count(ring_seconds) ?? null };
    const answer = dataOf(await api.POST("/accounts/{account_id}/extensions", { params: { path: { account_id: account } }, body }));
    setMade(answer);
    toast(w.make.done(answer.number));
  });
  const back = { href: to("extensions"), label: w.title };
  if (made !== undefined) return <Page title={w.make.title} back={back}><Secrets secrets={[made]} /></Page>;
  return (
    <Page title={w.make.title} back={back}>
      <Card>
        <Form form={form} action={w.make.action}>
          <div class="form-pair">
            <TextField {...form.text("number")} label={w.fields.number} hint={w.fields.numberHint} inputMode="numeric" maxLength={6} required autoFocus />
            <TextField {...form.text("name")} label={w.fields.name} maxLength={64} required />
          </div>
          <MoreFields form={form} folded />
        </Form>
      </Card>
    </Page>
  );
}

/** The fields beyond number and name. */
export function MoreFields<T extends Settings>({ form, folded }: { form: FormState<T>; folded: boolean }) {
  const f = words().fields;
  const settings = form as unknown as FormState<Settings>;
  const fields = (
    <div class="stack">
      <SelectField {...settings.text("calling_class")} label={f.callingClass} options={classOptions()} />
      <TextField {...settings.text("caller_id")} label={f.callerId} hint={f.callerIdHint} inputMode="tel" required={false} />
      <div class="form-pair">
        <TextField {...settings.text("max_devices")} label={f.maxDevices} type="number" min={1} max={100} />
        <TextField {...settings.text("ring_seconds")} label={f.ringSeconds} hint={f.ringHint} type="number" min={0} max={600} />
      </div>
      <SelectField {...settings.text("media_encryption")} label={f.encryption} hint={f.encryptionHint} options={encryptionOptions()} />
    </div>
  );
  return folded ? <details class="extensions-more" open={Object.keys(form.errors).length > 0}><summary>{f.more}</summary>{fields}</details> : fields;
}
