import { useState } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { useAsk } from "../../app/ask";
import { refresh } from "../../app/session";
import { Banner, Button, Card, Dialog, Form, Loaded, PasswordField, toast, useForm } from "../../ui";
import { RecoveryCodes, SetUpSecondFactor } from "../credentials/second_factor";
import { credentials } from "../credentials/words";
import { words } from "./words";

const FEW = 3;

export function SecondFactorPart() {
  const asked = useAsk(() => api.GET("/auth/2fa").then(dataOf), []);
  const changed = () => {
    asked.reload();
    void refresh();
  };
  return <Loaded asked={asked}>{(state) => (state.enabled ? <On state={state} onChanged={changed} /> : <Off state={state} onChanged={changed} />)}</Loaded>;
}

interface Props {
  state: Of<"State">;
  onChanged: () => void;
}

function Off({ state, onChanged }: Props) {
  const w = words().factor;
  const [setting, setSetting] = useState(false);
  if (setting) {
    const done = () => {
      setSetting(false);
      toast(w.isOn);
      onChanged();
    };
    return <Card title={w.setUp}><SetUpSecondFactor onDone={done} onCancel={() => setSetting(false)} /></Card>;
  }
  return (
    <Card title={w.title}>
      <p>{w.off}</p>
      {state.required && <Banner kind="warn">{w.required}</Banner>}
      <div><Button kind="primary" icon="security" onPress={() => setSetting(true)}>{w.setUp}</Button></div>
    </Card>
  );
}

function On({ state, onChanged }: Props) {
  const w = words().factor;
  const [doing, setDoing] = useState<"nothing" | "codes" | "remove">("nothing");
  const [codes, setCodes] = useState<readonly string[] | undefined>(undefined);
  const left = state.recovery_codes_left;
  const stop = () => {
    setDoing("nothing");
    setCodes(undefined);
    onChanged();
  };
  return (
    <Card title={w.title}>
      <Banner kind="good">{w.on}</Banner>
      <p class={left <= FEW ? undefined : "soft"}>{w.left(left)}</p>
      <div class="row">
        <Button icon="key" onPress={() => setDoing("codes")}>{w.newCodes}</Button>
        {!state.required && <Button kind="danger" onPress={() => setDoing("remove")}>{w.remove}</Button>}
      </div>
      {state.required && <p class="soft small">{w.required}</p>}
      {doing === "codes" && (
        <Dialog title={w.newCodes} {...(codes === undefined ? { onClose: stop } : {})}>
          {codes === undefined ? <NewCodes onCodes={setCodes} onClose={stop} /> : <RecoveryCodes codes={codes} onDone={stop} />}
        </Dialog>
      )}
      {doing === "remove" && <Dialog title={w.remove} onClose={stop}><Remove onClose={stop} /></Dialog>}
    </Card>
  );
}

function NewCodes({ onCodes, onClose }: { onCodes: (codes: readonly string[]) => void; onClose: () => void }) {
  const w = words().factor;
  const form = useForm({ current_password: "" }, async (body) => {
    onCodes(dataOf(await api.POST("/auth/2fa/recovery-codes", { body })).recovery_codes);
  });
  return (
    <Form form={form} action={w.makeCodes} onCancel={onClose}>
      <p>{w.newCodesHint}</p>
      <PasswordField {...form.text("current_password")} label={credentials().currentPassword} autocomplete="current-password" maxLength={256} />
    </Form>
  );
}

function Remove({ onClose }: { onClose: () => void }) {
  const w = words().factor;
  const form = useForm({ current_password: "" }, async (body) => {
    await api.POST("/auth/2fa/removal", { body });
    toast(w.removed);
    onClose();
  });
  return (
    <Form form={form} action={w.remove} onCancel={onClose} danger>
      <p>{w.removeHint}</p>
      <PasswordField {...form.text("current_password")} label={credentials().currentPassword} autocomplete="current-password" maxLength={256} />
    </Form>
  );
}
