/** One person of the box. */
import { useLocation } from "preact-iso";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, api, dataOf, tagOf, type Of } from "../../api";
import { useAsk, wordsOf } from "../../app/ask";
import { to } from "../../app/places";
import { canBox, me } from "../../app/session";
import { Badge, Banner, Button, Card, CheckField, ChoiceField, Confirm, Dialog, Form, Loaded, Page, SelectField, TextField, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { Given, languageOptions, roleOptions } from "./administrators";
import { newPassword } from "./password";
import { words } from "./words";

interface Read {
  user: Of<"User">;
  tag: string;
}

async function read(id: string): Promise<Read> {
  const answer = await api.GET("/users/{user_id}", { params: { path: { user_id: id } } });
  return { user: dataOf(answer), tag: tagOf(answer) };
}

async function patch(id: string, tag: string, body: Of<"UserPatch">): Promise<Read> {
  const answer = await api.PATCH("/users/{user_id}", { params: { path: { user_id: id }, header: { "If-Match": tag } }, body });
  return { user: dataOf(answer), tag: tagOf(answer) };
}

export function Administrator({ id }: { id: string }) {
  const w = words();
  const asked = useAsk(() => read(id), [id]);
  const user = asked.data?.user;
  const may = canBox("admins.write");
  return (
    <Page title={user?.full_name || user?.username || w.tabs.administrators} back={{ href: to("overview", "administrators"), label: w.tabs.administrators }}
      lead={user && <Signs user={user} />}>
      <Loaded asked={asked}>
        {(found) => (
          <>
            {found.user.user_id === me.value?.user_id && <Banner kind="info">{w.people.you}</Banner>}
            <Card><Edit found={found} onSaved={asked.put} /></Card>
            {may && <Access found={found} onChanged={asked.put} onReload={asked.reload} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Signs({ user }: { user: Read["user"] }) {
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

function Edit({ found, onSaved }: { found: Read; onSaved: (next: Read) => void }) {
  const w = words().people;
  const { user, tag } = found;
  const current = useRef(tag);
  useEffect(() => {
    current.current = tag;
  }, [tag]);
  const form = useForm({ full_name: user.full_name, email: user.email ?? "", language: user.language, role: user.role }, async ({ email, ...values }) => {
    try {
      onSaved(await patch(user.user_id, current.current, { ...values, email: email.trim() === "" ? null : email }));
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 412) current.current = (await read(user.user_id)).tag;
      throw problem;
    }
    toast(common().states.saved);
  });
  return (
    <Form form={form}>
      <TextField {...form.text("full_name")} label={w.fullName} required={false} />
      <TextField {...form.text("email")} label={w.email} type="email" required={false} />
      <SelectField {...form.text("language")} label={w.language} options={languageOptions()} />
      <ChoiceField {...form.text("role")} label={w.role} options={roleOptions()} />
    </Form>
  );
}

function Access({ found, onChanged, onReload }: { found: Read; onChanged: (next: Read) => void; onReload: () => void }) {
  const w = words();
  const { user } = found;
  const { route } = useLocation();
  const [open, setOpen] = useState<"password" | "delete" | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const self = user.user_id === me.value?.user_id;
  const set = async (status: Read["user"]["status"]) => onChanged(await patch(user.user_id, (await read(user.user_id)).tag, { status }));
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

function NewPassword({ user, onClose }: { user: Read["user"]; onClose: () => void }) {
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
