//! A tone, made and recognised: what the self-test and the audio test speak and hear. Samples are 16 bit.

use std::f64::consts::TAU;

/// Samples a second on the telephone.
pub const RATE: u32 = 8_000;
/// The peak of the test tone: -12 dB under full scale, loud and not harsh.
pub const AMPLITUDE: f64 = 8_000.0;
/// The frequency of the test tone, in hertz.
pub const TEST_TONE: f64 = 1_000.0;
/// Full scale of a sample.
const FULL_SCALE: f64 = 32_768.0;

/// `count` samples of a sine, from sample number `first` on, so that pieces join without a click.
pub fn tone(frequency: f64, rate: u32, first: u32, count: u32) -> impl Iterator<Item = i16> {
    let step = TAU * frequency / f64::from(rate.max(1));
    (first..first.saturating_add(count)).map(move |index| clamp(AMPLITUDE * (step * f64::from(index)).sin()))
}

/// To a sample, without wrapping.
fn clamp(value: f64) -> i16 {
    let bounded = value.round().clamp(f64::from(i16::MIN), f64::from(i16::MAX));
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "bounded one line above")]
    let sample = bounded as i16;
    sample
}

/// What a stretch of sound is: levels in dB under full scale (a full sine is -3).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    /// Level of the one frequency asked for.
    pub tone: f64,
    /// Level of everything.
    pub total: f64,
}

impl Heard {
    /// Listens for a frequency in sound of `rate` samples a second (Goertzel's algorithm).
    pub fn of(samples: &[i16], rate: u32, frequency: f64) -> Self {
        Self { tone: tone_level(samples, rate, frequency), total: level(samples) }
    }

    /// Whether it is the test tone and little else: nine tenths of the power at its frequency, and its level to 3 dB.
    pub fn is_test_tone(&self) -> bool {
        let sent = decibels(AMPLITUDE * AMPLITUDE / 2.0);
        self.total - self.tone < 0.5 && (self.tone - sent).abs() <= 3.0
    }
}

impl std::fmt::Display for Heard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.total < -60.0 {
            return f.write_str("silence");
        }
        write!(f, "{:.1} dB of {:.1} dB in all", self.tone, self.total)
    }
}

fn decibels(mean_square: f64) -> f64 {
    10.0 * (mean_square / (FULL_SCALE * FULL_SCALE)).log10()
}

/// How many there are, as a divisor; sound here is shorter than 2^32 samples.
fn count(samples: &[i16]) -> f64 {
    u32::try_from(samples.len()).map_or(f64::INFINITY, f64::from)
}

fn level(samples: &[i16]) -> f64 {
    let power: f64 = samples.iter().map(|sample| f64::from(*sample) * f64::from(*sample)).sum();
    decibels(power / count(samples).max(1.0))
}

fn tone_level(samples: &[i16], rate: u32, frequency: f64) -> f64 {
    let coefficient = 2.0 * (TAU * frequency / f64::from(rate.max(1))).cos();
    let (mut before, mut last) = (0.0, 0.0);
    for sample in samples {
        (before, last) = (last, f64::from(*sample) + coefficient * last - before);
    }
    let power = before * before + last * last - coefficient * before * last;
    let count = count(samples).max(1.0);
    decibels(2.0 * power.max(0.0) / (count * count))
}

/// One sample as µ-law (ITU-T G.711, table 2).
pub fn to_mu_law(sample: i16) -> u8 {
    const BIAS: i32 = 132;
    const CLIP: i32 = 32_635;
    let wide = i32::from(sample);
    let sign: u8 = if wide < 0 { 0x80 } else { 0 };
    let magnitude = wide.abs().min(CLIP) + BIAS;
    let segment = (0..8_u8).rev().find(|segment| magnitude >> (segment + 7) != 0).unwrap_or(0);
    let step = u8::try_from(magnitude >> (segment + 3) & 0x0f).unwrap_or(0x0f);
    !(sign | segment << 4 | step)
}

/// One octet of µ-law as a sample.
pub fn from_mu_law(octet: u8) -> i16 {
    let octet = !octet;
    let segment = octet >> 4 & 7;
    let magnitude = (((i16::from(octet & 0x0f) << 3) + 132) << segment) - 132;
    if octet & 0x80 == 0 { magnitude } else { -magnitude }
}

/// One sample as A-law (ITU-T G.711, table 1).
pub fn to_a_law(sample: i16) -> u8 {
    let (sign, magnitude) = if sample < 0 { (0, !sample) } else { (0x80, sample) };
    let magnitude = magnitude >> 4;
    let segment = (1..8_u8).rev().find(|segment| magnitude >> (segment + 3) != 0).unwrap_or(0);
    let step = magnitude >> segment.saturating_sub(1) & 0x0f;
    (sign | segment << 4 | u8::try_from(step).unwrap_or(0x0f)) ^ 0x55
}

/// One octet of A-law as a sample.
pub fn from_a_law(octet: u8) -> i16 {
    let octet = octet ^ 0x55;
    let (segment, step) = (octet >> 4 & 7, i16::from(octet & 0x0f) << 4);
    let magnitude = if segment == 0 { step + 8 } else { (step + 0x108) << (segment - 1) };
    if octet & 0x80 == 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through_g711(frequency: f64) -> Vec<i16> {
        tone(frequency, RATE, 0, 4_000).map(to_mu_law).map(from_mu_law).collect()
    }

    #[test]
    fn the_test_tone_is_known_again_after_g711() {
        let heard = Heard::of(&through_g711(TEST_TONE), RATE, TEST_TONE);
        assert!(heard.is_test_tone(), "{heard:?}");
    }

    #[test]
    fn another_tone_noise_silence_and_half_a_second_missing_are_not_it() {
        let other = through_g711(600.0);
        let mut state = 1_u32;
        let noise: Vec<i16> = (0..4_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                i16::try_from(state >> 18).unwrap() - 8_192
            })
            .collect();
        let mut broken = through_g711(TEST_TONE);
        broken[..2_500].fill(0);
        for samples in [other, noise, vec![0; 4_000], Vec::new(), broken] {
            let heard = Heard::of(&samples, RATE, TEST_TONE);
            assert!(!heard.is_test_tone(), "{heard:?}");
        }
        let mixed: Vec<i16> =
            through_g711(TEST_TONE).iter().zip(through_g711(600.0)).map(|(one, two)| one + two).collect();
        assert!(!Heard::of(&mixed, RATE, TEST_TONE).is_test_tone(), "nothing else may be heard");
        let faint: Vec<i16> = through_g711(TEST_TONE).iter().map(|sample| sample / 4).collect();
        assert!(!Heard::of(&faint, RATE, TEST_TONE).is_test_tone(), "the level counts");
    }

    #[test]
    fn a_law_agrees_with_the_table_of_the_standard() {
        for (sample, octet) in [(0, 0xd5), (-1, 0x55), (32_767, 0xaa), (i16::MIN, 0x2a), (256, 0xc5)] {
            assert_eq!(to_a_law(sample), octet, "{sample}");
        }
        assert_eq!((from_a_law(0xaa), from_a_law(0x2a), from_a_law(0xd5)), (32_256, -32_256, 8));
        for octet in 0..=255_u8 {
            assert_eq!(to_a_law(from_a_law(octet)), octet, "{octet:#x}");
        }
        let heard: Vec<i16> = tone(TEST_TONE, RATE, 0, 4_000).map(to_a_law).map(from_a_law).collect();
        assert!(Heard::of(&heard, RATE, TEST_TONE).is_test_tone());
    }

    #[test]
    fn mu_law_agrees_with_the_table_of_the_standard() {
        for (sample, octet) in [(0, 0xff), (32_635, 0x80), (-32_635, 0x00), (32_767, 0x80), (i16::MIN, 0x00)]
        {
            assert_eq!(to_mu_law(sample), octet, "{sample}");
        }
        assert_eq!((from_mu_law(0x80), from_mu_law(0x00)), (32_124, -32_124));
        for octet in 0..=255_u8 {
            let again = to_mu_law(from_mu_law(octet));
            assert!(again == octet || (octet == 0x7f && again == 0xff), "{octet:#x}: {again:#x}");
        }
    }
}
