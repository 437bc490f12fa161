//! Tones through every change of rate: level, images, what folds, delay; and stretches of any length.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions, reason = "tests")]
#![allow(clippy::cast_precision_loss, reason = "tests")]

use pabx_media::audio::Rate;
use pabx_media::resample::{DELAY_SAMPLES, Resampler};

mod sound;

const WAYS: [(Rate, Rate); 6] = [
    (Rate::Narrow, Rate::Wide),
    (Rate::Wide, Rate::Narrow),
    (Rate::Wide, Rate::Full),
    (Rate::Full, Rate::Wide),
    (Rate::Narrow, Rate::Full),
    (Rate::Full, Rate::Narrow),
];

fn change(from: Rate, to: Rate, samples: &[i16]) -> Vec<i16> {
    let mut resampler = Resampler::new(from, to);
    let mut heard = Vec::new();
    for frame in samples.chunks(from.frame_samples()) {
        let mut out = [0i16; 960];
        let count = resampler.process(frame, &mut out);
        assert_eq!(count, resampler.length_after(frame.len()));
        heard.extend_from_slice(&out[..count]);
    }
    heard
}

/// Where the band of the lower rate ends that must stay flat, and where what is above it must be gone.
fn band(from: Rate, to: Rate) -> (f64, f64) {
    if from.min(to) == Rate::Narrow { (3400.0, 4600.0) } else { (7000.0, 9000.0) }
}

#[test]
fn the_band_is_flat_within_half_a_decibel() {
    for (from, to) in WAYS {
        for step in 1..=20u32 {
            let hz = band(from, to).0 * f64::from(step) / 20.0;
            let tone = sound::tone(hz, -10.0, from.hz(), from.hz() as usize / 2);
            let heard = change(from, to, &tone);
            let level = sound::level_at(&heard[heard.len() / 4..], hz, to.hz());
            assert!((level + 10.0).abs() < 0.5, "{hz} Hz, {from:?} to {to:?}: {level} dBm0");
        }
    }
}

#[test]
fn images_are_fifty_decibels_down() {
    for (from, to) in WAYS.into_iter().filter(|(from, to)| from < to) {
        for hz in [300.0, 1000.0, 2500.0, 3400.0, band(from, to).0] {
            let tone = sound::tone(hz, 0.0, from.hz(), from.hz() as usize / 2);
            let heard = change(from, to, &tone);
            let settled = &heard[heard.len() / 4..];
            let rate = f64::from(from.hz());
            for image in [rate - hz, rate + hz, 2.0 * rate - hz, 2.0 * rate + hz, 3.0 * rate - hz] {
                if image < f64::from(to.hz()) / 2.0 {
                    let level = sound::level_at(settled, image, to.hz());
                    assert!(level < -50.0, "{hz} Hz, {from:?} to {to:?}: {level} dBm0 at {image} Hz");
                }
            }
        }
    }
}

#[test]
fn what_would_fold_into_the_band_is_fifty_decibels_down() {
    for (from, to) in WAYS.into_iter().filter(|(from, to)| from > to) {
        let mut hz = band(from, to).1;
        while hz < f64::from(from.hz()) / 2.0 {
            let heard = change(from, to, &sound::tone(hz, 0.0, from.hz(), from.hz() as usize / 2));
            let level = pabx_media::audio::Level::of(&heard[heard.len() / 4..]).dbm0();
            assert!(level < -50.0, "{hz} Hz, {from:?} to {to:?}: {level} dBm0");
            hz += 437.0;
        }
    }
}

#[test]
fn there_and_back_is_the_same_but_for_the_delay() {
    for (from, to) in WAYS.into_iter().filter(|(from, to)| from < to) {
        let tone = sound::tone(1000.0, -10.0, from.hz(), from.hz() as usize / 2);
        let heard = change(to, from, &change(from, to, &tone));
        let delay = 2 * DELAY_SAMPLES;
        let settled = from.hz() as usize / 4;
        for n in settled..tone.len() {
            let error = (i32::from(heard[n]) - i32::from(tone[n - delay])).abs();
            assert!(error < 40, "{from:?} by {to:?}: {error} at {n}");
        }
    }
}

#[test]
fn the_same_rate_and_any_stretch_are_fine() {
    let speech = sound::speech(-15.0, 16_000, 16_000, 1);
    assert_eq!(change(Rate::Wide, Rate::Wide, &speech), speech);
    let whole = change(Rate::Wide, Rate::Full, &speech);
    let mut resampler = Resampler::new(Rate::Wide, Rate::Full);
    let mut pieces = vec![0i16; whole.len()];
    let (mut read, mut written) = (0, 0);
    for length in [1, 7, 0, 320, 2000, 13_672] {
        written += resampler.process(&speech[read..read + length], &mut pieces[written..]);
        read += length;
    }
    assert_eq!((read, written), (16_000, 48_000));
    assert_eq!(pieces, whole);
    assert_eq!(resampler.process(&speech, &mut [0; 10]), 10, "no more than there is room for");
    assert_eq!(Resampler::new(Rate::Full, Rate::Narrow).process(&[1; 5], &mut [0; 10]), 0);
}
