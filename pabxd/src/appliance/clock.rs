//! Whether the wall clock can be believed.
//!
//! A box without a battery starts with a time of the past, and keeps it until the network sets the clock. Calls go on
//! meanwhile; their records say that the time is not to be believed.
//!
//! | at the start                                                         | the clock is |
//! |----------------------------------------------------------------------|--------------|
//! | the network has set it                                               | trusted      |
//! | it is earlier than the build of this program, or than the last time the daemon wrote down | untrusted |
//! | an appliance whose clock of its own (`/sys/class/rtc/rtc0`) is missing, or lost the time: earlier than the build, or 15 years later | untrusted |
//! | else                                                                 | trusted      |
//!
//! An untrusted one becomes trusted when the network has set it, and nothing becomes untrusted later. The time is
//! written down every five minutes and at the stop, as long as it is trusted.

use super::file;
use pabx_model::{ClockState, Timestamp};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Between two looks at an untrusted clock.
pub const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Between two times that are written down.
pub const NOTE_EVERY: Duration = Duration::from_mins(5);
/// A clock that is behind by less is one that was corrected.
const TOLERANCE_MS: u64 = 60_000;
/// No build of this program is older: 2026-11-01T00:00:00Z. `SOURCE_DATE_EPOCH` of the build says it better.
const EARLIEST_BUILD_S: u64 = 1_793_491_200;
/// A clock that is this far after the build shows nothing but that it has lost the time: 15 years, as systemd has it too.
const FARTHEST_MS: u64 = 15 * 366 * 86_400_000;
/// timesyncd's sign that it has set the clock (systemd-timesyncd(8)).
const SYNCHRONISED: &str = "/run/systemd/timesync/synchronized";
/// A clock with a battery: the seconds since 1970 that it holds, as text.
const BATTERY: &str = "/sys/class/rtc/rtc0/since_epoch";

/// What is known at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What the clock says.
    pub utc: Timestamp,
    /// Whether the network has set it since the box was switched on.
    pub synchronised: bool,
    /// Whether the machine has a clock that has run while it was off.
    pub battery: bool,
}

impl Facts {
    /// Of this machine.
    pub fn of_machine(utc: Timestamp) -> Self {
        let battery = std::fs::read_to_string(BATTERY).is_ok_and(|held| has_run(&held));
        Self { utc, synchronised: Path::new(SYNCHRONISED).exists(), battery }
    }
}

/// Whether a clock that holds this has kept the time. With a flat battery it starts at a date of long ago, or at one of the far
/// future (of a year 1970 only 70 is left, which reads as 2070); systemd has set the system's time to the last shutdown by now,
/// and only the clock itself still tells.
fn has_run(since_epoch: &str) -> bool {
    let seconds = since_epoch.trim().parse::<u64>();
    let believable = built()..=built().plus_millis(FARTHEST_MS);
    seconds.is_ok_and(|seconds| believable.contains(&Timestamp(seconds.saturating_mul(1_000))))
}

/// The judgement at the start. `last` is what the daemon wrote down last; `appliance` whether the whole box is ours.
pub fn judge(facts: Facts, last: Option<Timestamp>, appliance: bool) -> ClockState {
    let floor = last.unwrap_or(Timestamp(0)).max(built()).minus_millis(TOLERANCE_MS);
    let doubtful = facts.utc < floor || (appliance && !facts.battery);
    if doubtful && !facts.synchronised { ClockState::Untrusted } else { ClockState::Trusted }
}

/// When this program was built, or a time that is certainly not later.
fn built() -> Timestamp {
    let epoch = option_env!("SOURCE_DATE_EPOCH").and_then(|text| text.parse::<u64>().ok());
    Timestamp(epoch.unwrap_or(EARLIEST_BUILD_S).max(EARLIEST_BUILD_S).saturating_mul(1_000))
}

/// The last time that was certain, in the state directory: milliseconds since 1970, as text.
#[derive(Clone, Debug)]
pub struct LastTime {
    path: PathBuf,
}

impl LastTime {
    /// In this folder.
    pub fn new(folder: &Path) -> Self {
        Self { path: folder.join("last-time") }
    }

    /// What was written down; a file that cannot be understood is as good as none.
    pub fn read(&self) -> Option<Timestamp> {
        let content = file::get(&self.path).ok().flatten()?;
        std::str::from_utf8(&content).ok()?.trim().parse().ok().map(Timestamp)
    }

    /// Writes it down.
    pub fn write(&self, utc: Timestamp) {
        if let Err(error) = file::put(&self.path, format!("{}\n", utc.0).as_bytes(), 0o600) {
            log::warn!("{}: {error}", self.path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ClockState::{Trusted, Untrusted};

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn facts(utc: Timestamp, synchronised: bool, battery: bool) -> Facts {
        Facts { utc, synchronised, battery }
    }

    #[test]
    fn a_clock_of_the_past_is_not_believed() {
        for battery in [true, false] {
            assert_eq!(judge(facts(Timestamp(0), false, battery), None, false), Untrusted);
            let behind = NOW.minus_millis(TOLERANCE_MS + 1);
            assert_eq!(judge(facts(behind, false, battery), Some(NOW), false), Untrusted);
            assert_eq!(judge(facts(NOW.minus_millis(5_000), false, true), Some(NOW), false), Trusted);
        }
    }

    #[test]
    fn a_box_without_a_battery_believes_the_network_only() {
        assert_eq!(judge(facts(NOW, false, false), Some(NOW), true), Untrusted);
        assert_eq!(judge(facts(NOW, true, false), Some(NOW), true), Trusted);
        assert_eq!(judge(facts(NOW, false, true), Some(NOW), true), Trusted);
        assert_eq!(judge(facts(NOW, false, false), Some(NOW), false), Trusted, "somebody else's machine");
    }

    #[test]
    fn a_clock_with_a_flat_battery_has_not_run() {
        assert!(has_run("1800000000\n"));
        assert!(
            !has_run("61\n")
                && !has_run("1577836800\n")
                && !has_run("")
                && !has_run("-5\n")
                && !has_run("3155760050\n")
        );
    }

    #[test]
    fn the_network_is_believed_even_against_a_time_written_down_too_late() {
        let future = NOW.plus_millis(1_000_000_000);
        assert_eq!(judge(facts(NOW, true, false), Some(future), true), Trusted);
    }

    #[test]
    fn the_last_time_is_read_back_and_nonsense_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let last = LastTime::new(folder.path());
        assert_eq!(last.read(), None);
        last.write(NOW);
        assert_eq!(last.read(), Some(NOW));
        std::fs::write(folder.path().join("last-time"), b"\xff\xfe").unwrap();
        assert_eq!(last.read(), None);
    }
}
