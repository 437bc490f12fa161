//! What is done to one voice before it is mixed: a noise gate and a slow level control.

use crate::audio::{FRAMES_PER_SECOND, Frame, Level};

/// The level that voices are brought to, in dBm0: that of telephone speech (ITU-T P.56, -26 dBov).
const TARGET_DBM0: f32 = -20.0;
/// Gain is bounded, so that a distant radio is no speaker and a shouting one no whisperer, in dB.
const GAIN_BOUNDS_DB: (f32, f32) = (-9.0, 9.0);
/// Gain moves at most so fast, in dB a second: within a word nothing is heard of it.
const GAIN_DB_PER_SECOND: f32 = 3.0;
/// Levels within so many dB of the target are left alone.
const CONTENT_DB: f32 = 1.0;
/// How much of the measured level a frame is: 1 s of memory.
const LEVEL_SHARE: f32 = 0.02;

/// The gate opens above the background by so many dB, and in any case above the upper bound in dBov; never below the lower.
const ABOVE_BACKGROUND_DB: f32 = 6.0;
const OPEN_BOUNDS_DBOV: (f32, f32) = (-70.0, -48.0);
/// The background follows a rise of the level slowly, in dB a second, and a fall at once.
const BACKGROUND_DB_PER_SECOND: f32 = 3.0;
/// Frames that the gate stays open after speech, so that no word loses its end: 300 ms.
const HOLD_FRAMES: u8 = 15;
/// What a closed gate lets through: -20 dB, so that the line does not sound dead.
const CLOSED_GAIN: f32 = 0.1;

/// What is done to voices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Treatment {
    /// Bring voices to the same level, slowly and within bounds.
    pub level: bool,
    /// Turn down what is only background.
    pub gate: bool,
}

impl Treatment {
    /// For conferences.
    pub const ROOM: Self = Self { level: true, gate: true };
    /// For supervised calls, which must sound as they would without.
    pub const NONE: Self = Self { level: false, gate: false };
}

/// One voice's state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Party {
    treatment: Treatment,
    background_dbov: f32,
    hold: u8,
    level_dbm0: f32,
    gain_db: f32,
    /// What the last frame ended with.
    gain: f32,
}

impl Party {
    pub(super) fn new(treatment: Treatment) -> Self {
        Self {
            treatment,
            background_dbov: OPEN_BOUNDS_DBOV.0,
            hold: HOLD_FRAMES,
            level_dbm0: TARGET_DBM0,
            gain_db: 0.0,
            gain: 1.0,
        }
    }

    /// Gains at the beginning and at the end of a frame.
    pub(super) fn gains(&mut self, frame: &Frame) -> (f32, f32) {
        let level = frame.level();
        let open = !self.treatment.gate || self.gate(level);
        if self.treatment.level && open && level.dbov() > OPEN_BOUNDS_DBOV.1 {
            self.control(level);
        }
        let gain = 10_f32.powf(self.gain_db / 20.0) * if open { 1.0 } else { CLOSED_GAIN };
        (std::mem::replace(&mut self.gain, gain), gain)
    }

    fn gate(&mut self, level: Level) -> bool {
        let dbov = level.dbov();
        let step = BACKGROUND_DB_PER_SECOND / per_second();
        self.background_dbov = dbov.min(self.background_dbov + step).max(OPEN_BOUNDS_DBOV.0);
        let threshold =
            (self.background_dbov + ABOVE_BACKGROUND_DB).clamp(OPEN_BOUNDS_DBOV.0, OPEN_BOUNDS_DBOV.1);
        self.hold = if dbov > threshold { HOLD_FRAMES } else { self.hold.saturating_sub(1) };
        self.hold > 0
    }

    fn control(&mut self, level: Level) {
        self.level_dbm0 += (level.dbm0() - self.level_dbm0) * LEVEL_SHARE;
        let wanted = (TARGET_DBM0 - self.level_dbm0).clamp(GAIN_BOUNDS_DB.0, GAIN_BOUNDS_DB.1);
        let difference = wanted - self.gain_db;
        if difference.abs() > CONTENT_DB {
            let step = GAIN_DB_PER_SECOND / per_second();
            self.gain_db += difference.clamp(-step, step);
        }
    }
}

fn per_second() -> f32 {
    f32::from(u16::try_from(FRAMES_PER_SECOND).unwrap_or(1))
}
