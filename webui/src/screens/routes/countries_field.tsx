/** Countries that may be called: named, found by typing. */
import { PickField } from "../../app/calling/pick";
import { Button, IconButton } from "../../ui";
import { common } from "../../words/common";
import { codeShown, countries } from "./countries";
import { words } from "./words";

interface Props {
  value: readonly string[];
  /** The own country's code is not abroad. */
  error: string | undefined;
  disabled: boolean;
  onValue: (value: string[]) => void;
}

export function CountriesField({ value, error, disabled, onValue }: Props) {
  const w = words().dialling;
  const all = countries();
  const name = (code: string) => all.find((one) => one.code === code)?.name;
  const chosen = [...value].sort((a, b) => (name(a) ?? a).localeCompare(name(b) ?? b));
  const left = all.filter((one) => !value.includes(one.code));
  return (
    <div class="stack-small">
      {chosen.length === 0 ? <p class="soft">{w.noneAbroad}</p> : (
        <ul class="routes-chips" aria-label={w.allowed}>
          {chosen.map((code) => {
            const label = name(code) ?? w.unknownCountry;
            return (
              <li key={code} class="routes-chip">
                <span>{label}</span> <span class="soft number">{codeShown(code)}</span>
                {!disabled && <IconButton name="close" label={`${common().actions.remove}: ${label} ${codeShown(code)}`}
                  onPress={() => onValue(value.filter((one) => one !== code))} />}
              </li>
            );
          })}
        </ul>
      )}
      {!disabled && (
        <div class="routes-add-country">
          <PickField name="international" label={w.addCountry} value="" placeholder={w.countrySearch} error={error}
            options={left.map((one) => ({ value: one.code, label: `${one.name} ${codeShown(one.code)}` }))}
            onValue={(code) => onValue([...value, code])} />
          {chosen.length > 1 && <Button kind="quiet" onPress={() => onValue([])}>{w.removeAll}</Button>}
        </div>
      )}
    </div>
  );
}
