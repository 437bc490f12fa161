import { useEffect, useState } from "preact/hooks";
import { speak } from "../../words/catalog";
import { LANGUAGES, isLanguage, language } from "../../words/language";
import { common } from "../../words/common";
import { Form, SelectField, useForm, type Option } from "../../ui";
import { credentials } from "../credentials/words";
import { COUNTRIES, allZones } from "./guess";
import { choose, chosen } from "./kept";
import { useGo } from "./steps";
import { words } from "./words";

/** Countries by their names in the language that is spoken. */
export function countryOptions(): Option[] {
  const names = new Intl.DisplayNames(language.value, { type: "region" });
  const options = COUNTRIES.map((one) => ({ value: one as string, label: names.of(one.toUpperCase()) ?? one }));
  return options.sort((a, b) => a.label.localeCompare(b.label, language.value));
}

export function zoneOptions(): Option[] {
  return allZones().map((one) => ({ value: one, label: one.replaceAll("_", " ") }));
}

/** Language, country, time zone: guessed, so that mostly a press is enough. */
export function PlaceStep() {
  const w = words();
  const c = credentials();
  const go = useGo();
  const form = useForm({ ...chosen.value }, async (values) => {
    choose(values);
    go("password");
  });
  return (
    <Form form={form} action={common().actions.next}>
      <SelectField name="language" label={c.language} value={language.value} options={LANGUAGES.map((one) => ({ value: one, label: c.languages[one] }))}
        onValue={(value) => { if (isLanguage(value)) void speak(value); }} />
      <SelectField {...form.text("country")} label={w.place.country} options={countryOptions()} />
      <SelectField {...form.text("zone")} label={w.place.zone} options={zoneOptions()} hint={<TimeIn zone={form.values.zone} />} />
    </Form>
  );
}

/** What time it is there: whoever sees it knows whether the zone is right. */
function TimeIn({ zone }: { zone: string }) {
  const [now, setNow] = useState(new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 10_000);
    return () => clearInterval(timer);
  }, []);
  const time = new Intl.DateTimeFormat(language.value, { timeZone: zone, timeStyle: "short" }).format(now);
  return <>{words().place.timeThere(time)}</>;
}
