//! What the relay counted of a leg, rated: how well the sound came in that the leg sent.

use super::bursts::{burst_ratio, share};
use super::emodel::{self, Impairment, Loss, Mos, Rating};
use crate::negotiation::PlannedFormat;
use crate::relay::LegStats;

/// Packets below which there is nothing to judge: a second of sound.
pub const LEAST_PACKETS: u64 = 50;
/// What a telephone keeps back to even out jitter: at least, and at most, in milliseconds.
const PLAYOUT_MS: (u32, u32) = (40, 200);

/// Rating and score of what a leg sent, as far as this box: the loss and its runs up to here, half of the round trip, and the wait in
/// the buffer of a telephone that evens out this jitter (twice the jitter). `None` where next to nothing came.
pub fn rate(stats: &LegStats) -> Option<(Rating, Mos)> {
    let incoming = &stats.incoming;
    let format = incoming.sound.filter(|_| incoming.packets >= LEAST_PACKETS)?;
    let expected = incoming.packets.saturating_add(incoming.lost);
    let loss = Loss {
        percent: 100.0 * share(incoming.lost, expected, 0.0),
        burst_ratio: burst_ratio(expected, incoming.lost, incoming.loss_runs),
    };
    let playout_ms = (incoming.jitter_us / 500).clamp(PLAYOUT_MS.0, PLAYOUT_MS.1);
    let network_ms = stats.round_trip_us.unwrap_or(0) / 2000;
    let rating = emodel::rating(network_ms.saturating_add(playout_ms), loss, impairment(format));
    Some((rating, rating.mos()))
}

/// By the clock, which Opus has to itself, and the static number of G.722 (RFC 3551 §6); all else that is negotiated is G.711.
fn impairment(format: PlannedFormat) -> Impairment {
    match (format.clock_rate, format.canonical) {
        (48_000, _) => Impairment::OPUS,
        (_, 9) => Impairment::G722,
        _ => Impairment::G711_CONCEALED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::Incoming;

    fn stats(packets: u64, lost: u64, loss_runs: u64) -> LegStats {
        let sound = PlannedFormat { receive: 8, send: 8, canonical: 8, clock_rate: 8000, event: false };
        let incoming = Incoming { packets, lost, loss_runs, sound: Some(sound), ..Incoming::default() };
        LegStats { incoming, ..LegStats::default() }
    }

    fn mos(stats: &LegStats) -> f32 {
        rate(stats).unwrap().1.0
    }

    #[test]
    fn a_clean_leg_has_the_best_score_and_a_silent_one_none() {
        assert!((mos(&stats(5_000, 0, 0)) - 4.41).abs() < 0.01);
        assert_eq!(rate(&stats(LEAST_PACKETS - 1, 0, 0)), None);
        assert_eq!(rate(&LegStats::default()), None);
    }

    #[test]
    fn loss_delay_and_runs_of_losses_each_lower_it() {
        let five = stats(9_500, 500, 475);
        let model = emodel::rating(40, Loss::random(5.0), Impairment::G711_CONCEALED).mos().0;
        assert!((mos(&five) - model).abs() < 0.05, "{} against {model}", mos(&five));
        assert!(mos(&stats(9_500, 500, 50)) + 0.1 < mos(&five), "in runs of ten");
        let far = LegStats { round_trip_us: Some(600_000), ..five };
        assert!(mos(&far) + 0.3 < mos(&five), "{} far away", mos(&far));
    }
}
