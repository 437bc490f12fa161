//! Sound as samples: one channel, 16 bits, linear, in frames of 20 ms.
//!
//! Everything between a decoder and an encoder works on [`Frame`]s or on slices of samples at one of three [`Rate`]s.
//! Nothing here allocates.

mod level;
mod oscillator;
mod sample;

pub use level::{Level, peak_of_sine};
pub use oscillator::Oscillator;
pub use sample::{to_sample, to_sample_f64};

/// Length of a frame in milliseconds: what every phone sends unless told otherwise (RFC 3551 §4.2).
pub const FRAME_MS: u32 = 20;

/// Frames in a second.
pub const FRAMES_PER_SECOND: u32 = 1000 / FRAME_MS;

/// Samples of a frame at the highest rate.
pub const MAX_FRAME: usize = Rate::Full.frame_samples();

/// Samples a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rate {
    /// 8 kHz: the telephone band up to 3.4 kHz (ITU-T G.711).
    Narrow,
    /// 16 kHz: wide band up to 7 kHz (ITU-T G.722). The mixer's rate.
    Wide,
    /// 48 kHz: full band (Opus).
    Full,
}

impl Rate {
    /// Every rate, lowest first.
    pub const ALL: [Self; 3] = [Self::Narrow, Self::Wide, Self::Full];

    /// In Hz.
    pub const fn hz(self) -> u32 {
        match self {
            Self::Narrow => 8_000,
            Self::Wide => 16_000,
            Self::Full => 48_000,
        }
    }

    /// Samples in a millisecond: 8, 16 or 48.
    pub const fn per_ms(self) -> usize {
        match self {
            Self::Narrow => 8,
            Self::Wide => 16,
            Self::Full => 48,
        }
    }

    /// Samples in a frame: 160, 320 or 960.
    pub const fn frame_samples(self) -> usize {
        match self {
            Self::Narrow => 160,
            Self::Wide => 320,
            Self::Full => 960,
        }
    }

    /// In Hz, for filters and generators.
    pub const fn hz_f32(self) -> f32 {
        match self {
            Self::Narrow => 8_000.0,
            Self::Wide => 16_000.0,
            Self::Full => 48_000.0,
        }
    }
}

/// 20 ms of sound.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    rate: Rate,
    /// Those past the rate's own number stay zero.
    samples: [i16; MAX_FRAME],
}

impl Frame {
    /// Nothing to hear.
    pub const fn silence(rate: Rate) -> Self {
        Self { rate, samples: [0; MAX_FRAME] }
    }

    /// Takes samples over; what is missing of 20 ms is silence, what is more is cut off.
    pub fn from_samples(rate: Rate, samples: &[i16]) -> Self {
        let mut frame = Self::silence(rate);
        for (to, from) in frame.samples_mut().iter_mut().zip(samples) {
            *to = *from;
        }
        frame
    }

    /// Samples a second.
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    /// [`Rate::frame_samples`] samples.
    pub fn samples(&self) -> &[i16] {
        self.samples.get(..self.rate.frame_samples()).unwrap_or_default()
    }

    /// [`Rate::frame_samples`] samples.
    pub fn samples_mut(&mut self) -> &mut [i16] {
        self.samples.get_mut(..self.rate.frame_samples()).unwrap_or_default()
    }

    /// How loud it is, over the whole frame.
    pub fn level(&self) -> Level {
        Level::of(self.samples())
    }
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({} Hz, {:.1} dBov)", self.rate.hz(), self.level().dbov())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_20_ms_at_every_rate() {
        for rate in Rate::ALL {
            assert_eq!(u32::try_from(rate.frame_samples()).unwrap() * FRAMES_PER_SECOND, rate.hz());
            assert_eq!(rate.per_ms() * usize::try_from(FRAME_MS).unwrap(), rate.frame_samples());
            assert_eq!(Frame::silence(rate).samples().len(), rate.frame_samples());
        }
    }

    #[test]
    fn what_is_short_is_filled_and_what_is_long_is_cut() {
        let frame = Frame::from_samples(Rate::Narrow, &[7; 100]);
        assert_eq!((frame.samples()[99], frame.samples()[100], frame.samples().len()), (7, 0, 160));
        assert_eq!(Frame::from_samples(Rate::Narrow, &[7; 1000]).samples(), [7; 160]);
    }
}
