/** Where calls go: how it is said, and how it is chosen. */
import "./calling.css";
import { Icon, SelectField, TextField, type IconName } from "../../ui";
import { phone } from "../../words/format";
import { nameIn, type Destination, type Names } from "./names";
import { PickField } from "./pick";
import { callingWords } from "./words";

const SIGNS: Record<Destination["kind"], IconName> = { extension: "extensions", time_condition: "hours", number: "outgoing", reject: "hangup" };
const REJECTS = ["busy", "unavailable", "unknown", "declined"] as const;

/** The word for how a call is refused. */
export function rejectWord(word: string): string {
  const known = callingWords().rejects;
  return (known as Record<string, string>)[word] ?? word;
}

function said(to: Destination, names: Names): string {
  const w = callingWords();
  switch (to.kind) {
    case "extension": return to.extension_id === "" ? w.notChosen : nameIn(names.extensions, to.extension_id) ?? `${w.kinds.extension} (${w.gone})`;
    case "time_condition": return to.time_condition_id === "" ? w.notChosen : nameIn(names.hours, to.time_condition_id) ?? `${w.kinds.time_condition} (${w.gone})`;
    case "number": return phone(to.number);
    case "reject": return to.reject === "declined" ? w.rejects.declined : w.refused(rejectWord(to.reject));
  }
}

/** In a line, with a picture for its kind. */
export function DestinationText({ to, names }: { to: Destination | null | undefined; names: Names }) {
  const text = to ? said(to, names) : callingWords().nowhere;
  return (
    <span class={`destination${to ? "" : " destination-bad"}`}>
      <Icon name={to ? SIGNS[to.kind] : "warn"} size={18} />
      <span dir="auto" title={text}>{text}</span>
    </span>
  );
}

type Kind = Destination["kind"] | "none";

/** Another kind begins with the first that there is, so that one press less is needed where there is one only. */
function begun(kind: Kind, names: Names): Destination | null {
  switch (kind) {
    case "extension": return { kind, extension_id: names.extensions.length === 1 ? (names.extensions[0]?.id ?? "") : "" };
    case "time_condition": return { kind, time_condition_id: names.hours.length === 1 ? (names.hours[0]?.id ?? "") : "" };
    case "number": return { kind, number: "" };
    case "reject": return { kind, reject: "busy" };
    case "none": return null;
  }
}

/** What is wrong with it as far as it can be known here. */
export function destinationError(to: Destination | null): string | undefined {
  const empty = (to?.kind === "extension" && to.extension_id === "") || (to?.kind === "time_condition" && to.time_condition_id === "");
  return empty ? callingWords().needed : undefined;
}

interface FieldProps {
  name: string;
  label: string;
  value: Destination | null;
  onValue: (value: Destination | null) => void;
  names: Names;
  error?: string | undefined;
  /** Hours that lead to themselves lead nowhere. */
  notHours?: string;
}

export function DestinationField(props: FieldProps) {
  const { label, value, onValue, names } = props;
  const w = callingWords();
  const kinds: Kind[] = ["extension", "time_condition", "number", "reject", "none"];
  const kind: Kind = value?.kind ?? "none";
  return (
    <fieldset class="destination-fields">
      <legend class="field-label">{label}</legend>
      <div class="form-pair">
        <SelectField name={`${props.name}.kind`} label={w.kind} value={kind} options={kinds.map((one) => ({ value: one, label: w.kinds[one] }))}
          onValue={(next) => onValue(begun(next as Kind, names))} error={kind === "none" || kind === "reject" ? props.error : undefined} />
        <Which {...props} />
      </div>
    </fieldset>
  );
}

function Which({ name, value, onValue, names, error: found, notHours }: FieldProps) {
  const w = callingWords();
  // Once one is chosen, the wish that one be chosen is fulfilled.
  const error = found === w.needed && destinationError(value) === undefined ? undefined : found;
  const options = (list: Names["hours"]) => list.map((one) => ({ value: one.id, label: one.label }));
  switch (value?.kind) {
    case "extension":
      return <PickField name={name} label={w.extension} value={value.extension_id} options={options(names.extensions)} error={error}
        onValue={(extension_id) => onValue({ kind: "extension", extension_id })} />;
    case "time_condition":
      return <PickField name={name} label={w.hours} value={value.time_condition_id} options={options(names.hours.filter((one) => one.id !== notHours))}
        error={error}
        onValue={(time_condition_id) => onValue({ kind: "time_condition", time_condition_id })} />;
    case "number":
      return <TextField name={name} label={w.number} value={value.number} type="tel" maxLength={64} hint={w.numberHint} error={error}
        onValue={(number) => onValue({ kind: "number", number })} />;
    case "reject":
      return <SelectField name={name} label={w.reject} value={value.reject} options={REJECTS.map((one) => ({ value: one, label: w.rejects[one] }))}
        onValue={(reject) => onValue({ kind: "reject", reject })} />;
    default:
      return null;
  }
}
