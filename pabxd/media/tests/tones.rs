//! Tones of every country: frequencies, cadence, level, and no clicks.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions, reason = "tests")]

use pabx_media::audio::{Level, Rate};
use pabx_media::tones::{Country, Tone, TonePlayer, definition};

mod sound;

fn play(country: Country, tone: Tone, rate: Rate, seconds: usize) -> Vec<i16> {
    let mut player = TonePlayer::new(definition(country, tone), rate);
    let mut samples = vec![0i16; rate.hz() as usize * seconds];
    samples.chunks_mut(rate.frame_samples()).for_each(|frame| player.fill(frame));
    samples
}

/// Lengths of sound and silence in turn, in milliseconds.
fn cadence(samples: &[i16], rate: Rate) -> Vec<usize> {
    let sounding = samples.chunks(rate.per_ms()).map(|ms| ms.iter().any(|sample| sample.unsigned_abs() > 20));
    let mut runs: Vec<(bool, usize)> = Vec::new();
    for now in sounding {
        match runs.last_mut() {
            Some((state, length)) if *state == now => *length += 1,
            _ => runs.push((now, 1)),
        }
    }
    runs.into_iter().map(|(_, length)| length).collect()
}

#[test]
fn the_tones_of_brazil_are_those_of_the_contract() {
    let rate = Rate::Narrow;
    for (tone, expected) in [
        (Tone::Ringback, vec![1000, 4000, 1000]),
        (Tone::Busy, vec![250, 250, 250, 250]),
        (Tone::Congestion, vec![250, 250, 750, 250, 250]),
    ] {
        let found = cadence(&play(Country::Brazil, tone, rate, 7), rate);
        for (found, expected) in found.iter().zip(&expected) {
            assert!(found.abs_diff(*expected) <= 1, "{tone:?}: {found} ms and not {expected}");
        }
        assert!(found.len() >= expected.len());
    }
    let dial = play(Country::Brazil, Tone::Dial, rate, 2);
    assert_eq!(cadence(&dial, rate).len(), 1);
    assert!((sound::level_at(&dial[800..], 425.0, rate.hz()) + 10.0).abs() < 0.2);
}

#[test]
fn every_tone_of_every_country_has_its_frequencies_level_and_cadence_at_every_rate() {
    for country in Country::ALL {
        for tone in Tone::ALL {
            let definition = definition(country, tone);
            let on_ms = definition.cadence.first().map_or(1000, |(on, _)| usize::from(*on));
            for rate in Rate::ALL {
                let samples = play(country, tone, rate, 2);
                let sounding = &samples[10 * rate.per_ms()..(on_ms - 10) * rate.per_ms()];
                let level = Level::of(sounding).dbm0();
                assert!((level + 10.0).abs() < 0.7, "{country:?} {tone:?} {rate:?}: {level} dBm0");
                if on_ms >= 200 {
                    for hz in definition.hz.into_iter().filter(|hz| *hz > 0.0) {
                        let at = sound::level_at(sounding, f64::from(hz), rate.hz());
                        assert!(at > -14.0, "{country:?} {tone:?}: {at} dBm0 at {hz} Hz");
                    }
                }
                let off_ms = definition.cadence.first().map_or(0, |(_, off)| usize::from(*off));
                let silent = &samples[(on_ms * rate.per_ms()).min(samples.len())..]
                    [..(off_ms.min(2000 - on_ms.min(2000))) * rate.per_ms()];
                assert!(silent.iter().all(|sample| *sample == 0), "{country:?} {tone:?}");
                // Less than the root mean square of the tone.
                assert!(
                    sound::largest_step(&samples) < 5105,
                    "{country:?} {tone:?} {rate:?} clicks: {}",
                    sound::largest_step(&samples)
                );
            }
        }
    }
}

#[test]
fn countries_are_known_by_their_codes() {
    assert_eq!(Country::from_iso("br"), Country::Brazil);
    assert_eq!(Country::from_iso("US"), Country::UnitedStates);
    assert_eq!(Country::from_iso("XX"), Country::Generic);
    assert_ne!(definition(Country::UnitedStates, Tone::Busy), definition(Country::Brazil, Tone::Busy));
}
