/** What the figures of a leg mean for who listens. */
import { Values } from "../../app/trace/steps";

export interface Leg {
  received: number;
  sent: number;
  lost: number;
  dropped: number;
  jitterMs: number;
  roundTripMs: number | undefined;
  /** The suite of SRTP; in clear without. */
  encryption: string | undefined;
}

export type Verdict = "good" | "fair" | "bad" | "silent";

/** A leg of `quality`; nothing where there was no sound at all. */
export function legOf(quality: unknown, side: "caller" | "callee"): Leg | undefined {
  const of = new Values(quality).inner(side);
  if (of.text("received") === "") return undefined;
  const count = (name: string) => Number(of.text(name));
  const roundTrip = of.text("round_trip_us");
  return {
    received: count("received"), sent: count("sent"), lost: count("lost"), dropped: count("dropped"), jitterMs: count("jitter_us") / 1000,
    roundTripMs: roundTrip === "" ? undefined : Number(roundTrip) / 1000,
    encryption: of.text("encryption") || undefined,
  };
}

/** Of what should have come, the share that did not. */
export function lossOf(leg: Leg): number {
  const due = leg.received + leg.lost;
  return due === 0 ? 0 : leg.lost / due;
}

/** By the worst of loss, jitter and delay; bounds where G.711 begins to suffer (ITU-T G.113, Y.1541). */
export function verdictOf(leg: Leg): Verdict {
  if (leg.received === 0) return "silent";
  const [loss, delay] = [lossOf(leg), leg.roundTripMs ?? 0];
  if (loss > 0.03 || leg.jitterMs > 50 || delay > 600) return "bad";
  return loss > 0.01 || leg.jitterMs > 25 || delay > 300 ? "fair" : "good";
}
