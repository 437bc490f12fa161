//! What a decision sees besides the configuration.

use pabx_model::{ClockState, Timestamp, TrunkId};

/// When a decision is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What the wall clock says.
    pub at: Timestamp,
    /// Whether it can be believed.
    pub clock: ClockState,
}

/// The moment, and how busy the trunks are.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// When.
    pub moment: Moment,
    /// Calls that go on by a trunk.
    pub calls_on: &'a dyn Fn(TrunkId) -> usize,
    /// Whether a trunk is known not to work.
    pub is_down: &'a dyn Fn(TrunkId) -> bool,
}
