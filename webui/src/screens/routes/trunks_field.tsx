/** The trunks of a route, in the order in which they are tried. */
import type { Named } from "../../app/calling/names";
import { nameIn } from "../../app/calling/names";
import { Icon, IconButton, SelectField } from "../../ui";
import { common } from "../../words/common";
import { words } from "./words";

const MOST = 16;

interface Props {
  value: readonly string[];
  names: readonly Named[];
  error: string | undefined;
  onValue: (value: string[]) => void;
}

export function TrunksField({ value, names, error, onValue }: Props) {
  const w = words().outbound;
  const left = names.filter((one) => !value.includes(one.id));
  const swap = (at: number, by: -1 | 1) => {
    const next = [...value];
    const [one, other] = [next[at], next[at + by]];
    if (one === undefined || other === undefined) return;
    next[at] = other;
    next[at + by] = one;
    onValue(next);
  };
  return (
    <fieldset class="destination-fields">
      <legend class="field-label">{w.trunks}</legend>
      {value.length > 0 && (
        <ol class="routes-trunks">
          {value.map((id, index) => {
            const name = nameIn(names, id) ?? "?";
            return (
              <li key={id}>
                <span class="routes-nth number">{index + 1}</span>
                <span class="routes-trunk" dir="auto">{name}</span>
                {index > 0 && <IconButton name="up" label={words().up(name)} onPress={() => swap(index, -1)} />}
                {index < value.length - 1 && <IconButton name="down" label={words().down(name)} onPress={() => swap(index, 1)} />}
                <IconButton name="close" label={`${common().actions.remove}: ${name}`} onPress={() => onValue(value.filter((one) => one !== id))} />
              </li>
            );
          })}
        </ol>
      )}
      {left.length > 0 && value.length < MOST && (
        <SelectField name="trunks" label={value.length === 0 ? w.firstTrunk : w.addTrunk} value=""
          options={[{ value: "", label: w.chooseTrunk }, ...left.map((one) => ({ value: one.id, label: one.label }))]}
          onValue={(id) => { if (id !== "") onValue([...value, id]); }} hint={value.length === 0 ? w.trunksHint : undefined} />
      )}
      {error !== undefined && <div class="field-error"><Icon name="error" size={16} /><span>{error}</span></div>}
    </fieldset>
  );
}
