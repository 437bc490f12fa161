//! Where calls go in the end, as it is written in bodies.

use crate::api::core::problem::Fields;
use pabx_model::{Destination, DialString, Reject};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where calls go.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum DestinationBody {
    /// To an extension.
    Extension {
        /// Which.
        extension_id: String,
    },
    /// Where the office hours say.
    TimeCondition {
        /// Whose hours.
        time_condition_id: String,
    },
    /// Out again, by the account's outbound routes, or to the extension that has this number.
    Number {
        /// As somebody of the account would dial it.
        number: String,
    },
    /// To nobody.
    Reject {
        /// What the caller is told: `busy` (486), `unavailable` (480), `unknown` (404) or `declined` (603).
        reject: String,
    },
}

/// Reads it; what is wrong is noted.
pub(super) fn parse(fields: &mut Fields, field: &str, body: &DestinationBody) -> Option<Destination> {
    Some(match body {
        DestinationBody::Extension { extension_id } => {
            Destination::Extension { extension_id: fields.parse(field, extension_id.parse())? }
        }
        DestinationBody::TimeCondition { time_condition_id } => {
            Destination::TimeCondition { time_condition_id: fields.parse(field, time_condition_id.parse())? }
        }
        DestinationBody::Number { number } => {
            Destination::Number { number: fields.parse(field, DialString::parse(number))? }
        }
        DestinationBody::Reject { reject } => {
            Destination::Reject { reject: fields.parse(field, Reject::parse(reject))? }
        }
    })
}

/// As it is shown.
pub(super) fn shown(destination: &Destination) -> DestinationBody {
    match destination {
        Destination::Extension { extension_id } => {
            DestinationBody::Extension { extension_id: extension_id.to_string() }
        }
        Destination::TimeCondition { time_condition_id } => {
            DestinationBody::TimeCondition { time_condition_id: time_condition_id.to_string() }
        }
        Destination::Number { number } => DestinationBody::Number { number: number.to_string() },
        Destination::Reject { reject } => DestinationBody::Reject { reject: reject.to_string() },
    }
}
