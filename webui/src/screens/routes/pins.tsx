/** PINs: who has one calls farther from any extension than it may. */
import { useState } from "preact/hooks";
import { api, dataOf, readOf, type Of, type Read } from "../../api";
import { useAsk, wordsOf } from "../../app/ask";
import { classOptions, classWord } from "../../app/calling/classes";
import { callingWords } from "../../app/calling/words";
import { accountId, can } from "../../app/session";
import { changeNow, StaleBanner, useKept } from "../../app/stale";
import type { Told } from "../../app/told";
import { Badge, Button, Confirm, CopyText, DataList, Dialog, Empty, Form, Loaded, Menu, SelectField, TextField, toast, useForm, type Column } from "../../ui";
import { common } from "../../words/common";
import { date } from "../../words/format";
import { words } from "./words";

type Pin = Of<"PinShown">;
type Made = Of<"PinMade">;
const ALL = "/accounts/{account_id}/call-pins";
const ONE = "/accounts/{account_id}/call-pins/{pin_id}";

const own = () => accountId.value ?? "";
const at = (pin_id: string) => ({ account_id: own(), pin_id });

type Opened = { kind: "form"; pin: Pin | undefined } | { kind: "made"; pin: Made } | { kind: "delete"; pin: Pin } | undefined;

function read(pin_id: string): Promise<Read<Pin>> {
  return api.GET(ONE, { params: { path: at(pin_id) } }).then(readOf);
}

/** Changes of it only what is given. */
function put({ data: { pin_id, name, calling_class, status }, tag }: Read<Pin>, what: Partial<Of<"PinBody">>): Promise<Read<Pin>> {
  const body = { name, calling_class, status, ...what };
  return api.PUT(ONE, { params: { path: at(pin_id), header: { "If-Match": tag } }, body }).then(readOf);
}

export function PinsTab() {
  const [opened, open] = useState<Opened>(undefined);
  const [turn, setTurn] = useState(0);
  const w = words().pins;
  const again = () => setTurn((before) => before + 1);
  const write = can("routes.write");
  const add = write ? <Button icon="add" kind="primary" onPress={() => open({ kind: "form", pin: undefined })}>{w.make}</Button> : undefined;
  return (
    <div class="stack">
      <p class="soft small routes-text">{w.lead}</p>
      <DataList<Pin> label={words().tabs.pins} columns={columns(write, open, again)} rowKey={(one) => one.pin_id} keys={[accountId.value, turn]}
        sort={{ by: "name", order: "asc" }} actions={add}
        fetchPage={(query) => api.GET(ALL, { params: { path: { account_id: own() }, query: { ...query, sort: "name" } } }).then(dataOf)}
        empty={<Empty icon="key" title={w.none} action={add}>{w.noneHint}</Empty>} />
      {opened?.kind === "form" && <PinDialog pin={opened.pin} onClose={() => open(undefined)} onMade={(pin) => { open({ kind: "made", pin }); again(); }}
        onSaved={() => { open(undefined); again(); }} />}
      {opened?.kind === "made" && <MadePin pin={opened.pin} onClose={() => open(undefined)} />}
      {opened?.kind === "delete" && (
        <Confirm title={w.deleteTitle(opened.pin.name)} action={common().actions.delete} onClose={() => open(undefined)}
          onConfirm={async () => { await api.DELETE(ONE, { params: { path: at(opened.pin.pin_id) } }); toast(common().states.deleted); again(); }}>
          <p>{w.deleteText}</p>
        </Confirm>
      )}
    </div>
  );
}

function columns(write: boolean, open: (what: Opened) => void, again: () => void): Column<Pin>[] {
  const [w, c] = [words().pins, common()];
  const set = (pin: Pin, status: Pin["status"]) => changeNow(() => read(pin.pin_id), (now) => put(now, { status })).finally(again);
  const toggle = (pin: Pin) => {
    const next = pin.status === "active" ? "suspended" : "active";
    const say = (problem: unknown) => toast(wordsOf(problem));
    set(pin, next).then(() => toast(next === "active" ? words().activated(pin.name) : words().suspended(pin.name),
      () => void set(pin, pin.status).catch(say)), say);
  };
  const all: Column<Pin>[] = [
    { key: "name", title: w.whose, phone: "title", cell: (one) => <span dir="auto" title={one.name}>{one.name}</span> },
    { key: "class", title: w.reaches, phone: "detail", cell: (one) => classWord(one.calling_class) },
    { key: "status", title: w.status, width: "140px", cell: (one) => <StatusWord status={one.status} /> },
    { key: "made", title: w.made, width: "140px", cell: (one) => date(one.created_at) },
  ];
  if (!write) return all;
  return [...all, {
    key: "menu", title: "", width: "64px", phone: "aside",
    cell: (one) => (
      <Menu label={c.menu.of(one.name)} items={[
        { label: c.actions.edit, icon: "edit", onPress: () => open({ kind: "form", pin: one }) },
        { label: one.status === "active" ? words().suspend : words().activate, icon: one.status === "active" ? "hangup" : "check", onPress: () => toggle(one) },
        { label: c.actions.delete, icon: "delete", onPress: () => open({ kind: "delete", pin: one }) },
      ]} />
    ),
  }];
}

function StatusWord({ status }: { status: Pin["status"] }) {
  const { states } = common();
  return status === "active" ? <>{states.active}</> : <Badge tone="warn">{states.suspended}</Badge>;
}

interface PinProps {
  pin: Pin | undefined;
  onClose: () => void;
  onMade: (made: Made) => void;
  onSaved: () => void;
}

const NEW = { name: "", calling_class: "long_distance" };

function PinDialog(props: PinProps) {
  const { pin } = props;
  const w = words().pins;
  const asked = useAsk(async () => (pin === undefined ? { data: undefined, tag: "" } : read(pin.pin_id)), [pin?.pin_id]);
  return (
    <Dialog title={pin === undefined ? w.make : w.edit} onClose={props.onClose}>
      <Loaded asked={asked}>{(found) => <PinForm {...props} found={found} />}</Loaded>
    </Dialog>
  );
}

function valuesOf({ name, calling_class }: Pick<Pin, "name" | "calling_class">) {
  return { name, calling_class, pin: "" };
}

function told(pin: Pin | undefined): Told {
  const w = words().pins;
  return pin === undefined ? [] : [[w.whose, pin.name], [w.reaches, classWord(pin.calling_class)]];
}

function PinForm({ pin, found, onClose, onMade, onSaved }: PinProps & { found: Read<Pin | undefined> }) {
  const w = words().pins;
  const kept = useKept<Pin | undefined>(found, () => read(pin?.pin_id ?? ""), told);
  const form = useForm(valuesOf(found.data ?? NEW), async (values) => {
    const body = { name: values.name.trim(), calling_class: values.calling_class, pin: values.pin.trim() || null };
    if (pin === undefined) return onMade(await api.POST(ALL, { params: { path: { account_id: own() } }, body: { ...body, status: "active" } }).then(dataOf));
    if (!(await kept.send(({ data, tag }) => put({ data: data ?? pin, tag }, body)))) return;
    toast(common().states.saved);
    onSaved();
  }, (values): Record<string, string> => ({
    ...(values.name.trim() === "" ? { name: callingWords().nameNeeded } : {}), ...(/^(\d{4,8})?$/.test(values.pin.trim()) ? {} : { pin: w.wrong }),
  }));
  return (
    <Form form={form} onCancel={onClose} action={pin === undefined ? w.make : common().actions.save}>
      <TextField {...form.text("name")} label={w.whose} hint={w.whoseHint} maxLength={64} autoFocus />
      <SelectField {...form.text("calling_class")} label={w.reaches} options={classOptions()}
        hint={classOptions().find((one) => one.value === form.values.calling_class)?.hint} />
      <TextField {...form.text("pin")} label={pin === undefined ? w.digits : w.newDigits} inputMode="numeric" maxLength={8} required={false}
        hint={pin === undefined ? w.digitsHint : w.newDigitsHint} />
      <StaleBanner kept={kept} onTheirs={({ data }) => form.reset(valuesOf(data ?? NEW))} onMine={() => void form.submit()} />
    </Form>
  );
}

/** The digits, once. */
function MadePin({ pin, onClose }: { pin: Made; onClose: () => void }) {
  const w = words().pins;
  return (
    <Dialog title={w.madeTitle(pin.name)} onClose={onClose}>
      <p>{w.once}</p>
      <div class="routes-pin"><CopyText text={pin.pin} label={w.digits} /></div>
      <p class="soft">{w.how} <code>*59{pin.pin}*011987654321</code></p>
      <div class="form-actions"><Button kind="primary" onPress={onClose}>{w.noted}</Button></div>
    </Dialog>
  );
}
