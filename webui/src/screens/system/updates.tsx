import "./system.css";
import { useState } from "preact/hooks";
import { api, type Of } from "../../api";
import { useAsk, type Asked } from "../../app/ask";
import { canBox } from "../../app/session";
import { Badge, Banner, Card, CheckField, Form, Loaded, PlainTable, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { OnAppliance } from "./appliance";
import { readUpdate, type Slot, type UpdateState } from "./box";
import { Restart } from "./restart";
import { Meter, SendFile } from "./send_file";
import { words } from "./words";

export function Updates() {
  return <OnAppliance><OnSlots /></OnAppliance>;
}

function OnSlots() {
  const asked = useAsk(readUpdate, [], 3);
  return <Loaded asked={asked}>{(found) => <Parts found={found} asked={asked} />}</Loaded>;
}

function Parts({ found, asked }: { found: UpdateState; asked: Asked<UpdateState> }) {
  const w = words();
  const [bundle, setBundle] = useState<Of<"Bundle"> | undefined>(undefined);
  const idle = found.activity.operation === "idle";
  const waits = idle && found.primary !== null && found.slots.some((one) => !one.booted && (one.name === found.primary || one.bootname === found.primary));
  return (
    <>
      {found.activity.last_error !== "" && <Banner kind="bad">{w.update.failed} <span lang="en" dir="auto">{found.activity.last_error}</span></Banner>}
      {!idle && <Installing found={found} />}
      {waits && <Banner kind="good"><div class="stack-small">{w.update.ready}{canBox("system.write") && <Restart />}</div></Banner>}
      {found.slots.length > 0 && <Slots slots={found.slots} primary={found.primary} />}
      {idle && (
        <Card title={w.update.install}>
          <SendFile path="/system/update/bundle" label={w.update.file} accept=".raucb" read={(text) => JSON.parse(text) as Of<"Bundle">} onDone={setBundle} />
          {bundle && <Install bundle={bundle} onBegun={() => { setBundle(undefined); asked.reload(); }} />}
        </Card>
      )}
    </>
  );
}

function Installing({ found }: { found: UpdateState }) {
  const w = words();
  const { percent, text } = found.activity.progress;
  return (
    <Card title={w.update.installing}>
      <Meter share={percent / 100} label={w.update.installing} />
      <p class="soft small">{percent} % <span lang="en" dir="auto">{text}</span></p>
    </Card>
  );
}

function Install({ bundle, onBegun }: { bundle: Of<"Bundle">; onBegun: () => void }) {
  const w = words();
  const form = useForm({ force: false }, async (body) => {
    await api.POST("/system/update", { body });
    toast(w.update.begun);
    onBegun();
  });
  return (
    <>
      <Banner kind="good">{w.update.checked(bundle.version, bundle.compatible)}</Banner>
      <Form form={form} action={w.update.installAction}>
        <CheckField {...form.check("force")} label={w.update.force} hint={w.update.forceHint} />
      </Form>
    </>
  );
}

function Slots({ slots, primary }: { slots: readonly Slot[]; primary: string | null }) {
  const [w, c] = [words(), common()];
  return (
    <Card title={w.update.slots}>
      <PlainTable label={w.update.slots} head={[w.update.slot, w.state.version, w.update.state]}
        rows={slots.map((one) => ({
          key: one.name,
          cells: [
            one.bootname ?? one.name, <span class="system-solid">{one.version ?? c.states.none}</span>,
            <span class="row">
              {one.booted && <Badge tone="info">{w.update.running}</Badge>}
              {!one.booted && (one.name === primary || one.bootname === primary) && <Badge tone="info">{w.update.next}</Badge>}
              {one.good ? <Badge tone="good">{w.update.good}</Badge> : <Badge tone="warn">{w.update.notGood}</Badge>}
            </span>,
          ],
        }))} />
    </Card>
  );
}
