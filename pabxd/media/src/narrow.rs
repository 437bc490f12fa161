//! The one place where a calculation in `f64` becomes an `f32`.

/// The nearest `f32`: levels, shares and coefficients need no more digits.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "fewer digits are what is wanted"
)]
pub(crate) fn narrowed(value: f64) -> f32 {
    value as f32
}
