//! ITU-T G.711: 64 kbit/s, one octet a sample at 8 kHz, by A-law (table 1) or µ-law (table 2).
//!
//! Both laws are piecewise linear: a sign, a segment of three bits and a step of four bits within it. They are calculated
//! here rather than looked up, in the scale of 16-bit samples, in which the Recommendation's 13 bits (A-law) and 14 bits
//! (µ-law) stand to the left.

/// The two laws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// Everywhere but North America and Japan.
    A,
    /// North America and Japan.
    Mu,
}

impl Law {
    /// One octet to a sample.
    #[inline]
    pub fn decode(self, code: u8) -> i16 {
        match self {
            Self::A => decode_a(code),
            Self::Mu => decode_mu(code),
        }
    }

    /// One sample to an octet: that of the interval which the sample lies in (tables 1 and 2).
    #[inline]
    pub fn encode(self, sample: i16) -> u8 {
        match self {
            Self::A => encode_a(sample),
            Self::Mu => encode_mu(sample),
        }
    }
}

/// Even bits are inverted on the line (G.711 §3.1), so that silence is no long run of zeros.
const A_INVERTED: u8 = 0x55;

fn decode_a(code: u8) -> i16 {
    let code = code ^ A_INVERTED;
    let step = i16::from(code & 0x0f) << 4;
    let magnitude = match (code >> 4) & 7 {
        0 => step | 8,
        segment => (step | 0x108) << (segment - 1),
    };
    if code & 0x80 != 0 { magnitude } else { -magnitude }
}

fn encode_a(sample: i16) -> u8 {
    // Intervals lie symmetrically around zero, which itself counts as positive.
    let (sign, magnitude) =
        if sample < 0 { (0, sample.unsigned_abs().min(0x7fff)) } else { (0x80, sample.unsigned_abs()) };
    // Segments 0 and 1 share the finest step; from 2 on each is twice the one before.
    let segment = (8u32.saturating_sub(magnitude.leading_zeros())) & 7;
    let shift = segment.max(1) + 3;
    let step = (magnitude >> shift) & 0x0f;
    (sign | low_octet((segment << 4) | u32::from(step))) ^ A_INVERTED
}

/// What is added before the segment is found, so that every segment begins at a power of two: 33 of 14 bits.
const MU_BIAS: i16 = 33 << 2;
/// The largest magnitude that the law tells apart, biased: 8191 of 14 bits.
const MU_LIMIT: u16 = 0x7fff;

fn decode_mu(code: u8) -> i16 {
    let code = !code;
    let segment = (code >> 4) & 7;
    let magnitude = (((i16::from(code & 0x0f) << 3) | MU_BIAS) << segment) - MU_BIAS;
    if code & 0x80 != 0 { -magnitude } else { magnitude }
}

fn encode_mu(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let biased = sample.unsigned_abs().saturating_add(MU_BIAS.unsigned_abs()).min(MU_LIMIT);
    let segment = 8u32.saturating_sub(biased.leading_zeros()) & 7;
    let step = (biased >> (segment + 3)) & 0x0f;
    !(sign | low_octet((segment << 4) | u32::from(step)))
}

fn low_octet(value: u32) -> u8 {
    let [octet, ..] = value.to_le_bytes();
    octet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Level;

    const LAWS: [Law; 2] = [Law::A, Law::Mu];

    #[test]
    fn every_code_survives_the_way_through_a_sample() {
        for law in LAWS {
            for code in 0..=255u8 {
                let again = law.encode(law.decode(code));
                // µ-law has two zeros; the negative one is never sent.
                let expected = if law == Law::Mu && code == 0x7f { 0xff } else { code };
                assert_eq!(again, expected, "{law:?} {code:#04x}");
            }
        }
    }

    /// Half the width of the interval that a code stands for.
    fn half_step(law: Law, code: u8) -> u32 {
        match law {
            Law::A => 8 << (((code ^ 0x55) >> 4 & 7).max(1) - 1),
            Law::Mu => 4 << ((!code) >> 4 & 7),
        }
    }

    #[test]
    fn every_sample_becomes_the_value_whose_interval_it_lies_in() {
        for law in LAWS {
            let mut before = i16::MIN;
            for sample in i16::MIN..=i16::MAX {
                let value = law.decode(law.encode(sample));
                let error = u32::from(value.abs_diff(sample));
                let beyond = sample.unsigned_abs() > value.unsigned_abs() && value.unsigned_abs() > 32_000;
                assert!(error <= half_step(law, law.encode(sample)) || beyond, "{law:?} {sample} {value}");
                assert!(value >= before, "{law:?} {sample}: not monotone");
                before = value;
            }
        }
    }

    #[test]
    fn the_ends_and_the_middle_are_those_of_the_tables() {
        assert_eq!(
            [0xd5, 0x55, 0xaa, 0x2a, 0x80].map(|code| Law::A.decode(code)),
            [8, -8, 32256, -32256, 5504]
        );
        assert_eq!([0xff, 0x7f, 0x80, 0x00].map(|code| Law::Mu.decode(code)), [0, 0, 32124, -32124]);
        assert_eq!([0, i16::MAX, i16::MIN].map(|sample| Law::A.encode(sample)), [0xd5, 0xaa, 0x2a]);
        assert_eq!([0, i16::MAX, i16::MIN].map(|sample| Law::Mu.encode(sample)), [0xff, 0x80, 0x00]);
    }

    #[test]
    fn the_digital_milliwatt_is_0_dbm0() {
        // G.711 tables 5 and 6: eight codes that repeated are 1 kHz at 0 dBm0.
        let milliwatts: [(Law, [u8; 8]); 2] = [
            (Law::A, [0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4]),
            (Law::Mu, [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e]),
        ];
        for (law, codes) in milliwatts {
            let samples = codes.map(|code| law.decode(code));
            assert!(Level::of(&samples).dbm0().abs() < 0.1, "{law:?} {}", Level::of(&samples).dbm0());
            assert_eq!(samples.map(|sample| law.encode(sample)), codes);
        }
    }
}
