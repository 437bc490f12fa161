/** An account as one encrypted file. */
import { api, type Of } from "../../api";
import { save } from "../../app/save";
import { Card, Form, PasswordField, useForm } from "../../ui";
import { words } from "./words";

export function ExportAccount({ account }: { account: Of<"Account"> }) {
  const w = words().move;
  const form = useForm({ passphrase: "" }, async ({ passphrase }) => {
    const path = { account_id: account.account_id };
    const { data } = await api.POST("/accounts/{account_id}/export", { params: { path }, body: { passphrase }, parseAs: "blob" });
    if (data instanceof Blob) save(data, `${account.slug}.pabx-account`);
    form.reset({ passphrase: "" });
  });
  return (
    <Card title={w.exportTitle}>
      <p class="soft">{w.exportText}</p>
      <Form form={form} action={w.export}>
        <PasswordField {...form.text("passphrase")} label={w.passphrase} hint={w.passphraseHint} />
      </Form>
    </Card>
  );
}
