//! The steps by which a call found its way, in words and as data.

use pabx_model::TraceStep;
use schemars::JsonSchema;
use serde::Serialize;

/// One step.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Step {
    /// In words.
    text: String,
    /// As data: `step` says what it is.
    data: serde_json::Value,
}

/// The steps as they are shown.
pub(super) fn steps(trace: &[TraceStep]) -> Vec<Step> {
    let shown = |step: &TraceStep| Step {
        text: step.to_string(),
        // Plain words and numbers: turning them into JSON cannot fail.
        data: serde_json::to_value(step).unwrap_or_default(),
    };
    trace.iter().map(shown).collect()
}
