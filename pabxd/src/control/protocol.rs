//! What can be asked through the control socket, and the answers. Both are one line of JSON.

use crate::appliance::network::NetworkConfig;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;

/// A question or an order, such as `{"ask":"status"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// What the daemon is and does: [`Status`]. Asked of memory alone.
    Status,
    /// Whether its parts work: [`Parts`]. Waits for each to move, at most some seconds.
    Parts,
    /// As whom the box calls itself: [`Credentials`].
    SelfTestCredentials,
    /// The network as it is set up: [`crate::appliance::network::NetworkState`].
    Network,
    /// Sets the network up anew, for 60 s unless it is confirmed.
    NetworkApply {
        /// The whole set-up.
        config: NetworkConfig,
    },
    /// Keeps the network as it was applied.
    NetworkConfirm,
    /// Goes back to the network before it was applied.
    NetworkRollback,
    /// Time, zone, synchronisation: [`crate::appliance::time::TimeState`].
    Time,
    /// Sets servers, zone or time.
    TimeSet {
        /// What is to change.
        change: crate::appliance::time::TimeChange,
    },
    /// The slots and what RAUC does: [`crate::appliance::update::UpdateState`].
    Update,
    /// Whether a bundle of this version may be installed now: `true`, or a failure that says why not.
    UpdateAllowed {
        /// `version=` of the bundle's manifest.
        version: String,
        /// Skips the rules that may be skipped.
        #[serde(default)]
        force: bool,
    },
    /// What a bundle is, if it is one of ours: [`crate::appliance::update::Bundle`].
    UpdateInspect {
        /// Its file.
        bundle: PathBuf,
    },
    /// Begins to install a bundle, if the rules allow it; [`Request::Update`] tells how far it is.
    UpdateInstall {
        /// Its file.
        bundle: PathBuf,
        /// Skips the rules that may be skipped.
        #[serde(default)]
        force: bool,
    },
    /// Restarts the box.
    Reboot,
    /// Switches it off.
    PowerOff,
    /// Marks all data for deletion and restarts.
    FactoryReset,
    /// Gives the first super admin a new password for once: [`crate::administrator::Given`].
    ResetAdmin,
    /// Stands the engine's thread still for ever: to prove that the watchdog bites.
    #[cfg(feature = "test-hooks")]
    StopEngine,
}

/// `{"ok": …}` or `{"error": {"kind": …, "text": …}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// What was asked for; `null` where there is nothing to say.
    Ok(Value),
    /// Why not.
    Error(Failure),
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    /// For programs.
    pub kind: Kind,
    /// For people, in English.
    pub text: String,
}

/// Kinds of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The line is no request.
    Malformed,
    /// `[appliance] enabled` is false.
    NotAnAppliance,
    /// The values cannot be.
    Invalid,
    /// A rule speaks against it now.
    Refused,
    /// A service of the box did not do it.
    Failed,
}

impl Failure {
    /// A failure in words.
    pub fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }
}

impl Answer {
    /// A value as an answer.
    pub fn of(value: impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => Self::Ok(value),
            Err(error) => Self::Error(Failure::new(Kind::Failed, error.to_string())),
        }
    }
}

impl<T: Serialize> From<Result<T, Failure>> for Answer {
    fn from(result: Result<T, Failure>) -> Self {
        result.map_or_else(Self::Error, Self::of)
    }
}

/// What the daemon is and does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Of the program.
    pub version: String,
    /// Whole seconds since its start.
    pub uptime_seconds: u64,
    /// Calls of people in progress; the self-test's do not count.
    pub calls: usize,
    /// Registered devices.
    pub registrations: usize,
    /// Whether it takes no new calls because it is being stopped.
    pub stopping: bool,
    /// Whether the wall clock can be believed: `trusted` or `untrusted`.
    pub clock: String,
    /// Where SIP is served.
    pub sip: Vec<String>,
    /// Whether it looks after the box.
    pub appliance: bool,
}

/// Whether the parts of the daemon work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// The engine took and gave something.
    pub engine: PartState,
    /// Every media thread made a round.
    pub media: PartState,
    /// A write was committed, and read back from the file.
    pub store: PartState,
    /// A request from outside was answered, with our certificate; also where there is no HTTPS to ask.
    pub edge: PartState,
}

/// Whether one part works; the text says why not.
pub type PartState = Result<(), String>;

/// As whom the box calls itself. Good until the daemon is started again, and from this machine only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// Digest user name.
    pub username: String,
    /// Digest password.
    pub password: String,
    /// SIP domain.
    pub domain: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_short_words_and_unknown_ones_are_refused() {
        let read = |text: &str| serde_json::from_str::<Request>(text);
        assert_eq!(read(r#"{"ask":"status"}"#).unwrap(), Request::Status);
        assert_eq!(
            read(r#"{"ask":"update-allowed","version":"1.2"}"#).unwrap(),
            Request::UpdateAllowed { version: "1.2".into(), force: false }
        );
        for wrong in [r#"{"ask":"shell"}"#, r#"{"ask":"update-allowed"}"#, "1", "{}", ""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_release_has_no_test_hooks() {
        let hook = serde_json::from_str::<Request>(r#"{"ask":"stop-engine"}"#);
        assert_eq!(hook.is_ok(), cfg!(feature = "test-hooks"));
    }

    #[test]
    fn credentials_are_not_printed() {
        let credentials =
            Credentials { username: "u".into(), password: "hush".into(), domain: "selftest.invalid".into() };
        assert!(!format!("{credentials:?}").contains("hush"));
    }
}
