//! What is heard in place of lost packets, for codecs that have no way of their own (G.711, G.722, L16).
//!
//! As in ITU-T G.711 Appendix I the last pitch periods are repeated, the longer the gap the more of them, ever quieter:
//! full for 10 ms, silence after 60 ms. Other than there nothing is delayed: instead of going back into what was
//! played already, the step at the seam is taken off gradually. When sound returns it is blended with what would have
//! been made up next.

use crate::audio::{Rate, to_sample};

/// The lowest pitch that is looked for, as a period in units of an eighth of a millisecond: 15 ms, 66 Hz.
const LONGEST_PERIOD: usize = 120;
/// The highest one: 5 ms, 200 Hz. Higher voices are found at a multiple of their period.
const SHORTEST_PERIOD: usize = 40;
/// Stretch in which two pitch periods are compared: 20 ms.
const COMPARED: usize = 160;
/// Pitch periods that are repeated at most.
const MOST_PERIODS: usize = 3;
/// What is remembered of the past, in units as above: enough to compare, and for the longest repetition.
const HISTORY: usize = COMPARED + MOST_PERIODS * LONGEST_PERIOD;
/// Over this long a step at a seam is spread, in units as above: 2.5 ms.
const SEAM: usize = 20;
/// Blending when sound returns: 5 ms, and 4 ms more for each 10 ms of gap, at most 10 ms.
const RETURN: usize = 40;
const LONGEST_RETURN: usize = 80;
/// Until here what is made up has full strength: 10 ms.
const FULL: usize = 80;
/// From here on there is silence: 60 ms.
const SILENT: usize = 480;

/// The state for one source.
#[derive(Clone, Debug)]
pub struct Concealment {
    /// Samples in an eighth of a millisecond: 1, 2 or 6.
    unit: usize,
    /// The last samples that were played, made up or not, the newest last.
    history: Box<[f32]>,
    /// What a gap repeats: the last periods before it, and one sample more.
    repeated: Box<[f32]>,
    gap: Option<Gap>,
}

/// A gap that is being filled.
#[derive(Clone, Copy, Debug)]
struct Gap {
    /// Samples made up so far.
    made: usize,
    /// The pitch period, in samples.
    period: usize,
    /// Periods that are repeated at present.
    periods: usize,
    /// Where the repetition stands, in samples from the beginning of the repeated stretch.
    position: usize,
    /// The step at the last seam, and samples since.
    step: f32,
    since_seam: usize,
    /// The last sample that was made up, before it was made quieter.
    last: f32,
}

impl Concealment {
    /// For samples at a rate.
    pub fn new(rate: Rate) -> Self {
        let unit = rate.per_ms() / 8;
        Self {
            unit,
            history: vec![0.0; HISTORY * unit].into_boxed_slice(),
            repeated: vec![0.0; Self::repeated_length(LONGEST_PERIOD * unit)].into_boxed_slice(),
            gap: None,
        }
    }

    /// Samples that were decoded. After a gap their beginning is changed so that it joins what was made up.
    pub fn heard(&mut self, samples: &mut [i16]) {
        if let Some(gap) = self.gap.take() {
            self.join(gap, samples);
        }
        self.remember(samples);
    }

    /// Makes samples up.
    pub fn conceal(&mut self, out: &mut [i16]) {
        let mut gap = self.gap.take().unwrap_or_else(|| self.begin());
        for sample in out.iter_mut() {
            *sample = to_sample(self.next(&mut gap));
        }
        self.remember(out);
        self.gap = Some(gap);
    }

    /// Talk has ended: what comes next joins nothing.
    pub fn rest(&mut self) {
        self.gap = None;
    }

    fn remember(&mut self, samples: &[i16]) {
        let length = self.history.len();
        let samples = samples.get(samples.len().saturating_sub(length)..).unwrap_or_default();
        self.history.copy_within(samples.len().., 0);
        for (to, from) in self.history.iter_mut().rev().zip(samples.iter().rev()) {
            *to = f32::from(*from);
        }
    }

    fn begin(&mut self) -> Gap {
        let period = self.pitch_period();
        let last = self.history.last().copied().unwrap_or(0.0);
        let start = self.history.len().saturating_sub(Self::repeated_length(period));
        let before = self.history.get(start..).unwrap_or_default();
        self.repeated.iter_mut().zip(before).for_each(|(to, from)| *to = *from);
        let mut gap = Gap { made: 0, period, periods: 1, position: 0, step: 0.0, since_seam: 0, last };
        self.seam(&mut gap);
        gap
    }

    const fn repeated_length(period: usize) -> usize {
        MOST_PERIODS * period + 1
    }

    /// The sample before the periods that are repeated at present.
    const fn start(gap: &Gap) -> usize {
        Self::repeated_length(gap.period) - 1 - gap.period * gap.periods
    }

    /// The repetition begins anew: what it begins with differs from what was last heard by a step.
    fn seam(&self, gap: &mut Gap) {
        gap.position = 0;
        gap.since_seam = 0;
        gap.step = gap.last - self.repeated.get(Self::start(gap)).copied().unwrap_or(0.0);
    }

    fn next(&self, gap: &mut Gap) -> f32 {
        if gap.made >= SILENT * self.unit {
            return 0.0;
        }
        let length = gap.period * gap.periods;
        if gap.position >= length {
            // Appendix I §I.2.5: the longer the gap, the more periods are repeated, lest it sounds like an organ.
            let tens = gap.made / (FULL * self.unit);
            gap.periods = (tens + 1).clamp(1, MOST_PERIODS);
            self.seam(gap);
        }
        let raw = self.repeated.get(Self::start(gap) + 1 + gap.position).copied().unwrap_or(0.0);
        let rest = 1.0 - ratio(gap.since_seam, SEAM * self.unit);
        let value = raw + gap.step * rest.max(0.0);
        let strength = 1.0 - ratio(gap.made.saturating_sub(FULL * self.unit), (SILENT - FULL) * self.unit);
        gap.made += 1;
        gap.position += 1;
        gap.since_seam += 1;
        gap.last = value;
        value * strength.max(0.0)
    }

    fn join(&self, mut gap: Gap, samples: &mut [i16]) {
        let tens = gap.made / (FULL * self.unit);
        let blended = (RETURN + tens * 32).min(LONGEST_RETURN) * self.unit;
        let blended = blended.min(samples.len());
        for (n, sample) in samples.iter_mut().take(blended).enumerate() {
            let share = ratio(n + 1, blended + 1);
            *sample = to_sample(f32::from(*sample) * share + self.next(&mut gap) * (1.0 - share));
        }
    }

    /// The period with the largest normalised correlation, found on every eighth of a millisecond and then made exact.
    fn pitch_period(&self) -> usize {
        let coarse = (SHORTEST_PERIOD..=LONGEST_PERIOD).map(|units| units * self.unit);
        let found = self.best_period(coarse, self.unit).unwrap_or(SHORTEST_PERIOD * self.unit);
        let around = found.saturating_sub(self.unit)..=(found + self.unit).min(LONGEST_PERIOD * self.unit);
        if self.unit == 1 { found } else { self.best_period(around, 1).unwrap_or(found) }
    }

    fn best_period(&self, periods: impl Iterator<Item = usize>, stride: usize) -> Option<usize> {
        let used = &self.history;
        let recent = used.get(used.len().saturating_sub(COMPARED * self.unit)..)?;
        let mut best: Option<(f32, usize)> = None;
        for period in periods {
            let start = used.len().saturating_sub(COMPARED * self.unit + period);
            let earlier = used.get(start..used.len().saturating_sub(period))?;
            let (mut product, mut energy) = (0.0_f32, 1.0_f32);
            for (one, other) in recent.iter().zip(earlier).step_by(stride) {
                product += one * other;
                energy += other * other;
            }
            let likeness = product / energy.sqrt();
            if best.is_none_or(|(so_far, _)| likeness > so_far) {
                best = Some((likeness, period));
            }
        }
        best.map(|(_, period)| period)
    }
}

fn ratio(part: usize, whole: usize) -> f32 {
    let [part, whole] = [part, whole].map(|n| f32::from(u16::try_from(n).unwrap_or(u16::MAX)));
    part / whole.max(1.0)
}
