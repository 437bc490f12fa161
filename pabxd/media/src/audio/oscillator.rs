//! Sines without a table and without a call for each sample.

use super::{Rate, peak_of_sine};

/// A sine that begins at zero, by the recursion sin(n w) = 2 cos(w) sin((n-1) w) - sin((n-2) w). With twice the digits of
/// what is heard it keeps its level for as long as anybody listens.
#[derive(Clone, Copy, Debug)]
pub struct Oscillator {
    coefficient: f64,
    last: f64,
    before: f64,
}

impl Oscillator {
    /// A frequency in Hz, below half the rate, at a level in dBm0.
    pub fn new(hz: f32, dbm0: f32, rate: Rate) -> Self {
        let step = std::f64::consts::TAU * f64::from(hz) / f64::from(rate.hz());
        let peak = f64::from(peak_of_sine(dbm0));
        Self { coefficient: 2.0 * step.cos(), last: -peak * step.sin(), before: -peak * (2.0 * step).sin() }
    }

    /// The next sample, not rounded.
    #[inline]
    pub fn next_sample(&mut self) -> f64 {
        let next = self.coefficient * self.last - self.before;
        (self.before, self.last) = (self.last, next);
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{Level, to_sample_f64};

    #[test]
    fn the_level_is_as_asked_for_after_an_hour_too() {
        let mut sine = Oscillator::new(425.0, -10.0, Rate::Narrow);
        assert!(sine.next_sample().abs() < 1e-6);
        let measure = |sine: &mut Oscillator| {
            let samples: Vec<i16> = (0..8000).map(|_| to_sample_f64(sine.next_sample())).collect();
            Level::of(&samples).dbm0()
        };
        assert!((measure(&mut sine) + 10.0).abs() < 0.05);
        for _ in 0..20_000_000 {
            sine.next_sample();
        }
        assert!((measure(&mut sine) + 10.0).abs() < 0.05);
    }
}
