import { useEffect, useState } from "preact/hooks";
import { wordsOf } from "../../app/ask";
import { Banner, Button, Card, Steps, type Step } from "../../ui";
import { testCall, type CallStep, type TestCall } from "./test_call_api";
import { words } from "./words";

/** The box calls the phone, and says how far that came. Where the box cannot do that, nothing is drawn after the first try. */
export function TestCallCard({ account, extension }: { account: string; extension: string }) {
  const w = words().test;
  const [call, setCall] = useState<TestCall | undefined>(undefined);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(undefined);
  useEffect(() => {
    if (call?.running !== true) return;
    const timer = setTimeout(() => void testCall("GET", account, extension).then(setCall, setProblem), 1000);
    return () => clearTimeout(timer);
  }, [call]);
  const begin = () => {
    setBusy(true);
    setProblem(undefined);
    testCall("POST", account, extension)
      .then((begun) => (begun === undefined ? setMissing(true) : setCall(begun)), setProblem).finally(() => setBusy(false));
  };
  if (missing) return null;
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
