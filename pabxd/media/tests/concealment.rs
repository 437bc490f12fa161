//! Gaps in sound: filled without a click, with something like the voice before them, and silent when they last.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions, reason = "tests")]

use pabx_media::audio::{Level, Rate};
use pabx_media::concealment::Concealment;

mod sound;

/// Plays a signal of which frames are lost, each of 20 ms.
fn play(rate: Rate, samples: &[i16], lost: impl Fn(usize) -> bool) -> Vec<i16> {
    let mut concealment = Concealment::new(rate);
    let mut heard = Vec::new();
    for (n, frame) in samples.chunks_exact(rate.frame_samples()).enumerate() {
        let mut frame = frame.to_vec();
        if lost(n) {
            concealment.conceal(&mut frame);
        } else {
            concealment.heard(&mut frame);
        }
        heard.extend(frame);
    }
    heard
}

#[test]
fn no_loss_changes_nothing() {
    let spoken = sound::speech(-15.0, 8000, 8000, 1);
    assert_eq!(play(Rate::Narrow, &spoken, |_| false), spoken);
}

#[test]
fn a_lost_frame_of_a_tone_goes_on_as_the_tone_and_does_not_click() {
    for rate in Rate::ALL {
        for hz in [70.0, 150.0, 200.0, 440.0, 1000.0] {
            let tone = sound::tone(hz, -10.0, rate.hz(), rate.frame_samples() * 20);
            let heard = play(rate, &tone, |n| n == 10);
            let (before, after) = (sound::largest_step(&tone), sound::largest_step(&heard));
            assert!(after <= before * 3 / 2 + 8, "{hz} Hz at {rate:?}: a step of {after} after {before}");
            let frame = rate.frame_samples();
            let gap = &heard[frame * 10..frame * 11];
            let drop = Level::of(&tone).dbov() - Level::of(gap).dbov();
            assert!(drop.abs() < 2.0, "{hz} Hz at {rate:?}: {drop} dB quieter");
        }
    }
}

#[test]
fn lost_frames_of_a_voice_do_not_click() {
    for rate in [Rate::Narrow, Rate::Wide] {
        for seed in 0..8 {
            let spoken = sound::speech(-12.0, rate.hz(), rate.frame_samples() * 200, seed);
            let heard = play(rate, &spoken, |n| n % 7 == 5 || n % 31 == 6);
            let (before, after) = (sound::largest_step(&spoken), sound::largest_step(&heard));
            assert!(after <= before * 5 / 4, "seed {seed} at {rate:?}: a step of {after} after {before}");
        }
    }
}

#[test]
fn gaps_that_follow_one_another_do_not_click() {
    for rate in Rate::ALL {
        let tone = sound::tone(440.0, -15.0, rate.hz(), rate.frame_samples() * 400);
        let mut dice = sound::Dice(3);
        let lost: Vec<bool> = (0..400).map(|_| dice.below(4) == 0).collect();
        let (before, after) =
            (sound::largest_step(&tone), sound::largest_step(&play(rate, &tone, |n| lost[n])));
        assert!(after <= before * 2, "{rate:?}: a step of {after} after {before}");
    }
}

#[test]
fn a_voice_with_five_percent_lost_is_nearer_to_itself_than_with_holes() {
    let spoken = sound::speech(-12.0, 8000, 160 * 500, 5);
    let lost = |n: usize| n % 20 == 13;
    let heard = play(Rate::Narrow, &spoken, lost);
    let energy = |at: &dyn Fn(usize) -> i32| -> i64 {
        (0..spoken.len()).filter(|n| lost(n / 160)).map(|n| i64::from(at(n)).pow(2)).sum()
    };
    let holes = energy(&|n| i32::from(spoken[n]));
    let made = energy(&|n| i32::from(heard[n]));
    // Pulses of a wandering pitch do not line up to the sample: what counts is that the voice is as loud as it was.
    assert!(made > holes / 3 && made < holes * 2, "{made} of {holes}");
}

#[test]
fn a_long_gap_fades_and_is_silent_from_60_ms_on() {
    for rate in Rate::ALL {
        let frame = rate.frame_samples();
        let tone = sound::tone(300.0, -10.0, rate.hz(), frame * 20);
        let heard = play(rate, &tone, |n| (10..15).contains(&n));
        let levels: Vec<f32> =
            heard[frame * 9..frame * 13].chunks(frame / 2).map(|part| Level::of(part).dbov()).collect();
        assert!(levels[2..].windows(2).all(|pair| pair[1] <= pair[0] + 0.5), "{levels:?}");
        assert!(heard[frame * 13..frame * 15].iter().all(|sample| *sample == 0), "{rate:?}");
        assert!(sound::largest_step(&heard) <= sound::largest_step(&tone) * 3 / 2, "{rate:?}");
    }
}

#[test]
fn sound_returns_over_some_milliseconds() {
    let mut concealment = Concealment::new(Rate::Narrow);
    concealment.heard(&mut [0; 160]);
    concealment.conceal(&mut [0; 160]);
    let mut back = [10_000i16; 160];
    concealment.heard(&mut back);
    assert!(back[0] < 1000 && back[20] > 1000 && back[20] < 9000 && back[100] == 10_000, "{back:?}");
}

#[test]
fn odd_lengths_and_nothing_before_are_silence() {
    let mut concealment = Concealment::new(Rate::Full);
    concealment.heard(&mut []);
    let mut out = [1i16; 5000];
    concealment.conceal(&mut out[..4999]);
    assert!(out[..4999].iter().all(|sample| *sample == 0));
    concealment.heard(&mut [5; 3]);
    concealment.conceal(&mut []);
}
