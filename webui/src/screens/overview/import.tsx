/** An account out of a file: first what will be, then it is made. */
import { useLocation } from "preact-iso";
import { useId, useState } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { to } from "../../app/places";
import { refresh } from "../../app/session";
import { Button, Card, Form, Page, Pairs, PasswordField, TextField, toast, useForm, type FormState } from "../../ui";
import { number } from "../../words/format";
import { words } from "./words";

type Moved = Of<"MovedAccount">;

interface Values {
  file: File | undefined;
  passphrase: string;
  name: string;
  slug: string;
  domain: string;
}

async function send(values: Values, dry_run: boolean): Promise<Moved> {
  const others = Object.fromEntries((["name", "slug", "domain"] as const).filter((one) => values[one].trim() !== "").map((one) => [one, values[one].trim()]));
  const file = values.file === undefined ? "" : await base64(values.file);
  return dataOf(await api.POST("/accounts/import", { body: { file, passphrase: values.passphrase, dry_run, ...others } }));
}

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => reject(reader.error ?? new Error("the file cannot be read"));
    reader.readAsDataURL(file);
  });
}

export function ImportAccount() {
  const w = words().move;
  const { route } = useLocation();
  const [found, setFound] = useState<Moved | undefined>(undefined);
  const form = useForm<Values>({ file: undefined, passphrase: "", name: "", slug: "", domain: "" }, async (values) => {
    const moved = await send(values, found === undefined);
    if (moved.dry_run) return setFound(moved);
    await refresh();
    toast(w.done(moved.account.name));
    route(to("overview", `accounts/${moved.account.account_id}`));
  }, ({ file }): Record<string, string> => (file === undefined ? { file: w.noFile } : {}));
  return (
    <Page title={w.importTitle} back={{ href: to("overview", "accounts"), label: words().tabs.accounts }}>
      <Card {...(found ? { title: w.willBe } : {})}>
        <Form form={form} action={found ? w.importNow : w.look} more={found && <Button kind="quiet" onPress={() => setFound(undefined)}>{w.again}</Button>}>
          {found ? <WillBe moved={found} /> : <Asked form={form} />}
        </Form>
      </Card>
    </Page>
  );
}

function Asked({ form }: { form: FormState<Values> }) {
  const w = words().move;
  return (
    <>
      <FileField label={w.file} error={form.errors.file} onFile={(file) => form.set({ file })} />
      <PasswordField {...form.text("passphrase")} label={w.passphrase} />
      <TextField {...form.text("name")} label={w.otherName} required={false} />
      <TextField {...form.text("slug")} label={w.otherSlug} required={false} mono />
      <TextField {...form.text("domain")} label={w.otherDomain} required={false} mono />
      <p class="soft small">{w.otherHint}</p>
    </>
  );
}

function FileField({ label, error, onFile }: { label: string; error: string | undefined; onFile: (file: File | undefined) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label class="field-label" for={id}>{label}</label>
      <input id={id} class="input" type="file" name="file" accept=".pabx-account" aria-invalid={error !== undefined} aria-describedby={error ? `${id}-error` :
        undefined} onChange={(event) => onFile(event.currentTarget.files?.[0])} />
      {error !== undefined && <div class="field-error" id={`${id}-error`}>{error}</div>}
    </div>
  );
}

function WillBe({ moved }: { moved: Moved }) {
  const w = words().move;
  const outcome = (word: string) => (w.outcomes[word as keyof typeof w.outcomes] as string | undefined) ?? word;
  const field = (word: string) => (w.fields[word as keyof typeof w.fields] as string | undefined) ?? word;
  return (
    <Pairs pairs={[
      [w.fields.name, <strong dir="auto">{moved.account.name}</strong>],
      [w.fields.slug, <code>{moved.account.slug}</code>],
      [w.fields.domain, <code>{moved.account.domain}</code>],
      [w.extensions, number(moved.extensions)],
      [w.trunks, number(moved.trunks)],
      [w.inbound, number(moved.inbound_routes)],
      [w.outbound, number(moved.outbound_routes)],
      [w.newIds, moved.new_ids > 0 ? number(moved.new_ids) : undefined],
      [w.people, moved.people.length > 0 ? <ul class="overview-plain">{moved.people.map((one) => <li key={one.username}><span dir="auto">{one.username}
        </span>: {outcome(one.outcome)}</li>)}</ul> : undefined],
      [w.changes, moved.changes.length > 0 ? <ul class="overview-plain">{moved.changes.map((one) => <li key={one.field}>{field(one.field)}: <span dir="auto">
        {one.from} → {one.to}</span></li>)}</ul> : undefined],
    ]} />
  );
}
