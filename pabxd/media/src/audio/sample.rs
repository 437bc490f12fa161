//! From what is calculated back to what is heard: saturating, never wrapping.

/// The nearest sample; what is beyond full scale is full scale, and what is no number is silence.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "saturates; no other way exists")]
#[inline]
pub fn to_sample(value: f32) -> i16 {
    // Rounding by hand, halves away from zero: `round` is a call into the C library on most processors.
    (value + 0.5_f32.copysign(value)) as i16
}

/// As [`to_sample`], of a generator that counts with twice the digits.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "saturates; no other way exists")]
#[inline]
pub fn to_sample_f64(value: f64) -> i16 {
    (value + 0.5_f64.copysign(value)) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_rounded_and_saturate() {
        let cases = [(0.4, 0), (0.5, 1), (-0.5, -1), (40_000.0, i16::MAX), (-40_000.0, i16::MIN)];
        for (value, sample) in cases {
            assert_eq!(to_sample(value), sample, "{value}");
            assert_eq!(to_sample_f64(f64::from(value)), sample, "{value}");
        }
        assert_eq!(to_sample(f32::NAN), 0);
    }
}
