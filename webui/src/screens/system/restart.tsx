import { useState } from "preact/hooks";
import { api } from "../../api";
import { Button, Confirm } from "../../ui";
import { WaitForBox } from "./wait";
import { words } from "./words";

/** Calls end, so it is asked twice. */
export function Restart() {
  const w = words();
  const [step, setStep] = useState<"asking" | "waiting" | undefined>(undefined);
  const restart = async () => {
    await api.POST("/system/restart");
    setStep("waiting");
  };
  return (
    <>
      <div><Button icon="reload" onPress={() => setStep("asking")}>{w.restart.action}</Button></div>
      {step === "asking" && (
        <Confirm title={w.restart.title} action={w.restart.action} onConfirm={restart} onClose={() => setStep((now) => (now === "asking" ? undefined : now))}>
          {w.restart.hint}
        </Confirm>
      )}
      {step === "waiting" && <WaitForBox title={w.restart.waiting} />}
    </>
  );
}
