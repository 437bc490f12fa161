/** What uPlot is told; a module of its own so that the library comes only with a chart. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { dayMonth, isMidnight, shownZone, time } from "../words/format";
import { isKnown } from "../words/zone";
import type { Series } from "./chart";

interface Picture {
  times: readonly string[];
  series: readonly Series[];
  kind: "bars" | "line";
  height: number;
  format: (value: number) => string;
  colours: readonly string[];
}

/** Draws into `place`, follows its width and the system's colours; the answer takes it away. */
export function draw(place: HTMLElement, picture: Picture): () => void {
  let plot = make(place, picture);
  const follow = new ResizeObserver(() => plot.setSize({ width: Math.max(place.clientWidth, 100), height: picture.height }));
  follow.observe(place);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const redraw = () => {
    plot.destroy();
    plot = make(place, picture);
  };
  scheme.addEventListener("change", redraw);
  return () => {
    follow.disconnect();
    scheme.removeEventListener("change", redraw);
    plot.destroy();
  };
}

function make(place: HTMLElement, { times, series, kind, height, format, colours }: Picture): uPlot {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour("--text-soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const bars = uPlot.paths.bars?.({ size: [0.8 / Math.max(series.length, 1), 40], align: 0 });
  const groups = series.map((one, index): uPlot.Series => ({
    label: one.label, stroke: colour(colours[index] ?? "--text"), points: { show: false },
    ...(kind === "bars" && bars ? { fill: colour(colours[index] ?? "--text"), width: 0, paths: shifted(index, series.length) } : { width: 2 }),
  }));
  const zone = shownZone.value;
  const options: uPlot.Options = {
    width: Math.max(place.clientWidth, 100), height, legend: { show: false }, cursor: { show: false },
    axes: [{ ...axis, size: 30, values: (_, ticks) => ticks.map(timeWords) }, { ...axis, size: 52, values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? format(tick) : "")) }],
    scales: { x: { range: (_, low, high) => wide(times, kind, low, high) }, y: { range: (_, __, max) => [0, Math.max(max * 1.08, 1)] } },
    series: [{}, ...groups],
    // Days and hours are marked where they begin by the clock that is shown.
    ...(isKnown(zone) ? { tzDate: (at) => uPlot.tzDate(new Date(at * 1000), zone) } : {}),
  };
  const data: uPlot.AlignedData = [times.map((at) => new Date(at).getTime() / 1000), ...series.map((one) => [...one.values])];
  return new uPlot(options, data, place);
}

/** The day where one begins, else the time. */
function timeWords(tick: number): string {
  const at = new Date(tick * 1000).toISOString();
  return isMidnight(at) ? dayMonth(at) : time(at);
}

/** Bars need half a step at each end. */
function wide(times: readonly string[], kind: Picture["kind"], low: number, high: number): [number, number] {
  if (times.length < 2) return [low - 1800, high + 1800];
  const half = kind === "bars" ? (high - low) / (times.length - 1) / 2 : 0;
  return [low - half, high + half];
}

/** Bars of several series stand beside each other. */
function shifted(index: number, count: number): uPlot.Series.PathBuilder {
  return (plot, series, first, last) => {
    const path = new Path2D();
    const [xs, ys] = [plot.data[0], plot.data[series]];
    const step = xs.length > 1 ? plot.valToPos(xs[1] ?? 0, "x", true) - plot.valToPos(xs[0] ?? 0, "x", true) : 40;
    const width = Math.max(1, (Math.min(step, 60) * 0.8) / count);
    const floor = plot.valToPos(0, "y", true);
    for (let at = first; at <= last; at++) {
      const value = ys?.[at];
      if (value == null || value === 0) continue;
      const x = plot.valToPos(xs[at] ?? 0, "x", true) - (width * count) / 2 + index * width;
      const top = plot.valToPos(value, "y", true);
      path.rect(x, top, Math.max(width - 1, 1), floor - top);
    }
    return { fill: path, stroke: null };
  };
}
