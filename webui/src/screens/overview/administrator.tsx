/** One person of the box. */
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { api, readOf, type Of, type Read } from "../../api";
import { useAsk, wordsOf } from "../../app/ask";
import { to } from "../../app/places";
import { canBox, me } from "../../app/session";
import { changeNow, StaleBanner, useKept } from "../../app/stale";
import type { Told } from "../../app/told";
import { Badge, Banner, Button, Card, CheckField, ChoiceField, Confirm, Dialog, Form, Loaded, Page, SelectField, TextField, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { Given, languageOptions, roleOptions } from "./administrators";
import { newPassword } from "./password";
import { words } from "./words";

type User = Of<"User">;

function read(id: string): Promise<Read<User>> {
  return api.GET("/users/{user_id}", { params: { path: { user_id: id } } }).then(readOf);
}

function patch(id: string, tag: string, body: Of<"UserPatch">): Promise<Read<User>> {
  return api.PATCH("/users/{user_id}", { params: { path: { user_id: id }, header: { "If-Match": tag } }, body }).then(readOf);
}

export function Administrator({ id }: { id: string }) {
  const w = words();
  const asked = useAsk(() => read(id), [id]);
  const user = asked.data?.data;
  const may = canBox("admins.write");
  return (
    <Page title={user?.full_name || user?.username || w.tabs.administrators} back={{ href: to("overview", "administrators"), label: w.tabs.administrators }}
      lead={user && <Signs user={user} />}>
      <Loaded asked={asked}>
        {(found) => (
          <>
            {found.data.user_id === me.value?.user_id && <Banner kind="info">{w.people.you}</Banner>}
            <Card><Edit found={found} onSaved={asked.put} /></Card>
            {may && <Access found={found} onChanged={asked.put} onReload={asked.reload} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Signs({ user }: { user: User }) {
  const w = words().people;
  const { roles, states } = common();
  return (
    <span class="row">
      <span dir="auto">{user.username}</span>
      <Badge tone={user.status === "active" ? "good" : "warn"}>{states[user.status]}</Badge>
      <Badge>{roles[user.role]}</Badge>
      <Badge {...(user.has_second_factor ? { tone: "good" as const } : {})}>{w.secondFactor}: {user.has_second_factor ? w.on : w.off}</Badge>
      {user.must_change_password && <Badge tone="info">{w.mustChange}</Badge>}
    </span>
  );
}

function valuesOf({ full_name, email, language, role }: User) {
  return { full_name, email: email ?? "", language, role };
}

function told(user: User): Told {
  const w = words().people;
  const spoken = languageOptions().find((one) => one.value === user.language)?.label ?? user.language;
  return [[w.fullName, user.full_name], [w.email, user.email ?? ""], [w.language, spoken], [w.role, common().roles[user.role]]];
}

function Edit({ found, onSaved }: { found: Read<User>; onSaved: (next: Read<User>) => void }) {
  const w = words().people;
  const id = found.data.user_id;
  const kept = useKept(found, () => read(id), told);
  const form = useForm(valuesOf(found.data), async ({ email, ...values }) => {
    const saved = await kept.send(({ tag }) => patch(id, tag, { ...values, email: email.trim() === "" ? null : email }));
    if (saved === undefined) return;
    onSaved(saved);
    toast(common().states.saved);
  });
  const show = (read: Read<User>) => {
    onSaved(read);
    form.reset(valuesOf(read.data));
  };
  return (
    <Form form={form}>
      <TextField {...form.text("full_name")} label={w.fullName} required={false} />
      <TextField {...form.text("email")} label={w.email} type="email" required={false} />
      <SelectField {...form.text("language")} label={w.language} options={languageOptions()} />
      <ChoiceField {...form.text("role")} label={w.role} options={roleOptions()} />
      <StaleBanner kept={kept} onTheirs={show} onMine={() => void form.submit()} />
    </Form>
  );
}

function Access({ found, onChanged, onReload }: { found: Read<User>; onChanged: (next: Read<User>) => void; onReload: () => void }) {
  const w = words();
  const user = found.data;
  const { route } = useLocation();
  const [open, setOpen] = useState<"password" | "delete" | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const self = user.user_id === me.value?.user_id;
  const set = async (status: User["status"]) => onChanged(await changeNow(() => read(user.user_id), ({ tag }) => patch(user.user_id, tag, { status })));
  const change = () => {
    setBusy(true);
    const next = user.status === "active" ? "suspended" : "active";
    const undo = () => void set(user.status).catch((problem: unknown) => toast(wordsOf(problem)));
    set(next).then(() => toast(next === "active" ? w.people.activated(user.username) : w.people.suspended(user.username), undo), (problem: unknown) =>
      toast(wordsOf(problem))).finally(() => setBusy(false));
  };
  const remove = async () => {
    await api.DELETE("/users/{user_id}", { params: { path: { user_id: user.user_id } } });
    toast(w.people.removed(user.username));
    route(to("overview", "administrators"));
  };
  if (self) return null;
  return (
    <Card title={w.people.access}>
      <div class="row">
        <Button icon="key" onPress={() => setOpen("password")}>{w.people.newPassword}</Button>
        <Button busy={busy} onPress={change}>{user.status === "active" ? w.account.suspend : w.account.activate}</Button>
        <Button kind="danger" icon="delete" onPress={() => setOpen("delete")}>{w.people.remove}</Button>
      </div>
      {open === "password" && <NewPassword user={user} onClose={() => { setOpen(undefined); onReload(); }} />}
      {open === "delete" && <Confirm title={w.people.removeTitle(user.username)} action={w.people.remove} onConfirm={remove} onClose={() =>
        setOpen(undefined)}>{w.people.removeText}</Confirm>}
    </Card>
  );
}

function NewPassword({ user, onClose }: { user: User; onClose: () => void }) {
  const w = words().people;
  const [password] = useState(newPassword);
  const [given, setGiven] = useState(false);
  const form = useForm({ remove_second_factor: false }, async ({ remove_second_factor }) => {
    await api.POST("/users/{user_id}/password", { params: { path: { user_id: user.user_id } }, body: { password, remove_second_factor } });
    setGiven(true);
  });
  if (given) return <Given username={user.username} password={password} onClose={onClose} />;
  return (
    <Dialog title={w.newPassword} onClose={onClose}>
      <p>{w.newPasswordText}</p>
      <Form form={form} action={w.give} onCancel={onClose}>
        {user.has_second_factor && <CheckField {...form.check("remove_second_factor")} label={w.alsoFactor} />}
      </Form>
    </Dialog>
  );
}
