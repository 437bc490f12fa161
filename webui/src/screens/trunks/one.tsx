import { useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, ApiError, dataOf, tagOf, type Of } from "../../api";
import { useAsk, wordsOf } from "../../app/ask";
import { to } from "../../app/places";
import { can } from "../../app/session";
import { Banner, Button, Card, Form, Loaded, Page, Tabs, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { Deletion } from "./deletion";
import { AllFields } from "./fields";
import { RatesPart } from "./rates";
import type { Trunk } from "./states";
import { StatusCard } from "./status";
import { TestCallCard } from "./test_call";
import { bodyOf, valuesOfTrunk } from "./values";
import { words } from "./words";

/** What was read, with the tag that a change needs. */
interface Tagged {
  trunk: Trunk;
  tag: string;
}

async function read(account: string, id: string): Promise<Tagged> {
  const answer = await api.GET("/accounts/{account_id}/trunks/{trunk_id}", { params: { path: { account_id: account, trunk_id: id } } });
  return { trunk: dataOf(answer), tag: tagOf(answer) };
}

async function change(account: string, id: string, tag: string, body: Of<"TrunkPatch">): Promise<Tagged> {
  const params = { path: { account_id: account, trunk_id: id }, header: { "If-Match": tag } };
  const answer = await api.PATCH("/accounts/{account_id}/trunks/{trunk_id}", { params, body });
  return { trunk: dataOf(answer), tag: tagOf(answer) };
}

export function OnePage({ account, id, part }: { account: string; id: string; part: string | undefined }) {
  const w = words();
  const { path } = useLocation();
  const asked = useAsk(() => read(account, id), [account, id]);
  const back = { href: to("trunks"), label: w.one.back };
  if (asked.data === undefined) return <Page title={w.title} back={back}><Loaded asked={asked}>{() => null}</Loaded></Page>;
  const { trunk } = asked.data;
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
  now: Tagged;
  onChanged: (next: Tagged) => void;
}

function Actions({ account, now, onChanged }: Part) {
  const [w, c] = [words().one, common()];
  const [asking, setAsking] = useState(false);
  const { trunk_id: id, name, status } = now.trunk;
  const set = async (next: "active" | "suspended", tag: string): Promise<void> => {
    try {
      const changed = await change(account, id, tag, { status: next });
      onChanged(changed);
      const back = next === "active" ? "suspended" : "active";
      toast(next === "active" ? w.activated(name) : w.suspended(name), () => void set(back, changed.tag));
    } catch (problem) {
      toast(wordsOf(problem));
    }
  };
  return (
    <>
      {status === "active" ? <Button onPress={() => void set("suspended", now.tag)}>{w.suspend}</Button> : <Button kind="primary"
        onPress={() => void set("active", now.tag)}>{w.activate}</Button>}
      <Button kind="danger" icon="delete" onPress={() => setAsking(true)}>{c.actions.delete}</Button>
      {asking && <Deletion account={account} trunk={now.trunk} onClose={() => setAsking(false)} />}
    </>
  );
}

function SettingsCard({ account, now, onChanged }: Part) {
  const [w, c] = [words().one, common()];
  const newer = useRef<string | undefined>(undefined);
  const id = now.trunk.trunk_id;
  const form = useForm(valuesOfTrunk(now.trunk), async (values) => {
    const changed = await change(account, id, newer.current ?? now.tag, bodyOf(values));
    newer.current = undefined;
    onChanged(changed);
    form.reset(valuesOfTrunk(changed.trunk));
    toast(c.states.saved);
  });
  const stale = form.problem instanceof ApiError && form.problem.status === 412;
  const takeOver = async () => {
    newer.current = (await read(account, id)).tag;
    await form.submit();
  };
  return (
    <Card>
      <Form form={form}>
        <AllFields form={form} there={now.trunk.auth_type === "digest"} />
        {stale && <Banner kind="warn">{w.stale} <Button small
          onPress={() => void takeOver().catch((problem: unknown) => toast(wordsOf(problem)))}>{w.takeOver}</Button></Banner>}
      </Form>
    </Card>
  );
}
