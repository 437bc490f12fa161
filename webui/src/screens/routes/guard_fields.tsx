/** Bounds of calls that go out: what a stolen password may cost at most. */
import { classOptions } from "../../app/calling/classes";
import type { Names } from "../../app/calling/names";
import { SelectField, TextField, type FormState } from "../../ui";
import { FIELDS, type DiallingValues } from "./dialling_values";
import { Part } from "./part";
import { words } from "./words";

export function GuardFields({ form, names }: { form: FormState<DiallingValues>; names: Names }) {
  const w = words().dialling;
  const figure = (name: keyof typeof FIELDS) => ({ ...form.text(name, FIELDS[name]), inputMode: "numeric" as const, required: false });
  return (
    <Part title={w.guard} hint={w.guardHint}>
      <h3>{w.accountBudget}</h3>
      <div class="form-pair">
        <TextField {...figure("accountMinutes")} label={w.minutes} hint={w.unbounded} />
        <TextField {...figure("accountMoney")} inputMode="decimal" label={w.money} hint={w.moneyHint} />
      </div>
      <h3>{w.extensionBudget}</h3>
      <div class="form-pair">
        <TextField {...figure("extensionMinutes")} label={w.minutes} hint={w.unbounded} />
        <TextField {...figure("extensionMoney")} inputMode="decimal" label={w.money} />
      </div>
      <h3>{w.burst}</h3>
      <div class="form-pair">
        <TextField {...form.text("burstCalls", FIELDS.burstCalls)} inputMode="numeric" label={w.burstCalls} hint={w.burstHint} />
        <TextField {...form.text("burstMinutes", FIELDS.burstMinutes)} inputMode="numeric" label={w.burstMinutes} />
      </div>
      <OffHours form={form} names={names} />
    </Part>
  );
}

function OffHours({ form, names }: { form: FormState<DiallingValues>; names: Names }) {
  const w = words().dialling;
  const hours = [{ value: "", label: w.asByDay }, ...names.hours.map((one) => ({ value: one.id, label: one.label }))];
  return (
    <>
      <h3>{w.offHours}</h3>
      <div class="form-pair">
        <SelectField {...form.text("offHours", FIELDS.offHours)} label={w.offWhen} options={hours} hint={names.hours.length === 0 ? w.noHours : w.offHint} />
        {form.values.offHours !== "" && <SelectField {...form.text("offClass", FIELDS.offClass)} label={w.offClass} options={classOptions()} />}
      </div>
    </>
  );
}
