//! Sound for tests: tones, noise, and what a spectrum says of them.

#![allow(dead_code, reason = "each binary uses its part")]
#![allow(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "tests"
)]
#![allow(clippy::cast_sign_loss, clippy::cast_possible_wrap, clippy::indexing_slicing, reason = "tests")]

use std::f64::consts::TAU;

use pabx_media::audio::{Level, peak_of_sine};

/// A sine of so many samples at a level in dBm0.
pub(crate) fn tone(hz: f64, dbm0: f32, rate: u32, samples: usize) -> Vec<i16> {
    let peak = f64::from(peak_of_sine(dbm0));
    (0..samples).map(|n| (peak * (TAU * hz * n as f64 / f64::from(rate)).sin()).round() as i16).collect()
}

/// The level of one frequency in dBm0, under a Hann window: what is more than four bins away does not count.
pub(crate) fn level_at(samples: &[i16], hz: f64, rate: u32) -> f32 {
    let (mut real, mut imaginary, mut weight) = (0.0, 0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let window = 0.5 - 0.5 * (TAU * n as f64 / samples.len() as f64).cos();
        let phase = TAU * hz * n as f64 / f64::from(rate);
        real += f64::from(*sample) * window * phase.cos();
        imaginary += f64::from(*sample) * window * phase.sin();
        weight += window;
    }
    let peak = 2.0 * real.hypot(imaginary) / weight;
    (20.0 * (peak / f64::from(peak_of_sine(0.0))).max(1e-9).log10()) as f32
}

/// The strongest frequency between 50 Hz and 3.5 kHz, on a grid of 10 Hz, in the first 40 ms.
pub(crate) fn pitch(samples: &[i16], rate: u32) -> f64 {
    let samples = &samples[..rate as usize / 25];
    (5..350)
        .map(|n| f64::from(n) * 10.0)
        .max_by(|a, b| level_at(samples, *a, rate).total_cmp(&level_at(samples, *b, rate)))
        .unwrap()
}

/// What is left of a signal when one frequency is taken out of it, in dB below that frequency.
pub(crate) fn signal_to_noise(samples: &[i16], hz: f64, rate: u32) -> f32 {
    let (mut cosines, mut sines) = (0.0, 0.0);
    let phase = |n: usize| TAU * hz * n as f64 / f64::from(rate);
    for (n, sample) in samples.iter().enumerate() {
        cosines += f64::from(*sample) * phase(n).cos() * 2.0 / samples.len() as f64;
        sines += f64::from(*sample) * phase(n).sin() * 2.0 / samples.len() as f64;
    }
    let rest: Vec<i16> = samples
        .iter()
        .enumerate()
        .map(|(n, s)| (f64::from(*s) - cosines * phase(n).cos() - sines * phase(n).sin()).round() as i16)
        .collect();
    Level::of(samples).dbov() - Level::of(&rest).dbov()
}

/// The largest step between neighbouring samples.
pub(crate) fn largest_step(samples: &[i16]) -> i32 {
    samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap_or(0)
}

/// Numbers that look random and are the same every time (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// From -1 to 1.
    pub(crate) fn even(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}

/// White noise of a level in dBm0.
pub(crate) fn noise(dbm0: f32, samples: usize, seed: u64) -> Vec<i16> {
    let mut dice = Dice(seed);
    let peak = f64::from(Level::from_dbm0(dbm0).rms()) * 3.0_f64.sqrt();
    (0..samples).map(|_| (dice.even() * peak) as i16).collect()
}

/// Something like a voice: pulses of a wandering pitch through moving resonances, with pauses, at a level in dBm0.
pub(crate) fn speech(dbm0: f32, rate: u32, samples: usize, seed: u64) -> Vec<i16> {
    let mut dice = Dice(seed);
    let (mut phase, mut f0, mut loudness, mut target) = (0.0, 120.0, 0.0, 1.0);
    let mut formants = [(500.0, 0.0, 0.0), (1500.0, 0.0, 0.0), (2500.0, 0.0, 0.0)];
    let mut goals = [500.0, 1500.0, 2500.0];
    let mut raw = Vec::with_capacity(samples);
    for n in 0..samples {
        if n % (rate as usize / 8) == 0 {
            goals = [
                300.0 + 250.0 * (1.0 + dice.even()),
                1500.0 + 600.0 * dice.even(),
                2500.0 + 300.0 * dice.even(),
            ];
            target = if dice.below(5) == 0 { 0.0 } else { 0.6 + 0.4 * dice.even() };
        }
        f0 += dice.even() * 0.05 + (130.0 - f0) * 0.0002;
        loudness += (target - loudness) * 40.0 / f64::from(rate);
        phase += f0 / f64::from(rate);
        let pulse = if phase >= 1.0 {
            phase -= 1.0;
            1.0
        } else {
            0.0
        };
        let excitation = (pulse + dice.even() * 0.02) * loudness;
        let mut sum = 0.0;
        for ((hz, one, two), goal) in formants.iter_mut().zip(goals) {
            *hz += (goal - *hz) * 30.0 / f64::from(rate);
            let radius = (-std::f64::consts::PI * 80.0 / f64::from(rate)).exp();
            let out = excitation + 2.0 * radius * (TAU * *hz / f64::from(rate)).cos() * *one
                - radius * radius * *two;
            (*two, *one) = (*one, out);
            sum += out;
        }
        raw.push(sum);
    }
    let rms = (raw.iter().map(|value| value * value).sum::<f64>() / samples as f64).sqrt();
    let gain = f64::from(Level::from_dbm0(dbm0).rms()) / rms;
    raw.into_iter().map(|value| (value * gain).clamp(-32_768.0, 32_767.0) as i16).collect()
}
