import { api, dataOf, tagOf, type Of } from "../../api";
import { useAsk, type Asked } from "../../app/ask";
import { canBox } from "../../app/session";
import { Card, CheckField, Form, Loaded, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { words } from "./words";

interface Read {
  roles: Of<"RoleWord">[];
  tag: string;
}

const ROLES = ["super_admin", "admin", "user"] as const;

export function Rules() {
  const asked = useAsk(async (): Promise<Read> => {
    const answer = await api.GET("/settings/security");
    return { roles: dataOf(answer).second_factor_for, tag: tagOf(answer) };
  }, []);
  return <Loaded asked={asked}>{(found) => <SecondFactor key={found.tag} found={found} asked={asked} />}</Loaded>;
}

/** Who must have a second factor. */
function SecondFactor({ found, asked }: { found: Read; asked: Asked<Read> }) {
  const [w, c] = [words(), common()];
  const may = canBox("system.write");
  const has = (role: Of<"RoleWord">) => found.roles.includes(role);
  const form = useForm({ super_admin: has("super_admin"), admin: has("admin"), user: has("user") }, async (values) => {
    const body = { second_factor_for: ROLES.filter((one) => values[one]) };
    const answer = await api.PUT("/settings/security", { params: { header: { "If-Match": found.tag } }, body });
    asked.put({ roles: dataOf(answer).second_factor_for, tag: tagOf(answer) });
    toast(c.states.saved);
  });
  return (
    <Card title={w.rules.title}>
      <p class="soft">{w.rules.hint}</p>
      {may ? (
        <Form form={form}>
          <div class="stack-small">{ROLES.map((one) => <CheckField key={one} {...form.check(one)} label={c.roles[one]} />)}</div>
        </Form>
      ) : <p>{found.roles.map((one) => c.roles[one]).join(", ") || c.states.none}</p>}
    </Card>
  );
}
