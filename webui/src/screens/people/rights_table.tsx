import "./people.css";
import type { Read } from "../../api";
import type { Asked } from "../../app/ask";
import { can } from "../../app/session";
import { StaleBanner, useKept } from "../../app/stale";
import type { Told } from "../../app/told";
import { Card, Form, toast, useForm, type FormState } from "../../ui";
import { common } from "../../words/common";
import { patch, read, type Member } from "./person";
import { PERMISSIONS, byRole, choiceOf, wordKey, type Choice, type Permission } from "./rights";
import { words } from "./words";

type Choices = Partial<Record<Permission, Choice>>;

function isChoice(word: string): word is Choice {
  return word === "role" || word === "given" || word === "denied";
}

function told(member: Member): Told {
  const w = words();
  return PERMISSIONS.map((one) => {
    const choice = choiceOf(member, one);
    return [w.permissions[wordKey(one)], choice === "role" ? w.rights.byRole(w.rights.reach[byRole(member.role, one)]) : w.rights.choices[choice]];
  });
}

/** The rights of a member, one by one. What one may not give is not offered; what was given by somebody else stays. */
export function Rights({ found, asked }: { found: Read<Member>; asked: Asked<Read<Member>> }) {
  const w = words();
  const member = found.data;
  const id = member.user.user_id;
  const kept = useKept(found, () => read(id), told);
  const seen = PERMISSIONS.filter((one) => can(one) || choiceOf(member, one) !== "role");
  const begun: Choices = Object.fromEntries(seen.map((one) => [one, choiceOf(member, one)]));
  const form = useForm<Choices>(begun, async (values) => {
    // What this page does not know stays as it is.
    const other = (list: readonly string[]) => list.filter((one) => !seen.some((known) => known === one));
    const chosen = (choice: Choice) => seen.filter((one) => values[one] === choice);
    const bodyOf = ({ allow, deny }: Member) => ({ allow: [...other(allow), ...chosen("given")], deny: [...other(deny), ...chosen("denied")] });
    const saved = await kept.send(({ data, tag }) => patch(id, tag, bodyOf(data)));
    if (saved === undefined) return;
    asked.put(saved);
    toast(common().states.saved);
  });
  return (
    <Card title={w.rights.title}>
      <p class="soft">{w.rights.lead}</p>
      <div class="people-rights-form">
        <Form form={form}>
          <ul class="people-rights">
            {seen.map((one) => <Right key={one} permission={one} found={found} form={form} />)}
          </ul>
          <StaleBanner kept={kept} onTheirs={asked.put} onMine={() => void form.submit()} />
        </Form>
      </div>
    </Card>
  );
}

function Right({ permission, found, form }: { permission: Permission; found: Read<Member>; form: FormState<Choices> }) {
  const w = words();
  const value = form.values[permission] ?? "role";
  const given = can(permission) || choiceOf(found.data, permission) === "given";
  const choices: Choice[] = given ? ["role", "given", "denied"] : ["role", "denied"];
  const label = (one: Choice) => (one === "role" ? w.rights.byRole(w.rights.reach[byRole(found.data.role, permission)]) : w.rights.choices[one]);
  const id = `right-${permission}`;
  return (
    <li class={`people-right people-right-${value}`}>
      <label for={id}>{w.permissions[wordKey(permission)]}</label>
      <select id={id} class="input" value={value} onChange={(event) => {
        const word = event.currentTarget.value;
        if (isChoice(word)) form.set({ [permission]: word });
      }}>
        {choices.map((one) => <option key={one} value={one} selected={one === value}>{label(one)}</option>)}
      </select>
    </li>
  );
}
