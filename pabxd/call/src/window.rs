//! How often something happened lately, by key.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::{Duration, Instant};

/// Keys that are kept before those whose time is over are looked for and dropped.
const MAX_KEYS: usize = 4_096;
/// Longest time that is looked back.
const LONGEST: Duration = Duration::from_hours(1);

/// Instants of the last while, by key; of each key no more than a bound that whoever asks gives.
#[derive(Debug)]
pub(crate) struct Window<K> {
    seen: HashMap<K, VecDeque<Instant>>,
}

impl<K> Default for Window<K> {
    fn default() -> Self {
        Self { seen: HashMap::new() }
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
        if self.seen.len() >= MAX_KEYS {
            let lately = |at: &Instant| now.saturating_duration_since(*at) < LONGEST;
            self.seen.retain(|_, seen| seen.back().is_some_and(lately));
        }
        let seen = self.seen.entry(key).or_default();
        seen.push_back(now);
        while seen.len() > bound {
            seen.pop_front();
        }
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
        for key in 0..MAX_KEYS {
            window.note(start, key, 1);
        }
        window.note(start + LONGEST, MAX_KEYS, 1);
        assert_eq!(window.seen.len(), 1);
    }
}
