/** How the account dials, whom it does not take calls from, how far and how much it may call. */
import { api, readOf, type Of, type Read } from "../../api";
import { useAsk } from "../../app/ask";
import { useNames, type Names } from "../../app/calling/names";
import { PickField } from "../../app/calling/pick";
import { zones } from "../../app/calling/zones";
import { accountId, can, canBox } from "../../app/session";
import { StaleBanner, useKept } from "../../app/stale";
import { zoneIsNow } from "../../app/zone";
import { AreaField, CheckField, Form, Loaded, SelectField, TextField, toast, useForm, type FormState } from "../../ui";
import { common } from "../../words/common";
import { HOMES, regionName } from "./countries";
import { CountriesField } from "./countries_field";
import { bodyOf, checkDialling, told, valuesOf, type DiallingValues } from "./dialling_values";
import { GuardFields } from "./guard_fields";
import { Part } from "./part";
import { words } from "./words";

type Body = Of<"DiallingBody">;
const PATH = "/accounts/{account_id}/dialling";

function read(): Promise<Read<Body>> {
  return api.GET(PATH, { params: { path: { account_id: accountId.value ?? "" } } }).then(readOf);
}

export function DiallingTab() {
  const names = useNames();
  const asked = useAsk(read, [accountId.value]);
  return <Loaded asked={names}>{(known) => <Loaded asked={asked}>{(found) => <Editor read={found} names={known} />}</Loaded>}</Loaded>;
}

function Editor({ read: first, names }: { read: Read<Body>; names: Names }) {
  const kept = useKept<Body>(first, read, told);
  const write = can("routes.write");
  const form = useForm(valuesOf(first.data), async (values) => {
    const sent = await kept.send(({ tag }) =>
      api.PUT(PATH, { params: { path: { account_id: accountId.value ?? "" }, header: { "If-Match": tag } }, body: bodyOf(values) }).then(readOf));
    if (sent === undefined) return;
    zoneIsNow({ account: accountId.value ?? "" }, sent.data.zone ?? undefined);
    toast(common().states.saved);
  }, checkDialling);
  const fields = (
    <>
      <Plan form={form} />
      <Incoming form={form} />
      <Abroad form={form} disabled={!write} />
      <GuardFields form={form} names={names} />
      <StaleBanner kept={kept} onTheirs={({ data }) => form.reset(valuesOf(data))} onMine={() => void form.submit()} />
    </>
  );
  if (!write) return <fieldset class="routes-dialling form destination-fields" disabled>{fields}</fieldset>;
  return <div class="routes-dialling"><Form form={form}>{fields}</Form></div>;
}

interface PartProps {
  form: FormState<DiallingValues>;
}

function Plan({ form }: PartProps) {
  const w = words().dialling;
  const { country, zone } = form.values;
  const homes = HOMES.map((one) => ({ value: one as string, label: regionName(one) }));
  if (!homes.some((one) => one.value === country)) homes.push({ value: country, label: regionName(country) });
  const mayOwn = canBox("accounts.write");
  return (
    <Part title={w.plan} hint={w.planHint}>
      <div class="form-pair">
        <SelectField {...form.text("country")} label={w.country} options={homes} />
        <TextField {...form.text("area_code")} label={w.area} inputMode="numeric" maxLength={5} hint={w.areaHint} required={false} />
        {(country === "br" || form.values.carrier !== "") && <TextField {...form.text("carrier")} label={w.carrier} inputMode="numeric" maxLength={2}
          hint={w.carrierHint} required={false} />}
      </div>
      <PickField name="zone" label={w.zone} value={zone} options={zones(zone)} hint={w.zoneHint} error={form.errors["zone"]}
        onValue={(next) => form.set({ zone: next })} />
      <AreaField {...form.text("numbers")} label={w.numbers} rows={3} mono disabled={!mayOwn} hint={mayOwn ? w.numbersHint : w.numbersBox} />
    </Part>
  );
}

function Incoming({ form }: PartProps) {
  const w = words().dialling;
  return (
    <Part title={w.incoming} hint={w.incomingHint}>
      <AreaField {...form.text("blocked_callers")} label={w.blocked} rows={3} mono hint={w.blockedHint} />
      <CheckField {...form.check("refuses_anonymous")} label={w.anonymous} hint={w.anonymousHint} />
    </Part>
  );
}

function Abroad({ form, disabled }: PartProps & { disabled: boolean }) {
  const w = words().dialling;
  return (
    <Part title={w.abroad} hint={w.abroadHint}>
      <CountriesField value={form.values.international} error={form.errors["international"]} disabled={disabled}
        onValue={(international) => form.set({ international })} />
    </Part>
  );
}
