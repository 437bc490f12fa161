/** A number pattern: what it may hold is explained beside it, and a number can be tried on it. */
import { useState } from "preact/hooks";
import { Icon, TextField } from "../../ui";
import { bare, example, fits, signs } from "./pattern";
import { words } from "./words";

interface Props {
  name: string;
  label: string;
  value: string;
  error: string | undefined;
  onValue: (value: string) => void;
  hint?: string;
  required?: boolean;
  /** With a field to try numbers in. */
  tried?: boolean;
}

export function PatternField({ name, label, value, error, onValue, hint, required = true, tried = true }: Props) {
  const w = words();
  const known = signs(value);
  const wrong = value !== "" && known === undefined ? w.pattern.wrong : undefined;
  return (
    <div class="stack-small">
      <TextField name={name} label={label} value={value} mono maxLength={64} required={required} error={error ?? wrong} onValue={(text) => onValue(text.trim())}
        hint={<>{hint !== undefined && <span>{hint} </span>}{known !== undefined && value !== example(known)
          && <span>{w.pattern.example(value, example(known))}</span>}</>} />
      <details class="routes-signs">
        <summary>{w.pattern.signs}</summary>
        <Signs />
      </details>
      {tried && known !== undefined && <Try pattern={value} />}
    </div>
  );
}

function Signs() {
  const w = words().pattern;
  const rows = [["0–9 * # +", w.self], ["X", w.x], ["Z", w.z], ["N", w.n], ["[24-7]", w.list], [".", w.dot], ["!", w.bang]] as const;
  return <dl class="routes-sign-list">{rows.map(([sign, text]) => [<dt key={sign}><code>{sign}</code></dt>, <dd key={`${sign}=`}>{text}</dd>])}</dl>;
}

function Try({ pattern }: { pattern: string }) {
  const w = words().pattern;
  const [number, setNumber] = useState("");
  const known = signs(pattern);
  const wanted = bare(number);
  const good = known !== undefined && wanted !== "" && fits(known, wanted);
  return (
    <div class="routes-try">
      <TextField name="try" label={w.try} type="tel" value={number} maxLength={64} placeholder={known ? example(known) : ""} onValue={setNumber} />
      <p class={`routes-verdict${good ? " routes-verdict-good" : ""}`} role="status">
        {known !== undefined && wanted !== "" && <><Icon name={good ? "check" : "close"} size={16} />{good ? w.fits : w.fitsNot}</>}
      </p>
    </div>
  );
}
