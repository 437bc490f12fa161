import { useEffect, useState } from "preact/hooks";
import { api, tagOf, type Of } from "../../../api";
import { accountId } from "../../../app/session";
import { Dialog, Form, TextField, toast, useForm } from "../../../ui";
import { common } from "../../../words/common";
import { words } from "./words";

export type Entry = Of<"PhoneBookEntry">;

/** Adds a name, or changes one. */
export function EntryDialog({ entry, onDone, onClose }: { entry: Entry | undefined; onDone: () => void; onClose: () => void }) {
  const w = words();
  const account_id = accountId.value ?? "";
  const path = { account_id, entry_id: entry?.entry_id ?? "" };
  const [tag, setTag] = useState("");
  useEffect(() => {
    if (entry) api.GET("/accounts/{account_id}/phone-book/{entry_id}", { params: { path } }).then((answer) => setTag(tagOf(answer)), () => undefined);
  }, []);
  const form = useForm({ name: entry?.name ?? "", number: entry?.number ?? "", note: entry?.note ?? "" }, async ({ name, number, note }) => {
    const body = { name, number, note: note === "" ? null : note };
    if (entry) await api.PUT("/accounts/{account_id}/phone-book/{entry_id}", { params: { path, header: { "If-Match": tag } }, body });
    else await api.POST("/accounts/{account_id}/phone-book", { params: { path: { account_id } }, body });
    toast(common().states.saved);
    onDone();
    onClose();
  });
  return (
    <Dialog title={entry ? w.edit : w.add} onClose={onClose}>
      <Form form={form} onCancel={onClose}>
        <TextField {...form.text("name")} label={w.name} autoFocus />
        <TextField {...form.text("number")} label={w.number} hint={w.numberHint} type="tel" inputMode="tel" />
        <TextField {...form.text("note")} label={w.note} required={false} maxLength={200} />
      </Form>
    </Dialog>
  );
}
