//! How far a call of the box itself came, as it is shown: by a trunk, or to an extension's phones.

use crate::api::core::types::Time;
use crate::api::trials::{Trial, TrialState};
use schemars::JsonSchema;
use serde::Serialize;

/// What is advised where there was no call at all.
pub(super) const TRY_AGAIN: &str = "Try again; if it stays so, look into the log.";

/// A step of the call.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CallStep {
    /// Of a trunk's: `call`, `answer`, `sound_out`, `sound_in`. Of an extension's: `registered`, `ringing`, `answered`, `sound_sent`,
    /// `sound_heard`, `ended`.
    pub(super) step: &'static str,
    /// `ok`, `failed`, `waiting`, or `unknown` for what only whoever answers can tell.
    pub(super) state: &'static str,
    /// What was found.
    pub(super) finding: Option<String>,
    /// What to do about it.
    pub(super) advice: Option<&'static str>,
}

/// How far a call came.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TestCall {
    /// Whom.
    number: String,
    /// When it began.
    started_at: Time,
    /// It goes on: ask again.
    running: bool,
    /// Step by step.
    steps: Vec<CallStep>,
}

impl TestCall {
    /// A call with its steps.
    pub(super) fn of(trial: &Trial, steps: Vec<CallStep>) -> Self {
        Self {
            number: trial.number.to_string(),
            started_at: Time(trial.since),
            running: matches!(trial.state, TrialState::Running),
            steps,
        }
    }
}

/// A step of which there is nothing more to say.
pub(super) fn step(step: &'static str, state: &'static str) -> CallStep {
    CallStep { step, state, finding: None, advice: None }
}

/// One that works, with what was found.
pub(super) fn found(name: &'static str, finding: impl Into<Option<String>>) -> CallStep {
    CallStep { finding: finding.into(), ..step(name, "ok") }
}

/// One that does not.
pub(super) fn failed(name: &'static str, finding: String, advice: &'static str) -> CallStep {
    CallStep { finding: Some(finding), advice: Some(advice), ..step(name, "failed") }
}
