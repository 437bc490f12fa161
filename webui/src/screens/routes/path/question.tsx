import { useState } from "preact/hooks";
import type { ApiError } from "../../../api";
import { useQuery } from "../../../app/query";
import type { Names } from "../../../app/names";
import { Banner, Button, ChoiceField, SelectField, TextField } from "../../../ui";
import { words } from "./words";
import { toLocal, toMoment } from "../../../words/zone";

interface Props {
  names: Names;
  zone: string;
  problem: ApiError | undefined;
  again: () => void;
  busy: boolean;
}

interface Values {
  to: string;
  by: string;
  extension_id: string;
  trunk_id: string;
  from: string;
  at: string;
}

/** What is asked; it goes into the address. */
export function Question({ names, zone, problem, again, busy }: Props) {
  const w = words();
  const query = useQuery();
  const [values, setValues] = useState<Values>(() => ({
    to: query.get("to"), by: query.get("trunk_id") === "" ? "inside" : "outside", extension_id: query.get("extension_id"), trunk_id: query.get("trunk_id"),
    from: query.get("from"), at: toLocal(query.get("at"), zone),
  }));
  const [missing, setMissing] = useState<Readonly<Record<string, string>>>({});
  const set = (change: Partial<Values>) => setValues({ ...values, ...change });
  const outside = values.by === "outside";
  const trunk = values.trunk_id || names.trunks[0]?.trunk_id || "";
  const ask = (event: Event) => {
    event.preventDefault();
    const next = addressOf({ ...values, trunk_id: trunk }, zone, query.get("at"));
    const lacks = { ...(next.to === "" && { to: w.needNumber }), ...(outside && trunk === "" && { trunk_id: w.needTrunk }) };
    setMissing(lacks);
    if (Object.keys(lacks).length > 0) return;
    if (Object.entries(next).every(([name, value]) => query.get(name) === value)) again();
    else query.set(next);
  };
  const error = (field: string) => missing[field] ?? problem?.reasonFor(field);
  return (
    <form class="form" noValidate onSubmit={ask}>
      <TextField name="to" label={w.to} hint={w.toHint} type="tel" inputMode="tel" maxLength={64} value={values.to} error={error("to")} onValue={(to) => set({ to })} />
      <ChoiceField name="by" label={w.by} value={values.by} onValue={(by) => set({ by })}
        options={[{ value: "inside", label: w.inside }, { value: "outside", label: w.outside }]} />
      {outside ? <Outside names={names} values={{ ...values, trunk_id: trunk }} set={set} error={error} /> : (
        <SelectField name="extension_id" label={w.extension} value={values.extension_id} error={error("extension_id")} onValue={(extension_id) => set({ extension_id })}
          options={[{ value: "", label: w.anybody }, ...names.extensions.map((one) => ({ value: one.extension_id, label: `${one.number} ${one.name}` }))]} />
      )}
      <TextField name="at" label={w.at} hint={w.atHint(zone)} type="datetime-local" value={values.at} error={error("at")} onValue={(at) => set({ at })} />
      <div class="form-actions"><Button submit kind="primary" icon="routes" busy={busy}>{w.ask}</Button></div>
    </form>
  );
}

function Outside({ names, values, set, error }: { names: Names; values: Values; set: (change: Partial<Values>) => void; error: (field: string) => string | undefined }) {
  const w = words();
  if (names.trunks.length === 0) return <Banner kind="warn">{w.noTrunks}</Banner>;
  return (
    <>
      <SelectField name="trunk_id" label={w.trunk} value={values.trunk_id} error={error("trunk_id")} onValue={(trunk_id) => set({ trunk_id })}
        options={names.trunks.map((one) => ({ value: one.trunk_id, label: one.name }))} />
      <TextField name="from" label={w.from} hint={w.fromHint} type="tel" inputMode="tel" maxLength={64} value={values.from} error={error("from")} onValue={(from) => set({ from })} />
    </>
  );
}

/** Blanks and signs that people write between digits are no part of a number. */
function digits(text: string): string {
  return text.replaceAll(/[\s().\-/]/g, "");
}

/** A time that was not touched stays what it was, to the second. */
function addressOf(values: Values, zone: string, at: string): Record<string, string> {
  const moment = values.at === toLocal(at, zone) ? at : (toMoment(values.at, zone) ?? "");
  const outside = values.by === "outside";
  return {
    to: digits(values.to), at: moment, trunk_id: outside ? values.trunk_id : "", from: outside ? digits(values.from) : "",
    extension_id: outside ? "" : values.extension_id,
  };
}
