import { useEffect, useState } from "preact/hooks";
import { api } from "../../api";
import { wordsOf } from "../../app/ask";
import { canBox } from "../../app/session";
import { Banner, Button, toast } from "../../ui";
import type { NetworkConfig } from "./box";
import { words } from "./words";

/** A change that goes back by itself unless somebody who still reaches the box says that it is good. */
export function Trial({ config, secondsLeft, reload }: { config: NetworkConfig; secondsLeft: number; reload: () => void }) {
  const w = words();
  const left = useCountdown(secondsLeft, reload);
  const [busy, setBusy] = useState(false);
  const fixed = config.interfaces.flatMap((one) => (one.ipv4.mode === "static" && one.ipv4.address ? [one.ipv4.address] : []));
  const elsewhere = fixed.filter((one) => one !== location.hostname);
  const end = (ask: () => Promise<unknown>, said: string) => {
    setBusy(true);
    ask().then(() => toast(said), (problem: unknown) => toast(wordsOf(problem))).finally(() => {
      setBusy(false);
      reload();
    });
  };
  return (
    <Banner kind="warn">
      <div class="stack-small">
        <strong role="timer">{w.trial.left(left)}</strong>
        <span>{w.trial.hint}</span>
        {elsewhere.map((one) => <a key={one} href={`https://${one}/system/network`}>{w.trial.open(one)}</a>)}
        {canBox("system.write") && (
          <div class="form-actions">
            <Button kind="primary" icon="check" busy={busy} onPress={() => end(() => api.POST("/system/network/confirmation"), w.trial.kept)}>
              {w.trial.keep}
            </Button>
            <Button busy={busy} onPress={() => end(() => api.POST("/system/network/rollback"), w.trial.gone)}>{w.trial.back}</Button>
          </div>
        )}
      </div>
    </Banner>
  );
}

/** Counts down between two answers of the box, and asks it at the end. */
function useCountdown(from: number, atEnd: () => void): number {
  const [end, setEnd] = useState(() => Date.now() + from * 1000);
  const [now, setNow] = useState(Date.now);
  useEffect(() => setEnd(Date.now() + from * 1000), [from]);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const left = Math.max(0, Math.ceil((end - now) / 1000));
  useEffect(() => {
    if (left === 0) atEnd();
  }, [left === 0]);
  return left;
}
