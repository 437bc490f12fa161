//! Wrong passwords: who tries too often from one place waits, and the owner at another place does not.
//!
//! Counted are the pairs of name and source, and each source over all names. A name by itself is never locked: whoever
//! knows it could lock its owner out. An IPv6 source is its /64, for one machine has as many addresses as it likes.

use pabx_model::Timestamp;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};

/// Failures of one pair that are free.
pub const FREE_FAILURES: u32 = 5;
/// Failures of one source over all names that are free: an office behind one address.
pub const FREE_FAILURES_OF_SOURCE: u32 = 30;
/// Failures are forgotten after this.
const WINDOW_MS: u64 = 15 * 60 * 1000;
/// The first wait; each further failure doubles it.
const FIRST_WAIT_MS: u64 = 30 * 1000;
/// The longest wait.
const LONGEST_WAIT_MS: u64 = 60 * 60 * 1000;
/// Pairs, and sources, that are remembered; the oldest are forgotten first.
const MAX_ENTRIES: usize = 20_000;

#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    count: u32,
    last: Timestamp,
}

/// The counts.
#[derive(Debug, Default)]
pub struct Throttle {
    pairs: Counter<(Box<str>, IpAddr)>,
    sources: Counter<IpAddr>,
}

impl Throttle {
    /// Seconds that this source must wait before it may try this name; 0: none.
    pub fn wait(&self, name: &str, source: IpAddr, now: Timestamp) -> u64 {
        let source = network(source);
        let of_pair = self.pairs.wait(&(name.into(), source), FREE_FAILURES, now);
        of_pair.max(self.sources.wait(&source, FREE_FAILURES_OF_SOURCE, now))
    }

    /// A wrong password; true when the pair has just used up what is free.
    pub fn failed(&mut self, name: &str, source: IpAddr, now: Timestamp) -> bool {
        let source = network(source);
        self.sources.count(source, now);
        self.pairs.count((name.into(), source), now) == FREE_FAILURES
    }

    /// The right one: the pair starts anew. The source does not, or one good account would hide a thousand guesses.
    pub fn succeeded(&mut self, name: &str, source: IpAddr) {
        self.pairs.entries.remove(&(name.into(), network(source)));
    }
}

#[derive(Debug)]
struct Counter<K> {
    entries: HashMap<K, Failures>,
}

impl<K> Default for Counter<K> {
    fn default() -> Self {
        Self { entries: HashMap::new() }
    }
}

impl<K: Hash + Eq + Clone> Counter<K> {
    fn wait(&self, key: &K, free: u32, now: Timestamp) -> u64 {
        let Some(failures) = self.entries.get(key) else { return 0 };
        let Some(beyond) = failures.count.checked_sub(free) else { return 0 };
        let wait = FIRST_WAIT_MS
            .saturating_mul(1_u64.checked_shl(beyond.min(16)).unwrap_or(u64::MAX))
            .min(LONGEST_WAIT_MS);
        let until = failures.last.0.saturating_add(wait);
        until.saturating_sub(now.0).div_ceil(1000)
    }

    fn count(&mut self, key: K, now: Timestamp) -> u32 {
        if self.entries.len() >= MAX_ENTRIES && !self.entries.contains_key(&key) {
            self.make_room(now);
        }
        let entry = self.entries.entry(key).or_default();
        if now.0.saturating_sub(entry.last.0) > WINDOW_MS.max(LONGEST_WAIT_MS.min(wait_of(entry.count))) {
            entry.count = 0;
        }
        entry.count = entry.count.saturating_add(1);
        entry.last = now;
        entry.count
    }

    /// Forgets what has run out; where nothing has, the older half.
    fn make_room(&mut self, now: Timestamp) {
        self.entries.retain(|_, failures| now.0.saturating_sub(failures.last.0) <= WINDOW_MS);
        if self.entries.len() >= MAX_ENTRIES {
            let mut times: Vec<u64> = self.entries.values().map(|failures| failures.last.0).collect();
            let middle = times.len() / 2;
            let (_, median, _) = times.select_nth_unstable(middle);
            let median = *median;
            self.entries.retain(|_, failures| failures.last.0 > median);
        }
    }
}

/// The wait that so many failures have brought is not cut short by forgetting.
fn wait_of(count: u32) -> u64 {
    FIRST_WAIT_MS
        .saturating_mul(1_u64.checked_shl(count.saturating_sub(FREE_FAILURES).min(16)).unwrap_or(u64::MAX))
}

/// Whom an address stands for.
pub fn network(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    fn after(seconds: u64) -> Timestamp {
        Timestamp(NOW.0 + seconds * 1000)
    }

    #[test]
    fn the_fifth_failure_brings_a_wait_that_doubles() {
        let mut throttle = Throttle::default();
        for _ in 0..4 {
            assert!(!throttle.failed("ana", ip(1), NOW));
        }
        assert_eq!(throttle.wait("ana", ip(1), NOW), 0);
        assert!(throttle.failed("ana", ip(1), NOW));
        assert_eq!(throttle.wait("ana", ip(1), NOW), 30);
        assert_eq!(throttle.wait("ana", ip(1), after(30)), 0);
        throttle.failed("ana", ip(1), after(30));
        assert_eq!(throttle.wait("ana", ip(1), after(30)), 60);
        for second in 0..40 {
            throttle.failed("ana", ip(1), after(100 + second));
        }
        assert_eq!(throttle.wait("ana", ip(1), after(140)), 3599);
    }

    #[test]
    fn the_owner_elsewhere_is_not_locked_out() {
        let mut throttle = Throttle::default();
        for _ in 0..10_000 {
            throttle.failed("ana", ip(1), NOW);
        }
        assert_eq!(throttle.wait("ana", ip(2), NOW), 0);
    }

    #[test]
    fn many_names_from_one_source_are_noticed() {
        let mut throttle = Throttle::default();
        for nth in 0..FREE_FAILURES_OF_SOURCE {
            throttle.failed(&format!("name{nth}"), ip(1), NOW);
        }
        assert!(throttle.wait("yet another", ip(1), NOW) > 0);
    }

    #[test]
    fn failures_are_forgotten_after_a_quarter_of_an_hour() {
        let mut throttle = Throttle::default();
        for _ in 0..4 {
            throttle.failed("ana", ip(1), NOW);
        }
        throttle.failed("ana", ip(1), after(16 * 60));
        assert_eq!(throttle.wait("ana", ip(1), after(16 * 60)), 0);
    }

    #[test]
    fn one_machine_with_many_addresses_is_one() {
        let mut throttle = Throttle::default();
        for nth in 0..5_u16 {
            throttle.failed("ana", Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, nth).into(), NOW);
        }
        assert!(throttle.wait("ana", Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 9, 9, 9, 9).into(), NOW) > 0);
    }

    #[test]
    fn the_memory_has_a_limit() {
        let mut throttle = Throttle::default();
        for nth in 0..50_000_u32 {
            throttle.failed(&nth.to_string(), IpAddr::from(nth.to_be_bytes()), after(u64::from(nth / 100)));
        }
        assert!(throttle.pairs.entries.len() <= MAX_ENTRIES);
        assert!(throttle.sources.entries.len() <= MAX_ENTRIES);
    }
}
