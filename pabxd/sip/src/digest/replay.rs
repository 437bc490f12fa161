//! Which counts of which nonces were used: only of nonces that somebody has authenticated with.

use std::collections::{HashMap, VecDeque};

/// The counts seen of one nonce: the highest, and which of the 63 before it.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    highest: u32,
    /// Bit `n` stands for `highest - n`.
    seen: u64,
}

impl Window {
    /// True the first time for each count; counts that fell out of the window count as used.
    fn spend(&mut self, count: u32) -> bool {
        if count > self.highest {
            let ahead = count - self.highest;
            self.seen = self.seen.checked_shl(ahead).unwrap_or(0) | 1;
            self.highest = count;
            return true;
        }
        let Some(bit) = 1_u64.checked_shl(self.highest - count) else { return false };
        let fresh = self.seen & bit == 0;
        self.seen |= bit;
        fresh
    }
}

/// The windows of the nonces that were authenticated with most recently.
///
/// When it is full the longest known nonce is forgotten, and with it every unknown one up to its number: these
/// are stale from then on (the phone asks once more and goes on), never accepted twice.
#[derive(Debug)]
pub(super) struct Spent {
    windows: HashMap<u64, Window>,
    order: VecDeque<u64>,
    capacity: usize,
    forgotten_up_to: u64,
}

impl Spent {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            windows: HashMap::new(),
            order: VecDeque::new(),
            capacity: capacity.max(1),
            forgotten_up_to: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.windows.len()
    }

    /// Uses one count of a genuine nonce up; false when it may have been used before.
    pub(super) fn spend(&mut self, nonce: u64, count: u32) -> bool {
        if let Some(window) = self.windows.get_mut(&nonce) {
            return window.spend(count);
        }
        if nonce <= self.forgotten_up_to {
            return false;
        }
        while self.order.len() >= self.capacity {
            self.forget_oldest();
        }
        let mut window = Window::default();
        let fresh = window.spend(count);
        self.windows.insert(nonce, window);
        self.order.push_back(nonce);
        fresh
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.order.pop_front() {
            self.windows.remove(&oldest);
            self.forgotten_up_to = self.forgotten_up_to.max(oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #[test]
        fn a_window_agrees_with_a_list_of_everything(
            counts in prop::collection::vec(prop_oneof![1..200_u32, any::<u32>().prop_map(|c| c.max(1))], 1..300)
        ) {
            let (mut window, mut list, mut highest) = (Window::default(), HashSet::new(), 0);
            for count in counts {
                let in_window = count > highest || highest - count < 64;
                prop_assert_eq!(window.spend(count), in_window && list.insert(count));
                highest = highest.max(count);
            }
        }

        #[test]
        fn nothing_is_ever_accepted_twice_however_small_the_table(
            uses in prop::collection::vec((1..40_u64, 1..6_u32), 1..400), capacity in 1..8_usize
        ) {
            let (mut spent, mut accepted) = (Spent::new(capacity), HashSet::new());
            for usage in uses {
                if spent.spend(usage.0, usage.1) {
                    prop_assert!(accepted.insert(usage));
                }
                prop_assert!(spent.len() <= capacity);
                prop_assert_eq!(spent.windows.len(), spent.order.len());
            }
        }
    }

    #[test]
    fn a_nonce_may_be_used_again_with_the_next_count_and_out_of_order() {
        let mut spent = Spent::new(4);
        for count in [1, 2, 4, 3, 10] {
            assert!(spent.spend(1, count));
            assert!(!spent.spend(1, count));
        }
    }
}
