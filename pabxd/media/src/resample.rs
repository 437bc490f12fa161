//! From one rate of samples to another: 8, 16 and 48 kHz, by a polyphase FIR filter.
//!
//! One low-pass filter, a windowed sinc at the higher of the two rates, serves both ways: going up it removes the images
//! of the band, going down what would fold into it. Its tables are calculated once in the process. For 8 kHz the band is
//! flat within 0.5 dB to 3.4 kHz and images from 4.6 kHz on are 50 dB down at least; for 16 kHz, 7 and 9 kHz.

use crate::narrow::narrowed;
use std::sync::LazyLock;

use crate::audio::{Rate, to_sample};

/// Taps that meet an input sample of the lower rate.
const TAPS: usize = 32;

/// The form of the Kaiser window: 60 dB of attenuation.
const KAISER_BETA: f64 = 5.65;

/// Delay in samples of the lower rate.
pub const DELAY_SAMPLES: usize = TAPS / 2;

/// Changes the rate of one stream.
#[derive(Clone, Debug)]
pub struct Resampler {
    from: Rate,
    to: Rate,
    /// The samples before, the newest last; then, while it works, those of one stretch.
    buffer: Box<[f32]>,
}

impl Resampler {
    /// Between any two rates; where they are the same nothing is done.
    pub fn new(from: Rate, to: Rate) -> Self {
        let memory = memory(from.per_ms() / to.per_ms());
        let length = if from == to { 0 } else { memory + from.frame_samples() };
        Self { from, to, buffer: vec![0.0; length].into_boxed_slice() }
    }

    /// The rate of what it takes.
    pub const fn from(&self) -> Rate {
        self.from
    }

    /// The rate of what it yields.
    pub const fn to(&self) -> Rate {
        self.to
    }

    /// How many samples so many become.
    pub const fn length_after(&self, samples: usize) -> usize {
        samples * self.to.per_ms() / self.from.per_ms()
    }

    /// Changes a stretch of samples into `out`; their number, [`Self::length_after`] but at most `out.len()`. Going down,
    /// the stretch should be whole milliseconds; what is left over of it does not sound.
    pub fn process(&mut self, samples: &[i16], out: &mut [i16]) -> usize {
        let (up, down) = (self.to.per_ms() / self.from.per_ms(), self.from.per_ms() / self.to.per_ms());
        let mut written = 0;
        for stretch in samples.chunks(self.from.frame_samples()) {
            let rest = out.get_mut(written..).unwrap_or_default();
            written += match (up, down) {
                (1, _) if down == 1 => copy(stretch, rest),
                (0, _) => self.decimate(stretch, down, rest),
                _ => self.interpolate(stretch, up, rest),
            };
        }
        written
    }

    /// Each sample becomes `factor` samples, one of each phase of the filter.
    fn interpolate(&mut self, samples: &[i16], factor: usize, out: &mut [i16]) -> usize {
        let taps = taps_of(factor);
        let memory = memory(1);
        self.load(memory, samples);
        let loaded = self.buffer.get(..memory + samples.len()).unwrap_or_default();
        let sums = loaded
            .windows(TAPS)
            .flat_map(|window| taps.phases.chunks_exact(TAPS).map(move |phase| dot(window, phase)));
        let written = out.iter_mut().zip(sums).map(|(to, sum)| *to = to_sample(sum)).count();
        self.keep(memory, samples.len());
        written
    }

    /// Of `factor` filtered samples one is calculated.
    fn decimate(&mut self, samples: &[i16], factor: usize, out: &mut [i16]) -> usize {
        let taps = taps_of(factor);
        let memory = memory(factor);
        self.load(memory, samples);
        let loaded = self.buffer.get(..memory + samples.len()).unwrap_or_default();
        let sums = loaded.windows(factor * TAPS).step_by(factor).map(|window| dot(window, &taps.whole));
        let most = samples.len() / factor;
        let written = out.iter_mut().take(most).zip(sums).map(|(to, sum)| *to = to_sample(sum)).count();
        self.keep(memory, samples.len());
        written
    }

    fn load(&mut self, memory: usize, samples: &[i16]) {
        for (to, from) in self.buffer.iter_mut().skip(memory).zip(samples) {
            *to = f32::from(*from);
        }
    }

    fn keep(&mut self, memory: usize, used: usize) {
        self.buffer.copy_within(used..used + memory, 0);
    }
}

/// What is remembered of the stretch before, in samples: the filter's length but one. Going up the filter sees as many
/// samples as it has taps in a phase.
fn memory(down: usize) -> usize {
    down.max(1) * TAPS - 1
}

fn copy(samples: &[i16], out: &mut [i16]) -> usize {
    out.iter_mut().zip(samples).map(|(to, from)| *to = *from).count()
}

fn dot(samples: &[f32], taps: &[f32]) -> f32 {
    // Eight sums side by side: the processor's vectors, which it may not use for one sum in a given order.
    let mut sums = [0.0_f32; 8];
    for (some, of_taps) in samples.as_chunks::<8>().0.iter().zip(taps.as_chunks::<8>().0) {
        for ((sum, sample), tap) in sums.iter_mut().zip(some).zip(of_taps) {
            *sum += sample * tap;
        }
    }
    sums.iter().sum()
}

/// The filter for one ratio.
struct Taps {
    /// For going down: unity gain.
    whole: Vec<f32>,
    /// For going up: [`TAPS`] for each phase, each of unity gain, the oldest sample's first.
    phases: Vec<f32>,
}

fn taps_of(factor: usize) -> &'static Taps {
    static TWO: LazyLock<Taps> = LazyLock::new(|| design(2));
    static THREE: LazyLock<Taps> = LazyLock::new(|| design(3));
    static SIX: LazyLock<Taps> = LazyLock::new(|| design(6));
    match factor {
        2 => &TWO,
        3 => &THREE,
        _ => &SIX,
    }
}

/// A sinc with its edge at half the lower rate, under a Kaiser window.
fn design(factor: u16) -> Taps {
    let factor_size = usize::from(factor);
    let length = factor_size * TAPS;
    let middle = f64::from(factor) * 16.0;
    let prototype: Vec<f64> = (0u16..)
        .take(length)
        .map(|n| {
            // An odd number of taps, symmetric around the middle, so that the delay is whole; the first one is zero.
            let at = f64::from(n) - middle;
            let x = std::f64::consts::PI * at / f64::from(factor);
            let sinc = if n == 0 {
                0.0
            } else if at == 0.0 {
                1.0
            } else {
                x.sin() / x
            };
            let span = (1.0 - (at / middle).powi(2)).max(0.0);
            sinc * bessel(KAISER_BETA * span.sqrt()) / bessel(KAISER_BETA)
        })
        .collect();
    let sum: f64 = prototype.iter().sum();
    // The newest sample meets the first tap; windows have the newest last.
    let whole = prototype.iter().rev().map(|tap| narrowed(tap / sum)).collect();
    let mut phases = Vec::with_capacity(length);
    for phase in 0..factor_size {
        let of_phase: Vec<f64> = prototype.iter().skip(phase).step_by(factor_size).copied().collect();
        let gain: f64 = of_phase.iter().sum();
        phases.extend(of_phase.iter().rev().map(|tap| narrowed(tap / gain)));
    }
    Taps { whole, phases }
}

/// The modified Bessel function of the first kind, order zero, by its series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for n in 1..30u16 {
        term *= (x / (2.0 * f64::from(n))).powi(2);
        sum += term;
    }
    sum
}
