//! How good a call sounds: loss and its bursts, delay, and what the E-model makes of them.
//!
//! - [`emodel`] is ITU-T G.107: a rating R from 0 to 100, and the mean opinion score (MOS) that it stands for;
//! - [`bursts`] tells whether loss comes in bursts (RFC 3611 §4.7.2);
//! - [`one_way`] recognises calls in which one side is not heard;
//! - [`leg`] rates what the relay counted of a leg: what call records keep;
//! - [`Summary`] is what is kept of one direction of one leg.

pub mod bursts;
pub mod emodel;
pub mod leg;
pub mod one_way;

use bursts::{BurstMetrics, Bursts};
use emodel::{Impairment, Mos, Rating};

/// What was observed of one direction, apart from the order of losses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// Interarrival jitter in microseconds (RFC 3550 §6.4.1).
    pub jitter_us: u32,
    /// Round trip in microseconds, where it is known.
    pub round_trip_us: Option<u32>,
    /// How long packets wait before they are played, and what else delays beside the network, in milliseconds.
    pub playout_ms: u32,
}

/// One direction of one leg, as a whole or over a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Packets that should have come.
    pub expected: u64,
    /// Packets that were not there when their turn came: lost or too late.
    pub lost: u64,
    /// Loss in percent, 0 to 100.
    pub loss_percent: f32,
    /// Whether and how losses crowd together.
    pub bursts: BurstMetrics,
    /// Interarrival jitter in microseconds.
    pub jitter_us: u32,
    /// Round trip in microseconds.
    pub round_trip_us: Option<u32>,
    /// Rating of the E-model.
    pub r: Rating,
    /// The mean opinion score of that rating.
    pub mos: Mos,
}

impl Summary {
    /// Rates what happened. Where the round trip is not known the network is taken to have no delay: the rating is then
    /// the best that it can be.
    pub fn new(bursts: &Bursts, observed: Observed, impairment: Impairment) -> Self {
        let metrics = bursts.metrics();
        let network_ms = observed.round_trip_us.unwrap_or(0) / 2000;
        let delay_ms = network_ms.saturating_add(observed.playout_ms);
        let loss = emodel::Loss { percent: metrics.loss_percent, burst_ratio: metrics.burst_ratio };
        let r = emodel::rating(delay_ms, loss, impairment);
        Self {
            expected: bursts.expected(),
            lost: bursts.lost_packets(),
            loss_percent: metrics.loss_percent,
            bursts: metrics,
            jitter_us: observed.jitter_us,
            round_trip_us: observed.round_trip_us,
            r,
            mos: r.mos(),
        }
    }
}
