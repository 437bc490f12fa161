//! From the order of losses to the score that is shown.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use pabx_media::quality::bursts::Bursts;
use pabx_media::quality::emodel::{Impairment, Loss, rating};
use pabx_media::quality::{Observed, Summary};
use proptest::prelude::*;

mod sound;

fn call(packets: u32, lost: impl FnMut(u32) -> bool) -> Bursts {
    let mut bursts = Bursts::default();
    let mut lost = lost;
    for n in 0..packets {
        if lost(n) {
            bursts.lost();
        } else {
            bursts.arrived();
        }
    }
    bursts
}

#[test]
fn five_percent_random_loss_is_within_a_tenth_of_what_the_model_says() {
    let mut dice = sound::Dice(11);
    let bursts = call(15_000, |_| dice.below(100) < 5);
    let observed = Observed { jitter_us: 40_000, round_trip_us: Some(60_000), playout_ms: 80 };
    let summary = Summary::new(&bursts, observed, Impairment::G711_CONCEALED);
    let model = rating(110, Loss::random(5.0), Impairment::G711_CONCEALED);
    assert!((summary.mos.0 - model.mos().0).abs() < 0.1, "{summary:?} against {model:?}");
    assert!((summary.loss_percent - 5.0).abs() < 0.5);
    assert_eq!((summary.expected, summary.jitter_us, summary.round_trip_us), (15_000, 40_000, Some(60_000)));
}

#[test]
fn the_same_loss_in_bursts_is_scored_lower() {
    let random = Summary::new(&call(10_000, |n| n % 20 == 3), Observed::default(), Impairment::G711);
    let bursts = Summary::new(&call(10_000, |n| n % 200 < 10), Observed::default(), Impairment::G711);
    assert!((random.loss_percent - bursts.loss_percent).abs() < 0.01);
    assert!(bursts.mos.0 + 0.3 < random.mos.0, "{bursts:?} against {random:?}");
}

proptest! {
    #[test]
    fn every_figure_stays_on_its_scale(
        fates in proptest::collection::vec(any::<bool>(), 0..500),
        jitter_us in any::<u32>(),
        round_trip_us in any::<Option<u32>>(),
        playout_ms in any::<u32>(),
    ) {
        let bursts = call(u32::try_from(fates.len()).unwrap(), |n| fates[usize::try_from(n).unwrap()]);
        let observed = Observed { jitter_us, round_trip_us, playout_ms };
        let summary = Summary::new(&bursts, observed, Impairment::G722);
        prop_assert!((1.0..=4.5).contains(&summary.mos.0));
        prop_assert!((0.0..=93.2).contains(&summary.r.0));
        let metrics = summary.bursts;
        prop_assert!((0.0..=1.0).contains(&metrics.burst_density) && (0.0..=1.0).contains(&metrics.gap_density));
        prop_assert!(metrics.burst_ratio >= 1.0 && (0.0..=100.0).contains(&metrics.loss_percent));
        let lost = fates.iter().filter(|lost| **lost).count();
        prop_assert_eq!(summary.lost, u64::try_from(lost).unwrap());
    }
}
