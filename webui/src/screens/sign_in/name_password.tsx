import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../api";
import { signIn } from "../../app/session";
import { Banner, Form, PasswordField, TextField, useForm } from "../../ui";
import { Alone } from "../credentials/alone";
import type { Given } from "./index";
import { useSecondsUntil } from "./waiting";
import { words } from "./words";

interface Props {
  username: string;
  onSignedIn: (given: Given) => Promise<void>;
}

type Refusal = "none" | "wrong" | "too-many";

/** Name and password; the code too, once the box has asked for it. */
export function NamePassword({ username, onSignedIn }: Props) {
  const w = words();
  const [otp, setOtp] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>("none");
  const [until, setUntil] = useState<number | undefined>(undefined);
  const wait = useSecondsUntil(until);
  useEffect(() => document.querySelector<HTMLElement>(`[name=${otp ? "otp" : username === "" ? "username" : "password"}]`)?.focus(), [otp]);
  const refused = (problem: unknown) => {
    const type = problem instanceof ApiError ? problem.problem.type : "";
    if (type === "otp-required") return setOtp(true);
    if (type === "wrong-credentials") return setRefusal("wrong");
    if (!(problem instanceof ApiError) || type !== "too-many") throw problem;
    setUntil(Date.now() + (problem.retryAfter ?? 30) * 1000);
    setRefusal("too-many");
  };
  const form = useForm({ username, password: "", otp: "" }, async (values) => {
    if (wait > 0) return;
    setRefusal("none");
    const given = { username: values.username.trim(), password: values.password };
    try {
      await signIn(given.username, given.password, otp ? values.otp.trim() : undefined);
    } catch (problem) {
      return refused(problem);
    }
    await onSignedIn(given);
  }, (values) => missing(values, otp, w.missing));
  return (
    <Alone title={w.title}>
      <Form form={form} action={w.submit}>
        <TextField {...form.text("username")} label={w.username} autocomplete="username" maxLength={64} />
        <PasswordField {...form.text("password")} label={w.password} autocomplete="current-password" maxLength={256} />
        {otp && <TextField {...form.text("otp")} label={w.otp} hint={w.otpHint} autocomplete="one-time-code" maxLength={40} />}
        <Refused refusal={refusal} wait={wait} otp={otp} />
      </Form>
      <Forgotten />
    </Alone>
  );
}

function missing(values: { username: string; password: string; otp: string }, otp: boolean, text: string): Record<string, string> {
  const needed = otp ? (["username", "password", "otp"] as const) : (["username", "password"] as const);
  return Object.fromEntries(needed.filter((name) => values[name].trim() === "").map((name) => [name, text]));
}

function Refused({ refusal, wait, otp }: { refusal: Refusal; wait: number; otp: boolean }) {
  const w = words();
  if (refusal === "none") return null;
  if (refusal === "wrong") return <Banner kind="bad">{otp ? w.wrongWithCode : w.wrong}</Banner>;
  if (wait === 0) return <Banner kind="info">{w.over}</Banner>;
  return <Banner kind="warn">{w.tooMany(wait > 90 ? w.minutes(Math.ceil(wait / 60)) : w.seconds(wait))}</Banner>;
}

/** What can be done without the password. */
function Forgotten() {
  const w = words();
  return (
    <details class="credentials-help">
      <summary>{w.forgotten}</summary>
      <p>{w.forgottenHelp}</p>
      <p>{w.forgottenBox}</p>
      <p><code>pabxd reset-admin</code></p>
    </details>
  );
}
