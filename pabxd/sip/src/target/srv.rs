//! The order of SRV records (RFC 2782): by priority, then at random by weight.

use super::Srv;
use crate::random::Random;

/// Sorts records into the order in which they are to be tried.
pub(super) fn ordered(mut records: Vec<Srv>, random: &mut Random) -> Vec<Srv> {
    // Records without weight first, so that they have a small chance of being chosen (RFC 2782, "Weight").
    records.sort_by_key(|record| (record.priority, record.weight));
    let mut ordered = Vec::with_capacity(records.len());
    while let Some(first) = records.first() {
        let priority = first.priority;
        let group = records.iter().take_while(|record| record.priority == priority).count();
        let chosen = choose(records.get(..group).unwrap_or_default(), random);
        ordered.push(records.remove(chosen));
    }
    ordered
}

/// The first record whose running sum of weights reaches a random number between 0 and the sum of all.
fn choose(group: &[Srv], random: &mut Random) -> usize {
    let sum: u32 = group.iter().map(|record| u32::from(record.weight)).sum();
    let point = random.below(sum.saturating_add(1));
    let mut running = 0;
    group
        .iter()
        .position(|record| {
            running += u32::from(record.weight);
            running >= point
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(priority: u16, weight: u16, target: &str) -> Srv {
        Srv { priority, weight, port: 5060, target: target.to_owned() }
    }

    #[test]
    fn priority_rules_and_weight_is_a_share() {
        let records = [record(20, 0, "backup"), record(10, 90, "big"), record(10, 10, "small")];
        let (mut random, mut big_first) = (Random::new([4; 32]), 0);
        for _ in 0..1000 {
            let order = ordered(records.to_vec(), &mut random);
            assert_eq!(order[2].target, "backup");
            big_first += u32::from(order[0].target == "big");
        }
        assert!((850..950).contains(&big_first), "{big_first}");
    }

    #[test]
    fn a_weight_of_zero_is_chosen_seldom_but_not_never() {
        let records = [record(1, 0, "zero"), record(1, 99, "rest")];
        let mut random = Random::new([5; 32]);
        let zero = (0..10_000).filter(|_| ordered(records.to_vec(), &mut random)[0].target == "zero").count();
        assert!((50..200).contains(&zero), "{zero}");
    }
}
