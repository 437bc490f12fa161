import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, dataOf, type Of } from "../../api";
import { useAsk } from "../../app/ask";
import { to } from "../../app/places";
import { Banner, Button, Card, Form, Loaded, Page, SelectField, toast, useForm } from "../../ui";
import { language } from "../../words/language";
import { AllFields, AskedFields } from "./fields";
import { bodyOf, valuesOf, valuesOfTemplate } from "./values";
import { words } from "./words";

type Template = Of<"Template">;

/** A new trunk: by what is known of the provider, or by hand. */
export function NewPage({ account }: { account: string }) {
  const w = words();
  const asked = useAsk(async () => dataOf(await api.GET("/trunk-templates")).items, []);
  return (
    <Page title={w.form.titleNew} back={{ href: to("trunks"), label: w.title }}>
      <Card><Loaded asked={asked}>{(templates) => <NewForm account={account} templates={templates} />}</Loaded></Card>
    </Page>
  );
}

const FIRST = "generic-registration";

function NewForm({ account, templates }: { account: string; templates: readonly Template[] }) {
  const w = words();
  const { route } = useLocation();
  const find = (id: string) => templates.find((one) => one.id === id);
  const [id, setId] = useState(find(FIRST) ? FIRST : "");
  const [all, setAll] = useState(false);
  const template = find(id);
  const form = useForm(template ? valuesOfTemplate(template) : valuesOf({}), async (values) => {
    const made = dataOf(await api.POST("/accounts/{account_id}/trunks", { params: { path: { account_id: account } }, body: bodyOf(values) }));
    toast(w.form.made(made.name));
    route(to("trunks", made.trunk_id));
  });
  const choose = (next: string) => {
    const found = find(next);
    const { name, username, password } = form.values;
    setId(next);
    setAll(false);
    form.reset({ ...(found ? valuesOfTemplate(found) : valuesOf({})), name, username, password });
  };
  const options = [...templates.map((one) => ({ value: one.id, label: nameOf(one) })), { value: "", label: w.form.byHand }];
  // What is wrong may stand in a field that is folded up.
  const open = all || template === undefined || Object.keys(form.errors).length > 0;
  return (
    <Form form={form} action={w.form.make}>
      <SelectField name="template" label={w.form.template} hint={w.form.templateHint} value={id} onValue={choose} options={options} />
      {template && <Note template={template} />}
      {open ? <AllFields form={form} there={false} /> : <AskedFields form={form} ask={template?.ask ?? []} />}
      {!open && <div><Button small kind="quiet" icon="expand" onPress={() => setAll(true)}>{w.form.all}</Button></div>}
    </Form>
  );
}

/** Providers keep their names; kinds of lines have ours. */
function nameOf({ id, name, country }: Template): string {
  const known: Record<string, string | undefined> = words().templates;
  return known[id] ?? (country ? `${name} (${country.toUpperCase()})` : name);
}

function Note({ template }: { template: Template }) {
  const note = template.notes[language.value] ?? template.notes.en ?? "";
  const source = /^https:\/\//.test(template.source ?? "") ? template.source : undefined;
  if (note === "") return null;
  return <Banner kind="info">{note}{source && <> <a href={source} target="_blank" rel="noreferrer noopener">{words().form.source}</a></>}</Banner>;
}
