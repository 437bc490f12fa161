import { useEffect, useState } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { Card, Form, Steps, TextField, useForm, type Step } from "../../ui";
import { foundWords } from "./test_words";
import { words } from "./words";

type TestCall = Of<"TestCall">;

/** The box calls somebody by the trunk, and says how far that came. */
export function TestCallCard({ account, id }: { account: string; id: string }) {
  const w = words().call;
  const [call, setCall] = useState<TestCall | undefined>(undefined);
  const params = { path: { account_id: account, trunk_id: id } };
  const look = async () => setCall(dataOf(await api.GET("/accounts/{account_id}/trunks/{trunk_id}/test-call", { params })));
  useEffect(() => {
    if (call?.running !== true) return;
    // What cannot be read now is read a little later.
    const timer = setTimeout(() => void look().catch(() => setCall({ ...call })), 1000);
    return () => clearTimeout(timer);
  }, [call]);
  const form = useForm({ number: "" }, async ({ number }) => {
    setCall(dataOf(await api.POST("/accounts/{account_id}/trunks/{trunk_id}/test-call", { params, body: { number: number.trim() } })));
  });
  const running = call?.running === true;
  return (
    <Card title={w.title}>
      <Form form={{ ...form, busy: form.busy || running }} action={w.action}>
        <TextField {...form.text("number")} label={w.number} hint={w.hint} type="tel" required />
      </Form>
      {call && <Steps steps={call.steps.map((one, index) => drawn(one, running && index === 0))} />}
      {call && <p class="soft small">{running ? w.running : call.number}</p>}
    </Card>
  );
}

function drawn(found: Of<"CallStep">, running: boolean): Step {
  const names: Record<string, string | undefined> = words().call.steps;
  const detail = foundWords(found);
  const { step, state } = found;
  return {
    key: step, title: names[step] ?? step, ...(detail === "" ? {} : { detail }),
    state: state === "ok" ? "good" : state === "failed" ? "bad" : state === "unknown" ? "warn" : running ? "busy" : "waiting",
  };
}
