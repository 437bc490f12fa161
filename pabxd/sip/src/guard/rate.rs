//! A token bucket that is one instant: the virtual scheduling form of the generic cell rate algorithm
//! (ITU-T I.371 Annex A). A bucket whose instant has passed is full, and the same as no bucket at all.

use std::time::{Duration, Instant};

/// So many a second on average, and so many at once after a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Tokens that flow in each second; 0 lets nothing through.
    pub per_second: u32,
    /// Tokens a full bucket holds.
    pub burst: u32,
}

impl Rate {
    /// The time one token takes to flow in.
    fn interval(self) -> Option<Duration> {
        Duration::from_secs(1).checked_div(self.per_second)
    }
}

/// The state of one bucket: when it will be full again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    full_at: Instant,
}

impl Bucket {
    pub(super) fn full(now: Instant) -> Self {
        Self { full_at: now }
    }

    /// Takes a token, or leaves the bucket as it is and says no.
    pub(super) fn take(&mut self, now: Instant, rate: Rate) -> bool {
        let Some(interval) = rate.interval() else { return false };
        let full_at = self.full_at.max(now) + interval;
        if full_at.saturating_duration_since(now) > interval.saturating_mul(rate.burst) {
            return false;
        }
        self.full_at = full_at;
        true
    }

    /// A full bucket remembers nothing.
    pub(super) fn is_full(&self, now: Instant) -> bool {
        self.full_at <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "an epoch")]
    fn a_burst_then_the_rate() {
        let epoch = Instant::now();
        let rate = Rate { per_second: 50, burst: 200 };
        let mut bucket = Bucket::full(epoch);
        let at_once = (0..1000).filter(|_| bucket.take(epoch, rate)).count();
        assert_eq!(at_once, 200);
        let in_the_next_second =
            (1..=1000).filter(|ms| bucket.take(epoch + Duration::from_millis(*ms), rate)).count();
        assert_eq!(in_the_next_second, 50);
        assert!(!bucket.is_full(epoch + Duration::from_secs(4)));
        assert!(bucket.is_full(epoch + Duration::from_secs(5)));
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "an epoch")]
    fn a_rate_of_zero_lets_nothing_through() {
        let epoch = Instant::now();
        assert!(!Bucket::full(epoch).take(epoch, Rate { per_second: 0, burst: 10 }));
    }
}
