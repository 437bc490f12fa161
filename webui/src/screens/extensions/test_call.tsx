import { useEffect, useState } from "preact/hooks";
import { wordsOf } from "../../app/ask";
import { beginTestCall, testCall, type CallStep, type TestCall } from "../../app/calling/test_call";
import { Banner, Button, Card, Steps, type Step } from "../../ui";
import { words } from "./words";

/** The box calls the phone, and says how far that came. */
export function TestCallCard({ account, extension }: { account: string; extension: string }) {
  const w = words().test;
  const [call, setCall] = useState<TestCall | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(undefined);
  useEffect(() => {
    if (call?.running !== true) return;
    const timer = setTimeout(() => void testCall(account, extension).then(setCall, setProblem), 1000);
    return () => clearTimeout(timer);
  }, [call]);
  const begin = () => {
    setBusy(true);
    setProblem(undefined);
    beginTestCall(account, extension).then(setCall, setProblem).finally(() => setBusy(false));
  };
  const running = busy || call?.running === true;
  return (
    <Card title={w.title}>
      <div class="row">
        <Button icon="phone" busy={running} onPress={begin}>{w.action}</Button>
        <span class="soft small">{running ? w.running : w.hint}</span>
      </div>
      {problem !== undefined && <Banner kind="bad">{wordsOf(problem)}</Banner>}
      {call && <Steps steps={call.steps.map((one, index) => drawn(one, call.running && index === 0))} />}
    </Card>
  );
}

function drawn({ step, state, finding, advice }: CallStep, running: boolean): Step {
  const names: Record<string, string | undefined> = words().test.steps;
  const detail = [finding, advice].filter(Boolean).join(". ");
  return {
    key: step, title: names[step] ?? step, ...(detail === "" ? {} : { detail }),
    state: state === "ok" ? "good" : state === "failed" ? "bad" : state === "unknown" ? "warn" : running ? "busy" : "waiting",
  };
}
