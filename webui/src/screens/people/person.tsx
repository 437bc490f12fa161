import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, readOf, type Of, type Read } from "../../api";
import { useAsk, type Asked } from "../../app/ask";
import { to } from "../../app/places";
import { accountId, can, canBox, me } from "../../app/session";
import { StaleBanner, useKept } from "../../app/stale";
import type { Told } from "../../app/told";
import { Button, Card, Confirm, Form, Loaded, Page, Pairs, SelectField, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { date } from "../../words/format";
import { languageName } from "./languages";
import { extensionOptions, useExtensions } from "./extensions";
import { NewPassword } from "./new_password";
import { Rights } from "./rights_table";
import { State } from "./state";
import { words } from "./words";

export type Member = Of<"Member">;

const ONE = "/accounts/{account_id}/users/{user_id}";

export function pathOf(id: string) {
  return { account_id: accountId.value ?? "", user_id: id };
}

export function read(id: string): Promise<Read<Member>> {
  return api.GET(ONE, { params: { path: pathOf(id) } }).then(readOf);
}

export function patch(id: string, tag: string, body: Of<"MemberPatch">): Promise<Read<Member>> {
  return api.PATCH(ONE, { params: { path: pathOf(id), header: { "If-Match": tag } }, body }).then(readOf);
}

/** Admins are changed by who makes them. */
function mayChange(member: Member): boolean {
  return can("users.write") && (member.role === "user" || canBox("admins.write"));
}

export function Person({ id }: { id: string }) {
  const w = words();
  const asked = useAsk(() => read(id), [id, accountId.value]);
  const name = asked.data ? asked.data.data.user.full_name || asked.data.data.user.username : w.title;
  return (
    <Page title={name} back={{ href: to("people"), label: w.title }}>
      <Loaded asked={asked}>{(found) => <Parts found={found} asked={asked} />}</Loaded>
    </Page>
  );
}

/** Each form begins anew only when what it is about has changed: what is typed in the other stays. */
function Parts({ found, asked }: { found: Read<Member>; asked: Asked<Read<Member>> }) {
  const member = found.data;
  const may = mayChange(member);
  return (
    <div class="people-parts">
      <div class="stack">
        <About member={member} />
        {may && <RoleForm key={`role ${member.role} ${member.extension_id}`} found={found} asked={asked} />}
        {may && member.user.user_id !== me.value?.user_id && <Ways member={member} asked={asked} />}
      </div>
      {may && <Rights key={`rights ${JSON.stringify([member.allow, member.deny])}`} found={found} asked={asked} />}
    </div>
  );
}

function About({ member }: { member: Member }) {
  const [w, c] = [words(), common()];
  const extensions = useExtensions();
  const { user } = member;
  const known = extensions.data?.find((one) => one.extension_id === member.extension_id);
  return (
    <Card title={w.about}>
      <Pairs pairs={[
        [w.fields.username, <span dir="auto">{user.username}</span>],
        [w.fields.email, user.email ? <span dir="auto">{user.email}</span> : c.states.none],
        [w.fields.role, c.roles[member.role]],
        [w.fields.extension, known ? <span dir="auto">{known.number} · {known.name}</span> : c.states.none],
        [w.fields.language, languageName(user.language)],
        [w.fields.factor, user.has_second_factor ? w.factor.on : w.factor.off],
        [w.fields.state, <State user={user} />],
        [w.fields.created, date(user.created_at)],
      ]} />
    </Card>
  );
}

function RoleForm({ found, asked }: { found: Read<Member>; asked: Asked<Read<Member>> }) {
  const [w, c] = [words(), common()];
  const extensions = useExtensions();
  const member = found.data;
  const id = member.user.user_id;
  const told = ({ role, extension_id }: Member): Told => {
    const known = extensionOptions(extensions.data ?? [], w.noExtension).find((one) => one.value === (extension_id ?? ""))?.label;
    return [[w.fields.role, c.roles[role]], [w.fields.extension, known ?? extension_id]];
  };
  const kept = useKept(found, () => read(id), told);
  const form = useForm({ role: member.role as string, extension_id: member.extension_id ?? "" }, async (values) => {
    const role = values.role === "admin" ? "admin" as const : "user" as const;
    const saved = await kept.send(({ data, tag }) => patch(id, tag, { extension_id: values.extension_id || null, ...(role === data.role ? {} : { role }) }));
    if (saved === undefined) return;
    asked.put(saved);
    toast(c.states.saved);
  });
  return (
    <Card title={w.roleAndExtension}>
      <Form form={form}>
        {canBox("admins.write") && (
          <SelectField {...form.text("role")} label={w.fields.role} hint={w.roleHints[form.values.role === "admin" ? "admin" : "user"]}
            options={(["user", "admin"] as const).map((one) => ({ value: one, label: c.roles[one] }))} />
        )}
        <SelectField {...form.text("extension_id")} label={w.fields.extension} hint={w.hints.extension}
          options={extensionOptions(extensions.data ?? [], w.noExtension)} />
        <StaleBanner kept={kept} onTheirs={asked.put} onMine={() => void form.submit()} />
      </Form>
    </Card>
  );
}

/** What is done to a person as a whole. */
function Ways({ member, asked }: { member: Member; asked: Asked<Read<Member>> }) {
  const w = words();
  const { route } = useLocation();
  const [open, setOpen] = useState<"password" | "remove" | undefined>(undefined);
  const id = member.user.user_id;
  const name = member.user.full_name || member.user.username;
  const remove = async () => {
    await api.DELETE(ONE, { params: { path: pathOf(id) } });
    toast(w.remove.done(name));
    route(to("people"));
  };
  return (
    <Card title={w.access}>
      <div class="form-actions">
        <Button icon="key" onPress={() => setOpen("password")}>{w.password.action}</Button>
        <Button kind="danger" icon="delete" onPress={() => setOpen("remove")}>{w.remove.action}</Button>
      </div>
      {open === "password" && <NewPassword member={member} onClose={() => { setOpen(undefined); asked.reload(); }} />}
      {open === "remove" && (
        <Confirm title={w.remove.title(name)} action={w.remove.action} onConfirm={remove} onClose={() => setOpen(undefined)}>{w.remove.hint}</Confirm>
      )}
    </Card>
  );
}
