//! The switch by hand.

use serde::{Deserialize, Serialize};

use crate::text::word_enum;
use crate::{TextError, Timestamp};

/// Whether somebody has switched it by hand: `{"mode":"automatic"}`, `{"mode":"closed","until":1795000000000}`.
/// Once `until` has come, it is automatic again; without, it stays until somebody switches it back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Override {
    /// The hours decide.
    #[default]
    Automatic,
    /// Open, whatever the hours say.
    Open {
        /// The first instant at which the hours decide again.
        until: Option<Timestamp>,
    },
    /// Closed, whatever the hours say.
    Closed {
        /// The first instant at which the hours decide again.
        until: Option<Timestamp>,
    },
}

impl Override {
    /// What the switch says then; `None` when the hours decide.
    pub fn at(self, when: Timestamp) -> Option<bool> {
        let holds = self.until().is_none_or(|until| when < until);
        match self {
            Self::Open { .. } if holds => Some(true),
            Self::Closed { .. } if holds => Some(false),
            _ => None,
        }
    }

    /// When it becomes automatic again, or has.
    pub const fn until(self) -> Option<Timestamp> {
        match self {
            Self::Automatic => None,
            Self::Open { until } | Self::Closed { until } => until,
        }
    }
}

word_enum!(
    /// The word for where the switch stands.
    Mode {
        /// [`Override::Automatic`].
        Automatic = "automatic",
        /// [`Override::Open`].
        Open = "open",
        /// [`Override::Closed`].
        Closed = "closed",
    }
);

/// serde's own tagged enums take unknown fields of a variant without any.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    mode: Mode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

impl TryFrom<Written> for Override {
    type Error = TextError;
    fn try_from(written: Written) -> Result<Self, TextError> {
        match (written.mode, written.until) {
            (Mode::Automatic, None) => Ok(Self::Automatic),
            (Mode::Automatic, Some(_)) => {
                Err(TextError::Form { what: "switch", why: "automatic has no end" })
            }
            (Mode::Open, until) => Ok(Self::Open { until }),
            (Mode::Closed, until) => Ok(Self::Closed { until }),
        }
    }
}

impl From<Override> for Written {
    fn from(switch: Override) -> Self {
        let mode = match switch {
            Override::Automatic => Mode::Automatic,
            Override::Open { .. } => Mode::Open,
            Override::Closed { .. } => Mode::Closed,
        };
        Self { mode, until: switch.until() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_holds_until_its_end() {
        let until = |ms| Some(Timestamp(ms));
        assert_eq!(Override::Automatic.at(Timestamp(5)), None);
        assert_eq!(Override::Open { until: None }.at(Timestamp(u64::MAX)), Some(true));
        assert_eq!(Override::Closed { until: until(10) }.at(Timestamp(9)), Some(false));
        assert_eq!(Override::Closed { until: until(10) }.at(Timestamp(10)), None);
    }

    #[test]
    fn a_switch_is_written_as_a_mode_and_perhaps_an_end() {
        for (switch, text) in [
            (Override::Automatic, r#"{"mode":"automatic"}"#),
            (Override::Open { until: None }, r#"{"mode":"open"}"#),
            (Override::Closed { until: Some(Timestamp(7)) }, r#"{"mode":"closed","until":7}"#),
        ] {
            assert_eq!(serde_json::to_string(&switch).unwrap(), text);
            assert_eq!(serde_json::from_str::<Override>(text).unwrap(), switch);
        }
        for bad in
            [r#"{"mode":"automatic","until":7}"#, r#"{"mode":"open","to":7}"#, r#"{"mode":"shut"}"#, "{}"]
        {
            assert!(serde_json::from_str::<Override>(bad).is_err(), "{bad}");
        }
    }
}
