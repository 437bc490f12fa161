/** What the figures of a leg mean for who listens. */
import { Values } from "../../app/trace/steps";

export interface Leg {
  received: number;
  sent: number;
  lost: number;
  dropped: number;
  jitterMs: number;
  roundTripMs: number | undefined;
  /** Mean opinion score, 1 to 4.5; records of earlier versions have none, nor have legs that sent next to nothing. */
  mos: number | undefined;
  /** The suite of SRTP; in clear without. */
  encryption: string | undefined;
}

export type Verdict = "good" | "fair" | "bad" | "silent";

/** A leg of `quality`; nothing where there was no sound at all. */
export function legOf(quality: unknown, side: "caller" | "callee"): Leg | undefined {
  const of = new Values(quality).inner(side);
  if (of.text("received") === "") return undefined;
  const count = (name: string) => Number(of.text(name));
  const [roundTrip, mos] = [of.text("round_trip_us"), of.text("mos_hundredths")];
  return {
    received: count("received"), sent: count("sent"), lost: count("lost"), dropped: count("dropped"), jitterMs: count("jitter_us") / 1000,
    roundTripMs: roundTrip === "" ? undefined : Number(roundTrip) / 1000,
    mos: mos === "" ? undefined : Number(mos) / 100,
    encryption: of.text("encryption") || undefined,
  };
}

/** Of what should have come, the share that did not. */
export function lossOf(leg: Leg): number {
  const due = leg.received + leg.lost;
  return due === 0 ? 0 : leg.lost / due;
}

/** Scores from which people are content, and below which many are not: R of 80 and 70 (ITU-T G.109). */
const CONTENT = 4.03;
const POOR = 3.6;

/** By its score; where there is none by the worst of loss, jitter and delay, with bounds where G.711 begins to suffer (ITU-T G.113, Y.1541). */
export function verdictOf(leg: Leg): Verdict {
  if (leg.received === 0) return "silent";
  if (leg.mos !== undefined) return leg.mos >= CONTENT ? "good" : leg.mos >= POOR ? "fair" : "bad";
  const [loss, delay] = [lossOf(leg), leg.roundTripMs ?? 0];
  if (loss > 0.03 || leg.jitterMs > 50 || delay > 600) return "bad";
  return loss > 0.01 || leg.jitterMs > 25 || delay > 300 ? "fair" : "good";
}
