import { useState } from "preact/hooks";
import { useAsk, wordsOf } from "../../app/ask";
import { canPush, isSubscribed, subscribe, unsubscribe } from "../../app/push";
import { Banner, Button, Card } from "../../ui";
import { words } from "./words";

/** News on this browser; nothing is drawn where it has no such thing. */
export function PushCard() {
  const w = words().push;
  const asked = useAsk(isSubscribed, []);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(false);
  const [problem, setProblem] = useState<unknown>(undefined);
  if (!canPush() || asked.data === undefined) return null;
  const on = asked.data;
  const change = () => {
    setBusy(true);
    setRefused(false);
    setProblem(undefined);
    const done = on ? unsubscribe().then(() => false) : subscribe().then((given) => { setRefused(!given); return given; });
    done.then(asked.put, setProblem).finally(() => setBusy(false));
  };
  return (
    <Card title={w.title}>
      <p class="soft">{on ? w.on : w.off}</p>
      {refused && <Banner kind="warn">{w.refused}</Banner>}
      {problem !== undefined && <Banner kind="bad">{problem instanceof DOMException ? w.unreachable : wordsOf(problem)}</Banner>}
      <div><Button icon="bell" busy={busy} onPress={change}>{on ? w.stop : w.start}</Button></div>
    </Card>
  );
}
