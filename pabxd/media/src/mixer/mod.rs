//! The mixer: 2 to 32 voices at 16 kHz, each hears those whom its row of a [`Matrix`] names, and never itself.
//!
//! Every 20 ms: [`Mixer::speak`] for each party that has sound, then [`Mixer::mix`] once, then [`Mixer::hear`] for each. The sum
//! of all is made once; what one should not hear is taken off it again, or, where that is less work, what one should hear is
//! added up. What is too loud is turned down by a limiter for each listener, so that nothing is clipped.

mod matrix;
mod party;

pub use matrix::{Matrix, Place, Supervision};
pub use party::Treatment;

use crate::audio::{Frame, Rate, to_sample};
use party::Party;

/// Parties of one mixer at most; there is a place for no more.
pub const MAX_PARTIES: usize = 32;

/// Samples of a frame.
const FRAME: usize = Rate::Wide.frame_samples();

/// Peaks are turned down to this at least: 1 dB below full scale.
const CEILING: f32 = 29_200.0;

/// What a limiter's gain recovers in 20 ms, as a factor: 6 dB in about half a second.
const RECOVERY: f32 = 1.03;

type Samples = [f32; FRAME];

/// One conversation.
#[derive(Clone, Debug)]
pub struct Mixer {
    matrix: Matrix,
    parties: [Option<Seat>; MAX_PARTIES],
    /// What each party says in this frame, treated.
    voices: Box<[Samples]>,
    /// Bit by place: who has spoken since the last mix, and who is in it.
    fresh: u32,
    speaking: u32,
    total: Box<Samples>,
}

#[derive(Clone, Copy, Debug)]
struct Seat {
    party: Party,
    /// Gain of this listener's limiter.
    limit: f32,
}

impl Mixer {
    /// An empty one.
    pub fn new(matrix: Matrix) -> Self {
        Self {
            matrix,
            parties: [None; MAX_PARTIES],
            voices: vec![[0.0; FRAME]; MAX_PARTIES].into_boxed_slice(),
            fresh: 0,
            speaking: 0,
            total: Box::new([0.0; FRAME]),
        }
    }

    /// Takes a party in at the first free place; `None` when there is none.
    pub fn join(&mut self, treatment: Treatment) -> Option<Place> {
        let index = self.parties.iter().position(Option::is_none)?;
        let seat = self.parties.get_mut(index)?;
        *seat = Some(Seat { party: Party::new(treatment), limit: 1.0 });
        Place::new(index)
    }

    /// Frees a place. The others notice nothing.
    pub fn leave(&mut self, place: Place) {
        if let Some(seat) = self.parties.get_mut(place.index()) {
            *seat = None;
        }
        if let Some(voice) = self.voices.get(place.index()).filter(|_| self.speaking & bit(place) != 0) {
            add(&mut self.total, voice, -1.0);
        }
        self.fresh &= !bit(place);
        self.speaking &= !bit(place);
    }

    /// Parties at present.
    pub fn len(&self) -> usize {
        self.parties.iter().flatten().count()
    }

    /// Whether nobody is there.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Who hears whom, from the next frame on.
    pub fn set_matrix(&mut self, matrix: Matrix) {
        self.matrix = matrix;
    }

    /// What a party says in this frame. Frames of another rate than 16 kHz are not taken: that is told by `false`, as is
    /// an empty place.
    pub fn speak(&mut self, place: Place, frame: &Frame) -> bool {
        let seat = self.parties.get_mut(place.index()).and_then(Option::as_mut);
        let (Some(seat), Some(voice)) = (seat, self.voices.get_mut(place.index())) else { return false };
        if frame.rate() != Rate::Wide {
            return false;
        }
        let (mut gain, end) = seat.party.gains(frame);
        let step = (end - gain) / LENGTH;
        for (to, sample) in voice.iter_mut().zip(frame.samples()) {
            gain += step;
            *to = f32::from(*sample) * gain;
        }
        self.fresh |= bit(place);
        true
    }

    /// Adds up what was said since the last time; who said nothing is silent.
    pub fn mix(&mut self) {
        self.speaking = std::mem::take(&mut self.fresh);
        self.total.fill(0.0);
        for (index, voice) in self.voices.iter().enumerate() {
            if self.speaking & (1 << index) != 0 {
                add(&mut self.total, voice, 1.0);
            }
        }
    }

    /// What a party hears of this frame, at 16 kHz. Silence for an empty place.
    pub fn hear(&mut self, place: Place) -> Frame {
        let mut frame = Frame::silence(Rate::Wide);
        let heard = self.matrix.row(place) & self.speaking;
        let left_out = self.speaking & !heard;
        let mut sum = if heard.count_ones() <= left_out.count_ones() { [0.0; FRAME] } else { *self.total };
        let (these, sign) =
            if heard.count_ones() <= left_out.count_ones() { (heard, 1.0) } else { (left_out, -1.0) };
        for (index, voice) in self.voices.iter().enumerate() {
            if these & (1 << index) != 0 {
                add(&mut sum, voice, sign);
            }
        }
        if let Some(Some(seat)) = self.parties.get_mut(place.index()) {
            limit(&mut seat.limit, &sum, &mut frame);
        }
        frame
    }
}

/// Samples of a frame, for ramps.
const LENGTH: f32 = 320.0;

fn bit(place: Place) -> u32 {
    1u32.checked_shl(u32::try_from(place.index()).unwrap_or(u32::MAX)).unwrap_or(0)
}

fn add(sum: &mut Samples, voice: &Samples, sign: f32) {
    for (to, from) in sum.iter_mut().zip(voice) {
        *to += from * sign;
    }
}

/// Turns a frame down so far that its peak is below the ceiling; the gain moves over the first eighth of the frame, and
/// recovers slowly.
fn limit(gain: &mut f32, sum: &Samples, frame: &mut Frame) {
    let peak = sum.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    let wanted = if peak > CEILING { CEILING / peak } else { 1.0 };
    let end = wanted.min(*gain * RECOVERY);
    let step = (end - *gain) / (LENGTH / 8.0);
    for (to, sample) in frame.samples_mut().iter_mut().zip(sum) {
        *gain = if step < 0.0 { (*gain + step).max(end) } else { (*gain + step).min(end) };
        *to = to_sample(softened(sample * *gain));
    }
}

/// Above the ceiling, which is exceeded only while a gain is on its way, peaks are rounded and not cut.
fn softened(sample: f32) -> f32 {
    let over = sample.abs() - CEILING;
    if over <= 0.0 {
        return sample;
    }
    let room = 32_767.0 - CEILING;
    (CEILING + room * over / (over + room)).copysign(sample)
}
