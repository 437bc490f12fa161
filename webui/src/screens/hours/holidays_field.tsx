/** Days that are not as the week has them: national ones of a country, and the office's own. */
import { Button, CheckField, IconButton, SelectField, TextField } from "../../ui";
import { common } from "../../words/common";
import { language } from "../../words/language";
import type { HolidayValues } from "./form_values";
import { Spans } from "./week_field";
import { nextSpan } from "./week";
import { words } from "./words";

const SETS = ["br", "br_bank", "cl", "co", "de", "es", "fr", "gb", "mx", "pe", "pt", "us", "uy"];

function setName(set: string): string {
  const w = words().holidays;
  if (set === "br_bank") return w.brBank;
  if (set === "gb") return w.england;
  return new Intl.DisplayNames([language.value], { type: "region" }).of(set.toUpperCase()) ?? set;
}

export function NationalField({ value, error, onValue }: { value: string; error: string | undefined; onValue: (value: string) => void }) {
  const w = words().holidays;
  const known = value === "" || SETS.includes(value) ? SETS : [...SETS, value];
  const [first, second, ...rest] = known.map((one) => ({ value: one, label: setName(one) }));
  rest.sort((a, b) => a.label.localeCompare(b.label, language.value));
  const options = [{ value: "", label: w.noSet }, ...[first, second].filter((one) => one !== undefined), ...rest];
  return <SelectField name="holiday_set" label={w.national} value={value} options={options} hint={w.nationalHint} error={error} onValue={onValue} />;
}

const MOST = 200;

interface Props {
  value: readonly HolidayValues[];
  errors: Readonly<Record<string, string>>;
  onValue: (value: readonly HolidayValues[]) => void;
}

export function HolidaysField({ value, errors, onValue }: Props) {
  const w = words().holidays;
  const put = (index: number, change: Partial<HolidayValues>) => onValue(value.map((one, other) => (other === index ? { ...one, ...change } : one)));
  const add = () => onValue([...value, { name: "", date: "", yearly: true, open: [] }]);
  return (
    <div class="stack-small">
      <h3>{w.own}</h3>
      {value.length === 0 && <p class="soft small">{w.ownHint}</p>}
      {value.map((one, index) => (
        <HolidayRow key={index} value={one} index={index} errors={errors} onChange={(change) => put(index, change)}
          onRemove={() => onValue(value.filter((_, other) => other !== index))} />
      ))}
      {value.length < MOST && <div><Button small icon="add" onPress={add}>{w.add}</Button></div>}
    </div>
  );
}

interface RowProps {
  value: HolidayValues;
  index: number;
  errors: Readonly<Record<string, string>>;
  onChange: (change: Partial<HolidayValues>) => void;
  onRemove: () => void;
}

function HolidayRow({ value, index, errors, onChange, onRemove }: RowProps) {
  const w = words().holidays;
  const label = value.name || w.unnamed;
  const field = (name: string) => `holidays[${index}].${name}`;
  return (
    <div class="hours-holiday">
      <div class="hours-holiday-fields">
        <TextField name={field("name")} label={w.name} value={value.name} maxLength={64} error={errors[field("name")]} onValue={(name) => onChange({ name })} />
        <TextField name={field("date")} label={w.date} type="date" value={value.date} error={errors[field("date")]} onValue={(date) => onChange({ date })} />
        <IconButton name="delete" label={`${common().actions.remove}: ${label}`} onPress={onRemove} />
      </div>
      <CheckField name={field("yearly")} label={w.yearly} checked={value.yearly} onChecked={(yearly) => onChange({ yearly })} />
      <div class="hours-row-fields">
        <Spans label={label} spans={value.open} onSpans={(open) => onChange({ open })} />
        <div><Button small kind="quiet" icon="add" label={`${w.special}: ${label}`}
          onPress={() => onChange({ open: [...value.open, nextSpan(value.open)] })}>{w.special}</Button></div>
      </div>
    </div>
  );
}
