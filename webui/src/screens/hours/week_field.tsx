/** The hours of a week: a line for each day, drawn from the fields below it. */
import { useId } from "preact/hooks";
import { Button, Icon, IconButton } from "../../ui";
import { common } from "../../words/common";
import { dayName } from "./clock";
import { DAYS, WORKING, endOf, MINUTES, nextSpan, spanError, type Day, type Span, type Week } from "./week";
import { DayLine, Ticks } from "./week_picture";
import { words } from "./words";

interface Props {
  value: Week;
  onValue: (week: Week) => void;
}

export function WeekField({ value, onValue }: Props) {
  const w = words();
  const copy = () => onValue({ ...value, ...Object.fromEntries(WORKING.map((day) => [day, value.mon])) });
  return (
    <fieldset class="hours-part">
      <legend class="hours-legend">{w.week}</legend>
      <div class="hours-week hours-week-edit">
        <div class="hours-edit-ticks"><Ticks /></div>
        {DAYS.map((day, index) => (
          <DayRow key={day} week={value} day={day} name={dayName(index)} onSpans={(spans) => onValue({ ...value, [day]: spans })}
            onCopy={day === "mon" ? copy : undefined} />
        ))}
      </div>
    </fieldset>
  );
}

interface RowProps {
  week: Week;
  day: Day;
  name: string;
  onSpans: (spans: readonly Span[]) => void;
  onCopy: (() => void) | undefined;
}

function DayRow({ week, day, name, onSpans, onCopy }: RowProps) {
  const w = words();
  const spans = week[day];
  return (
    <div class="hours-row">
      <h3 class="hours-row-day">{name}</h3>
      <div class="hours-row-line"><DayLine week={week} day={day} /></div>
      <div class="hours-row-fields">
        <Spans label={name} spans={spans} onSpans={onSpans} overNight />
        <div class="row">
          <Button small kind="quiet" icon="add" label={`${w.addSpan}: ${name}`} onPress={() => onSpans([...spans, nextSpan(spans)])}>{w.addSpan}</Button>
          {onCopy && <Button small kind="quiet" icon="copy" onPress={onCopy}>{w.copyMonday}</Button>}
        </div>
      </div>
    </div>
  );
}

interface SpansProps {
  label: string;
  spans: readonly Span[];
  onSpans: (spans: readonly Span[]) => void;
  /** A span may end on the next day. */
  overNight?: boolean;
}

/** From–to, one a line. */
export function Spans({ label, spans, onSpans, overNight = false }: SpansProps) {
  const w = words();
  const id = useId();
  const put = (index: number, change: Partial<Span>) => onSpans(spans.map((one, other) => (other === index ? { ...one, ...change } : one)));
  if (spans.length === 0) return <span class="soft hours-none">{w.closed}</span>;
  return (
    <>
      {spans.map((one, index) => {
        const over = endOf(one) > MINUTES;
        const wrong = spanError(spans, index) ?? (over && !overNight ? "night" : undefined);
        const error = wrong === undefined ? undefined : w.spanErrors[wrong];
        return (
          <div class="hours-span" key={index}>
            <input class="input" type="time" aria-label={w.fromOf(label)} value={one.from} aria-invalid={error !== undefined}
              aria-describedby={error ? `${id}-${index}` : undefined} onInput={(event) => put(index, { from: event.currentTarget.value })} />
            <span aria-hidden="true">–</span>
            <input class="input" type="time" aria-label={w.toOf(label)} value={one.to} aria-invalid={error !== undefined}
              aria-describedby={error ? `${id}-${index}` : undefined} onInput={(event) => put(index, { to: event.currentTarget.value })} />
            <IconButton name="close" label={`${common().actions.remove}: ${label} ${one.from}–${one.to}`}
              onPress={() => onSpans(spans.filter((_, other) => other !== index))} />
            {over && overNight && <span class="soft small">{w.nextDay}</span>}
            {error !== undefined && <span class="field-error" id={`${id}-${index}`}><Icon name="error" size={16} /><span>{error}</span></span>}
          </div>
        );
      })}
    </>
  );
}
