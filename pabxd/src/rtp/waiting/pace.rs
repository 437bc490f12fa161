//! How many packets to wait for.

use std::time::{Duration, Instant};

/// So long packets are gathered. Below a millisecond nobody hears it, and no jitter buffer sees it: a packet is
/// 20 ms long.
const GATHER: Duration = Duration::from_micros(750);
/// When to stop waiting for packets that should have come: well after them, for a timer that fires costs as much
/// as several wake-ups, and one that is disarmed next to nothing.
const LIMIT: Duration = Duration::from_micros(1100);
/// The rate is taken anew this often: one packet time, in which every stream has spoken once.
const WINDOW: Duration = Duration::from_millis(20);
/// Never more at once: a wake-up shared by a dozen packets costs each of them little, and more would only wait.
const MOST: usize = 12;

/// How long the next wait may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    /// Packets to wait for.
    pub(super) packets: usize,
    /// When to stop waiting for them; `None`: one is enough, however late it comes.
    pub(super) limit: Option<Duration>,
}

/// Measures the rate of packets and chooses.
#[derive(Debug)]
pub(super) struct Pace {
    since: Instant,
    packets: u32,
    wait: Wait,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { since: now, packets: 0, wait: Wait { packets: 1, limit: None } }
    }

    /// A packet came.
    pub(super) fn count(&mut self) {
        self.packets = self.packets.saturating_add(1);
    }

    /// What to wait for, now that a round has ended.
    pub(super) fn next(&mut self, now: Instant) -> Wait {
        let elapsed = now.duration_since(self.since);
        if elapsed >= WINDOW {
            self.wait = wait_for(self.packets, elapsed);
            (self.since, self.packets) = (now, 0);
        }
        self.wait
    }
}

/// As many as come within [`GATHER`] at this rate; alone where hardly a second one would.
fn wait_for(packets: u32, elapsed: Duration) -> Wait {
    let expected = (GATHER * packets + elapsed / 2).as_nanos() / elapsed.as_nanos().max(1);
    match usize::try_from(expected).unwrap_or(MOST).min(MOST) {
        0 | 1 => Wait { packets: 1, limit: None },
        packets => Wait { packets, limit: Some(LIMIT) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_call_waits_for_nobody() {
        assert_eq!(wait_for(2, WINDOW), Wait { packets: 1, limit: None });
    }

    #[test]
    fn fifty_calls_gather_four_packets_and_never_longer_than_the_limit() {
        assert_eq!(wait_for(100, WINDOW), Wait { packets: 4, limit: Some(LIMIT) });
    }

    #[test]
    fn a_flood_gathers_no_more_than_a_dozen() {
        assert_eq!(wait_for(1_000_000, WINDOW).packets, MOST);
    }

    #[test]
    fn when_the_calls_end_the_next_packet_waits_for_no_other() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        (0..100).for_each(|_| pace.count());
        assert_eq!(pace.next(start + WINDOW).packets, 4);
        assert_eq!(pace.next(start + WINDOW + GATHER).packets, 4);
        assert_eq!(pace.next(start + 2 * WINDOW), Wait { packets: 1, limit: None });
    }
}
