/** Pictures over time. */
import { Card, Chart } from "../../ui";

const TIMES = Array.from({ length: 24 }, (_, hour) => new Date(Date.UTC(2026, 10, 26, hour)).toISOString());
const ANSWERED = TIMES.map((_, hour) => (hour < 8 || hour > 19 ? 0 : Math.round(24 + 18 * Math.sin(hour / 2))));
const MISSED = ANSWERED.map((count, hour) => Math.round(count / (3 + (hour % 4))));
const BARS = [{ label: "Answered", values: ANSWERED }, { label: "Missed", values: MISSED }] as const;
const LINES = [...BARS, { label: "Gaps", values: ANSWERED.map((count, hour) => (hour % 5 === 0 ? null : count + 8)) }, { label: "Fourth",
  values: TIMES.map((_, hour) => hour) }] as const;

export function Charts() {
  return (
    <div class="parts-two">
      <Card title="Bars"><Chart label="Calls per hour" times={TIMES} series={BARS} kind="bars" /></Card>
      <Card title="Lines"><Chart label="Four lines" times={TIMES} series={LINES} kind="line" /></Card>
      <Card title="One bar"><Chart label="One bar" times={TIMES.slice(0, 1)} series={[{ label: "One", values: [4] }]} kind="bars" height={120} /></Card>
      <Card title="Nothing"><Chart label="Nothing" times={TIMES} series={[{ label: "Zero", values: TIMES.map(() => 0) }]} kind="bars" height={120} /></Card>
    </div>
  );
}
