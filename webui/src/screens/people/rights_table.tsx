import "./people.css";
import { api, dataOf, tagOf } from "../../api";
import type { Asked } from "../../app/ask";
import { can } from "../../app/session";
import { Card, Form, toast, useForm, type FormState } from "../../ui";
import { common } from "../../words/common";
import { pathOf, type Read } from "./person";
import { PERMISSIONS, byRole, choiceOf, wordKey, type Choice, type Permission } from "./rights";
import { words } from "./words";

type Choices = Partial<Record<Permission, Choice>>;

function isChoice(word: string): word is Choice {
  return word === "role" || word === "given" || word === "denied";
}

/** The rights of a member, one by one. What one may not give is not offered; what was given by somebody else stays. */
export function Rights({ found, asked }: { found: Read; asked: Asked<Read> }) {
  const w = words();
  const { member, tag } = found;
  const seen = PERMISSIONS.filter((one) => can(one) || choiceOf(member, one) !== "role");
  const begun: Choices = Object.fromEntries(seen.map((one) => [one, choiceOf(member, one)]));
  const form = useForm<Choices>(begun, async (values) => {
    // What this page does not know stays as it is.
    const other = (list: readonly string[]) => list.filter((one) => !seen.some((known) => known === one));
    const chosen = (choice: Choice) => seen.filter((one) => values[one] === choice);
    const body = { allow: [...other(member.allow), ...chosen("given")], deny: [...other(member.deny), ...chosen("denied")] };
    const header = { "If-Match": tag };
    const answer = await api.PATCH("/accounts/{account_id}/users/{user_id}", { params: { path: pathOf(member.user.user_id), header }, body });
    asked.put({ member: dataOf(answer), tag: tagOf(answer) });
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
        </Form>
      </div>
    </Card>
  );
}

function Right({ permission, found, form }: { permission: Permission; found: Read; form: FormState<Choices> }) {
  const w = words();
  const value = form.values[permission] ?? "role";
  const given = can(permission) || choiceOf(found.member, permission) === "given";
  const choices: Choice[] = given ? ["role", "given", "denied"] : ["role", "denied"];
  const label = (one: Choice) => (one === "role" ? w.rights.byRole(w.rights.reach[byRole(found.member.role, permission)]) : w.rights.choices[one]);
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
