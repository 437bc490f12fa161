import { useState } from "preact/hooks";
import { api, dataOf } from "../../api";
import { to } from "../../app/places";
import { Banner, Card, Form, Page, TextField, useForm } from "../../ui";
import { Secrets, type Secret } from "./secrets";
import { words } from "./words";

interface Wanted {
  first: string;
  last: string;
  name: string;
}

/** Numbers in a row: looked at first, then made. */
export function RangePage({ account }: { account: string }) {
  const w = words();
  const [looked, setLooked] = useState<{ count: number; of: Wanted } | undefined>(undefined);
  const [made, setMade] = useState<readonly Secret[] | undefined>(undefined);
  const form = useForm<Wanted>({ first: "", last: "", name: w.range.nameDefault }, async (values) => {
    const dry = !same(looked?.of, values);
    setLooked(undefined);
    const params = { path: { account_id: account } };
    const answer = dataOf(await api.POST("/accounts/{account_id}/extensions/range", { params, body: { ...values, dry_run: dry } }));
    if (dry) setLooked({ count: answer.count, of: values });
    else setMade(answer.items);
  });
  const back = { href: to("extensions"), label: w.title };
  if (made !== undefined) return <Page title={w.range.title} back={back}><Secrets secrets={made} /></Page>;
  const ready = looked !== undefined && same(looked.of, form.values) ? looked : undefined;
  return (
    <Page title={w.range.title} back={back}>
      <Card>
        <Form form={form} action={ready ? w.range.make(ready.count) : w.range.look}>
          <div class="form-pair">
            <TextField {...form.text("first")} label={w.range.first} hint={w.fields.numberHint} inputMode="numeric" maxLength={6} required autoFocus />
            <TextField {...form.text("last")} label={w.range.last} inputMode="numeric" maxLength={6} required />
          </div>
          <TextField {...form.text("name")} label={w.range.name} hint={w.range.nameHint} maxLength={64} required />
          {ready && <Banner kind="good">{w.range.would(ready.count, ready.of.first, ready.of.last)}</Banner>}
        </Form>
      </Card>
    </Page>
  );
}

function same(a: Wanted | undefined, b: Wanted): boolean {
  return a !== undefined && a.first === b.first && a.last === b.last && a.name === b.name;
}
