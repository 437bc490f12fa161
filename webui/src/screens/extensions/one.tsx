import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, readOf, type Of, type Read } from "../../api";
import { useAsk, wordsOf } from "../../app/ask";
import { classWord } from "../../app/calling/classes";
import { to } from "../../app/places";
import { can, canOwn } from "../../app/session";
import { changeNow, StaleBanner, useKept } from "../../app/stale";
import { toldOf, type Told } from "../../app/told";
import { Banner, Button, Card, Confirm, Form, Loaded, Page, Pairs, TextField, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { CallsCard } from "./calls";
import { DevicesCard } from "./devices";
import { encryptionWord } from "./encryption";
import { count, MoreFields, type Settings } from "./new";
import { SetupCard } from "./setup";
import { TestCallCard } from "./test_call";
import { words } from "./words";

export type Extension = Of<"Extension">;
const ONE = "/accounts/{account_id}/extensions/{extension_id}";

function read(account: string, id: string): Promise<Read<Extension>> {
  return api.GET(ONE, { params: { path: { account_id: account, extension_id: id } } }).then(readOf);
}

function change(account: string, id: string, tag: string, body: Of<"ExtensionPatch">): Promise<Read<Extension>> {
  const params = { path: { account_id: account, extension_id: id }, header: { "If-Match": tag } };
  return api.PATCH(ONE, { params, body }).then(readOf);
}

export function OnePage({ account, id }: { account: string; id: string }) {
  const asked = useAsk(() => read(account, id), [account, id]);
  const w = words();
  const back = { href: to("extensions"), label: w.one.back };
  if (asked.data === undefined) return <Page title={w.title} back={back}><Loaded asked={asked}>{() => null}</Loaded></Page>;
  const { data: extension } = asked.data;
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
  now: Read<Extension>;
  onChanged: (next: Read<Extension>) => void;
}

function Actions({ account, now, onChanged }: Part) {
  const [w, c] = [words().one, common()];
  const { route } = useLocation();
  const [asking, setAsking] = useState(false);
  const { extension_id: id, number, status } = now.data;
  const set = async (next: "active" | "suspended"): Promise<void> => {
    try {
      onChanged(await changeNow(() => read(account, id), ({ tag }) => change(account, id, tag, { status: next })));
      const back = next === "active" ? "suspended" : "active";
      toast(next === "active" ? w.activated(number) : w.suspended(number), () => void set(back));
    } catch (problem) {
      toast(wordsOf(problem));
    }
  };
  const remove = async () => {
    await api.DELETE(ONE, { params: { path: { account_id: account, extension_id: id } } });
    toast(w.deleted(number));
    route(to("extensions"));
  };
  return (
    <>
      {status === "active" ? <Button onPress={() => void set("suspended")}>{w.suspend}</Button> : <Button kind="primary"
        onPress={() => void set("active")}>{w.activate}</Button>}
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

/** The settings by their names on the screen. */
function told(extension: Extension): Told {
  const f = words().fields;
  const values = settingsOf(extension);
  return toldOf<Settings>({
    name: [f.name, values.name], calling_class: [f.callingClass, classWord(values.calling_class)], caller_id: [f.callerId, values.caller_id],
    max_devices: [f.maxDevices, values.max_devices], ring_seconds: [f.ringSeconds, values.ring_seconds],
    media_encryption: [f.encryption, encryptionWord(values.media_encryption)],
  });
}

function SettingsCard({ account, now, onChanged }: Part) {
  const [w, c] = [words(), common()];
  const id = now.data.extension_id;
  const kept = useKept(now, () => read(account, id), told);
  const show = (read: Read<Extension>) => {
    onChanged(read);
    form.reset(settingsOf(read.data));
  };
  const form = useForm(settingsOf(now.data), async ({ caller_id, max_devices, ring_seconds, ...rest }) => {
    const body = { ...rest, caller_id: caller_id.trim() || null, max_devices: count(max_devices) ?? null, ring_seconds: count(ring_seconds) ?? null };
    const changed = await kept.send(({ tag }) => change(account, id, tag, body));
    if (changed === undefined) return;
    show(changed);
    toast(c.states.saved);
  });
  return (
    <Card title={w.one.settings}>
      <Form form={form}>
        <TextField {...form.text("name")} label={w.fields.name} maxLength={64} required />
        <MoreFields form={form} folded={false} />
        <StaleBanner kept={kept} onTheirs={show} onMine={() => void form.submit()} />
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
