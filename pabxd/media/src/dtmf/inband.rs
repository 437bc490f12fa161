//! Digits as tones in the sound (ITU-T Q.23), made and recognised (ITU-T Q.24).
//!
//! The detector works at 8 kHz on windows of 12.75 ms, a new one every half window, with a Goertzel filter for each of the
//! eight frequencies. A window holds a digit when one frequency of each group stands out, the two are not too unequal,
//! and nothing else has much of the window's energy. A digit begins with four such windows in a row of the same level,
//! which 40 ms always have and 23 ms never; it ends with four that are none, so that short interruptions do not part it.

use super::{DIGITS, Digit, event_of};
use crate::audio::{Level, Oscillator, Rate, to_sample_f64};

/// The low group in Hz: rows of the keypad.
const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
/// The high group in Hz: columns.
const COLUMNS: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
/// The keypad, row by row.
const KEYPAD: [[char; 4]; 4] =
    [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// Samples of a window, and of the way to the next one.
const WINDOW: usize = 102;
const HOP: usize = WINDOW / 2;
const WINDOW_F32: f32 = 102.0;

/// The weakest tone in dBm0 that counts; Q.24 has administrations from -24 to -36.
const WEAKEST_DBM0: f32 = -35.0;
/// The largest inequality of the two tones, as a ratio of powers: 9 dB, Brazil's in Q.24 table A-1.
const TWIST: f32 = 7.94;
/// How much stronger the frequency is than the others of its group, as a ratio of powers: 4 dB. The tone
/// of the other group, when it is the stronger one, leaks into all of them.
const PROMINENCE: f32 = 2.5;
/// Share of the window's energy that the two tones have. A frequency 1.5 % off loses a quarter at the window's edge.
const SHARE: f32 = 0.62;
/// Within a beginning digit levels differ by less than this ratio of powers: 2.3 dB, for the two tones beat.
const STEADY: f32 = 1.7;
/// Windows in a row that begin a digit, and that end it.
const BEGIN: u8 = 4;
const END: u8 = 4;

/// What was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InBand {
    /// A digit sounds, for about 35 ms by now.
    Began(char),
    /// It is over.
    Ended(Digit),
}

/// Listens to one source at 8 kHz.
#[derive(Clone, Debug)]
pub struct InBandDetector {
    /// The window, the newest sample last, and how many of its samples are new since it was looked at.
    window: [f32; WINDOW],
    fresh: usize,
    /// What the last windows held, and the power of its tones.
    recent: [Option<(char, f32)>; 4],
    sounding: Option<Sounding>,
    weakest: f32,
}

#[derive(Clone, Copy, Debug)]
struct Sounding {
    digit: char,
    windows: u32,
    missing: u8,
}

impl Default for InBandDetector {
    fn default() -> Self {
        let weakest = Level::from_dbm0(WEAKEST_DBM0).rms();
        Self {
            window: [0.0; WINDOW],
            fresh: 0,
            recent: [None; 4],
            sounding: None,
            weakest: weakest * weakest,
        }
    }
}

impl InBandDetector {
    /// Listens to some samples at 8 kHz, and tells what was recognised. At most 20 ms at a time lest one hides another:
    /// the last one counts.
    pub fn listen(&mut self, samples: &[i16]) -> Option<InBand> {
        let mut told = None;
        for sample in samples {
            if let Some(place) = self.window.get_mut(HOP + self.fresh) {
                *place = f32::from(*sample);
            }
            self.fresh += 1;
            if self.fresh == HOP {
                told = self.look().or(told);
                self.window.copy_within(HOP.., 0);
                self.fresh = 0;
            }
        }
        told
    }

    /// The digit that sounds at present.
    pub fn sounding(&self) -> Option<char> {
        self.sounding.map(|sounding| sounding.digit)
    }

    fn look(&mut self) -> Option<InBand> {
        let found = self.recognise();
        if let Some(sounding) = &mut self.sounding {
            sounding.windows = sounding.windows.saturating_add(1);
            if found.is_some_and(|(digit, _)| digit == sounding.digit) {
                sounding.missing = 0;
            } else {
                sounding.missing += 1;
            }
            if sounding.missing == END {
                return self.end();
            }
        }
        self.begin(found)
    }

    fn begin(&mut self, found: Option<(char, f32)>) -> Option<InBand> {
        self.recent.rotate_left(1);
        if let Some(last) = self.recent.last_mut() {
            *last = found;
        }
        let (digit, power) = found?;
        let (mut weakest, mut strongest) = (power, power);
        for recent in self.recent {
            let power = recent.filter(|(other, _)| *other == digit)?.1;
            (weakest, strongest) = (weakest.min(power), strongest.max(power));
        }
        // Speech swells; a key does not.
        if strongest > weakest * STEADY || self.sounding.is_some() {
            return None;
        }
        self.sounding = Some(Sounding { digit, windows: u32::from(BEGIN), missing: 0 });
        Some(InBand::Began(digit))
    }

    fn end(&mut self) -> Option<InBand> {
        let Sounding { digit, windows, missing } = self.sounding.take()?;
        // The windows that held it, each a hop, and the half of the first that stands over.
        let windows = windows.saturating_sub(u32::from(missing)).saturating_add(1);
        let ms = u64::from(windows) * 51 / 8;
        Some(InBand::Ended(Digit { digit, ms: u16::try_from(ms).unwrap_or(u16::MAX) }))
    }

    /// The digit of the window and the power of its tones.
    fn recognise(&self) -> Option<(char, f32)> {
        let energy: f32 = self.window.iter().map(|sample| sample * sample).sum();
        let total = energy / WINDOW_F32;
        if total < self.weakest {
            return None;
        }
        let (row, low) = self.strongest(ROWS)?;
        let (column, high) = self.strongest(COLUMNS)?;
        let loud = low >= self.weakest && high >= self.weakest;
        let equal = low <= high * TWIST && high <= low * TWIST;
        let alone = low + high >= total * SHARE;
        let digit = KEYPAD.get(row)?.get(column)?;
        (loud && equal && alone).then_some((*digit, low + high))
    }

    /// The frequency of a group that stands out, and its power.
    fn strongest(&self, group: [f32; 4]) -> Option<(usize, f32)> {
        let powers = group.map(|hz| self.power(hz));
        let (index, power) = powers.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
        let others = powers.iter().enumerate().filter(|(other, _)| *other != index);
        others.map(|(_, other)| *other).all(|other| power > other * PROMINENCE).then_some((index, power))
    }

    /// Mean square of one frequency in the window (Goertzel).
    fn power(&self, hz: f32) -> f32 {
        let coefficient = 2.0 * (std::f32::consts::TAU * hz / Rate::Narrow.hz_f32()).cos();
        let (mut last, mut before) = (0.0_f32, 0.0_f32);
        for sample in &self.window {
            (before, last) = (last, sample + coefficient * last - before);
        }
        let square = last * last + before * before - coefficient * last * before;
        2.0 * square.max(0.0) / (WINDOW_F32 * WINDOW_F32)
    }
}

/// Level in dBm0 of the low and of the high tone that we make: within what every administration of Q.24 receives.
pub const LEVELS_DBM0: (f32, f32) = (-9.0, -7.0);

/// Makes the tone of one digit.
#[derive(Clone, Copy, Debug)]
pub struct InBandTone {
    low: Oscillator,
    high: Oscillator,
    left: usize,
}

impl InBandTone {
    /// A digit for so long; `None` for what is no digit.
    pub fn new(digit: char, rate: Rate, ms: u16) -> Option<Self> {
        let digit = DIGITS.get(usize::from(event_of(digit)?))?;
        let row = KEYPAD.iter().position(|row| row.contains(digit))?;
        let column = KEYPAD.get(row)?.iter().position(|key| key == digit)?;
        Some(Self {
            low: Oscillator::new(*ROWS.get(row)?, LEVELS_DBM0.0, rate),
            high: Oscillator::new(*COLUMNS.get(column)?, LEVELS_DBM0.1, rate),
            left: usize::from(ms) * rate.per_ms(),
        })
    }

    /// Fills `out` with the tone, and with silence after it; whether there is more of it.
    pub fn fill(&mut self, out: &mut [i16]) -> bool {
        for sample in out.iter_mut() {
            let more = self.left > 0;
            self.left = self.left.saturating_sub(1);
            *sample = if more { to_sample_f64(self.low.next_sample() + self.high.next_sample()) } else { 0 };
        }
        self.left > 0
    }
}
