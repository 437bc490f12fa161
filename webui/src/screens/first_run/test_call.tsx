import { useEffect, useState } from "preact/hooks";
import { wordsOf } from "../../app/ask";
import { beginTestCall, testCall, type CallStep, type TestCall as Call } from "../../app/calling/test_call";
import { Banner, Button, Card, Steps } from "../../ui";
import type { Extension } from "./devices";
import { stepsOf } from "./shown_steps";
import { words } from "./words";

interface Props {
  account: string;
  extension: Extension;
  registered: boolean;
}

interface State {
  call: Call | undefined;
  problem: unknown;
  /** What whoever picked up has heard: the box cannot know. */
  heard: boolean | undefined;
}

const NOTHING: State = { call: undefined, problem: undefined, heard: undefined };

/** The box rings the phone, plays a tone and listens; each step is shown as it passes. */
export function TestCall({ account, extension, registered }: Props) {
  const w = words().call;
  const [state, setState] = useState(NOTHING);
  const [busy, setBusy] = useState(false);
  const running = state.call?.running ?? false;
  const begin = () => {
    setBusy(true);
    setState(NOTHING);
    beginTestCall(account, extension.extension_id)
      .then((call) => setState({ ...NOTHING, call }), (problem: unknown) => setState({ ...NOTHING, problem }))
      .finally(() => setBusy(false));
  };
  useFollowed(running, () => testCall(account, extension.extension_id), (call) => setState({ ...NOTHING, call }));
  return (
    <Card title={w.title}>
      <div class="stack" data-part="test-call">
        <p class="soft">{registered ? w.lead(extension.number) : w.notRegistered}</p>
        <div><Button kind={registered ? "primary" : "plain"} icon="phone" busy={busy || running} onPress={begin}>{w.make(extension.number)}</Button></div>
        {state.call && <Result call={state.call} heard={state.heard} onHeard={(heard) => setState({ ...state, heard })} />}
        {state.problem !== undefined && <Banner kind="bad">{wordsOf(state.problem)}</Banner>}
      </div>
    </Card>
  );
}

/** Only whoever picked up can tell whether the tone was heard. */
function onlyHeCanTell(one: CallStep): boolean {
  return one.step === "sound_sent" && one.state === "unknown";
}

function Result({ call, heard, onHeard }: { call: Call; heard: boolean | undefined; onHeard: (heard: boolean) => void }) {
  const w = words().call;
  const told = call.steps.map((one) => {
    if (!onlyHeCanTell(one)) return one;
    return { ...one, state: heard === undefined ? "waiting" : heard ? "ok" : "failed" };
  });
  const asks = !call.running && heard === undefined && call.steps.some(onlyHeCanTell);
  return (
    <>
      <Steps steps={stepsOf(told, w.steps, w.findings, call.running)} />
      {asks && (
        <div class="row">
          <span>{w.heardTone}</span>
          <Button kind="primary" small onPress={() => onHeard(true)}>{w.heardYes}</Button>
          <Button small onPress={() => onHeard(false)}>{w.heardNo}</Button>
        </div>
      )}
      {!call.running && told.every((one) => one.state === "ok") && <Banner kind="good">{w.heard}</Banner>}
    </>
  );
}

/** Asks each half second as long as it runs. */
function useFollowed(running: boolean, ask: () => Promise<Call | undefined>, onCall: (call: Call) => void): void {
  useEffect(() => {
    if (!running) return;
    let wanted = true;
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      timer = setTimeout(() => {
        ask().then((call) => wanted && call && onCall(call), () => undefined).finally(() => wanted && next());
      }, 500);
    };
    next();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [running]);
}
