import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, readOf, type Of, type Read } from "../../api";
import { useAsk, wordsOf } from "../../app/ask";
import { to } from "../../app/places";
import { can } from "../../app/session";
import { changeNow, StaleBanner, useKept } from "../../app/stale";
import { Button, Card, Form, Loaded, Page, Tabs, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { Deletion } from "./deletion";
import { AllFields, told } from "./fields";
import { RatesPart } from "./rates";
import type { Trunk } from "./states";
import { StatusCard } from "./status";
import { TestCallCard } from "./test_call";
import { bodyOf, valuesOfTrunk } from "./values";
import { words } from "./words";

const ONE = "/accounts/{account_id}/trunks/{trunk_id}";

function read(account: string, id: string): Promise<Read<Trunk>> {
  return api.GET(ONE, { params: { path: { account_id: account, trunk_id: id } } }).then(readOf);
}

function change(account: string, id: string, tag: string, body: Of<"TrunkPatch">): Promise<Read<Trunk>> {
  return api.PATCH(ONE, { params: { path: { account_id: account, trunk_id: id }, header: { "If-Match": tag } }, body }).then(readOf);
}

export function OnePage({ account, id, part }: { account: string; id: string; part: string | undefined }) {
  const w = words();
  const { path } = useLocation();
  const asked = useAsk(() => read(account, id), [account, id]);
  const back = { href: to("trunks"), label: w.one.back };
  if (asked.data === undefined) return <Page title={w.title} back={back}><Loaded asked={asked}>{() => null}</Loaded></Page>;
  const { data: trunk } = asked.data;
  const write = can("trunks.write");
  const tabs = [
    { href: to("trunks", id), label: w.one.overview }, ...(write ? [{ href: to("trunks", `${id}/settings`), label: w.one.settings }] : []),
    { href: to("trunks", `${id}/rates`), label: w.one.rates },
  ];
  return (
    <Page title={trunk.name.slice(0, 80)} lead={trunk.host} back={back}
      actions={write ? <Actions account={account} now={asked.data} onChanged={asked.put} /> : undefined}>
      <Tabs label={w.one.tabs} tabs={tabs} path={path} />
      {part === "rates" ? <RatesPart account={account} id={id} /> : part === "settings" && write
        ? <SettingsCard account={account} now={asked.data} onChanged={asked.put} />
        : (
          <div class="trunks-pair">
            <StatusCard account={account} trunk={trunk} key={`${trunk.status} ${trunk.updated_at}`} />
            {write && <TestCallCard account={account} id={id} />}
          </div>
        )}
    </Page>
  );
}

interface Part {
  account: string;
  now: Read<Trunk>;
  onChanged: (next: Read<Trunk>) => void;
}

function Actions({ account, now, onChanged }: Part) {
  const [w, c] = [words().one, common()];
  const [asking, setAsking] = useState(false);
  const { trunk_id: id, name, status } = now.data;
  const set = async (next: "active" | "suspended"): Promise<void> => {
    try {
      onChanged(await changeNow(() => read(account, id), ({ tag }) => change(account, id, tag, { status: next })));
      const back = next === "active" ? "suspended" : "active";
      toast(next === "active" ? w.activated(name) : w.suspended(name), () => void set(back));
    } catch (problem) {
      toast(wordsOf(problem));
    }
  };
  return (
    <>
      {status === "active" ? <Button onPress={() => void set("suspended")}>{w.suspend}</Button> : <Button kind="primary"
        onPress={() => void set("active")}>{w.activate}</Button>}
      <Button kind="danger" icon="delete" onPress={() => setAsking(true)}>{c.actions.delete}</Button>
      {asking && <Deletion account={account} trunk={now.data} onClose={() => setAsking(false)} />}
    </>
  );
}

function SettingsCard({ account, now, onChanged }: Part) {
  const id = now.data.trunk_id;
  const kept = useKept(now, () => read(account, id), (trunk) => told(valuesOfTrunk(trunk)));
  const show = (read: Read<Trunk>) => {
    onChanged(read);
    form.reset(valuesOfTrunk(read.data));
  };
  const form = useForm(valuesOfTrunk(now.data), async (values) => {
    const changed = await kept.send(({ tag }) => change(account, id, tag, bodyOf(values)));
    if (changed === undefined) return;
    show(changed);
    toast(common().states.saved);
  });
  return (
    <Card>
      <Form form={form}>
        <AllFields form={form} there={now.data.auth_type === "digest"} />
        <StaleBanner kept={kept} onTheirs={show} onMine={() => void form.submit()} />
      </Form>
    </Card>
  );
}
