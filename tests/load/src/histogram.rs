//! A histogram of durations with a resolution of 1/32 of the value.

use std::time::Duration;

const STEPS: u32 = 32;
const SLOTS: usize = 64 * 32;

/// Counts of durations, in slots that grow with the value.
pub(crate) struct Histogram {
    slots: Vec<u64>,
    total: u64,
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram { slots: vec![0; SLOTS], total: 0 }
    }
}

impl Histogram {
    pub(crate) fn add(&mut self, value: Duration) {
        let micros = u64::try_from(value.as_micros()).unwrap_or(u64::MAX);
        if let Some(count) = self.slots.get_mut(slot(micros)) {
            *count += 1;
        }
        self.total += 1;
    }

    pub(crate) fn count(&self) -> u64 {
        self.total
    }

    /// The duration that `per_mille` of a thousand samples do not exceed.
    pub(crate) fn quantile(&self, per_mille: u64) -> Duration {
        let wanted = (self.total * per_mille).div_ceil(1000);
        let mut seen = 0;
        for (index, count) in self.slots.iter().enumerate() {
            seen += count;
            if seen >= wanted && seen > 0 {
                return Duration::from_micros(value(index));
            }
        }
        Duration::ZERO
    }
}

fn slot(micros: u64) -> usize {
    let steps = u64::from(STEPS);
    if micros < steps {
        return usize::try_from(micros).unwrap_or(0);
    }
    let exponent = micros.ilog2() - STEPS.ilog2();
    let within = (micros >> exponent) - steps;
    usize::try_from(u64::from(exponent + 1) * steps + within).unwrap_or(SLOTS - 1).min(SLOTS - 1)
}

fn value(slot: usize) -> u64 {
    let slot = u64::try_from(slot).unwrap_or(0);
    let steps = u64::from(STEPS);
    if slot < steps {
        return slot;
    }
    (slot % steps + steps) << (slot / steps - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_right_within_a_thirty_second() {
        let mut histogram = Histogram::default();
        (1..=1000).for_each(|ms| histogram.add(Duration::from_millis(ms)));
        let p99 = histogram.quantile(990).as_millis();
        assert!((959..=990).contains(&p99), "{p99}");
        assert_eq!(histogram.count(), 1000);
    }

    #[test]
    fn slots_keep_the_order_of_values() {
        let values: Vec<u64> = (0..30).map(|power| 1 << power).collect();
        assert!(values.windows(2).all(|pair| slot(pair[0]) < slot(pair[1])));
    }
}
