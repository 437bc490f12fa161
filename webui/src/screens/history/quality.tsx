import { Badge, Card, Pairs, type Tone } from "../../ui";
import { number } from "../../words/format";
import { legOf, lossOf, verdictOf, type Leg, type Verdict } from "./legs";
import { words } from "./words";

const TONES: Record<Verdict, Tone> = { good: "good", fair: "warn", bad: "bad", silent: "bad" };

/** What each side sent to the box: in words, and in figures. */
export function Quality({ quality }: { quality: unknown }) {
  const w = words();
  const [caller, callee] = [legOf(quality, "caller"), legOf(quality, "callee")];
  return (
    <Card title={w.quality.title}>
      {caller || callee ? (
        <div class="history-legs">
          {caller && <LegShown title={w.quality.sides.caller} leg={caller} />}
          {callee && <LegShown title={w.quality.sides.callee} leg={callee} />}
        </div>
      ) : <p class="soft">{w.quality.none}</p>}
    </Card>
  );
}

function LegShown({ title, leg }: { title: string; leg: Leg }) {
  const w = words().quality;
  const verdict = verdictOf(leg);
  const milliseconds = (value: number) => w.milliseconds(number(value, 1));
  return (
    <div class="stack-small">
      <div class="row"><h3>{title}</h3><Badge tone={TONES[verdict]}>{w.verdicts[verdict]}</Badge></div>
      <p class="soft small">{w.advice[verdict]}</p>
      <Pairs pairs={[
        [w.mos, leg.mos === undefined ? undefined : number(leg.mos, 2)],
        [w.loss, w.lossOf(number(lossOf(leg) * 100, 1), number(leg.lost))],
        [w.jitter, milliseconds(leg.jitterMs)],
        [w.roundTrip, leg.roundTripMs === undefined ? undefined : milliseconds(leg.roundTripMs)],
        [w.received, number(leg.received)],
        [w.sent, number(leg.sent)],
        [w.encryption, leg.encryption?.replaceAll("_", " ") ?? w.inClear],
        [w.dropped, leg.dropped === 0 ? undefined : number(leg.dropped)],
      ]} />
    </div>
  );
}
