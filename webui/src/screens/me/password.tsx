import { api } from "../../api";
import { me } from "../../app/session";
import { Card, Form, PasswordField, toast, useForm } from "../../ui";
import { tooShort } from "../credentials/reasons";
import { credentials } from "../credentials/words";
import { words } from "./words";

const EMPTY = { current_password: "", new_password: "" };

/** The session that changes it stays; all others end. */
export function PasswordPart() {
  const w = words().password;
  const c = credentials();
  const form = useForm(EMPTY, async (body) => {
    await api.POST("/auth/password", { body });
    form.reset(EMPTY);
    toast(w.done);
  }, ({ new_password }) => tooShort("new_password", new_password));
  return (
    <Card title={w.title}>
      <p class="soft">{w.lead}</p>
      <Form form={form} action={w.change}>
        <input type="text" name="username" autocomplete="username" value={me.value?.username ?? ""} readOnly hidden />
        <PasswordField {...form.text("current_password")} label={c.currentPassword} autocomplete="current-password" maxLength={256} />
        <PasswordField {...form.text("new_password")} label={w.newPassword} hint={c.passwordHint} maxLength={256} />
      </Form>
    </Card>
  );
}
