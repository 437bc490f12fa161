/** Fields and forms. */
import { useState } from "preact/hooks";
import { ApiError } from "../../api";
import { AreaField, Card, CheckField, ChoiceField, Form, PasswordField, SelectField, TextField, useForm } from "../../ui";

const OPTIONS = [{ value: "a", label: "Automatic" }, { value: "o", label: "Open" }, { value: "c", label: "Closed" }] as const;

export function Fields() {
  const [values, setValues] = useState<Record<string, string>>({ hint: "sip.example.com", choice: "o", select: "a", area: "One\nTwo", secret: "sete-gatos" });
  const [on, setOn] = useState(true);
  const of = (name: string) => ({ name, value: values[name] ?? "", onValue: (value: string) => setValues((before) => ({ ...before, [name]: value })) });
  return (
    <Card title="Fields">
      <div class="form">
        <TextField {...of("plain")} label="Text" placeholder="A placeholder" />
        <TextField {...of("hint")} label="With a hint" hint="A host name or an address." required={false} />
        <TextField {...of("wrong")} label="With an error" error="Must not be empty." hint="The hint stays." />
        <TextField {...of("off")} label="Disabled" disabled />
        <div class="form-pair">
          <TextField {...of("from")} label="From" type="time" />
          <TextField {...of("day")} label="Day" type="date" />
          <TextField {...of("number")} label="Number" type="number" inputMode="numeric" min={0} max={10} />
        </div>
        <PasswordField {...of("secret")} label="Password" />
        <SelectField {...of("select")} label="Select" options={OPTIONS} />
        <SelectField {...of("select2")} label="Select, disabled" options={OPTIONS} disabled />
        <AreaField {...of("area")} label="Area" hint="Several lines." />
        <CheckField name="check" label="A check box" checked={on} onChecked={setOn} hint="What it does." />
        <CheckField name="check2" label="With an error" checked={!on} onChecked={(value) => setOn(!value)} error="This must be agreed to." />
        <CheckField name="check3" label="Disabled" checked disabled onChecked={() => undefined} />
        <ChoiceField {...of("choice")} label="Choice" options={[{ ...OPTIONS[0], hint: "As the week says." }, { ...OPTIONS[1],
          hint: "Until somebody changes it." }, OPTIONS[2]]} />
      </div>
    </Card>
  );
}

/** The box refuses whatever is sent. */
export function FormWithError() {
  const form = useForm({ name: "Padaria", slug: "padaria" }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 800));
    const errors = [{ field: "slug", reason: "is taken" }, { field: "unseen", reason: "has no field on the screen" }];
    throw new ApiError(409, { type: "taken", title: "taken", status: 409, detail: "taken", instance: "", errors }, undefined);
  });
  return (
    <Card title="A form that is refused">
      <Form form={form} onCancel={() => form.reset({ name: "Padaria", slug: "padaria" })}>
        <TextField {...form.text("name")} label="Name" />
        <TextField {...form.text("slug")} label="Short name" mono />
      </Form>
    </Card>
  );
}

const TOKENS = [
  "ground", "surface", "raised", "sunken", "line", "line-strong", "text", "text-soft", "accent", "accent-strong", "accent-soft",
  "good", "good-soft", "warn", "warn-soft", "bad", "bad-soft",
] as const;

export function Colours() {
  return (
    <Card title="Colours">
      <ul class="parts-colours">{TOKENS.map((name) => <li key={name}><span class="parts-colour" style={{ background: `var(--${name})` }} />
        <code class="small">{name}</code></li>)}</ul>
    </Card>
  );
}
