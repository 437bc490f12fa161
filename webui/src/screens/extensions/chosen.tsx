/** What is done to several extensions at once, and what came of it for each. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api, readOf, type Of, type Read } from "../../api";
import { wordsOf } from "../../app/ask";
import { classOptions } from "../../app/calling/classes";
import { toEach, type Outcome } from "../../app/each";
import { changeNow } from "../../app/stale";
import { Button, Dialog, Form, Menu, Spinner, TextField, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { words } from "./words";

type Extension = Of<"Extension">;
type Patch = Of<"ExtensionPatch">;

const ONE = "/accounts/{account_id}/extensions/{extension_id}";

function patch(account_id: string, { extension_id }: Extension, body: Patch): Promise<Read<Extension>> {
  const path = { account_id, extension_id };
  return changeNow(() => api.GET(ONE, { params: { path } }).then(readOf), ({ tag }) =>
    api.PATCH(ONE, { params: { path, header: { "If-Match": tag } }, body }).then(readOf));
}

interface Props {
  account: string;
  /** As they were when they were chosen. */
  rows: ReadonlyMap<string, Extension>;
  onClear: () => void;
  /** These are chosen no longer. */
  onDrop: (ids: ReadonlySet<string>) => void;
  /** Something has changed. */
  onDone: () => void;
}

/** Begins something for each row; how far it is, and what could not be done. */
function useWork({ onDrop, onDone }: Props) {
  const [behind, setBehind] = useState<{ done: number; all: number } | undefined>(undefined);
  const [failed, setFailed] = useState<Outcome<Extension>["failed"]>([]);
  const stop = useRef(false);
  const go = async (all: readonly Extension[], work: (row: Extension) => Promise<unknown>): Promise<Outcome<Extension>> => {
    stop.current = false;
    setBehind({ done: 0, all: all.length });
    const found = await toEach(all, work, { told: (done) => setBehind({ done, all: all.length }), stopped: () => stop.current });
    setBehind(undefined);
    setFailed(found.failed);
    // What was not done stays chosen, for another try.
    onDrop(new Set(found.done.map((one) => one.extension_id)));
    onDone();
    return found;
  };
  return { behind, failed, go, forget: () => setFailed([]), stop: () => { stop.current = true; } };
}

export function ChosenBar(props: Props) {
  const { account, rows, onClear } = props;
  const [w, c] = [words().chosen, common()];
  const work = useWork(props);
  const [deleting, setDeleting] = useState(false);
  const all = [...rows.values()];
  const change = async (body: Patch, before: (row: Extension) => Patch, said: (count: number) => string): Promise<void> => {
    const { done } = await work.go(all, (row) => patch(account, row, body));
    if (done.length > 0) toast(said(done.length), () => void work.go(done, (row) => patch(account, row, before(row))));
  };
  const set = (status: Extension["status"]) => void change({ status }, (row) => ({ status: row.status }), status === "active" ? w.activated : w.suspended);
  const reach = (calling_class: string) => void change({ calling_class }, (row) => ({ calling_class: row.calling_class }), w.changed);
  useEscape(rows.size > 0 && !deleting && work.failed.length === 0, onClear);
  if (rows.size === 0 && work.behind === undefined && work.failed.length === 0) return null;
  return (
    <>
      {(rows.size > 0 || work.behind !== undefined) && (
        <section class="extensions-chosen" aria-label={w.title}>
          {work.behind ? (
            <>
              <Spinner label={w.working(work.behind.done, work.behind.all)} />
              <Button small kind="quiet" onPress={work.stop}>{w.stop}</Button>
            </>
          ) : (
            <>
              <strong role="status">{w.count(rows.size)}</strong>
              <Button small kind="quiet" icon="close" onPress={onClear}>{w.clear}</Button>
              <Button small onPress={() => set("active")}>{words().one.activate}</Button>
              <Button small onPress={() => set("suspended")}>{words().one.suspend}</Button>
              <Menu label={words().fields.callingClass} button={<span class="extensions-reach">{words().fields.callingClass}…</span>}
                items={classOptions().map((one) => ({ label: one.label, onPress: () => reach(one.value) }))} />
              <Button small kind="danger" icon="delete" onPress={() => setDeleting(true)}>{c.actions.delete}</Button>
            </>
          )}
        </section>
      )}
      {deleting && <Deleting {...props} all={all} go={work.go} onClose={() => setDeleting(false)} />}
      {work.failed.length > 0 && <Failed failed={work.failed} onClose={work.forget} />}
    </>
  );
}

function useEscape(on: boolean, clear: () => void): void {
  useEffect(() => {
    if (!on) return;
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape" && document.querySelector("dialog[open], .menu-list") === null) clear();
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, [on]);
}

interface DeletingProps extends Props {
  all: readonly Extension[];
  go: (all: readonly Extension[], work: (row: Extension) => Promise<unknown>) => Promise<Outcome<Extension>>;
  onClose: () => void;
}

/** Nothing brings them back: how many they are must be typed. */
function Deleting({ account: account_id, all, go, onClose }: DeletingProps) {
  const w = words().chosen;
  const form = useForm({ typed: "" }, async () => {
    onClose();
    const { done } = await go(all, ({ extension_id }) => api.DELETE(ONE, { params: { path: { account_id, extension_id } } }));
    if (done.length > 0) toast(w.deleted(done.length));
  }, ({ typed }): Record<string, string> => (typed.trim() === String(all.length) ? {} : { typed: w.wrong }));
  return (
    <Dialog title={w.deleteTitle(all.length)} onClose={onClose}>
      <p>{words().one.deleteText}</p>
      <Rows>{all.map((one) => <li key={one.extension_id}><Name of={one} /></li>)}</Rows>
      <Form form={form} action={common().actions.delete} danger onCancel={onClose}>
        <TextField {...form.text("typed")} label={w.type(all.length)} inputMode="numeric" autoFocus />
      </Form>
    </Dialog>
  );
}

function Failed({ failed, onClose }: { failed: Outcome<Extension>["failed"]; onClose: () => void }) {
  const w = words().chosen;
  return (
    <Dialog title={w.failed(failed.length)} onClose={onClose}>
      <p>{w.failedText}</p>
      <Rows>{failed.map(({ row, problem }) => <li key={row.extension_id}><Name of={row} />: {wordsOf(problem)}</li>)}</Rows>
      <div class="form-actions"><Button kind="primary" onPress={onClose}>{common().actions.close}</Button></div>
    </Dialog>
  );
}

function Rows({ children }: { children: ComponentChildren }) {
  return <ul class="extensions-rows" tabIndex={0}>{children}</ul>;
}

function Name({ of }: { of: Extension }) {
  return <><strong class="number">{of.number}</strong> <bdi>{of.name}</bdi></>;
}
