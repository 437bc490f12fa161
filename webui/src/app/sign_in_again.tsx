/** The session has ended while the page was open: signing in again over it, so that nothing typed is lost. */
import { useState } from "preact/hooks";
import { ApiError, goOn } from "../api";
import { openStream } from "../api/live";
import { Banner, Dialog, Form, PasswordField, TextField, useForm } from "../ui";
import { common } from "../words/common";
import { me, signIn } from "./session";

export function SignInAgain() {
  const w = common();
  const [otp, setOtp] = useState(false);
  const form = useForm({ password: "", otp: "" }, async ({ password, otp: code }) => {
    try {
      await signIn(me.value?.username ?? "", password, otp ? code : undefined);
    } catch (problem) {
      if (!(problem instanceof ApiError) || problem.problem.type !== "otp-required") throw problem;
      setOtp(true);
      return;
    }
    openStream();
    goOn();
  });
  return (
    <Dialog title={w.signInAgain.signIn}>
      <Banner kind="info">{w.status.expired}</Banner>
      <p dir="auto"><strong>{me.value?.username}</strong></p>
      <Form form={form} action={w.signInAgain.signIn}>
        <PasswordField {...form.text("password")} label={w.signInAgain.password} autocomplete="current-password" autoFocus />
        {otp && <TextField {...form.text("otp")} label={w.signInAgain.otp} inputMode="numeric" autocomplete="one-time-code" maxLength={40} autoFocus />}
      </Form>
    </Dialog>
  );
}
