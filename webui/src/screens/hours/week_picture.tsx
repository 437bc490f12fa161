/** A week as seven lines of 24 hours, with a mark where it is now. */
import { dayName, nowIn } from "./clock";
import { DAYS, MINUTES, partsOf, type Day, type Week } from "./week";
import { words } from "./words";

const TICKS = [0, 6, 12, 18, 24];

/** One day's line. What runs over from the day before is paler. */
export function DayLine({ week, day, minute }: { week: Week; day: Day; minute?: number | undefined }) {
  const at = (minutes: number) => (minutes / MINUTES) * 240;
  return (
    <svg class="hours-line" viewBox="0 0 240 16" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="hours-line-ground" width="240" height="16" rx="2" />
      {partsOf(week, day).map((one, index) => (
        <rect key={index} class={one.over ? "hours-line-over" : "hours-line-open"} x={at(one.begin)} width={Math.max(1, at(one.end - one.begin))} height="16" />
      ))}
      {TICKS.slice(1, 4).map((hour) => <path key={hour} class="hours-line-tick" d={`M${hour * 10} 0v16`} />)}
      {minute !== undefined && ["hours-line-halo", "hours-line-now"].map((name) => <path key={name} class={name} d={`M${at(minute)} 0v16`} />)}
    </svg>
  );
}

export function Ticks() {
  return <div class="hours-ticks number" aria-hidden="true">{TICKS.map((hour) => <span key={hour}>{hour}</span>)}</div>;
}

/** To be looked at only; read aloud in words. */
export function WeekPicture({ week, zone, small = false }: { week: Week; zone: string; small?: boolean }) {
  const w = words();
  const now = nowIn(zone, Date.now());
  const said = (day: Day) => week[day].map((one) => w.span(one.from, one.to)).join(", ") || w.closed;
  return (
    <div class={`hours-week${small ? " hours-week-small" : ""}`}>
      <ul>
        {DAYS.map((day, index) => (
          <li key={day} class={now.day === index ? "hours-today" : undefined}>
            <span class="hours-day">{dayName(index).slice(0, 3)}</span>
            <DayLine week={week} day={day} minute={now.day === index ? now.minute : undefined} />
            <span class="visually-hidden">{said(day)}</span>
          </li>
        ))}
      </ul>
      <Ticks />
    </div>
  );
}
