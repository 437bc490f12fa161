//! Levels of sound: dBov, relative to the overload of the digital system, and dBm0, relative to the telephone's test tone.

use crate::narrow::narrowed;

/// Overload: the level of a square wave between the extremes, which nothing exceeds (ITU-T G.100.1, RFC 6464 §3).
const OVERLOAD: f64 = 32_768.0;

/// 0 dBm0 in dBov (ITU-T G.100.1 §6): the largest sine is 3.14 dBm0 (ITU-T G.711, A-law), and is -3.01 dBov.
const REFERENCE_DBOV: f32 = -6.15;

/// The lowest level that is told apart from silence, as in RFC 6464.
const FLOOR_DBOV: f32 = -127.0;

/// A level, kept as the mean of the squares of samples: levels of equal stretches can be added and averaged so.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Level {
    mean_square: f64,
}

impl Level {
    /// Of a stretch of samples; nothing is silent.
    pub fn of(samples: &[i16]) -> Self {
        let sum: u64 = samples.iter().map(|&sample| u64::from(sample.unsigned_abs()).pow(2)).sum();
        // Exact: a sum of a second at 48 kHz is below 2^46; both halves fit a u32 each.
        let sum = f64::from(high(sum)) * 4_294_967_296.0 + f64::from(low(sum));
        let count = u32::try_from(samples.len()).unwrap_or(u32::MAX).max(1);
        Self { mean_square: sum / f64::from(count) }
    }

    /// Of a level in dBm0.
    pub fn from_dbm0(dbm0: f32) -> Self {
        let ratio = 10_f64.powf(f64::from(dbm0 + REFERENCE_DBOV) / 10.0);
        Self { mean_square: ratio * OVERLOAD * OVERLOAD }
    }

    /// In dB relative to overload: 0 (a full square wave) to -127 (silence).
    pub fn dbov(self) -> f32 {
        narrowed(10.0 * (self.mean_square / (OVERLOAD * OVERLOAD)).log10()).max(FLOOR_DBOV)
    }

    /// In dB relative to 1 mW at the point of zero relative level (ITU-T G.100.1): a full sine is 3.14.
    pub fn dbm0(self) -> f32 {
        self.dbov() - REFERENCE_DBOV
    }

    /// Root mean square, in units of samples: 0 to 32768.
    pub fn rms(self) -> f32 {
        narrowed(self.mean_square.sqrt())
    }
}

/// The peak of a sine of a level in dBm0, in units of samples: 0 dBm0 is 22828.
pub fn peak_of_sine(dbm0: f32) -> f32 {
    Level::from_dbm0(dbm0).rms() * std::f32::consts::SQRT_2
}

fn high(value: u64) -> u32 {
    u32::try_from(value >> 32).unwrap_or(u32::MAX)
}

fn low(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(value: f32, expected: f32) -> bool {
        (value - expected).abs() < 0.05
    }

    #[test]
    fn the_largest_square_and_sine_are_where_the_recommendation_puts_them() {
        assert!(about(Level::of(&[i16::MIN; 160]).dbov(), 0.0));
        let sine: Vec<i16> = (0..8000u16)
            .map(|n| {
                crate::audio::to_sample(32_767.0 * (f32::from(n) * std::f32::consts::TAU * 0.1251).sin())
            })
            .collect();
        assert!(about(Level::of(&sine).dbov(), -3.01), "{}", Level::of(&sine).dbov());
        assert!((3.1..3.2).contains(&Level::of(&sine).dbm0()), "{}", Level::of(&sine).dbm0());
        assert!((peak_of_sine(0.0) - 22_828.0).abs() < 20.0, "{}", peak_of_sine(0.0));
        assert!(about(Level::from_dbm0(-12.5).dbm0(), -12.5));
    }

    #[test]
    fn silence_has_the_lowest_level() {
        assert_eq!(Level::of(&[0; 160]).dbov().to_bits(), FLOOR_DBOV.to_bits());
        assert_eq!(Level::of(&[]).dbov().to_bits(), FLOOR_DBOV.to_bits());
    }
}
