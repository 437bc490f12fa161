import { useState } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { wordsOf } from "../../app/ask";
import { Banner, Button } from "../../ui";
import { words } from "./words";

/** Whether somebody has changed the audit itself: each entry is bound to the one before. */
export function Verification() {
  const w = words();
  const [busy, setBusy] = useState(false);
  const [chain, setChain] = useState<Of<"Chain"> | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(undefined);
  const verify = () => {
    setBusy(true);
    setProblem(undefined);
    api.POST("/audit/verification").then((answer) => setChain(dataOf(answer)), setProblem).finally(() => setBusy(false));
  };
  return (
    <div class="stack-small">
      <div><Button icon="security" busy={busy} onPress={verify}>{w.verify.action}</Button></div>
      {problem !== undefined && <Banner kind="bad">{wordsOf(problem)}</Banner>}
      {chain?.whole && <Banner kind="good">{w.verify.whole(chain.entries ?? 0)}</Banner>}
      {chain && !chain.whole && <Banner kind="bad">{w.verify.broken(chain.broken_at ?? 0)}{chain.why && <span lang="en"> ({chain.why})</span>}</Banner>}
    </div>
  );
}
