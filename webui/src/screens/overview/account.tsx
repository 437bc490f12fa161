/** One account, as whoever runs the box sees it. */
import { useLocation } from "preact-iso";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, api, dataOf, tagOf, type Of } from "../../api";
import { useAsk, wordsOf } from "../../app/ask";
import { to } from "../../app/places";
import { canBox, refresh } from "../../app/session";
import { AreaField, Button, Card, Dialog, Form, Loaded, Page, TextField, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { numberOf } from "./account_new";
import { Status } from "./accounts";
import { ExportAccount } from "./export";
import { words } from "./words";

type Account = Of<"Account">;
type Patch = Of<"AccountPatch">;

async function read(id: string): Promise<{ account: Account; tag: string }> {
  const answer = await api.GET("/accounts/{account_id}", { params: { path: { account_id: id } } });
  return { account: dataOf(answer), tag: tagOf(answer) };
}

async function patch(id: string, tag: string, body: Patch): Promise<{ account: Account; tag: string }> {
  const answer = await api.PATCH("/accounts/{account_id}", { params: { path: { account_id: id }, header: { "If-Match": tag } }, body });
  await refresh();
  return { account: dataOf(answer), tag: tagOf(answer) };
}

export function AccountPage({ id }: { id: string }) {
  const w = words();
  const asked = useAsk(() => read(id), [id]);
  const may = canBox("accounts.write");
  const found = asked.data;
  return (
    <Page title={found?.account.name ?? w.tabs.accounts} back={{ href: to("overview", "accounts"), label: w.tabs.accounts }}
      lead={found && <Status status={found.account.status} />} actions={<Button icon="right" href={to("dashboard", "", id)}>{w.account.open}</Button>}>
      <Loaded asked={asked}>
        {({ account, tag }) => (
          <>
            <Card title={w.account.limits}><Edit account={account} tag={tag} may={may} onSaved={asked.put} /></Card>
            {may && <ExportAccount account={account} />}
            {may && <Ending account={account} onChanged={asked.put} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

interface EditProps {
  account: Account;
  tag: string;
  may: boolean;
  onSaved: (next: { account: Account; tag: string }) => void;
}

function Edit({ account, tag, may, onSaved }: EditProps) {
  const w = words().account;
  const current = useRef(tag);
  useEffect(() => {
    current.current = tag;
  }, [tag]);
  const { name, domain, description } = account;
  const form = useForm(
    { name, domain, description, max_extensions: String(account.max_extensions), max_calls: String(account.max_calls),
      max_storage_mib: String(account.max_storage_mib) },
    async (values) => {
      const numbers = { max_extensions: numberOf(values.max_extensions) ?? 0, max_calls: numberOf(values.max_calls) ?? 0,
        max_storage_mib: numberOf(values.max_storage_mib) ?? 0 };
      try {
        const next = await patch(account.account_id, current.current, { name: values.name, domain: values.domain, description: values.description,
          ...numbers });
        current.current = next.tag;
        onSaved(next);
      } catch (problem) {
        // What was typed stays; whoever has been told so may save it over the other's change.
        if (problem instanceof ApiError && problem.status === 412) current.current = (await read(account.account_id)).tag;
        throw problem;
      }
      toast(common().states.saved);
    },
  );
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
    </Form>
  );
}

function Ending({ account, onChanged }: { account: Account; onChanged: (next: { account: Account; tag: string }) => void }) {
  const w = words();
  const [busy, setBusy] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const set = async (status: Account["status"]) => {
    const { tag } = await read(account.account_id);
    onChanged(await patch(account.account_id, tag, { status }));
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
