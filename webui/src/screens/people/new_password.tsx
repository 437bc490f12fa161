import { useState } from "preact/hooks";
import { api, type Of } from "../../api";
import { CheckField, Dialog, Form, useForm } from "../../ui";
import { GivenPassword } from "./given";
import { makePassword } from "./password";
import { pathOf } from "./person";
import { words } from "./words";

/** A new password for somebody who lost the own one; with it, the second factor can be taken off. */
export function NewPassword({ member, onClose }: { member: Of<"Member">; onClose: () => void }) {
  const w = words();
  const { user } = member;
  const [given, setGiven] = useState<string | undefined>(undefined);
  const form = useForm({ remove_second_factor: false }, async (values) => {
    const password = makePassword();
    await api.POST("/accounts/{account_id}/users/{user_id}/password", { params: { path: pathOf(user.user_id) }, body: { password, ...values } });
    setGiven(password);
  });
  if (given !== undefined) return <GivenPassword title={w.password.done} username={user.username} password={given} onClose={onClose} />;
  return (
    <Dialog title={w.password.title(user.full_name || user.username)} onClose={onClose}>
      <p>{w.password.hint}</p>
      <Form form={form} action={w.password.make} onCancel={onClose}>
        {user.has_second_factor && <CheckField {...form.check("remove_second_factor")} label={w.password.removeFactor} hint={w.password.removeFactorHint} />}
      </Form>
    </Dialog>
  );
}
