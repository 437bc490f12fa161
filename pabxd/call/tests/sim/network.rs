//! The wires: datagrams are lost, repeated and overtake each other; streams keep their order.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use pabx_sip::random::Random;

use crate::plan::Plan;

/// The shortest way through the network.
const LATENCY: Duration = Duration::from_millis(5);
/// Most datagrams lost in a row, each way: bad weather, not a dead path.
const MAX_BURST: u32 = 2;

/// One direction of the path to one phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Way {
    pub(crate) phone: usize,
    pub(crate) to_pbx: bool,
}

pub(crate) struct Network {
    random: Random,
    loss: u32,
    duplicates: u32,
    jitter: u32,
    lost_in_a_row: HashMap<Way, u32>,
    last_arrival: HashMap<Way, Instant>,
}

impl Network {
    pub(crate) fn new(plan: &Plan, seed: [u8; 32]) -> Self {
        Self {
            random: Random::new(seed),
            loss: plan.loss,
            duplicates: plan.duplicates,
            jitter: plan.jitter,
            lost_in_a_row: HashMap::new(),
            last_arrival: HashMap::new(),
        }
    }

    /// When the copies of a message arrive: none when it is lost, two when it is repeated.
    pub(crate) fn carry(&mut self, now: Instant, way: Way, reliable: bool) -> Vec<Instant> {
        if reliable {
            return vec![self.in_order(now, way)];
        }
        let copies = if self.random.below(100) < self.duplicates { 2 } else { 1 };
        (0..copies).filter_map(|_| self.datagram(now, way)).collect()
    }

    fn datagram(&mut self, now: Instant, way: Way) -> Option<Instant> {
        let late = Duration::from_millis(self.random.below(self.jitter + 1).into());
        let unlucky = self.random.below(100) < self.loss;
        let lost = self.lost_in_a_row.entry(way).or_default();
        if unlucky && *lost < MAX_BURST {
            *lost += 1;
            return None;
        }
        *lost = 0;
        Some(now + LATENCY + late)
    }

    fn in_order(&mut self, now: Instant, way: Way) -> Instant {
        let late = Duration::from_millis(self.random.below(self.jitter / 4 + 1).into());
        let last = self.last_arrival.entry(way).or_insert(now);
        *last = (*last).max(now + LATENCY + late);
        *last
    }
}
