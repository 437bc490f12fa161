import { useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, ApiError, dataOf, tagOf, type Of } from "../../api";
import { useAsk, wordsOf } from "../../app/ask";
import { to } from "../../app/places";
import { can, canOwn } from "../../app/session";
import { Banner, Button, Card, Confirm, Form, Loaded, Page, Pairs, TextField, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { CallsCard } from "./calls";
import { DevicesCard } from "./devices";
import { count, MoreFields, type Settings } from "./new";
import { SetupCard } from "./setup";
import { classWord } from "./shared";
import { TestCallCard } from "./test_call";
import { words } from "./words";

export type Extension = Of<"Extension">;

/** What was read, with the tag that a change needs. */
export interface Tagged {
  extension: Extension;
  tag: string;
}

async function read(account: string, id: string): Promise<Tagged> {
  const answer = await api.GET("/accounts/{account_id}/extensions/{extension_id}", { params: { path: { account_id: account, extension_id: id } } });
  return { extension: dataOf(answer), tag: tagOf(answer) };
}

async function change(account: string, id: string, tag: string, body: Of<"ExtensionPatch">): Promise<Tagged> {
  const params = { path: { account_id: account, extension_id: id }, header: { "If-Match": tag } };
  const answer = await api.PATCH("/accounts/{account_id}/extensions/{extension_id}", { params, body });
  return { extension: dataOf(answer), tag: tagOf(answer) };
}

export function OnePage({ account, id }: { account: string; id: string }) {
  const asked = useAsk(() => read(account, id), [account, id]);
  const w = words();
  const back = { href: to("extensions"), label: w.one.back };
  if (asked.data === undefined) return <Page title={w.title} back={back}><Loaded asked={asked}>{() => null}</Loaded></Page>;
  const { extension } = asked.data;
  const write = can("extensions.write");
  return (
    <Page title={`${extension.number} · ${clipped(extension.name)}`} back={back}
      actions={write ? <Actions account={account} now={asked.data} onChanged={asked.put} /> : undefined}>
      {extension.status !== "active" && <Banner kind="warn">{w.one.isSuspended}</Banner>}
      <div class="extensions-pair">
        <div class="stack">
          {write ? <SettingsCard account={account} now={asked.data} onChanged={asked.put} /> : <Facts extension={extension} />}
          <DevicesCard account={account} extension={id} />
          {canOwn("calls.read") && <CallsCard account={account} extension={extension} />}
        </div>
        <div class="stack">
          {write && <SetupCard account={account} extension={extension} />}
          {write && <TestCallCard account={account} extension={id} />}
        </div>
      </div>
    </Page>
  );
}

/** Names are at most 64 characters; whatever comes, the title stays a title. */
function clipped(name: string): string {
  return name.length > 80 ? `${name.slice(0, 79)}…` : name;
}

interface Part {
  account: string;
  now: Tagged;
  onChanged: (next: Tagged) => void;
}

function Actions({ account, now, onChanged }: Part) {
  const [w, c] = [words().one, common()];
  const { route } = useLocation();
  const [asking, setAsking] = useState(false);
  const { extension_id: id, number, status } = now.extension;
  const set = async (next: "active" | "suspended", tag: string): Promise<void> => {
    try {
      const changed = await change(account, id, tag, { status: next });
      onChanged(changed);
      const back = next === "active" ? "suspended" : "active";
      toast(next === "active" ? w.activated(number) : w.suspended(number), () => void set(back, changed.tag));
    } catch (problem) {
      toast(wordsOf(problem));
    }
  };
  const remove = async () => {
    const params = { path: { account_id: account, extension_id: id } };
    await api.DELETE("/accounts/{account_id}/extensions/{extension_id}", { params });
    toast(w.deleted(number));
    route(to("extensions"));
  };
  return (
    <>
      {status === "active" ? <Button onPress={() => void set("suspended", now.tag)}>{w.suspend}</Button> : <Button kind="primary"
        onPress={() => void set("active", now.tag)}>{w.activate}</Button>}
      <Button kind="danger" icon="delete" onPress={() => setAsking(true)}>{c.actions.delete}</Button>
      {asking && <Confirm title={w.deleteTitle(number)} action={w.delete} onConfirm={remove} onClose={() => setAsking(false)}>{w.deleteText}</Confirm>}
    </>
  );
}

function settingsOf(extension: Extension): Settings {
  return {
    name: extension.name, calling_class: extension.calling_class, caller_id: extension.caller_id ?? "",
    max_devices: String(extension.max_devices), ring_seconds: String(extension.ring_seconds), media_encryption: extension.media_encryption,
  };
}

function SettingsCard({ account, now, onChanged }: Part) {
  const [w, c] = [words(), common()];
  const newer = useRef<string | undefined>(undefined);
  const form = useForm(settingsOf(now.extension), async ({ caller_id, max_devices, ring_seconds, ...rest }) => {
    const body = { ...rest, caller_id: caller_id.trim() || null, max_devices: count(max_devices) ?? null, ring_seconds: count(ring_seconds) ?? null };
    const changed = await change(account, now.extension.extension_id, newer.current ?? now.tag, body);
    newer.current = undefined;
    onChanged(changed);
    form.reset(settingsOf(changed.extension));
    toast(c.states.saved);
  });
  const stale = form.problem instanceof ApiError && form.problem.status === 412;
  const takeOver = async () => {
    newer.current = (await read(account, now.extension.extension_id)).tag;
    await form.submit();
  };
  return (
    <Card title={w.one.settings}>
      <Form form={form}>
        <TextField {...form.text("name")} label={w.fields.name} maxLength={64} required />
        <MoreFields form={form} folded={false} />
        {stale && <Banner kind="warn">{w.one.stale} <Button small
          onPress={() => void takeOver().catch((problem: unknown) => toast(wordsOf(problem)))}>{w.one.takeOver}</Button></Banner>}
      </Form>
    </Card>
  );
}

function Facts({ extension }: { extension: Extension }) {
  const [w, c] = [words(), common()];
  return (
    <Card title={w.one.settings}>
      <Pairs pairs={[
        [w.fields.number, extension.number], [w.fields.name, <bdi key="n">{extension.name}</bdi>], [w.fields.callingClass, classWord(extension.calling_class)],
        [w.fields.callerId, extension.caller_id ?? c.states.none], [w.fields.maxDevices, String(extension.max_devices)],
      ]} />
    </Card>
  );
}
