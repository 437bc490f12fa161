import { useEffect, useState } from "preact/hooks";
import { wordsOf } from "../../app/ask";
import { Banner, Button, Card, Steps } from "../../ui";
import type { Extension } from "./devices";
import { beginTestCall, testCall, type LaterCall } from "./later";
import { stepsOf } from "./shown_steps";
import { words } from "./words";

interface Props {
  account: string;
  extension: Extension;
  registered: boolean;
}

interface State {
  call: LaterCall | undefined;
  /** The box is older than this page and cannot. */
  cannot: boolean;
  problem: unknown;
}

const NOTHING: State = { call: undefined, cannot: false, problem: undefined };

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
      .then((call) => setState({ call, cannot: call === undefined, problem: undefined }), (problem: unknown) => setState({ ...NOTHING, problem }))
      .finally(() => setBusy(false));
  };
  useFollowed(running, () => testCall(account, extension.extension_id), (call) => setState({ call, cannot: false, problem: undefined }));
  const heard = state.call !== undefined && !running && state.call.steps.every((one) => one.state === "ok");
  return (
    <div data-part="test-call"><Card title={w.title}>
      <p class="soft">{registered ? w.lead(extension.number) : w.notRegistered}</p>
      <div><Button kind={registered ? "primary" : "plain"} icon="phone" busy={busy || running} onPress={begin}>{w.make(extension.number)}</Button></div>
      {state.call && <Steps steps={stepsOf(state.call.steps, w.steps, w.findings, running)} />}
      {heard && <Banner kind="good">{w.heard}</Banner>}
      {state.cannot && <Banner kind="info">{w.cannot}</Banner>}
      {state.problem !== undefined && <Banner kind="bad">{wordsOf(state.problem)}</Banner>}
    </Card></div>
  );
}

/** Asks each half second as long as it runs. */
function useFollowed(running: boolean, ask: () => Promise<LaterCall | undefined>, onCall: (call: LaterCall) => void): void {
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
