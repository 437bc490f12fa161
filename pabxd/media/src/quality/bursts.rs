//! Whether losses come one by one or in bursts, by the Markov model of RFC 3611 §4.7.2 and its appendix A.2.
//!
//! A burst begins and ends with a loss, and within it fewer than [`GMIN`] packets in a row arrive; everything else is
//! gap. Counting takes a few numbers, whatever the length of the call.

use crate::narrow::narrowed;

/// Packets that must arrive in a row for losses on both sides to belong to no common burst (RFC 3611 §4.7.2).
pub const GMIN: u64 = 16;

/// Counts the fate of packets in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bursts {
    expected: u64,
    lost: u64,
    /// Packets that arrived since the last loss.
    arrived: u64,
    /// Losses since the last gap.
    in_burst: u64,
    /// Losses that directly follow another one.
    after_loss: u64,
    /// Packets that arrived in gaps (c11), losses alone in a gap (c14), beginnings of bursts (c13).
    gap_arrived: u64,
    gap_lost: u64,
    begun: u64,
    /// Within bursts: arrivals after an arrival (c22), changes (c23), losses after a loss (c33).
    burst_arrived: u64,
    burst_changes: u64,
    burst_lost: u64,
}

/// What the counts say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BurstMetrics {
    /// Loss as a whole in percent.
    pub loss_percent: f32,
    /// Mean length of runs of losses against that of independent losses of the same number (G.107 §7.5): 1 or more.
    pub burst_ratio: f32,
    /// Share of packets lost within bursts, 0 to 1.
    pub burst_density: f32,
    /// Share of packets lost within gaps, 0 to 1.
    pub gap_density: f32,
    /// Mean length of bursts in packets; 0 where there was none.
    pub burst_packets: f32,
    /// Mean length of gaps in packets.
    pub gap_packets: f32,
}

impl Bursts {
    /// A packet was there when its turn came.
    pub fn arrived(&mut self) {
        self.expected += 1;
        self.arrived += 1;
    }

    /// It was not: lost, or too late.
    pub fn lost(&mut self) {
        self.expected += 1;
        self.lost += 1;
        self.after_loss += u64::from(self.arrived == 0 && self.lost > 1);
        if self.arrived >= GMIN || self.lost == 1 {
            self.close();
            self.gap_arrived += self.arrived;
            self.in_burst = 1;
        } else {
            self.in_burst += 1;
            if self.arrived == 0 {
                self.burst_lost += 1;
            } else {
                self.burst_changes += 1;
                self.burst_arrived += self.arrived - 1;
            }
        }
        self.arrived = 0;
    }

    /// A gap follows: what was lost before it was a burst, or alone.
    fn close(&mut self) {
        match self.in_burst {
            0 => {}
            1 => self.gap_lost += 1,
            _ => self.begun += 1,
        }
    }

    /// Packets that should have come.
    pub const fn expected(&self) -> u64 {
        self.expected
    }

    /// Packets that did not.
    pub const fn lost_packets(&self) -> u64 {
        self.lost
    }

    /// What they say so far.
    pub fn metrics(&self) -> BurstMetrics {
        let mut counts = *self;
        counts.close();
        counts.gap_arrived += self.arrived;
        let bursts = counts.begun;
        let leaving = bursts; // each burst is left as often as it begins (c31 = c13)
        let to_lost = share(counts.burst_changes, counts.burst_changes + counts.burst_arrived, 1.0);
        let to_arrived = share(counts.burst_changes, leaving + counts.burst_changes + counts.burst_lost, 0.0);
        let in_gaps = counts.gap_arrived + counts.gap_lost;
        // A burst's packets: the loss it begins with, and what follows up to its last loss.
        let in_bursts = bursts + counts.burst_lost + 2 * counts.burst_changes + counts.burst_arrived;
        BurstMetrics {
            loss_percent: 100.0 * share(self.lost, self.expected, 0.0),
            burst_ratio: self.burst_ratio(),
            burst_density: if bursts == 0 { 0.0 } else { to_lost / (to_lost + to_arrived) },
            gap_density: share(counts.gap_lost, in_gaps, 0.0),
            burst_packets: share(in_bursts, bursts, 0.0),
            gap_packets: share(in_gaps, bursts + 1, 0.0),
        }
    }

    fn burst_ratio(&self) -> f32 {
        burst_ratio(self.expected, self.lost, self.lost - self.after_loss)
    }
}

/// 1/(p + q) of the two-state model: p from arrival to loss, q from loss to arrival (G.107 §7.5). `runs` are the losses that do
/// not follow another one: from 1 to `lost`, where anything was lost.
pub fn burst_ratio(expected: u64, lost: u64, runs: u64) -> f32 {
    if runs == 0 || lost >= expected {
        return 1.0;
    }
    let p = share(runs, expected - lost, 0.0);
    let q = share(runs, lost, 1.0);
    (1.0 / (p + q)).max(1.0)
}

pub(super) fn share(part: u64, whole: u64, of_nothing: f32) -> f32 {
    if whole == 0 {
        return of_nothing;
    }
    // In ten-thousandths of a percent: exact enough, and within what a float holds exactly.
    let scaled = u128::from(part) * 1_000_000 / u128::from(whole);
    let [whole, rest] =
        [scaled / 1_000_000, scaled % 1_000_000].map(|n| u32::try_from(n).unwrap_or(u32::MAX));
    narrowed(f64::from(whole) + f64::from(rest) / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(fates: impl IntoIterator<Item = bool>) -> Bursts {
        let mut bursts = Bursts::default();
        for lost in fates {
            if lost { bursts.lost() } else { bursts.arrived() }
        }
        bursts
    }

    fn near(value: f32, expected: f32, tolerance: f32) {
        assert!((value - expected).abs() <= tolerance, "{value} is not {expected}");
    }

    #[test]
    fn nothing_lost_is_one_long_gap() {
        let metrics = counted([false; 500]).metrics();
        let expected = BurstMetrics { burst_ratio: 1.0, gap_packets: 500.0, ..BurstMetrics::default() };
        assert_eq!(metrics, expected);
        assert_eq!(Bursts::default().metrics(), BurstMetrics { gap_packets: 0.0, ..expected });
    }

    #[test]
    fn lone_losses_belong_to_gaps() {
        let bursts = counted((0..1000).map(|n| n % 50 == 25));
        let metrics = bursts.metrics();
        assert_eq!((bursts.expected(), bursts.lost_packets()), (1000, 20));
        near(metrics.loss_percent, 2.0, 0.001);
        near(metrics.gap_density, 0.02, 0.0001);
        near(metrics.burst_density, 0.0, 0.0);
        near(metrics.burst_ratio, 1.0, 0.0);
    }

    #[test]
    fn a_burst_is_counted_from_its_first_loss_to_its_last() {
        // The picture of RFC 3611 §4.7.2: losses near one another with some arrivals between them.
        let burst = [true, false, true, true, false, false, false, true, true];
        let fates = std::iter::repeat_n(false, 100).chain(burst).chain(std::iter::repeat_n(false, 100));
        let metrics = counted(fates).metrics();
        near(metrics.burst_packets, 9.0, 0.001);
        near(metrics.gap_packets, 100.0, 0.001);
        near(metrics.gap_density, 0.0, 0.0);
        near(metrics.burst_density, 5.0 / 9.0, 0.06);
    }

    #[test]
    fn fifteen_arrivals_keep_a_burst_together_and_sixteen_part_it() {
        let apart = |arrived: usize| {
            let fates = std::iter::once(true).chain(std::iter::repeat_n(false, arrived)).chain([true]);
            counted(fates).metrics().burst_packets
        };
        near(apart(15), 17.0, 0.001);
        near(apart(16), 0.0, 0.0);
    }

    #[test]
    fn the_burst_ratio_is_one_for_independent_losses_and_grows_with_runs() {
        let mut state = 1u32;
        let mut dice = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        let random = counted((0..200_000).map(|_| dice() % 20 == 0)).metrics();
        near(random.loss_percent, 5.0, 0.2);
        near(random.burst_ratio, 1.0, 0.05);
        // Runs of four: 1/(p + q) with q = 1/4 and p = 1/76.
        let runs = counted((0..8000).map(|n| n % 80 < 4)).metrics();
        near(runs.loss_percent, 5.0, 0.001);
        near(runs.burst_ratio, 1.0 / (0.25 + 1.0 / 76.0), 0.01);
    }

    #[test]
    fn everything_lost_is_a_burst_and_divides_by_nothing() {
        let metrics = counted([true; 50]).metrics();
        near(metrics.loss_percent, 100.0, 0.0);
        near(metrics.burst_packets, 50.0, 0.0);
        near(metrics.burst_ratio, 1.0, 0.0);
    }
}
