//! How often one caller may ask: a bucket of tokens each.

use pabx_model::Timestamp;
use std::collections::HashMap;
use std::net::IpAddr;

/// Requests in a row that are free.
pub const BURST: u64 = 300;
/// Requests a second that go on for ever.
pub const PER_SECOND: u64 = 50;
/// What one request of the API costs, in thousandths.
pub const REQUEST: u64 = 1000;
/// What a file of the web UI costs: it is in memory, and a page that has nothing in its cache asks for some forty at once.
pub const FILE: u64 = 100;
/// Callers that are remembered. Full buckets are forgotten first, then all.
const MAX_CALLERS: usize = 20_000;

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// In thousandths of a request.
    tokens: u64,
    filled: Timestamp,
}

/// The buckets, by the caller's network.
#[derive(Debug, Default)]
pub struct Rate {
    buckets: HashMap<IpAddr, Bucket>,
}

impl Rate {
    /// Takes what a request costs ([`REQUEST`], [`FILE`]); `Err`: seconds to wait.
    pub fn take(&mut self, source: IpAddr, cost: u64, now: Timestamp) -> Result<(), u64> {
        const FULL: u64 = BURST * REQUEST;
        if self.buckets.len() >= MAX_CALLERS && !self.buckets.contains_key(&source) {
            self.buckets.retain(|_, bucket| filled(*bucket, now) < FULL);
            if self.buckets.len() >= MAX_CALLERS {
                self.buckets.clear();
            }
        }
        let bucket = self.buckets.entry(source).or_insert(Bucket { tokens: FULL, filled: now });
        bucket.tokens = filled(*bucket, now);
        bucket.filled = now;
        match bucket.tokens.checked_sub(cost) {
            Some(left) => {
                bucket.tokens = left;
                Ok(())
            }
            None => Err(1),
        }
    }
}

fn filled(bucket: Bucket, now: Timestamp) -> u64 {
    let gained = now.0.saturating_sub(bucket.filled.0).saturating_mul(PER_SECOND);
    bucket.tokens.saturating_add(gained).min(BURST * REQUEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_free_and_then_it_goes_by_the_second() {
        let (mut rate, source, now) = (Rate::default(), IpAddr::from([192, 0, 2, 1]), Timestamp(1_000_000));
        for _ in 0..BURST {
            rate.take(source, REQUEST, now).unwrap();
        }
        assert_eq!(rate.take(source, REQUEST, now), Err(1));
        assert_eq!(rate.take(IpAddr::from([192, 0, 2, 2]), REQUEST, now), Ok(()));
        let later = Timestamp(1_001_000);
        let taken = (0..BURST).filter(|_| rate.take(source, REQUEST, later).is_ok()).count();
        assert_eq!(u64::try_from(taken).unwrap(), PER_SECOND);
    }

    #[test]
    fn files_cost_a_tenth_and_are_not_free() {
        let (mut rate, source, now) = (Rate::default(), IpAddr::from([192, 0, 2, 1]), Timestamp(1_000_000));
        let taken = (0..BURST * 20).filter(|_| rate.take(source, FILE, now).is_ok()).count();
        assert_eq!(u64::try_from(taken).unwrap(), BURST * 10);
        assert_eq!(rate.take(source, REQUEST, now), Err(1));
    }

    #[test]
    fn the_memory_has_a_limit() {
        let mut rate = Rate::default();
        for nth in 0..50_000_u32 {
            let _ = rate.take(IpAddr::from(nth.to_be_bytes()), REQUEST, Timestamp(1));
        }
        assert!(rate.buckets.len() <= MAX_CALLERS);
    }
}
