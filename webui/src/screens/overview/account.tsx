/** One account, as whoever runs the box sees it. */
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { api, readOf, type Of, type Read } from "../../api";
import { useAsk, wordsOf } from "../../app/ask";
import { to } from "../../app/places";
import { canBox, refresh } from "../../app/session";
import { changeNow, StaleBanner, useKept } from "../../app/stale";
import type { Told } from "../../app/told";
import { AreaField, Button, Card, Dialog, Form, Loaded, Page, TextField, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { numberOf } from "./account_new";
import { Status } from "./accounts";
import { ExportAccount } from "./export";
import { words } from "./words";

type Account = Of<"Account">;
type Patch = Of<"AccountPatch">;

function read(id: string): Promise<Read<Account>> {
  return api.GET("/accounts/{account_id}", { params: { path: { account_id: id } } }).then(readOf);
}

async function patch(id: string, tag: string, body: Patch): Promise<Read<Account>> {
  const answer = await api.PATCH("/accounts/{account_id}", { params: { path: { account_id: id }, header: { "If-Match": tag } }, body });
  await refresh();
  return readOf(answer);
}

export function AccountPage({ id }: { id: string }) {
  const w = words();
  const asked = useAsk(() => read(id), [id]);
  const may = canBox("accounts.write");
  const found = asked.data;
  return (
    <Page title={found?.data.name ?? w.tabs.accounts} back={{ href: to("overview", "accounts"), label: w.tabs.accounts }}
      lead={found && <Status status={found.data.status} />} actions={<Button icon="right" href={to("dashboard", "", id)}>{w.account.open}</Button>}>
      <Loaded asked={asked}>
        {(now) => (
          <>
            <Card title={w.account.limits}><Edit now={now} may={may} onSaved={asked.put} /></Card>
            {may && <ExportAccount account={now.data} />}
            {may && <Ending account={now.data} onChanged={asked.put} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

interface EditProps {
  now: Read<Account>;
  may: boolean;
  onSaved: (next: Read<Account>) => void;
}

function valuesOf({ name, domain, description, max_extensions, max_calls, max_storage_mib }: Account) {
  return { name, domain, description, max_extensions: String(max_extensions), max_calls: String(max_calls), max_storage_mib: String(max_storage_mib) };
}

function told(account: Account): Told {
  const w = words().account;
  return [[w.name, account.name], [w.domain, account.domain], [w.maxExtensions, account.max_extensions], [w.maxCalls, account.max_calls],
    [w.maxStorage, account.max_storage_mib], [w.description, account.description]];
}

function Edit({ now, may, onSaved }: EditProps) {
  const w = words().account;
  const account = now.data;
  const kept = useKept(now, () => read(account.account_id), told);
  const form = useForm(valuesOf(account), async ({ name, domain, description, ...values }) => {
    const body = { name, domain, description, max_extensions: numberOf(values.max_extensions) ?? 0, max_calls: numberOf(values.max_calls) ?? 0,
      max_storage_mib: numberOf(values.max_storage_mib) ?? 0 };
    const saved = await kept.send(({ tag }) => patch(account.account_id, tag, body));
    if (saved === undefined) return;
    onSaved(saved);
    toast(common().states.saved);
  });
  const show = (read: Read<Account>) => {
    onSaved(read);
    form.reset(valuesOf(read.data));
  };
  return (
    <Form form={form}>
      <TextField {...form.text("name")} label={w.name} maxLength={64} disabled={!may} />
      <TextField name="slug" label={w.slug} hint={w.slugHint} value={account.slug} readOnly mono onValue={() => undefined} />
      <TextField {...form.text("domain")} label={w.domain} hint={w.domainHint} mono disabled={!may} />
      <div class="form-pair">
        <TextField {...form.text("max_extensions")} label={w.maxExtensions} type="number" inputMode="numeric" min={0} />
        <TextField {...form.text("max_calls")} label={w.maxCalls} type="number" inputMode="numeric" min={0} />
        <TextField {...form.text("max_storage_mib")} label={w.maxStorage} type="number" inputMode="numeric" min={0} />
      </div>
      <AreaField {...form.text("description")} label={w.description} rows={3} required={false} />
      <StaleBanner kept={kept} onTheirs={show} onMine={() => void form.submit()} />
    </Form>
  );
}

function Ending({ account, onChanged }: { account: Account; onChanged: (next: Read<Account>) => void }) {
  const w = words();
  const [busy, setBusy] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const set = async (status: Account["status"]) => {
    const id = account.account_id;
    onChanged(await changeNow(() => read(id), ({ tag }) => patch(id, tag, { status })));
  };
  const change = () => {
    setBusy(true);
    const next = account.status === "active" ? "suspended" : "active";
    const undo = () => void set(account.status).catch((problem: unknown) => toast(wordsOf(problem)));
    set(next).then(() => toast(next === "active" ? w.account.activated(account.name) : w.account.suspended(account.name), undo), (problem: unknown) =>
      toast(wordsOf(problem))).finally(() => setBusy(false));
  };
  return (
    <Card title={w.account.status}>
      <div class="row">
        <Button busy={busy} onPress={change}>{account.status === "active" ? w.account.suspend : w.account.activate}</Button>
        <Button kind="danger" icon="delete" onPress={() => setDeleting(true)}>{w.remove.action}</Button>
      </div>
      {deleting && <Delete account={account} onClose={() => setDeleting(false)} />}
    </Card>
  );
}

/** Nothing brings it back: its name must be typed. */
function Delete({ account, onClose }: { account: Account; onClose: () => void }) {
  const w = words().remove;
  const { route } = useLocation();
  const form = useForm({ typed: "" }, async () => {
    await api.DELETE("/accounts/{account_id}", { params: { path: { account_id: account.account_id } } });
    toast(w.done(account.name));
    await refresh();
    route(to("overview", "accounts"));
  }, ({ typed }): Record<string, string> => (typed.trim() === account.name ? {} : { typed: w.wrong }));
  return (
    <Dialog title={w.title} onClose={onClose}>
      <p>{w.text}</p>
      <Form form={form} action={w.action} danger onCancel={onClose}>
        <TextField {...form.text("typed")} label={w.type(account.name)} autoFocus />
      </Form>
    </Dialog>
  );
}
