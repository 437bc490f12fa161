//! When an update is refused.
//!
//! | what is the case                                        | refused            | with force |
//! |---------------------------------------------------------|--------------------|------------|
//! | an installation is under way                            | `Busy`             | the same   |
//! | the running slot is unknown                             | `UnknownSlot`      | the same   |
//! | the running slot has not been shown to work             | `NotGood`          | the same   |
//! | the bundle is for other boxes                           | `OtherBox`         | the same   |
//! | the bundle has no version                               | `NoVersion`        | installed  |
//! | the bundle is older than what runs                      | `Older`            | installed  |
//! | calls go on                                             | `Calls`            | installed  |
//!
//! Never without a good slot: with both slots on trial, the boot loader would go back and forth between two bad ones.

use super::version::Version;
use super::{Bundle, UpdateState};

/// What the rules look at.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// Slots and operation.
    pub state: &'a UpdateState,
    /// The version the box runs.
    pub running: &'a str,
    /// The bundle.
    pub bundle: &'a Bundle,
    /// Calls of people in progress.
    pub calls: usize,
}

/// Why an update is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// One at a time.
    #[error("an installation is under way")]
    Busy,
    /// RAUC does not know from which slot the box runs.
    #[error("it is not known from which slot the box runs")]
    UnknownSlot,
    /// The self-test of the running slot has not passed (yet).
    #[error("the slot the box runs from ({0}) has not been shown to work yet")]
    NotGood(String),
    /// `compatible` differs.
    #[error("the bundle is for {bundle}, this box is {own}")]
    OtherBox {
        /// What the bundle is for.
        bundle: String,
        /// What the box is.
        own: String,
    },
    /// It cannot be compared.
    #[error("the bundle has no version that can be compared (--force installs it)")]
    NoVersion,
    /// Downgrades only on purpose.
    #[error("the bundle ({bundle}) is older than what runs ({running}) (--force installs it)")]
    Older {
        /// The bundle's version.
        bundle: String,
        /// The running one.
        running: String,
    },
    /// People speak.
    #[error("{0} calls are in progress (--force installs it all the same)")]
    Calls(usize),
}

/// Whether the bundle may be installed now; the first rule that speaks against it.
pub fn may_install(situation: Situation<'_>, force: bool) -> Result<(), Refusal> {
    let Situation { state, running, bundle, calls } = situation;
    if !state.activity.is_idle() {
        return Err(Refusal::Busy);
    }
    let booted = state.slots.iter().find(|slot| slot.booted).ok_or(Refusal::UnknownSlot)?;
    if !booted.good {
        return Err(Refusal::NotGood(booted.name.clone()));
    }
    if bundle.compatible != state.compatible {
        let (bundle, own) = (bundle.compatible.clone(), state.compatible.clone());
        return Err(Refusal::OtherBox { bundle, own });
    }
    if force {
        return Ok(());
    }
    let version = Version::parse(&bundle.version).ok_or(Refusal::NoVersion)?;
    // A running version that is none (a developer's image) is older than any.
    if Version::parse(running).is_some_and(|running| version < running) {
        return Err(Refusal::Older { bundle: bundle.version.clone(), running: running.to_owned() });
    }
    if calls > 0 { Err(Refusal::Calls(calls)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::super::{Activity, Progress, Slot};
    use super::*;

    fn state() -> UpdateState {
        let slot = |name: &str, booted| Slot {
            name: name.into(),
            bootname: Some("A".into()),
            booted,
            good: booted,
            version: None,
        };
        UpdateState {
            compatible: "pabx-x86_64".into(),
            activity: Activity {
                operation: "idle".into(),
                progress: Progress { percent: 0, text: String::new() },
                last_error: String::new(),
            },
            primary: Some("rootfs.0".into()),
            slots: vec![slot("rootfs.0", true), slot("rootfs.1", false)],
        }
    }

    fn judged(
        change: impl FnOnce(&mut UpdateState),
        version: &str,
        calls: usize,
        force: bool,
    ) -> Result<(), Refusal> {
        let mut state = state();
        change(&mut state);
        let bundle = Bundle { compatible: "pabx-x86_64".into(), version: version.into() };
        may_install(Situation { state: &state, running: "1.2.0", bundle: &bundle, calls }, force)
    }

    #[test]
    fn a_newer_and_the_same_version_are_installed_on_an_idle_box() {
        for version in ["1.2.0", "1.2.1", "2.0"] {
            assert_eq!(judged(|_| {}, version, 0, false), Ok(()), "{version}");
        }
    }

    #[test]
    fn calls_and_older_versions_need_force() {
        assert_eq!(judged(|_| {}, "1.3", 2, false), Err(Refusal::Calls(2)));
        assert!(matches!(judged(|_| {}, "1.1.9", 0, false), Err(Refusal::Older { .. })));
        assert!(matches!(judged(|_| {}, "1.2.0-rc.1", 0, false), Err(Refusal::Older { .. })));
        assert_eq!(judged(|_| {}, "nightly", 0, false), Err(Refusal::NoVersion));
        assert_eq!(judged(|_| {}, "1.1.9", 2, true), Ok(()));
    }

    #[test]
    fn nothing_is_installed_while_the_running_slot_is_not_good_not_even_by_force() {
        for force in [false, true] {
            let bad = |state: &mut UpdateState| state.slots[0].good = false;
            assert_eq!(judged(bad, "2.0", 0, force), Err(Refusal::NotGood("rootfs.0".into())));
            let unknown = |state: &mut UpdateState| state.slots[0].booted = false;
            assert_eq!(judged(unknown, "2.0", 0, force), Err(Refusal::UnknownSlot));
            let busy = |state: &mut UpdateState| state.activity.operation = "installing".into();
            assert_eq!(judged(busy, "2.0", 0, force), Err(Refusal::Busy));
            let other = |state: &mut UpdateState| state.compatible = "pabx-rpi4".into();
            assert!(matches!(judged(other, "2.0", 0, force), Err(Refusal::OtherBox { .. })));
        }
    }
}
