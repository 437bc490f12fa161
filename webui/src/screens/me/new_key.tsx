import { useState } from "preact/hooks";
import { api, dataOf } from "../../api";
import { accounts } from "../../app/session";
import { Banner, Button, CheckField, CopyText, Dialog, Form, SelectField, TextField, useForm } from "../../ui";
import { ownPermissions, permissionName } from "./permissions";
import { words } from "./words";

interface Values {
  name: string;
  account_id: string;
  /** A day, or nothing. */
  expires_at: string;
  permissions: readonly string[];
}

/** The end of the day that was chosen, where the browser is. */
function endOf(day: string): string | null {
  return day === "" ? null : new Date(`${day}T23:59:59`).toISOString();
}

function checked({ name, permissions }: Values): Record<string, string> {
  const w = words().keys;
  return { ...(name.trim() === "" ? { name: w.missing } : {}), ...(permissions.length === 0 ? { permissions: w.noPermission } : {}) };
}

/** The secret is shown once, then the dialog can be left. */
export function NewKey({ onDone }: { onDone: () => void }) {
  const w = words().keys;
  const [secret, setSecret] = useState<string | undefined>(undefined);
  if (secret === undefined) return <Dialog title={w.add} onClose={onDone} wide><KeyForm onSecret={setSecret} onClose={onDone} /></Dialog>;
  return (
    <Dialog title={w.secretTitle}>
      <Banner kind="warn">{w.secretOnce}</Banner>
      <CopyText text={secret} label={w.secret} />
      <div><Button kind="primary" onPress={onDone}>{w.kept}</Button></div>
    </Dialog>
  );
}

function KeyForm({ onSecret, onClose }: { onSecret: (secret: string) => void; onClose: () => void }) {
  const w = words().keys;
  const first: Values = { name: "", account_id: "", expires_at: "", permissions: [] };
  const form = useForm(first, async (values) => {
    const offered = ownPermissions(values.account_id);
    const body = {
      name: values.name.trim(), account_id: values.account_id || null, expires_at: endOf(values.expires_at),
      permissions: values.permissions.filter((one) => offered.includes(one)),
    };
    onSecret(dataOf(await api.POST("/api-keys", { body })).secret);
  }, checked);
  const offered = ownPermissions(form.values.account_id);
  const turn = (permission: string, on: boolean) => {
    form.set({ permissions: on ? [...form.values.permissions, permission] : form.values.permissions.filter((one) => one !== permission) });
  };
  const inAccounts = [{ value: "", label: w.allAccounts }, ...accounts.value.map((one) => ({ value: one.account_id, label: one.name }))];
  return (
    <Form form={form} action={w.make} onCancel={onClose}>
      <TextField {...form.text("name")} label={w.name} hint={w.nameHint} maxLength={64} />
      <div class="form-pair">
        <SelectField {...form.text("account_id")} label={w.account} options={inAccounts} />
        <TextField {...form.text("expires_at")} label={w.end} type="date" required={false} />
      </div>
      <fieldset class="field" name="permissions">
        <legend class="field-label">{w.permissions}</legend>
        <div class="me-permissions">
          {offered.map((one) => (
            <CheckField key={one} name={`permission-${one}`} label={permissionName(one)}
              checked={form.values.permissions.includes(one)} onChecked={(on) => turn(one, on)} />
          ))}
        </div>
        {form.errors.permissions !== undefined && <Banner kind="bad">{form.errors.permissions}</Banner>}
      </fieldset>
    </Form>
  );
}
