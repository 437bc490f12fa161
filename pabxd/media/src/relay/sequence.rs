//! Sequence numbers of one source (RFC 3550 A.1) and the loss that they show (A.3).
//!
//! Differences from the RFC's listing, both for better figures: there is no probation, since the source lock has
//! confirmed the source before; and packets that come twice are told apart from late ones by a window of the last
//! 128 numbers, so duplicates do not hide losses.

/// A gap of this many or more is a restart and no loss.
const MAX_DROPOUT: u16 = 3000;
/// A packet this far behind or more is a restart and not late.
const MAX_MISORDER: u16 = 100;

/// What a packet was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The next one, or a later one.
    Forward,
    /// Late, filling a gap.
    Late,
    /// Seen before.
    Duplicate,
    /// Far off. If the next one follows it the source has restarted (A.1).
    Jump,
    /// The second in a row after a jump: counting begins anew here.
    Restart,
}

/// The state of one source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sequence {
    /// First number, in cycles' terms 0.
    base: u16,
    /// Highest number, wraps counted in `cycles`.
    highest: u16,
    /// Wraps so far.
    cycles: u32,
    /// Distinct packets received.
    received: u64,
    /// Gaps so far, each a run of losses; those that late packets close are not taken off.
    gaps: u64,
    /// The number that would confirm a restart.
    bad: Option<u16>,
    /// Bit n: `highest - n` was received.
    window: u128,
}

impl Sequence {
    /// Starts with its first packet.
    pub(super) fn new(first: u16) -> Self {
        Self { base: first, highest: first, cycles: 0, received: 1, gaps: 0, bad: None, window: 1 }
    }

    /// Counts a packet. A `Jump` is not counted, as in A.1; after a `Restart` the caller begins a new
    /// sequence with it, and adds up [`Self::lost`] of the old one.
    pub(super) fn update(&mut self, number: u16) -> Order {
        let ahead = number.wrapping_sub(self.highest);
        let behind = self.highest.wrapping_sub(number);
        if (1..MAX_DROPOUT).contains(&ahead) {
            self.advance(number, ahead);
            Order::Forward
        } else if behind < MAX_MISORDER {
            self.fill(behind)
        } else if self.bad == Some(number) {
            Order::Restart
        } else {
            self.bad = Some(number.wrapping_add(1));
            Order::Jump
        }
    }

    fn advance(&mut self, number: u16, ahead: u16) {
        if number < self.highest {
            self.cycles = self.cycles.saturating_add(1);
        }
        self.highest = number;
        self.gaps = self.gaps.saturating_add(u64::from(ahead > 1));
        self.window = self.window.checked_shl(u32::from(ahead)).unwrap_or(0) | 1;
        self.received = self.received.saturating_add(1);
        self.bad = None;
    }

    fn fill(&mut self, behind: u16) -> Order {
        let bit = 1u128 << behind;
        if self.window & bit != 0 {
            return Order::Duplicate;
        }
        self.window |= bit;
        self.received = self.received.saturating_add(1);
        Order::Late
    }

    /// Runs of losses; never more than there are losses.
    pub(super) fn loss_runs(&self) -> u64 {
        self.gaps.min(self.lost())
    }

    /// Packets expected less packets received (A.3); never negative, for packets from before the first are
    /// received but were not expected.
    pub(super) fn lost(&self) -> u64 {
        let highest = u64::from(self.cycles) << 16 | u64::from(self.highest);
        let expected = highest.saturating_sub(u64::from(self.base)).saturating_add(1);
        expected.saturating_sub(self.received)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn loss_reordering_and_duplicates_are_told_apart_across_the_wrap() {
        let mut sequence = Sequence::new(65533);
        let steps =
            [(65534, Order::Forward), (1, Order::Forward), (65535, Order::Late), (65535, Order::Duplicate)];
        for (number, order) in steps {
            assert_eq!(sequence.update(number), order);
        }
        assert_eq!(sequence.lost(), 1, "number 0 is missing");
        assert_eq!(sequence.loss_runs(), 1);
    }

    #[test]
    fn a_single_stray_changes_nothing_and_two_in_a_row_restart() {
        let mut sequence = Sequence::new(10);
        assert_eq!(sequence.update(40000), Order::Jump);
        assert_eq!(sequence.update(11), Order::Forward);
        assert_eq!(sequence.update(40001), Order::Jump, "11 came between");
        assert_eq!(sequence.update(40002), Order::Restart);
        assert_eq!(sequence.lost(), 0);
    }

    #[test]
    fn a_gap_below_the_limit_is_loss() {
        let mut sequence = Sequence::new(0);
        assert_eq!(sequence.update(2999), Order::Forward);
        assert_eq!(sequence.lost(), 2998);
        assert_eq!(Sequence::new(0).update(3000), Order::Jump);
    }

    /// The listing of A.1 and A.3, word for word in meaning, after probation.
    struct Appendix {
        max: u32,
        base: u32,
        cycles: u32,
        received: u32,
    }

    impl Appendix {
        fn update(&mut self, number: u32) -> bool {
            let delta = (number + 65536 - self.max) % 65536;
            if delta < 3000 {
                if number < self.max {
                    self.cycles += 65536;
                }
                self.max = number;
            } else if delta <= 65536 - 100 {
                return false;
            }
            self.received += 1;
            true
        }

        fn lost(&self) -> i64 {
            i64::from(self.cycles + self.max) - i64::from(self.base) + 1 - i64::from(self.received)
        }
    }

    /// A stream with losses, displacements of at most 50 and repetitions, starting anywhere.
    fn arrivals() -> impl Strategy<Value = (u16, Vec<u32>)> {
        let packet = (0u32..100, 0u32..50, 0u32..100);
        (any::<u16>(), proptest::collection::vec(packet, 1..400)).prop_map(|(start, packets)| {
            let mut order: Vec<(u32, u32)> = vec![(0, 0)];
            for (n, (loss, shift, repeat)) in (1u32..).zip(packets) {
                if loss >= 10 {
                    let when = n + if loss > 80 { shift } else { 0 };
                    order.push((when, n));
                    if repeat < 10 {
                        order.push((when + repeat, n));
                    }
                }
            }
            order.sort_by_key(|(when, _)| *when);
            (start, order.into_iter().map(|(_, n)| n).collect())
        })
    }

    proptest! {
        #[test]
        fn counting_agrees_with_a_set_and_with_the_appendix((start, arrivals) in arrivals()) {
            let wire = |n: u32| (u32::from(start) + n) % 65536;
            let mut sequence = Sequence::new(start);
            let mut appendix = Appendix { max: u32::from(start), base: u32::from(start), cycles: 0, received: 1 };
            let mut seen = BTreeSet::from([0u32]);
            let mut duplicates = 0i64;
            for &n in &arrivals[1..] {
                let highest = *seen.last().unwrap();
                let fresh = seen.insert(n);
                let expected = match (fresh, n > highest) {
                    (false, _) => Order::Duplicate,
                    (true, true) => Order::Forward,
                    (true, false) => Order::Late,
                };
                duplicates += i64::from(!fresh);
                prop_assert_eq!(sequence.update(u16::try_from(wire(n)).unwrap()), expected);
                prop_assert!(appendix.update(wire(n)));
            }
            let highest = u64::from(*seen.last().unwrap());
            prop_assert_eq!(sequence.lost(), highest + 1 - u64::try_from(seen.len()).unwrap());
            // The listing counts duplicates as received; without them both are the same.
            prop_assert_eq!(i64::try_from(sequence.lost()).unwrap(), appendix.lost() + duplicates);
        }

        #[test]
        fn nothing_panics_on_any_numbers(numbers in proptest::collection::vec(any::<u16>(), 1..200)) {
            let mut sequence = Sequence::new(numbers[0]);
            for number in numbers {
                sequence.update(number);
                let _ = sequence.lost();
            }
        }
    }
}
