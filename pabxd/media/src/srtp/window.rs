//! Which packet of its stream this is, and whether it came before (RFC 3711 §3.3.1, §3.3.2).
//!
//! A packet carries 16 bits of its number; the other 32 (the rollover counter) both sides keep for themselves.

/// Numbers behind the highest one that are still told apart.
pub(super) const WINDOW: u64 = 128;
/// Packets of one stream under one key at most (RFC 3711 §9.2).
pub(super) const MAX_INDEX: u64 = (1 << 48) - 1;

/// The numbers that were seen of one stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    highest: u64,
    /// Bit n: `highest - n` was seen.
    seen: u128,
}

/// Whether a number was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// It was not.
    Fresh,
    /// It was.
    Seen,
    /// So far behind that nobody knows.
    TooOld,
}

impl Window {
    /// A stream that begins with this number.
    pub(super) fn new(first: u64) -> Self {
        Self { highest: first, seen: 1 }
    }

    /// A stream whose first number this will be.
    pub(super) fn unseen(first: u64) -> Self {
        Self { highest: first, seen: 0 }
    }

    /// The number nearest to the highest one that ends in these 16 bits (RFC 3711 appendix A); `None` before the first
    /// or after the last one there is.
    pub(super) fn estimate(&self, sequence: u16) -> Option<u64> {
        let rollovers = self.highest >> 16;
        let highest = self.highest & 0xffff;
        let sequence = u64::from(sequence);
        let rollovers = if highest < 0x8000 && sequence > highest + 0x8000 {
            rollovers.checked_sub(1)?
        } else if highest >= 0x8000 && highest - 0x8000 > sequence {
            rollovers + 1
        } else {
            rollovers
        };
        Some(rollovers << 16 | sequence).filter(|index| *index <= MAX_INDEX)
    }

    /// Whether a number was seen.
    pub(super) fn age(&self, index: u64) -> Age {
        let Some(behind) = self.highest.checked_sub(index) else { return Age::Fresh };
        match behind {
            WINDOW.. => Age::TooOld,
            behind if self.seen >> behind & 1 == 0 => Age::Fresh,
            _ => Age::Seen,
        }
    }

    /// Notes a number that was found to be genuine. Only then: a forged one must not move the window.
    pub(super) fn note(&mut self, index: u64) {
        if let Some(behind) = self.highest.checked_sub(index) {
            self.seen |= u32::try_from(behind).ok().and_then(|behind| 1u128.checked_shl(behind)).unwrap_or(0);
        } else {
            let ahead = u32::try_from(index - self.highest).unwrap_or(u32::MAX);
            self.seen = self.seen.checked_shl(ahead).unwrap_or(0) | 1;
            self.highest = index;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_nearest_number_is_taken_on_both_sides_of_a_rollover() {
        let window = Window::new(0x2_0005);
        assert_eq!(window.estimate(0x0006), Some(0x2_0006));
        assert_eq!(window.estimate(0xffff), Some(0x1_ffff), "late, from before the rollover");
        assert_eq!(window.estimate(0x8005), Some(0x2_8005));
        assert_eq!(window.estimate(0x8006), Some(0x1_8006));
        let window = Window::new(0x2_fff0);
        assert_eq!(window.estimate(0x0001), Some(0x3_0001));
        assert_eq!(window.estimate(0x7ff0), Some(0x2_7ff0));
        assert_eq!(window.estimate(0x7fef), Some(0x3_7fef));
        assert_eq!(Window::new(3).estimate(0xfff0), None, "there is nothing before the first");
        assert_eq!(Window::new(MAX_INDEX).estimate(0), None, "the key is used up");
    }

    #[test]
    fn at_least_sixty_four_behind_are_told_apart() {
        let mut window = Window::new(1000);
        window.note(1000 + WINDOW - 1);
        assert_eq!((window.age(1000), window.age(1001)), (Age::Seen, Age::Fresh));
        window.note(1000 + WINDOW);
        assert_eq!((window.age(1000), window.age(1001)), (Age::TooOld, Age::Fresh));
        window.note(1_000_000);
        assert_eq!((window.age(1_000_000), window.age(999_999)), (Age::Seen, Age::Fresh));
        assert_eq!(window.age(1001), Age::TooOld);
    }

    proptest! {
        #[test]
        fn a_window_agrees_with_a_set(start in 0u64..1 << 40, steps in proptest::collection::vec(-140i64..40, 1..400)) {
            let mut window = Window::new(start);
            let mut seen = BTreeSet::from([start]);
            for step in steps {
                let highest = *seen.last().unwrap();
                let Some(index) = highest.checked_add_signed(step) else { continue };
                let expected = if seen.contains(&index) && highest - index < WINDOW {
                    Age::Seen
                } else if index + WINDOW <= highest {
                    Age::TooOld
                } else {
                    Age::Fresh
                };
                prop_assert_eq!(window.age(index), expected);
                prop_assert_eq!(window.estimate(u16::try_from(index & 0xffff).unwrap()), Some(index));
                if expected == Age::Fresh {
                    window.note(index);
                    seen.insert(index);
                }
            }
        }
    }
}
