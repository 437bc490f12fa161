import { useState } from "preact/hooks";
import { api } from "../../api";
import { enter, signIn } from "../../app/session";
import { common } from "../../words/common";
import { language } from "../../words/language";
import { Button, CheckField, Form, PasswordField, TextField, useForm } from "../../ui";
import { tooShort } from "../credentials/reasons";
import { SetUpSecondFactor } from "../credentials/second_factor";
import { credentials } from "../credentials/words";
import { words } from "./words";

/** The first administrator. With the same password one is in at once; the second factor, where it is wanted, comes between. */
export function PasswordStep() {
  const w = words();
  const [made, setMade] = useState<{ password: string } | undefined>(undefined);
  const form = useForm({ username: "admin", password: "", factor: false }, async ({ username, password, factor }) => {
    await api.POST("/setup", { body: { username: username.trim(), password, language: language.value } });
    await signIn(username.trim(), password);
    if (factor) setMade({ password });
    else await enter();
  }, ({ password }) => tooShort("password", password));
  if (made) {
    const later = <Button kind="quiet" onPress={() => void enter()}>{w.password.factorLater}</Button>;
    return <SetUpSecondFactor password={made.password} onDone={() => void enter()} more={later} />;
  }
  return (
    <Form form={form} action={common().actions.next}>
      <TextField {...form.text("username")} label={w.password.username} autocomplete="username" maxLength={64} />
      <PasswordField {...form.text("password")} label={w.password.password} hint={credentials().passwordHint} maxLength={256} autoFocus />
      <CheckField {...form.check("factor")} label={w.password.factor} hint={w.password.factorHint} />
    </Form>
  );
}
