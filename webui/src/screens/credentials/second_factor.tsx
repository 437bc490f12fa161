/** Setting up one-time codes, and the recovery codes that belong to them. */
import "./credentials.css";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, dataOf, type Of } from "../../api";
import { useAsk } from "../../app/ask";
import { Button, CopyText, Form, Loaded, PasswordField, Qr, TextField, useForm } from "../../ui";
import { common } from "../../words/common";
import { credentials } from "./words";

interface Props {
  /** Where it was just typed it is not asked for again. */
  password?: string | undefined;
  onDone: () => void;
  onCancel?: () => void;
  /** Beside the button. */
  more?: ComponentChildren;
}

/** The picture for the app, its first code, then the recovery codes. */
export function SetUpSecondFactor({ password, onDone, onCancel, more }: Props) {
  const asked = useAsk(() => api.POST("/auth/2fa/enrolment").then(dataOf), []);
  const [codes, setCodes] = useState<readonly string[] | undefined>(undefined);
  if (codes !== undefined) return <RecoveryCodes codes={codes} onDone={onDone} />;
  return (
    <Loaded asked={asked}>
      {(enrolment) => <FirstCode enrolment={enrolment} password={password} onCodes={setCodes} onCancel={onCancel} more={more} />}
    </Loaded>
  );
}

interface FirstCodeProps {
  enrolment: Of<"Enrolment">;
  password: string | undefined;
  onCodes: (codes: readonly string[]) => void;
  onCancel: (() => void) | undefined;
  more: ComponentChildren;
}

function FirstCode({ enrolment, password, onCodes, onCancel, more }: FirstCodeProps) {
  const w = credentials();
  const form = useForm({ otp: "", current_password: password ?? "" }, async ({ otp, current_password }) => {
    const body = { otp: otp.replaceAll(/\s/g, ""), current_password, secret: enrolment.secret };
    onCodes(dataOf(await api.POST("/auth/2fa", { body })).recovery_codes);
  });
  return (
    <Form form={form} action={w.factor.turnOn} more={more} {...(onCancel ? { onCancel } : {})}>
      <p>{w.factor.scan}</p>
      <Qr text={enrolment.uri} label={w.factor.picture} />
      <div class="stack-small">
        <span class="field-label">{w.factor.byHand}</span>
        <CopyText text={enrolment.secret} label={w.factor.byHand} />
      </div>
      {password === undefined && <PasswordField {...form.text("current_password")} label={w.currentPassword} autocomplete="current-password" />}
      <TextField {...form.text("otp")} label={w.factor.code} inputMode="numeric" autocomplete="one-time-code" maxLength={10} mono />
    </Form>
  );
}

/** Shown once; whoever leaves without them has none. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const w = credentials();
  const c = common();
  const text = `${codes.join("\n")}\n`;
  const [file, setFile] = useState("");
  useEffect(() => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    setFile(url);
    return () => URL.revokeObjectURL(url);
  }, [text]);
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard?.writeText(text).then(() => setCopied(true));
  return (
    <div class="stack">
      <h2>{w.factor.codesTitle}</h2>
      <p>{w.factor.codes}</p>
      <ol class="credentials-codes">{codes.map((one) => <li key={one}><code>{one}</code></li>)}</ol>
      <div class="row">
        <Button icon={copied ? "check" : "copy"} onPress={copy}>{copied ? c.actions.copied : c.actions.copy}</Button>
        <Button icon="download" href={file} download={w.factor.file}>{c.actions.download}</Button>
      </div>
      <div><Button kind="primary" onPress={onDone}>{w.factor.kept}</Button></div>
    </div>
  );
}
