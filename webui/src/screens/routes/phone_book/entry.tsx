import { api, readOf, type Of, type Read } from "../../../api";
import { useAsk } from "../../../app/ask";
import { accountId } from "../../../app/session";
import { StaleBanner, useKept } from "../../../app/stale";
import type { Told } from "../../../app/told";
import { Dialog, Form, Loaded, TextField, toast, useForm } from "../../../ui";
import { common } from "../../../words/common";
import { words } from "./words";

export type Entry = Of<"PhoneBookEntry">;

const ONE = "/accounts/{account_id}/phone-book/{entry_id}";
const at = (entry_id: string) => ({ account_id: accountId.value ?? "", entry_id });

interface Props {
  entry: Entry | undefined;
  onDone: () => void;
  onClose: () => void;
}

function read(id: string): Promise<Read<Entry>> {
  return api.GET(ONE, { params: { path: at(id) } }).then(readOf);
}

/** Adds a name, or changes one. */
export function EntryDialog(props: Props) {
  const { entry } = props;
  const w = words();
  const asked = useAsk<Read<Entry | undefined>>(async () => (entry ? read(entry.entry_id) : { data: undefined, tag: "" }), [entry?.entry_id]);
  return (
    <Dialog title={entry ? w.edit : w.add} onClose={props.onClose}>
      <Loaded asked={asked}>{(found) => <EntryForm {...props} found={found} />}</Loaded>
    </Dialog>
  );
}

function valuesOf(entry: Entry | undefined) {
  return { name: entry?.name ?? "", number: entry?.number ?? "", note: entry?.note ?? "" };
}

function told(entry: Entry | undefined): Told {
  const w = words();
  const { name, number, note } = valuesOf(entry);
  return [[w.name, name], [w.number, number], [w.note, note]];
}

function EntryForm({ entry, found, onDone, onClose }: Props & { found: Read<Entry | undefined> }) {
  const w = words();
  const kept = useKept(found, () => read(entry?.entry_id ?? ""), told);
  const form = useForm(valuesOf(found.data), async ({ name, number, note }) => {
    const body = { name, number, note: note === "" ? null : note };
    const put = (tag: string) => api.PUT(ONE, { params: { path: at(entry?.entry_id ?? ""), header: { "If-Match": tag } }, body }).then(readOf);
    if (entry === undefined) await api.POST("/accounts/{account_id}/phone-book", { params: { path: { account_id: accountId.value ?? "" } }, body });
    else if (!(await kept.send(({ tag }) => put(tag)))) return;
    toast(common().states.saved);
    onDone();
    onClose();
  });
  return (
    <Form form={form} onCancel={onClose}>
      <TextField {...form.text("name")} label={w.name} autoFocus />
      <TextField {...form.text("number")} label={w.number} hint={w.numberHint} type="tel" inputMode="tel" />
      <TextField {...form.text("note")} label={w.note} required={false} maxLength={200} />
      <StaleBanner kept={kept} onTheirs={({ data }) => form.reset(valuesOf(data))} onMine={() => void form.submit()} />
    </Form>
  );
}
