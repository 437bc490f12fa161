//! Updates of the box: RAUC installs them, the rules here say when not.
//!
//! - [`version`]: which of two versions is older; [`rules`]: when an update is refused, as a pure function;
//! - `rauc`: the real installer.

mod rauc;
pub mod rules;
pub mod version;

pub use rauc::Rauc;
pub use rules::{Refusal, Situation, may_install};
pub use version::Version;

use super::bus::BusError;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A slot of the A/B pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// RAUC's name, such as `rootfs.0`.
    pub name: String,
    /// The boot loader's name, such as `A`; none: it cannot be booted.
    pub bootname: Option<String>,
    /// Whether the box runs from it.
    pub booted: bool,
    /// Whether it has been shown to work (`boot-status`).
    pub good: bool,
    /// Version of the bundle it was made from, where it was made from one.
    pub version: Option<String>,
}

/// How updates are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateState {
    /// What the box is, to RAUC; a bundle must be for the same.
    pub compatible: String,
    /// What is being done.
    pub activity: Activity,
    /// The slot that is booted next.
    pub primary: Option<String>,
    /// All slots; none while an installation is under way, for RAUC does not tell then.
    pub slots: Vec<Slot>,
}

/// What RAUC does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// `idle` or `installing`.
    pub operation: String,
    /// Of the operation.
    pub progress: Progress,
    /// What went wrong last; empty: nothing.
    pub last_error: String,
}

impl Activity {
    /// Whether nothing is being done.
    pub fn is_idle(&self) -> bool {
        self.operation == "idle"
    }
}

/// How far an installation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// 0 to 100.
    pub percent: i32,
    /// In words, English.
    pub text: String,
}

/// What a bundle says of itself; its signature was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// The boxes it is for.
    pub compatible: String,
    /// Its version.
    pub version: String,
}

/// What installs updates.
pub trait Updater: Send + Sync {
    /// What is being done. Answered at any time.
    fn activity(&self) -> Result<Activity, BusError>;
    /// How updates are.
    fn state(&self) -> Result<UpdateState, BusError>;
    /// What a bundle says of itself. An unsigned or foreign one is an error.
    fn inspect(&self, bundle: &Path) -> Result<Bundle, BusError>;
    /// Begins to install a bundle; [`Updater::activity`] is not idle from then on until it is over.
    fn install(&self, bundle: &Path) -> Result<(), BusError>;
}

/// The version the box runs: `IMAGE_VERSION` of os-release(5), else the daemon's own.
pub fn running_version(os_release: &str) -> &str {
    let value = os_release.lines().find_map(|line| line.trim().strip_prefix("IMAGE_VERSION="));
    let value = value.map(|value| value.trim_matches(['"', '\'']));
    value.filter(|value| !value.is_empty()).unwrap_or(env!("CARGO_PKG_VERSION"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_running_version_is_the_images() {
        assert_eq!(running_version("NAME=x\nIMAGE_VERSION=\"1.2.3\"\n"), "1.2.3");
        assert_eq!(running_version("IMAGE_VERSION=1.2.3"), "1.2.3");
        assert_eq!(running_version("IMAGE_VERSION=\n"), env!("CARGO_PKG_VERSION"));
        assert_eq!(running_version(""), env!("CARGO_PKG_VERSION"));
    }
}
