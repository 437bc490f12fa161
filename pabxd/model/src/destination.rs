//! Where calls that come in go in the end.

use serde::{Deserialize, Serialize};

use crate::text::word_enum;
use crate::{DialString, ExtensionId, TimeConditionId};

word_enum!(
    /// How a call is refused that nobody is to get.
    Reject {
        /// As if the line were busy: 486.
        Busy = "busy",
        /// As if nobody were there: 480.
        Unavailable = "unavailable",
        /// As if the number did not exist: 404.
        Unknown = "unknown",
        /// Nobody wants it: 603.
        Declined = "declined",
    }
);

impl Reject {
    /// The SIP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::Busy => 486,
            Self::Unavailable => 480,
            Self::Unknown => 404,
            Self::Declined => 603,
        }
    }
}

/// Where calls of a route or of a time condition go. What it points at may be gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Destination {
    /// To an extension.
    Extension {
        /// Which.
        extension_id: ExtensionId,
    },
    /// Where the office hours say.
    TimeCondition {
        /// Whose hours.
        time_condition_id: TimeConditionId,
    },
    /// To a number outside, by the account's own outbound routes.
    Number {
        /// As somebody of the account would dial it.
        number: DialString,
    },
    /// To nobody.
    Reject {
        /// What the caller is told.
        reject: Reject,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_one_kind_and_what_belongs_to_it() {
        let read = |text: &str| serde_json::from_str::<Destination>(text);
        let busy = read(r#"{"kind":"reject","reject":"busy"}"#).unwrap();
        assert_eq!(busy, Destination::Reject { reject: Reject::Busy });
        let text = serde_json::to_string(&busy).unwrap();
        assert_eq!(read(&text).unwrap(), busy);
        for bad in [r#"{"kind":"reject"}"#, r#"{"kind":"number","number":"1@x"}"#, r#"{"kind":"moon"}"#, "{}"]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
