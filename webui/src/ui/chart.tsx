import "./chart.css";
import { useEffect, useRef } from "preact/hooks";
import { common } from "../words/common";
import { dateTime, number } from "../words/format";
import { PlainTable } from "./table";

export interface Series {
  label: string;
  values: readonly (number | null)[];
  /** Where the colour means something; else each gets the next. */
  tone?: "accent" | "good" | "warn" | "bad";
}

interface Props {
  label: string;
  /** RFC 3339, in order. */
  times: readonly string[];
  /** At most four. */
  series: readonly Series[];
  kind: "bars" | "line";
  /** Where the values are something other than numbers of things. */
  format?: (value: number) => string;
  height?: number;
}

const TONES = ["accent", "good", "bad", "warn"] as const;

function toneOf(one: Series, index: number): string {
  return one.tone ?? TONES[index] ?? "accent";
}

/** A picture of values over time, drawn by uPlot (loaded when the first one is shown), with a table twin for who does not see it. */
export function Chart(props: Props) {
  const place = useRef<HTMLDivElement>(null);
  const w = common();
  const { times, series, kind, height = 220, format = (value: number) => number(value) } = props;
  useEffect(() => {
    const own = place.current;
    if (!own || times.length === 0) return;
    let stop = () => {};
    let wanted = true;
    void import("./chart.uplot").then(({ draw }) => {
      if (wanted) stop = draw(own, { times, series, kind, height, format, colours: series.map((one, index) => `--${toneOf(one, index)}`) });
    });
    return () => {
      wanted = false;
      stop();
    };
  }, [times, series, kind, height]);
  return (
    <figure class="chart" aria-label={props.label}>
      <ul class="chart-legend" aria-hidden="true">
        {series.map((one, index) => <li key={one.label} class={`chart-${toneOf(one, index)}`}><span class="chart-key" />{one.label}</li>)}
      </ul>
      <div ref={place} aria-hidden="true" style={{ minHeight: `${height}px` }} />
      <details>
        <summary>{w.table.asTable}</summary>
        <PlainTable label={props.label} head={["", ...series.map((one) => ({ title: one.label, numeric: true as const }))]}
          rows={times.map((at, row) => ({ key: at, cells: [dateTime(at), ...series.map((one) => (one.values[row] == null ? "–" : format(one.values[row])))] }))} />
      </details>
    </figure>
  );
}
