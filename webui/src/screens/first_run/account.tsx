import { useRef } from "preact/hooks";
import { api, dataOf, readOf } from "../../api";
import { accounts, refresh } from "../../app/session";
import { changeNow } from "../../app/stale";
import { common } from "../../words/common";
import { number } from "../../words/format";
import { Button, Form, Pairs, SelectField, TextField, useForm, type FormState } from "../../ui";
import { domainOf, slugOf } from "./guess";
import { chosen } from "./kept";
import { countryOptions, zoneOptions } from "./place";
import { useGo } from "./steps";
import { words } from "./words";

interface Values {
  name: string;
  area_code: string;
  max_extensions: string;
  /** Empty as long as the name says it. */
  slug: string;
  domain: string;
  country: string;
  zone: string;
}

const MANY = 50;

function derived(values: Values): { slug: string; domain: string } {
  const slug = values.slug || slugOf(values.name) || (values.name.trim() === "" ? "" : "account");
  return { slug, domain: values.domain || domainOf(slug) };
}

function checked(values: Values): Record<string, string> {
  const w = words();
  return {
    ...(values.name.trim() === "" ? { name: w.missing } : {}),
    ...(/^\d{1,5}$/.test(values.max_extensions) ? {} : { max_extensions: w.account.limitWrong }),
    ...(values.country === "br" && values.area_code !== "" && !/^[1-9]{2}$/.test(values.area_code) ? { area_code: w.account.areaWrong } : {}),
  };
}

async function setDialling(account_id: string, { country, zone, area_code }: Values): Promise<void> {
  const own = { country, zone, area_code: area_code === "" ? null : area_code };
  const path = { account_id };
  await changeNow(() => api.GET("/accounts/{account_id}/dialling", { params: { path } }).then(readOf), ({ data, tag }) =>
    api.PUT("/accounts/{account_id}/dialling", { params: { path, header: { "If-Match": tag } }, body: { ...data, ...own } }).then(readOf));
}

/** The first customer: a name is enough. What is already there is shown. */
export function AccountStep() {
  const go = useGo();
  const there = accounts.value[0];
  return there ? (
    <>
      <section class="card">
        <Pairs pairs={[
          [words().account.name, <span dir="auto">{there.name}</span>], [words().account.slug, there.slug], [words().account.domain, there.domain],
          [words().account.limit, number(there.max_extensions)],
        ]} />
      </section>
      <div class="form-actions"><Button kind="primary" onPress={() => go("trunk")}>{common().actions.next}</Button></div>
    </>
  ) : <NewAccount />;
}

function NewAccount() {
  const w = words().account;
  const go = useGo();
  // Made already, where what came after it failed.
  const made = useRef<string | undefined>(undefined);
  const first: Values = { name: "", area_code: "", max_extensions: String(MANY), slug: "", domain: "", ...chosen.value };
  const form = useForm(first, async (values) => {
    if (made.current === undefined) {
      const body = { name: values.name.trim(), max_extensions: Number(values.max_extensions), ...derived(values) };
      made.current = dataOf(await api.POST("/accounts", { body })).account_id;
    }
    const account_id = made.current;
    await setDialling(account_id, values);
    await refresh();
    go("trunk");
  }, checked);
  return (
    <Form form={form} action={common().actions.next}>
      <TextField {...form.text("name")} label={w.name} hint={w.nameHint} autocomplete="organization" maxLength={64} autoFocus />
      <div class="form-pair">
        <TextField {...form.text("area_code")} label={w.area} hint={w.areaHint} inputMode="numeric" maxLength={5} required={false} />
        <TextField {...form.text("max_extensions")} label={w.limit} inputMode="numeric" maxLength={5} />
      </div>
      <More form={form} />
    </Form>
  );
}

function More({ form }: { form: FormState<Values> }) {
  const w = words();
  const { slug, domain } = derived(form.values);
  const wrong = ["slug", "domain", "country", "zone"].some((one) => form.errors[one] !== undefined);
  return (
    <details class="first_run-more" open={wrong}>
      <summary>{w.more}</summary>
      <div class="stack">
        <div class="form-pair">
          <TextField {...form.text("slug")} value={slug} label={w.account.slug} hint={w.account.slugHint} maxLength={32} mono />
          <TextField {...form.text("domain")} value={domain} label={w.account.domain} hint={w.account.domainHint} maxLength={253} mono />
        </div>
        <div class="form-pair">
          <SelectField {...form.text("country")} label={w.place.country} options={countryOptions()} />
          <SelectField {...form.text("zone")} label={w.place.zone} options={zoneOptions()} />
        </div>
      </div>
    </details>
  );
}
