import { api, readOf, type Of, type Read } from "../../api";
import { useAsk } from "../../app/ask";
import { accounts, refresh } from "../../app/session";
import { StaleBanner, useKept } from "../../app/stale";
import type { Told } from "../../app/told";
import { speak } from "../../words/catalog";
import { common } from "../../words/common";
import { date } from "../../words/format";
import { LANGUAGES, isLanguage } from "../../words/language";
import { Card, Form, Loaded, Pairs, SelectField, TextField, toast, useForm } from "../../ui";
import { credentials } from "../credentials/words";
import { PushCard } from "./push";
import { words } from "./words";

type Me = Of<"Me">;

function read(): Promise<Read<Me>> {
  return api.GET("/me").then(readOf);
}

export function ProfilePart() {
  const asked = useAsk(read, []);
  return <Loaded asked={asked}>{(found) => <Profile found={found} onRead={asked.put} />}</Loaded>;
}

function valuesOf({ full_name, email, language }: Me) {
  return { full_name, email: email ?? "", language };
}

function told({ full_name, email, language }: Me): Told {
  const [w, c] = [words().profile, credentials()];
  return [[w.fullName, full_name], [w.email, email ?? ""], [c.language, isLanguage(language) ? c.languages[language] : language]];
}

function Profile({ found, onRead }: { found: Read<Me>; onRead: (found: Read<Me>) => void }) {
  const w = words().profile;
  const c = credentials();
  const own = found.data;
  const kept = useKept(found, read, told);
  const form = useForm(valuesOf(own), async (values) => {
    const body = { ...values, full_name: values.full_name.trim(), email: values.email.trim() || null };
    const saved = await kept.send(({ tag }) => api.PATCH("/me", { params: { header: { "If-Match": tag } }, body }).then(readOf));
    if (saved === undefined) return;
    onRead(saved);
    await refresh();
    if (isLanguage(values.language)) await speak(values.language);
    toast(common().states.saved);
  });
  const show = (read: Read<Me>) => {
    onRead(read);
    form.reset(valuesOf(read.data));
  };
  return (
    <div class="grid">
      <Card title={w.title}>
        <Form form={form}>
          <TextField {...form.text("full_name")} label={w.fullName} autocomplete="name" maxLength={128} />
          <TextField {...form.text("email")} label={w.email} type="email" inputMode="email" autocomplete="email" maxLength={254} required={false} />
          <SelectField {...form.text("language")} label={c.language} options={LANGUAGES.map((one) => ({ value: one, label: c.languages[one] }))} />
          <StaleBanner kept={kept} onTheirs={show} onMine={() => void form.submit()} />
        </Form>
      </Card>
      <Card title={w.about}>
        <Pairs pairs={[[w.username, <span dir="auto">{own.username}</span>], [w.role, <Roles own={own} />], [w.since, date(own.created_at)]]} />
      </Card>
      <PushCard />
    </div>
  );
}

/** On the whole box, else in each account. */
function Roles({ own }: { own: Me }) {
  const names = common().roles;
  if (own.role === "super_admin" || own.memberships.length === 0) return <>{names[own.role]}</>;
  const nameOf = (id: string) => accounts.value.find((one) => one.account_id === id)?.name;
  return <>{own.memberships.map((one) => <div key={one.account_id}>{names[one.role]} · <span dir="auto">{nameOf(one.account_id)}</span></div>)}</>;
}
