import { api, readOf, type Of, type Read } from "../../api";
import { useAsk, type Asked } from "../../app/ask";
import { canBox } from "../../app/session";
import { StaleBanner, useKept } from "../../app/stale";
import { Card, CheckField, Form, Loaded, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { words } from "./words";

type Settings = Of<"Security">;

const ROLES = ["super_admin", "admin", "user"] as const;

function read(): Promise<Read<Settings>> {
  return api.GET("/settings/security").then(readOf);
}

export function Rules() {
  const asked = useAsk(read, []);
  return <Loaded asked={asked}>{(found) => <SecondFactor key={found.tag} found={found} asked={asked} />}</Loaded>;
}

/** Who must have a second factor. */
function SecondFactor({ found, asked }: { found: Read<Settings>; asked: Asked<Read<Settings>> }) {
  const [w, c] = [words(), common()];
  const may = canBox("system.write");
  const roles = found.data.second_factor_for;
  const has = (role: Of<"RoleWord">) => roles.includes(role);
  const kept = useKept(found, read, ({ second_factor_for }) => ROLES.map((one) => [c.roles[one], second_factor_for.includes(one)]));
  const form = useForm({ super_admin: has("super_admin"), admin: has("admin"), user: has("user") }, async (values) => {
    const body = { second_factor_for: ROLES.filter((one) => values[one]) };
    const saved = await kept.send(({ tag }) => api.PUT("/settings/security", { params: { header: { "If-Match": tag } }, body }).then(readOf));
    if (saved === undefined) return;
    asked.put(saved);
    toast(c.states.saved);
  });
  return (
    <Card title={w.rules.title}>
      <p class="soft">{w.rules.hint}</p>
      {may ? (
        <Form form={form}>
          <div class="stack-small">{ROLES.map((one) => <CheckField key={one} {...form.check(one)} label={c.roles[one]} />)}</div>
          <StaleBanner kept={kept} onTheirs={asked.put} onMine={() => void form.submit()} />
        </Form>
      ) : <p>{roles.map((one) => c.roles[one]).join(", ") || c.states.none}</p>}
    </Card>
  );
}
