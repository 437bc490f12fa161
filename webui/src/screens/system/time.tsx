import { api } from "../../api";
import { useAsk, wordsOf, type Asked } from "../../app/ask";
import { canBox } from "../../app/session";
import { zoneIsNow } from "../../app/zone";
import { AreaField, Badge, Button, Card, CheckField, Form, Loaded, Pairs, TextField, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { dateTime } from "../../words/format";
import { OnAppliance } from "./appliance";
import { linesOf, readTime, useInfo, type TimeState } from "./box";
import { words } from "./words";

const ZONES = Intl.supportedValuesOf("timeZone");

export function Time() {
  return <OnAppliance><OnBox /></OnAppliance>;
}

function OnBox() {
  const asked = useAsk(readTime, [], 15);
  return (
    <Loaded asked={asked}>
      {(found) => (
        <>
          <Now found={found} />
          {canBox("system.write") && <TimeForm key={JSON.stringify([found.timezone, found.ntp, found.servers])} found={found} asked={asked} />}
        </>
      )}
    </Loaded>
  );
}

function Now({ found }: { found: TimeState }) {
  const [w, c] = [words(), common()];
  const info = useInfo(15);
  return (
    <Card title={w.time.now}>
      <Pairs pairs={[
        [w.state.time, info.data ? dateTime(info.data.now) : c.states.loading],
        [w.time.zone, found.timezone],
        [w.time.synchronised, found.synchronised ? <Badge tone="good">{c.states.yes}</Badge> : <Badge tone="warn">{c.states.no}</Badge>],
      ]} />
    </Card>
  );
}

function TimeForm({ found, asked }: { found: TimeState; asked: Asked<TimeState> }) {
  const [w, c] = [words(), common()];
  const form = useForm({ timezone: found.timezone, ntp: found.ntp, servers: found.servers.join("\n") }, async (values) => {
    await api.PATCH("/system/time", { body: { timezone: values.timezone, ntp: values.ntp, servers: linesOf(values.servers) } });
    zoneIsNow("box", values.timezone);
    toast(c.states.saved);
    asked.reload();
  });
  const setClock = () => {
    api.PATCH("/system/time", { body: { utc_ms: Date.now() } }).then(() => {
      toast(c.states.saved);
      asked.reload();
    }, (problem: unknown) => toast(wordsOf(problem)));
  };
  return (
    <Card title={w.time.set}>
      <Form form={form} more={!found.ntp && <Button kind="quiet" icon="hours" onPress={setClock}>{w.time.fromBrowser}</Button>}>
        <TextField {...form.text("timezone")} label={w.time.zone} list={ZONES} />
        <CheckField {...form.check("ntp")} label={w.time.ntp} />
        {form.values.ntp && <AreaField {...form.text("servers")} rows={3} mono label={w.time.servers} hint={w.time.serversHint} />}
      </Form>
    </Card>
  );
}
