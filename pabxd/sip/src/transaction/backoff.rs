//! Retransmission at doubling intervals (RFC 3261 §17.1.1.2 Timer A, §17.1.2.2 Timer E, §17.2.1 Timer G).

use std::time::{Duration, Instant};

/// When to retransmit next, and the interval that leads there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    due: Instant,
    interval: Duration,
}

impl Backoff {
    /// First retransmission after `first`.
    pub fn start(now: Instant, first: Duration) -> Self {
        Self { due: now + first, interval: first }
    }

    /// When the next retransmission is due.
    pub fn due(&self) -> Instant {
        self.due
    }

    /// Whether it is time.
    pub fn is_due(&self, now: Instant) -> bool {
        now >= self.due
    }

    /// Schedules the next one at twice the interval, at most `cap`.
    ///
    /// The schedule counts from the instant that was due, so a late wake-up does not stretch it; after a long
    /// pause it sends once, not the whole backlog.
    pub fn advance(&mut self, now: Instant, cap: Duration) {
        self.interval = self.interval.saturating_mul(2).min(cap.max(Duration::from_millis(1)));
        self.due += self.interval;
        if self.due <= now {
            self.due = now + self.interval;
        }
    }

    /// Replaces the interval after the next firing (RFC 3261 §17.1.2.2: T2 once Proceeding).
    pub fn set_interval(&mut self, interval: Duration) {
        self.interval = interval;
    }
}
