//! How often something happened lately, by key.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::{Duration, Instant};

/// Keys that are kept before those whose time is over are first looked for and dropped.
const FIRST_SWEEP: usize = 4_096;
/// Most keys that are kept.
const MAX_KEYS: usize = 65_536;
/// Longest time that is looked back.
const LONGEST: Duration = Duration::from_hours(1);

/// Instants of the last while, by key; of each key no more than a bound that whoever asks gives.
#[derive(Debug)]
pub(crate) struct Window<K> {
    seen: HashMap<K, VecDeque<Instant>>,
    /// Keys at which it is swept: twice as many as were left the last time, so that a sweep costs little by key.
    sweep_at: usize,
}

impl<K> Default for Window<K> {
    fn default() -> Self {
        Self { seen: HashMap::new(), sweep_at: FIRST_SWEEP }
    }
}

impl<K: Eq + Hash> Window<K> {
    /// Whether it happened `bound` times in the last `span`.
    pub(crate) fn is_full(&self, now: Instant, key: &K, bound: usize, span: Duration) -> bool {
        let Some(seen) = self.seen.get(key) else { return false };
        let since = |at: &&Instant| now.saturating_duration_since(**at) < span;
        seen.iter().rev().take_while(since).count() >= bound
    }

    /// It happens now; no more than `bound` are remembered.
    pub(crate) fn note(&mut self, now: Instant, key: K, bound: usize) {
        if self.seen.len() >= self.sweep_at {
            self.sweep(now);
        }
        let seen = self.seen.entry(key).or_default();
        seen.push_back(now);
        while seen.len() > bound {
            seen.pop_front();
        }
    }

    /// Drops the keys whose time is over, and the half that is silent the longest where too many are left.
    fn sweep(&mut self, now: Instant) {
        let lately = |at: &Instant| now.saturating_duration_since(*at) < LONGEST;
        self.seen.retain(|_, seen| seen.back().is_some_and(lately));
        if self.seen.len() >= MAX_KEYS {
            let mut last: Vec<Instant> = self.seen.values().filter_map(|seen| seen.back().copied()).collect();
            last.sort_unstable();
            let middle = last.get(last.len() / 2).copied().unwrap_or(now);
            self.seen.retain(|_, seen| seen.back().is_some_and(|at| *at > middle));
        }
        self.sweep_at = (self.seen.len() * 2).clamp(FIRST_SWEEP, MAX_KEYS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_ago_does_not_count_and_keys_are_told_apart() {
        let mut window = Window::default();
        // A test owns time: any instant will do as the first.
        #[expect(clippy::disallowed_methods, reason = "the first instant of a test")]
        let start = Instant::now();
        let minute = Duration::from_mins(1);
        window.note(start, 1, 2);
        window.note(start + minute / 2, 1, 2);
        assert!(window.is_full(start + minute / 2, &1, 2, minute) && !window.is_full(start, &2, 2, minute));
        assert!(!window.is_full(start + minute, &1, 2, minute));
        window.note(start + minute, 1, 2);
        assert_eq!(window.seen.get(&1).map(VecDeque::len), Some(2));
    }

    #[test]
    fn keys_whose_time_is_over_are_dropped() {
        let mut window = Window::default();
        #[expect(clippy::disallowed_methods, reason = "the first instant of a test")]
        let start = Instant::now();
        for key in 0..FIRST_SWEEP {
            window.note(start, key, 1);
        }
        window.note(start + LONGEST, FIRST_SWEEP, 1);
        assert_eq!(window.seen.len(), 1);
    }

    #[test]
    fn of_too_many_keys_those_silent_the_longest_are_forgotten() {
        let mut window = Window::default();
        #[expect(clippy::disallowed_methods, reason = "the first instant of a test")]
        let start = Instant::now();
        let at = |key: u32| start + Duration::from_millis(1) * key;
        for key in 0..200_000 {
            window.note(at(key), key, 1);
            assert!(window.seen.len() <= MAX_KEYS);
        }
        assert!(window.seen.contains_key(&199_999) && !window.seen.contains_key(&0));
    }
}
