//! A least speed: whoever is slower than it, after some time for free, holds a place that others need.

use std::time::Duration;

/// How far a transfer has come, in octets and in time spent waiting for the other side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    grace: Duration,
    octets_per_second: u64,
    octets: u64,
    waited: Duration,
}

impl Pace {
    /// Nothing moved yet; `grace` is for free.
    pub(super) fn new(grace: Duration, octets_per_second: u64) -> Self {
        Self { grace, octets_per_second: octets_per_second.max(1), octets: 0, waited: Duration::ZERO }
    }

    /// So many octets moved, after waiting so long.
    pub(super) fn moved(&mut self, octets: usize, waited: Duration) {
        self.octets = self.octets.saturating_add(u64::try_from(octets).unwrap_or(u64::MAX));
        self.waited = self.waited.saturating_add(waited);
    }

    /// How long the next octet may still take.
    pub(super) fn left(&self) -> Duration {
        let earned = Duration::from_millis(self.octets.saturating_mul(1000) / self.octets_per_second);
        self.grace.saturating_add(earned).saturating_sub(self.waited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_that_keeps_up_goes_on_for_ever_and_a_trickle_does_not() {
        let mut steady = Pace::new(Duration::from_secs(10), 1024);
        for _ in 0..10_000 {
            steady.moved(2048, Duration::from_secs(1));
            assert!(steady.left() >= Duration::from_secs(10));
        }
        let mut trickle = Pace::new(Duration::from_secs(10), 1024);
        let seconds = (0..).take_while(|_| {
            trickle.moved(1, Duration::from_secs(1));
            trickle.left() > Duration::ZERO
        });
        assert_eq!(seconds.count(), 10);
    }
}
