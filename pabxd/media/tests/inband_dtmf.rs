//! Digits in the sound: what ITU-T Q.24 asks of a receiver, and what must not be taken for a digit.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions, reason = "tests")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "tests"
)]

use pabx_media::audio::Rate;
use pabx_media::coding::g711::Law;
use pabx_media::dtmf::Digit;
use pabx_media::dtmf::inband::{InBand, InBandDetector, InBandTone};

mod sound;

const KEYS: [(char, f64, f64); 16] = [
    ('1', 697.0, 1209.0),
    ('2', 697.0, 1336.0),
    ('3', 697.0, 1477.0),
    ('A', 697.0, 1633.0),
    ('4', 770.0, 1209.0),
    ('5', 770.0, 1336.0),
    ('6', 770.0, 1477.0),
    ('B', 770.0, 1633.0),
    ('7', 852.0, 1209.0),
    ('8', 852.0, 1336.0),
    ('9', 852.0, 1477.0),
    ('C', 852.0, 1633.0),
    ('*', 941.0, 1209.0),
    ('0', 941.0, 1336.0),
    ('#', 941.0, 1477.0),
    ('D', 941.0, 1633.0),
];

/// A key: level of the stronger tone, high over low in dB, error of both frequencies, length, where it begins.
#[derive(Clone, Copy, Debug)]
struct Key {
    low: f64,
    high: f64,
    dbm0: f32,
    twist: f32,
    error: f64,
    ms: usize,
    offset: usize,
}

fn sound_of(key: Key) -> Vec<i16> {
    let mut samples = vec![0i16; key.offset];
    let low = sound::tone(key.low * (1.0 + key.error), key.dbm0 - key.twist.max(0.0), 8000, key.ms * 8);
    let high = sound::tone(key.high * (1.0 + key.error), key.dbm0 + key.twist.min(0.0), 8000, key.ms * 8);
    samples.extend(low.iter().zip(&high).map(|(a, b)| a.saturating_add(*b)));
    samples.extend([0; 400]);
    samples
}

fn heard(samples: &[i16]) -> Vec<InBand> {
    let mut detector = InBandDetector::default();
    samples.chunks(160).filter_map(|frame| detector.listen(frame)).collect()
}

fn digits(samples: &[i16]) -> String {
    let digit = |told: &InBand| if let InBand::Began(digit) = told { Some(*digit) } else { None };
    heard(samples).iter().filter_map(digit).collect()
}

fn expect(digit: char, key: Key) {
    let told = heard(&sound_of(key));
    let [InBand::Began(began), InBand::Ended(Digit { digit: ended, ms })] = told[..] else {
        panic!("{digit} {key:?}: {told:?}")
    };
    assert_eq!((began, ended), (digit, digit), "{key:?}");
    assert!((i64::from(ms) - key.ms as i64).abs() <= 20, "{digit} {key:?}: {ms} ms");
}

#[test]
fn every_digit_is_recognised_at_every_level_twist_and_error_of_40_ms() {
    for (digit, low, high) in KEYS {
        for dbm0 in [-3.0, -10.0, -20.0, -24.0] {
            for twist in [-6.0, 0.0, 6.0] {
                for error in [-0.015, 0.0, 0.015] {
                    for offset in [0, 13, 29, 47] {
                        expect(digit, Key { low, high, dbm0, twist, error, ms: 40, offset });
                    }
                }
            }
        }
        for error in [-0.015, 0.0, 0.015] {
            expect(digit, Key { low, high, dbm0: -30.0, twist: 0.0, error, ms: 40, offset: 5 });
        }
    }
}

#[test]
fn the_two_frequencies_may_err_apart() {
    for (digit, low, high) in KEYS {
        for (one, other) in [(0.985, 1.015), (1.015, 0.985)] {
            expect(
                digit,
                Key {
                    low: low * one,
                    high: high * other,
                    dbm0: -12.0,
                    twist: 0.0,
                    error: 0.0,
                    ms: 40,
                    offset: 9,
                },
            );
        }
    }
}

#[test]
fn what_is_too_short_too_unequal_too_weak_or_off_is_no_digit() {
    for (digit, low, high) in KEYS {
        let key = Key { low, high, dbm0: -10.0, twist: 0.0, error: 0.0, ms: 60, offset: 0 };
        assert_eq!(digits(&sound_of(key)), digit.to_string());
        for offset in 0..51 {
            assert_eq!(digits(&sound_of(Key { ms: 23, offset, ..key })), "", "{digit} of 23 ms at {offset}");
        }
        for twist in [-12.0, 12.0] {
            assert_eq!(digits(&sound_of(Key { twist, ..key })), "", "{digit} with a twist of {twist} dB");
        }
        assert_eq!(digits(&sound_of(Key { dbm0: -40.0, ..key })), "", "{digit} at -40 dBm0");
        for error in [-0.06, 0.06] {
            assert_eq!(digits(&sound_of(Key { error, ..key })), "", "{digit} {error} off");
        }
        assert_eq!(digits(&sound::tone(low, -6.0, 8000, 4000)), "", "one tone of {digit}");
    }
}

#[test]
fn short_interruptions_do_not_part_a_digit_and_pauses_do() {
    let key =
        sound_of(Key { low: 770.0, high: 1336.0, dbm0: -10.0, twist: 0.0, error: 0.0, ms: 200, offset: 0 });
    for offset in 0..60 {
        let mut interrupted = key.clone();
        interrupted[600 + offset..680 + offset].fill(0);
        assert_eq!(digits(&interrupted), "5", "10 ms at {offset}");
        let mut twice = key.clone();
        twice[600 + offset..920 + offset].fill(0);
        assert_eq!(digits(&twice), "55", "40 ms at {offset}");
    }
}

#[test]
fn digits_are_heard_in_noise_and_after_coding() {
    for (digit, low, high) in KEYS {
        let key = sound_of(Key { low, high, dbm0: -12.0, twist: 0.0, error: 0.01, ms: 60, offset: 17 });
        for seed in 0..10 {
            let noise = sound::noise(-30.0, key.len(), seed);
            let noisy: Vec<i16> = key.iter().zip(&noise).map(|(a, b)| a.saturating_add(*b)).collect();
            assert_eq!(digits(&noisy), digit.to_string(), "seed {seed}");
        }
        for law in [Law::A, Law::Mu] {
            let coded: Vec<i16> = key.iter().map(|sample| law.decode(law.encode(*sample))).collect();
            assert_eq!(digits(&coded), digit.to_string());
        }
    }
}

#[test]
fn speech_and_noise_are_no_digits() {
    for seed in 0..20 {
        for dbm0 in [-25.0, -12.0] {
            assert_eq!(digits(&sound::speech(dbm0, 8000, 8000 * 30, seed)), "", "speech of seed {seed}");
        }
        assert_eq!(digits(&sound::noise(-10.0, 8000 * 20, seed)), "", "noise of seed {seed}");
    }
    for hz in (200..3400).step_by(25) {
        assert_eq!(digits(&sound::tone(f64::from(hz), -6.0, 8000, 1600)), "", "a tone of {hz} Hz");
    }
    // Dial, busy and information tones.
    for (one, other) in [(350.0, 440.0), (440.0, 480.0), (480.0, 620.0), (950.0, 1400.0)] {
        let both: Vec<i16> = sound::tone(one, -10.0, 8000, 8000)
            .iter()
            .zip(&sound::tone(other, -10.0, 8000, 8000))
            .map(|(a, b)| a.saturating_add(*b))
            .collect();
        assert_eq!(digits(&both), "", "{one} and {other} Hz");
    }
}

#[test]
fn what_is_made_is_recognised() {
    for (digit, low, high) in KEYS {
        for rate in Rate::ALL {
            let mut tone = InBandTone::new(digit, rate, 70).unwrap();
            let mut samples = vec![0i16; rate.frame_samples() * 6];
            for frame in samples.chunks_mut(rate.frame_samples()) {
                tone.fill(frame);
            }
            let sounding = &samples[..70 * rate.per_ms()];
            assert!((sound::level_at(sounding, low, rate.hz()) + 9.0).abs() < 0.3, "{digit} {rate:?}");
            assert!((sound::level_at(sounding, high, rate.hz()) + 7.0).abs() < 0.3, "{digit} {rate:?}");
            assert!(samples[70 * rate.per_ms()..].iter().all(|sample| *sample == 0));
            if rate == Rate::Narrow {
                assert_eq!(digits(&samples), digit.to_string());
            }
        }
    }
    assert!(InBandTone::new('E', Rate::Narrow, 70).is_none());
}
