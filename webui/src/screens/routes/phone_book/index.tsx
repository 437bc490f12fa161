/** Names for the numbers of callers. */
import { useState } from "preact/hooks";
import { api, dataOf } from "../../../api";
import { wordsOf } from "../../../app/ask";
import { accountId, can } from "../../../app/session";
import { Button, DataList, Empty, Menu, toast, type Column } from "../../../ui";
import { common } from "../../../words/common";
import { phone } from "../../../words/format";
import { EntryDialog, type Entry } from "./entry";
import { saveBook } from "./export";
import { ImportDialog } from "./import";
import { words } from "./words";

type Open = { kind: "entry"; entry: Entry | undefined } | { kind: "import" } | undefined;

export function PhoneBook() {
  const w = words();
  const [turn, setTurn] = useState(0);
  const [open, setOpen] = useState<Open>(undefined);
  const account = accountId.value ?? "";
  const changed = () => setTurn((count) => count + 1);
  const close = () => setOpen(undefined);
  const edit = (entry: Entry | undefined) => setOpen({ kind: "entry", entry });
  const write = can("routes.write");
  const buttons = (
    <>
      {write && <Button kind="primary" icon="add" onPress={() => edit(undefined)}>{w.add}</Button>}
      {write && <Button icon="upload" onPress={() => setOpen({ kind: "import" })}>{w.import}</Button>}
    </>
  );
  return (
    <div class="stack">
      <p class="soft">{w.lead}</p>
      <DataList<Entry>
        label={w.title} columns={columns(write, edit, changed)} rowKey={(one) => one.entry_id} keys={[account, turn]} sort={{ by: "name", order: "asc" }}
        fetchPage={async ({ sort, ...query }) => dataOf(await api.GET("/accounts/{account_id}/phone-book", {
          params: { path: { account_id: account }, query: { ...query, sort: sort === "number" ? "number" : "name" } },
        }))}
        actions={<>{buttons}<Button icon="download" onPress={() => void saveBook(account).catch((error: unknown) => toast(wordsOf(error)))}>{common().actions.export}</Button></>}
        empty={<Empty icon="people" title={w.empty} action={<div class="row">{buttons}</div>}>{w.emptyHint}</Empty>}
      />
      {open?.kind === "entry" && <EntryDialog entry={open.entry} onDone={changed} onClose={close} />}
      {open?.kind === "import" && <ImportDialog onDone={changed} onClose={close} />}
    </div>
  );
}

function columns(write: boolean, edit: (entry: Entry) => void, changed: () => void): Column<Entry>[] {
  const [w, c] = [words(), common()];
  const menu = (one: Entry) => (
    <Menu label={c.menu.of(one.name)} items={[
      { label: c.actions.edit, icon: "edit", onPress: () => edit(one) },
      { label: c.actions.delete, icon: "delete", onPress: () => void remove(one, changed).catch((error: unknown) => toast(wordsOf(error))) },
    ]} />
  );
  return [
    { key: "name", title: w.name, sort: "name", phone: "title", cell: (one) => <span dir="auto">{one.name}</span> },
    { key: "number", title: w.number, sort: "number", width: "220px", phone: "detail", cell: (one) => <span class="number">{phone(one.number)}</span> },
    { key: "note", title: w.note, cell: (one) => <span dir="auto">{one.note ?? ""}</span> },
    ...(write ? [{ key: "menu", title: "", width: "64px", phone: "aside" as const, cell: menu }] : []),
  ];
}

/** Deletes it as it is; undone, it is made again. */
async function remove({ entry_id, name, number, note }: Entry, changed: () => void): Promise<void> {
  const account_id = accountId.value ?? "";
  await api.DELETE("/accounts/{account_id}/phone-book/{entry_id}", { params: { path: { account_id, entry_id } } });
  changed();
  toast(words().deleted(name), () => {
    api.POST("/accounts/{account_id}/phone-book", { params: { path: { account_id } }, body: { name, number, note: note ?? null } })
      .then(changed, (error: unknown) => toast(wordsOf(error)));
  });
}
