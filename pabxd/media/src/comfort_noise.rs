//! Comfort noise (RFC 3389): while the other end sends nothing because nobody talks, the line shall not sound dead.
//!
//! The level is taken from the payload; the spectrum that may follow it is not, the noise is white.

use crate::audio::to_sample;

/// The loudest noise that is made, in dB below overload: what asks for more is no background.
const LOUDEST: u8 = 36;

/// White noise at a level that the other end asked for.
#[derive(Clone, Copy, Debug)]
pub struct ComfortNoise {
    /// Peak in units of samples; 0 until the other end has asked for noise.
    peak: f32,
    state: u32,
}

impl Default for ComfortNoise {
    /// Silence.
    fn default() -> Self {
        Self { peak: 0.0, state: 0x2545_f491 }
    }
}

impl ComfortNoise {
    /// A payload of comfort noise: its first octet is the level in -dBov (§3.1). An empty one changes nothing.
    pub fn set(&mut self, payload: &[u8]) {
        let Some(level) = payload.first() else { return };
        let level = f32::from((level & 0x7f).max(LOUDEST));
        // Evenly spread noise has its peak at the root of three times its root mean square.
        self.peak = 32_768.0 * 10_f32.powf(-level / 20.0) * 3.0_f32.sqrt();
    }

    /// The next samples.
    pub fn fill(&mut self, out: &mut [i16]) {
        for sample in out {
            // Xorshift (Marsaglia): the same noise every time.
            self.state ^= self.state << 13;
            self.state ^= self.state >> 17;
            self.state ^= self.state << 5;
            let [one, other, ..] = self.state.to_be_bytes();
            *sample = to_sample(f32::from(i16::from_be_bytes([one, other])) / 32_768.0 * self.peak);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Level;

    fn level(payload: &[u8]) -> f32 {
        let mut noise = ComfortNoise::default();
        noise.set(payload);
        let mut samples = [0i16; 8000];
        noise.fill(&mut samples);
        Level::of(&samples).dbov()
    }

    #[test]
    fn the_level_is_the_payloads_within_bounds() {
        for asked in [40u8, 50, 60, 70] {
            assert!((level(&[asked]) + f32::from(asked)).abs() < 0.5, "{asked}: {}", level(&[asked]));
        }
        assert!((level(&[0]) + 36.0).abs() < 0.5, "nobody is shouted at: {}", level(&[0]));
        assert!((level(&[0xb2, 3, 4]) + 50.0).abs() < 0.5, "the first bit says nothing");
        assert!(level(&[]) < -100.0);
        assert!(level(&[127]) < -90.0);
    }
}
