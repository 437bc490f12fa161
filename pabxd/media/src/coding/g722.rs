//! ITU-T G.722: 7 kHz of sound in 64 kbit/s, mode 1, one octet for two samples at 16 kHz.
//!
//! A quadrature mirror filter halves the band; each half is coded as the difference from a prediction (ADPCM), six bits
//! for the lower, two for the upper. The arithmetic is that of the Recommendation's fixed-point description (§§5, 6) to
//! the bit, for encoder and decoder adapt by what they calculate and would drift apart otherwise. The names of blocks
//! (`FILTEZ`, `UPPOL2`…) are the Recommendation's.
//!
//! The tables are those of §6 (tables 14 to 21); compared once with another implementation, both ways, bit for bit.

/// Delay of encoder and decoder together, in samples at 16 kHz: two filters of 24 taps, less the sample they share.
pub const DELAY_SAMPLES: usize = 22;

/// Coefficients of the quadrature mirror filter, every other one (table 11); the rest is their mirror image.
const QMF: [i32; 12] = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

/// Decision levels of the lower band's quantizer, positive half (table 14).
const LOW_LEVELS: [i32; 29] = [
    35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219,
    1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
];
/// Decision level of the upper band's quantizer.
const HIGH_LEVEL: i32 = 564;

/// Outputs of the lower band's inverse quantizer, of six bits: what is heard.
const LOW_HEARD: [i32; 64] = [
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360,
    -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688,
    -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856,
    7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136,
    -432, -136,
];
/// The same of four bits: what is predicted from, so that the two lowest bits may be lost.
const LOW_ADAPTED: [i32; 16] =
    [0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];
/// Outputs of the upper band's inverse quantizer.
const HIGH_HEARD: [i32; 4] = [-7408, -1616, 7408, 1616];

/// How a code moves the logarithm of the lower band's step, by its four upper bits.
const LOW_MULTIPLIERS: [i32; 16] =
    [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];
/// The same of the upper band.
const HIGH_MULTIPLIERS: [i32; 4] = [798, -214, 798, -214];

/// 2048 times the power of two of n/32: the step from its logarithm.
const ANTILOG: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896,
    2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];

fn saturate(value: i32) -> i32 {
    value.clamp(i32::from(i16::MIN), i32::from(i16::MAX))
}

fn entry<const N: usize>(table: &[i32; N], index: u8) -> i32 {
    table.get(usize::from(index)).copied().unwrap_or(0)
}

/// Which of the two bands a predictor serves.
#[derive(Clone, Copy, Debug)]
struct Scale {
    /// The largest logarithm of the step.
    limit: i32,
    /// The exponent that stands for a step of one.
    exponent: i32,
}

const LOW: Scale = Scale { limit: 18_432, exponent: 8 };
const HIGH: Scale = Scale { limit: 22_528, exponent: 10 };

/// One band: its step and its predictor of two poles and six zeros.
#[derive(Clone, Debug)]
struct Band {
    scale: Scale,
    /// Logarithm of the step (`NB`).
    log_step: i32,
    /// The step (`DET`).
    step: i32,
    /// The prediction (`S`), and its part of the zeros (`SZ`).
    prediction: i32,
    zeros_part: i32,
    /// Coefficients of the poles (`A1`, `A2`) and of the zeros (`B1`–`B6`).
    poles: [i32; 2],
    zeros: [i32; 6],
    /// The last two reconstructed signals (`RLT`), partially reconstructed ones (`PLT`), the last six differences (`DLT`).
    reconstructed: [i32; 2],
    partial: [i32; 2],
    differences: [i32; 6],
}

impl Band {
    fn new(scale: Scale) -> Self {
        // §6.2.1: the steps after a reset are 32 and 8.
        let step = if scale.exponent == LOW.exponent { 32 } else { 8 };
        Self {
            scale,
            log_step: 0,
            step,
            prediction: 0,
            zeros_part: 0,
            poles: [0; 2],
            zeros: [0; 6],
            reconstructed: [0; 2],
            partial: [0; 2],
            differences: [0; 6],
        }
    }

    /// What a quantizer's output is at this step (`INVQAL`, `INVQBL`, `INVQAH`).
    fn scaled(&self, output: i32) -> i32 {
        (self.step * output) >> 15
    }

    /// Moves the step by a multiplier and takes a quantized difference in: everything that both sides do alike.
    fn adapt(&mut self, difference: i32, multiplier: i32) {
        // LOGSCL, LOGSCH; SCALEL, SCALEH.
        self.log_step = (((self.log_step * 127) >> 7) + multiplier).clamp(0, self.scale.limit);
        let mantissa = ANTILOG.get(usize::try_from((self.log_step >> 6) & 31).unwrap_or(0));
        let shift = self.scale.exponent - (self.log_step >> 11);
        let mantissa = mantissa.copied().unwrap_or(0);
        self.step = if shift < 0 { mantissa << -shift } else { mantissa >> shift } << 2;
        self.predict(difference);
    }

    fn predict(&mut self, difference: i32) {
        let reconstructed = saturate(self.prediction + difference); // RECONS
        let partial = saturate(self.zeros_part + difference); // PARREC
        self.move_poles(partial);
        self.move_zeros(difference);
        // DELAYA
        self.reconstructed = [reconstructed, self.reconstructed[0]];
        self.partial = [partial, self.partial[0]];
        self.differences.rotate_right(1);
        self.differences[0] = difference;
        // FILTEP, FILTEZ, PREDIC
        let poles = product(&self.poles, &self.reconstructed);
        self.zeros_part = saturate(product(&self.zeros, &self.differences));
        self.prediction = saturate(saturate(poles) + self.zeros_part);
    }

    /// `UPPOL2`, `UPPOL1`: by the signs of this and the last two partially reconstructed signals.
    fn move_poles(&mut self, partial: i32) {
        let [first, second] = self.poles;
        let same = self.partial.map(|before| (before < 0) == (partial < 0));
        let towards = saturate(first << 2);
        let towards = if same[0] { -towards } else { towards }.min(i32::from(i16::MAX));
        let leak = if same[1] { 128 } else { -128 };
        let new_second = ((towards >> 7) + leak + ((second * 32_512) >> 15)).clamp(-12_288, 12_288);
        let step = if same[0] { 192 } else { -192 };
        // The filter stays stable: the first pole's bound follows from the second.
        let bound = saturate(15_360 - new_second);
        let new_first = saturate(step + ((first * 32_640) >> 15)).clamp(-bound, bound);
        self.poles = [new_first, new_second];
    }

    /// `UPZERO`.
    fn move_zeros(&mut self, difference: i32) {
        let step = if difference == 0 { 0 } else { 128 };
        for (zero, before) in self.zeros.iter_mut().zip(&self.differences) {
            let step = if (*before < 0) == (difference < 0) { step } else { -step };
            *zero = saturate(step + ((*zero * 32_640) >> 15));
        }
    }
}

/// The sum of products of coefficients and doubled signals, each cut to 16 bits before it is added.
fn product<const N: usize>(coefficients: &[i32; N], signals: &[i32; N]) -> i32 {
    coefficients.iter().zip(signals).map(|(c, signal)| (c * saturate(signal + signal)) >> 15).sum()
}

/// The quadrature mirror filter's memory, the newest pair last.
#[derive(Clone, Debug, Default)]
struct Mirror([i32; 24]);

impl Mirror {
    /// Takes a pair in and yields the sums over the even and the odd half.
    fn filter(&mut self, pair: [i32; 2]) -> (i32, i32) {
        self.0.rotate_left(2);
        let [.., before_last, last] = &mut self.0;
        (*before_last, *last) = (pair[0], pair[1]);
        let (mut odd, mut even) = (0, 0);
        for ((pair, forward), backward) in self.0.as_chunks().0.iter().zip(QMF).zip(QMF.into_iter().rev()) {
            let [one, other]: &[i32; 2] = pair;
            odd += one * forward;
            even += other * backward;
        }
        (even, odd)
    }
}

/// Samples to octets.
#[derive(Clone, Debug)]
pub struct Encoder {
    low: Band,
    high: Band,
    mirror: Mirror,
}

impl Default for Encoder {
    fn default() -> Self {
        Self { low: Band::new(LOW), high: Band::new(HIGH), mirror: Mirror::default() }
    }
}

impl Encoder {
    /// Two samples at 16 kHz to one octet.
    pub fn encode(&mut self, pair: [i16; 2]) -> u8 {
        let (even, odd) = self.mirror.filter(pair.map(i32::from));
        let low = self.encode_low((even + odd) >> 14);
        let high = self.encode_high((even - odd) >> 14);
        (high << 6) | low
    }

    fn encode_low(&mut self, signal: i32) -> u8 {
        let error = saturate(signal - self.low.prediction); // SUBTRA
        let magnitude = if error < 0 { -(error + 1) } else { error };
        // QUANTL: one more than the number of levels that are reached, 1 to 30.
        let reached = LOW_LEVELS.partition_point(|level| (level * self.low.step) >> 12 <= magnitude);
        let code = low_code(u8::try_from(reached + 1).unwrap_or(30), error < 0);
        let kept = code >> 2;
        self.low.adapt(self.low.scaled(entry(&LOW_ADAPTED, kept)), entry(&LOW_MULTIPLIERS, kept));
        code
    }

    fn encode_high(&mut self, signal: i32) -> u8 {
        let error = saturate(signal - self.high.prediction); // SUBTRA
        let magnitude = if error < 0 { -(error + 1) } else { error };
        let large = magnitude >= (HIGH_LEVEL * self.high.step) >> 12; // QUANTH
        let code = match (error < 0, large) {
            (true, true) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (false, false) => 3,
        };
        self.high.adapt(self.high.scaled(entry(&HIGH_HEARD, code)), entry(&HIGH_MULTIPLIERS, code));
        code
    }
}

/// The code of an interval of the lower band (table 16): counted down from the end of its half.
fn low_code(interval: u8, negative: bool) -> u8 {
    match (negative, interval) {
        (true, 1..=2) => 64 - interval,
        (true, _) => 34u8.saturating_sub(interval),
        (false, _) => 62u8.saturating_sub(interval),
    }
}

/// Octets to samples.
#[derive(Clone, Debug)]
pub struct Decoder {
    low: Band,
    high: Band,
    mirror: Mirror,
}

impl Default for Decoder {
    fn default() -> Self {
        Self { low: Band::new(LOW), high: Band::new(HIGH), mirror: Mirror::default() }
    }
}

impl Decoder {
    /// One octet to two samples at 16 kHz.
    pub fn decode(&mut self, octet: u8) -> [i16; 2] {
        let low = self.decode_low(octet & 0x3f);
        let high = self.decode_high(octet >> 6);
        let (even, odd) = self.mirror.filter([low + high, low - high]);
        [even, odd].map(|sum| i16::try_from(saturate(sum >> 11)).unwrap_or(0))
    }

    fn decode_low(&mut self, code: u8) -> i32 {
        let heard = self.low.prediction + self.low.scaled(entry(&LOW_HEARD, code));
        let kept = code >> 2;
        self.low.adapt(self.low.scaled(entry(&LOW_ADAPTED, kept)), entry(&LOW_MULTIPLIERS, kept));
        heard.clamp(-16_384, 16_383) // LIMIT
    }

    fn decode_high(&mut self, code: u8) -> i32 {
        let difference = self.high.scaled(entry(&HIGH_HEARD, code));
        let heard = self.high.prediction + difference;
        self.high.adapt(difference, entry(&HIGH_MULTIPLIERS, code));
        heard.clamp(-16_384, 16_383) // LIMIT
    }
}
