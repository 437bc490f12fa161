/** One set of hours: how it stands, and all that it says. */
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { Read } from "../../api";
import { useAsk } from "../../app/ask";
import { DestinationField } from "../../app/calling/destination";
import { useNames, type Names } from "../../app/calling/names";
import { PickField } from "../../app/calling/pick";
import { zones } from "../../app/calling/zones";
import { to } from "../../app/places";
import { can } from "../../app/session";
import { StaleBanner, useKept } from "../../app/stale";
import type { Told } from "../../app/told";
import { Banner, Button, Card, Confirm, Form, Loaded, Page, TextField, toast, useForm } from "../../ui";
import { common } from "../../words/common";
import { dropHours, makeHours, putHours, readHours, usersOf, type Hours, type HoursBody } from "./api";
import { Flow } from "./flow";
import { bodyOf, checkHours, USUAL, valuesOf, type HoursValues } from "./form_values";
import { HolidaysField, NationalField } from "./holidays_field";
import { HandSwitch, StateText } from "./state";
import { WeekField } from "./week_field";
import { words } from "./words";

type Opened = Read<HoursBody> & { hours: Hours | undefined };

async function opened(id: string): Promise<Opened> {
  if (id === "new") return { data: USUAL, tag: "", hours: undefined };
  const read = await readHours(id);
  return { ...read, hours: read.data };
}

export function HoursPage({ id }: { id: string }) {
  const names = useNames();
  const asked = useAsk(() => opened(id), [id]);
  return (
    <Loaded asked={names}>{(known) => <Loaded asked={asked}>{(found) => <Whole key={id} id={id} found={found} names={known} />}</Loaded>}</Loaded>
  );
}

function told(body: HoursBody): Told {
  const w = words();
  const { name, zone, week, holiday_set, holidays, open, closed } = valuesOf(body);
  return [[w.name, name], [w.zone, zone], [w.week, week], [w.holidays.national, [holiday_set]], [w.holidays.title, holidays], [w.whenOpen, open],
    [w.whenClosed, closed]];
}

function Whole({ id, found, names }: { id: string; found: Opened; names: Names }) {
  const [hours, setHours] = useState(found.hours);
  const [deleting, setDeleting] = useState(false);
  const { route } = useLocation();
  const w = words();
  const kept = useKept<HoursBody>(found, () => readHours(id), told);
  const form = useForm(valuesOf(found.data), async (values) => {
    const body = bodyOf(values);
    if (id === "new") {
      const made = await makeHours(body);
      toast(common().states.saved);
      return route(to("hours", made.time_condition_id), true);
    }
    const taken = await kept.send(async ({ tag }) => {
      const read = await putHours(id, body, tag);
      setHours(read.data);
      return read;
    });
    if (taken) toast(common().states.saved);
  }, checkHours);
  const switched = (read: Read<Hours>) => {
    kept.know(read);
    setHours(read.data);
  };
  const write = can("routes.write");
  const drop = write && hours ? <Button icon="delete" kind="quiet" onPress={() => setDeleting(true)}>{common().actions.delete}</Button> : undefined;
  return (
    <Page title={hours?.name ?? w.newTitle} back={{ href: to("hours"), label: w.title }} actions={drop}>
      <div class="hours-page">
        <aside class="hours-side">
          {hours && <Card title={w.now}><StateText hours={hours} /><HandSwitch hours={hours} onSwitched={switched} /></Card>}
          <Card title={w.happens}><Flow hours={form.values} names={names} now={hours?.now.open} /></Card>
        </aside>
        <fieldset class="hours-form" disabled={!write}>
          <Form form={form} onCancel={() => route(to("hours"))}>
            <Fields form={form} names={names} id={id} />
            <StaleBanner kept={kept} onTheirs={({ data }) => form.reset(valuesOf(data))} onMine={() => void form.submit()} />
          </Form>
        </fieldset>
      </div>
      {deleting && hours && <Deleting hours={hours} onClose={() => setDeleting(false)} />}
    </Page>
  );
}

function Fields({ form, names, id }: { form: ReturnType<typeof useForm<HoursValues>>; names: Names; id: string }) {
  const w = words();
  const { values, errors, set } = form;
  return (
    <>
      <div class="form-pair">
        <TextField {...form.text("name")} label={w.name} hint={w.nameHint} maxLength={64} />
        <PickField name="zone" label={w.zone} value={values.zone} options={zones(values.zone)} error={errors["zone"]} onValue={(zone) => set({ zone })} />
      </div>
      <section class="card">
        <WeekField value={values.week} onValue={(week) => set({ week })} />
        {errors["weekly"] !== undefined && <Banner kind="bad">{errors["weekly"]}</Banner>}
      </section>
      <Card title={w.holidays.title}>
        <NationalField value={values.holiday_set} error={errors["holiday_set"]} onValue={(holiday_set) => set({ holiday_set })} />
        <HolidaysField value={values.holidays} errors={errors} onValue={(holidays) => set({ holidays })} />
      </Card>
      <Card title={w.where}>
        <DestinationField name="open" label={w.whenOpen} value={values.open} names={names} error={errors["open"]} notHours={id}
          onValue={(open) => set({ open })} />
        <DestinationField name="closed" label={w.whenClosed} value={values.closed} names={names} error={errors["closed"]} notHours={id}
          onValue={(closed) => set({ closed })} />
      </Card>
    </>
  );
}

/** What leads to the hours leads nowhere then: it is named before. */
function Deleting({ hours, onClose }: { hours: Hours; onClose: () => void }) {
  const { route } = useLocation();
  const w = words();
  const asked = useAsk(() => usersOf(hours.time_condition_id), [hours.time_condition_id]);
  const drop = async () => {
    await dropHours(hours.time_condition_id);
    toast(common().states.deleted);
    route(to("hours"));
  };
  return (
    <Confirm title={w.deleteTitle(hours.name)} action={common().actions.delete} onConfirm={drop} onClose={onClose}>
      <Loaded asked={asked}>{(users) => users.length === 0 ? <p>{w.deleteUnused}</p> : (
        <><p>{w.deleteUsed}</p><ul class="hours-users">{users.map((one) => <li key={one} dir="auto">{one}</li>)}</ul></>
      )}</Loaded>
    </Confirm>
  );
}
