import { ApiError, api, dataOf, tagOf, type Of } from "../../api";
import { useAsk } from "../../app/ask";
import { accounts, refresh } from "../../app/session";
import { speak } from "../../words/catalog";
import { common } from "../../words/common";
import { date } from "../../words/format";
import { LANGUAGES, isLanguage } from "../../words/language";
import { Card, Form, Loaded, Pairs, SelectField, TextField, toast, useForm } from "../../ui";
import { credentials } from "../credentials/words";
import { PushCard } from "./push";
import { words } from "./words";

interface Read {
  own: Of<"Me">;
  tag: string;
}

async function read(): Promise<Read> {
  const answer = await api.GET("/me");
  return { own: dataOf(answer), tag: tagOf(answer) };
}

export function ProfilePart() {
  const asked = useAsk(read, []);
  return <Loaded asked={asked}>{(found) => <Profile found={found} onRead={asked.put} />}</Loaded>;
}

/** Somebody else changed it meanwhile: what was typed stays, and the next press keeps it. */
function Profile({ found, onRead }: { found: Read; onRead: (found: Read) => void }) {
  const w = words().profile;
  const c = credentials();
  const { own } = found;
  const form = useForm({ full_name: own.full_name, email: own.email ?? "", language: own.language }, async (values) => {
    const body = { ...values, full_name: values.full_name.trim(), email: values.email.trim() || null };
    try {
      const answer = await api.PATCH("/me", { params: { header: { "If-Match": found.tag } }, body });
      onRead({ own: dataOf(answer), tag: tagOf(answer) });
    } catch (problem) {
      if (problem instanceof ApiError && problem.problem.type === "stale") onRead(await read());
      throw problem;
    }
    await refresh();
    if (isLanguage(values.language)) await speak(values.language);
    toast(common().states.saved);
  });
  return (
    <div class="grid">
      <Card title={w.title}>
        <Form form={form}>
          <TextField {...form.text("full_name")} label={w.fullName} autocomplete="name" maxLength={128} />
          <TextField {...form.text("email")} label={w.email} type="email" inputMode="email" autocomplete="email" maxLength={254} required={false} />
          <SelectField {...form.text("language")} label={c.language} options={LANGUAGES.map((one) => ({ value: one, label: c.languages[one] }))} />
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
function Roles({ own }: { own: Of<"Me"> }) {
  const names = common().roles;
  if (own.role === "super_admin" || own.memberships.length === 0) return <>{names[own.role]}</>;
  const nameOf = (id: string) => accounts.value.find((one) => one.account_id === id)?.name;
  return <>{own.memberships.map((one) => <div key={one.account_id}>{names[one.role]} · <span dir="auto">{nameOf(one.account_id)}</span></div>)}</>;
}
