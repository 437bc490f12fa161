/** Hours: when somebody is there, and where calls go then and else. */
import "./hours.css";
import { useAsk } from "../../app/ask";
import { useNames, type Names } from "../../app/calling/names";
import { to } from "../../app/places";
import { useBelow } from "../../app/screen";
import { accountId, can } from "../../app/session";
import { Button, Empty, Loaded, Page } from "../../ui";
import { allHours, type Hours } from "./api";
import { Flow } from "./flow";
import { HoursPage } from "./hours_page";
import { HandSwitch, StateText, zoneOf } from "./state";
import { WeekPicture } from "./week_picture";
import { weekOf } from "./week";
import { words } from "./words";

const SECONDS = 30;

export default function Screen() {
  const [id] = useBelow();
  return id === undefined ? <List /> : <HoursPage key={id} id={id} />;
}

function List() {
  const w = words();
  const names = useNames();
  const asked = useAsk(allHours, [accountId.value], SECONDS);
  const add = can("routes.write") ? <Button kind="primary" icon="add" href={to("hours", "new")}>{w.make}</Button> : undefined;
  return (
    <Page title={w.title} actions={add}>
      <Loaded asked={names}>{(known) => (
        <Loaded asked={asked}>{(all) => all.length === 0 ? <Empty icon="hours" title={w.none} action={add}>{w.noneHint}</Empty> : (
          <div class="hours-grid">
            {all.map((one) => (
              <OneCard key={one.time_condition_id} hours={one} names={known}
                onSwitched={(next) => asked.put(all.map((each) => (each.time_condition_id === next.time_condition_id ? next : each)))} />
            ))}
          </div>
        )}</Loaded>
      )}</Loaded>
    </Page>
  );
}

function OneCard({ hours, names, onSwitched }: { hours: Hours; names: Names; onSwitched: (next: Hours) => void }) {
  return (
    <section class="card hours-card">
      <h2 class="hours-name"><a class="table-link" href={to("hours", hours.time_condition_id)} dir="auto">{hours.name}</a></h2>
      <StateText hours={hours} />
      <HandSwitch hours={hours} onSwitched={(read) => onSwitched(read.data)} />
      <Flow hours={hours} names={names} now={hours.now.open} />
      <WeekPicture week={weekOf(hours.weekly)} zone={zoneOf(hours)} small />
    </section>
  );
}
