//! The base values of every SIP timer (RFC 3261 Table 4).

use std::time::{Duration, Instant};

/// T1, T2, T4 and the values derived from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Round-trip estimate, first retransmission interval. Default 500 ms.
    pub t1: Duration,
    /// Longest retransmission interval of non-INVITE requests and of responses to INVITE. Default 4 s.
    pub t2: Duration,
    /// Longest time a message stays in the network. Default 5 s.
    pub t4: Duration,
    /// Timer C: how long an INVITE may stay provisional before it is cancelled (RFC 3261 §16.6 asks a proxy
    /// for more than 3 minutes). Default 5 min.
    pub timer_c: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
            timer_c: Duration::from_mins(5),
        }
    }
}

impl Timing {
    /// 64·T1: Timers B, F, H, J, L and M.
    pub fn transaction(&self) -> Duration {
        self.t1.saturating_mul(64)
    }

    /// Timer D: at least 32 s on unreliable transports (RFC 3261 §17.1.1.2).
    pub fn timer_d(&self) -> Duration {
        self.transaction().max(Duration::from_secs(32))
    }

    /// How long after the request a non-INVITE client has reached T2 as its interval: the moment when a server
    /// must (and only then may) answer 100 (RFC 4320 §4.1). 3.5 s with the default values.
    pub fn non_invite_trying(&self) -> Duration {
        let (mut after, mut interval) = (Duration::ZERO, self.t1.max(Duration::from_millis(1)));
        while interval < self.t2 {
            after += interval;
            interval = interval.saturating_mul(2);
        }
        after
    }
}

/// The time of an input together with the timer values in force.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// The present.
    pub now: Instant,
    /// The timer values.
    pub timing: &'a Timing,
}

impl Moment<'_> {
    /// The instant `wait` from now.
    pub fn after(&self, wait: Duration) -> Instant {
        self.now + wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_non_invite_client_reaches_t2_after_three_and_a_half_seconds() {
        assert_eq!(Timing::default().non_invite_trying(), Duration::from_millis(3500));
    }

    #[test]
    fn timer_d_is_never_under_32_seconds() {
        let quick = Timing { t1: Duration::from_millis(10), ..Timing::default() };
        assert_eq!(quick.timer_d(), Duration::from_secs(32));
        assert_eq!(Timing::default().transaction(), Duration::from_secs(32));
    }
}
