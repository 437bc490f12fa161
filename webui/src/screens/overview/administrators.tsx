/** The people of the box. */
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { sortedBy } from "../../api/pages";
import { to } from "../../app/places";
import { canBox } from "../../app/session";
import { language } from "../../words/language";
import { Badge, Button, Card, ChoiceField, CopyText, DataList, Dialog, Dot, Empty, Form, Page, Pairs, SelectField, TextField, useForm, type Column,
  type Query } from "../../ui";
import { common } from "../../words/common";
import { newPassword } from "./password";
import { OverviewTabs } from "./tabs";
import { words } from "./words";

type User = Of<"User">;
export const ROLES = ["super_admin", "admin", "user"] as const;

function columns(): Column<User>[] {
  const w = words().people;
  const { roles, states } = common();
  return [
    { key: "username", title: w.username, sort: "username", phone: "title", cell: (one) => <a class="table-link" dir="auto" href={to("overview",
      `administrators/${one.user_id}`)}>{one.username}</a> },
    { key: "name", title: w.fullName, phone: "detail", cell: (one) => <span dir="auto">{one.full_name}</span> },
    { key: "role", title: w.role, width: "190px", cell: (one) => roles[one.role] },
    { key: "factor", title: w.secondFactor, width: "150px", wide: true, cell: (one) => (one.has_second_factor ? w.on : <span class="soft">{w.off}</span>) },
    { key: "status", title: w.status, width: "130px", phone: "aside", cell: (one) => <Badge tone={one.status === "active" ? "good" : "warn"}>
      <Dot tone={one.status === "active" ? "good" : "warn"} />{states[one.status]}</Badge> },
  ];
}

async function page(asked: Query) {
  return dataOf(await api.GET("/users", { params: { query: sortedBy(asked, ["username"]) } }));
}

export function Administrators() {
  const w = words();
  const actions = canBox("admins.write") && <Button kind="primary" icon="add" href={to("overview", "administrators/new")}>{w.people.add}</Button>;
  return (
    <Page title={w.title} actions={actions}>
      <OverviewTabs />
      <DataList label={w.tabs.administrators} columns={columns()} rowKey={(one) => one.user_id} fetchPage={page} keys={[]} sort={{ by: "username",
        order: "asc" }}
        empty={<Empty icon="people" title={w.people.none} action={actions} />} />
    </Page>
  );
}

export function NewAdministrator() {
  const w = words();
  const { route } = useLocation();
  const [key] = useState(() => crypto.randomUUID());
  const [password] = useState(newPassword);
  const [made, setMade] = useState<User | undefined>(undefined);
  const form = useForm({ username: "", full_name: "", email: "", role: "super_admin" as User["role"], language: language.value as string }, async (values) => {
    const { email, ...rest } = values;
    const body = { ...rest, password, ...(email.trim() === "" ? {} : { email }) };
    setMade(dataOf(await api.POST("/users", { params: { header: { "Idempotency-Key": key } }, body })));
  });
  return (
    <Page title={w.people.add} back={{ href: to("overview", "administrators"), label: w.tabs.administrators }}>
      <Card>
        <Form form={form} action={w.people.create}>
          <TextField {...form.text("username")} label={w.people.username} hint={w.people.usernameHint} required maxLength={64} autoFocus />
          <TextField {...form.text("full_name")} label={w.people.fullName} required={false} />
          <TextField {...form.text("email")} label={w.people.email} type="email" required={false} />
          <SelectField {...form.text("language")} label={w.people.language} options={languageOptions()} />
          <ChoiceField {...form.text("role")} label={w.people.role} options={roleOptions()} />
        </Form>
      </Card>
      {made && <Given username={made.username} password={password} onClose={() => route(to("overview", `administrators/${made.user_id}`))} />}
    </Page>
  );
}

export function languageOptions() {
  return Object.entries(words().languages).map(([value, label]) => ({ value, label }));
}

export function roleOptions() {
  const { roles } = common();
  const hints = words().people.roleHints;
  return ROLES.map((value) => ({ value, label: roles[value], hint: hints[value] }));
}

/** A password that is shown this once. */
export function Given({ username, password, onClose }: { username: string; password: string; onClose: () => void }) {
  const w = words().people;
  return (
    <Dialog title={w.given}>
      <p>{w.givenText}</p>
      <Pairs pairs={[[w.username, <CopyText label={w.username} text={username} />], [w.given, <CopyText label={w.given} text={password} />]]} />
      <div class="form-actions"><Button kind="primary" onPress={onClose}>{w.close}</Button></div>
    </Dialog>
  );
}
