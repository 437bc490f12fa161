import { api } from "../../api";
import { me, phase, signIn, signOut } from "../../app/session";
import { Button, Form, PasswordField, useForm } from "../../ui";
import { Alone } from "../credentials/alone";
import { tooShort } from "../credentials/reasons";
import { credentials } from "../credentials/words";
import type { Given } from "./index";
import { words } from "./words";

interface Props {
  given: Given | undefined;
  onSignedIn: (given: Given) => Promise<void>;
}

/** A password that was given is changed before anything else; then one is in, without typing it again. */
export function NewPassword({ given, onSignedIn }: Props) {
  const w = words();
  const c = credentials();
  const form = useForm({ current_password: given?.password ?? "", new_password: "" }, async (body) => {
    await api.POST("/auth/password", { body });
    const username = me.value?.username ?? given?.username ?? "";
    const now = { username, password: body.new_password };
    await onSignedIn(now);
    if (phase.value !== "signed-out") return;
    // The change has ended the session.
    await signIn(now.username, now.password);
    await onSignedIn(now);
  }, ({ new_password }) => tooShort("new_password", new_password));
  return (
    <Alone title={w.newPassword.title} lead={w.newPassword.lead}>
      <Form form={form} action={w.newPassword.submit}>
        <input type="text" name="username" autocomplete="username" value={me.value?.username ?? ""} readOnly hidden />
        {given === undefined && <PasswordField {...form.text("current_password")} label={c.currentPassword} autocomplete="current-password" />}
        <PasswordField {...form.text("new_password")} label={w.newPassword.field} hint={c.passwordHint} maxLength={256} autoFocus />
      </Form>
      <div><Button kind="quiet" small onPress={() => void signOut()}>{w.elsewhere}</Button></div>
    </Alone>
  );
}
