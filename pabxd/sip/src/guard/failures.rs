//! How often something failed within a sliding window: exact, and no larger than the threshold.

use smallvec::SmallVec;

/// The seconds (since the guard's first use) of the most recent failures, oldest first.
#[derive(Debug, Default)]
pub(super) struct Failures {
    recent: SmallVec<[u32; 10]>,
}

impl Failures {
    /// Notes a failure and says how many lie within `window` seconds, this one included.
    /// Remembers at most `threshold`, the most that anybody asks for.
    pub(super) fn note(&mut self, now: u32, window: u32, threshold: u16) -> usize {
        self.recent.retain(|then| now.saturating_sub(*then) < window);
        if self.recent.len() >= usize::from(threshold.max(1)) {
            self.recent.remove(0);
        }
        self.recent.push(now);
        self.recent.len()
    }

    /// Whether none of them counts any more.
    pub(super) fn is_over(&self, now: u32, window: u32) -> bool {
        self.recent.last().is_none_or(|then| now.saturating_sub(*then) >= window)
    }

    /// How many are remembered.
    pub(super) fn count(&self) -> usize {
        self.recent.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counts_like_a_list_of_all_failures(steps in prop::collection::vec(0_u32..200, 1..60)) {
            let (mut failures, mut model, mut now) = (Failures::default(), Vec::new(), 0);
            for step in steps {
                now += step;
                model.push(now);
                let within = model.iter().filter(|then| now - **then < 600).count();
                prop_assert_eq!(failures.note(now, 600, 10), within.min(10));
            }
        }
    }

    #[test]
    fn a_window_later_nothing_counts() {
        let mut failures = Failures::default();
        failures.note(5, 600, 10);
        assert!(!failures.is_over(604, 600));
        assert!(failures.is_over(605, 600));
        assert_eq!(failures.count(), 1);
    }
}
