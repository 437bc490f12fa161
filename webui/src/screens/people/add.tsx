import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, dataOf } from "../../api";
import { to } from "../../app/places";
import { account, accountId, canBox } from "../../app/session";
import { Card, Form, Page, SelectField, TextField, useForm } from "../../ui";
import { common } from "../../words/common";
import { LANGUAGES, language } from "../../words/language";
import { extensionOptions, useExtensions } from "./extensions";
import { GivenPassword } from "./given";
import { languageName } from "./languages";
import { makePassword } from "./password";
import { words } from "./words";

const NOBODY = { full_name: "", username: "", email: "", language: "", role: "user", extension_id: "" };

/** A user name out of a name: João Álvares → joao.alvares. */
function suggested(name: string): string {
  return name.normalize("NFD").replaceAll(/[^\w\s.-]/g, "").trim().toLowerCase().split(/\s+/).join(".").slice(0, 64);
}

/** What can be known before the box is asked. */
function check(values: typeof NOBODY): Record<string, string> {
  const w = words();
  const username = (values.username.trim() || suggested(values.full_name)).toLowerCase();
  const email = values.email.trim();
  return {
    ...(/^[a-z0-9._@-]{3,64}$/.test(username) ? {} : { username: w.errors.username }),
    ...(email === "" || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? {} : { email: w.errors.email }),
  };
}

interface Given {
  id: string;
  username: string;
  password: string;
}

export function AddPerson() {
  const w = words();
  const { route } = useLocation();
  const [given, setGiven] = useState<Given | undefined>(undefined);
  const form = useForm({ ...NOBODY, language: language.value as string }, async (values) => {
    const password = makePassword();
    const username = values.username.trim() || suggested(values.full_name);
    const user = { username, password, full_name: values.full_name.trim(), email: values.email.trim() || null, language: values.language };
    const body = { user, role: values.role === "admin" ? "admin" as const : "user" as const, extension_id: values.extension_id || null };
    const made = dataOf(await api.POST("/accounts/{account_id}/users", { params: { path: { account_id: accountId.value ?? "" } }, body }));
    setGiven({ id: made.user.user_id, username: made.user.username, password });
  }, check);
  return (
    <Page title={w.add} lead={account.value && <span dir="auto">{account.value.name}</span>} back={{ href: to("people"), label: w.title }}>
      <Card><Fields form={form} /></Card>
      {given && (
        <GivenPassword title={w.given.added} username={given.username} password={given.password} onClose={() => route(to("people", given.id))} />
      )}
    </Page>
  );
}

function Fields({ form }: { form: ReturnType<typeof useForm<typeof NOBODY>> }) {
  const [w, c] = [words(), common()];
  const { route } = useLocation();
  const extensions = useExtensions();
  const { values } = form;
  return (
    <Form form={form} action={w.addAction} onCancel={() => route(to("people"))}>
      <TextField {...form.text("full_name")} label={w.fields.name} maxLength={100} autoFocus autocomplete="off" />
      <TextField {...form.text("username")} label={w.fields.username} hint={w.hints.username} placeholder={suggested(values.full_name)} maxLength={64} />
      <TextField {...form.text("email")} type="email" label={w.fields.email} required={false} maxLength={254} />
      <SelectField {...form.text("language")} label={w.fields.language} options={LANGUAGES.map((one) => ({ value: one, label: languageName(one) }))} />
      {canBox("admins.write") && (
        <SelectField {...form.text("role")} label={w.fields.role} hint={w.roleHints[values.role === "admin" ? "admin" : "user"]}
          options={(["user", "admin"] as const).map((one) => ({ value: one, label: c.roles[one] }))} />
      )}
      <SelectField {...form.text("extension_id")} label={w.fields.extension} options={extensionOptions(extensions.data ?? [], w.noExtension)} />
    </Form>
  );
}
