//! The box around the daemon. One small trait for each concern, with a real implementation and a fake for tests.
//!
//! - [`network`]: systemd-networkd's files, and a change that goes back by itself unless somebody confirms it;
//! - [`time`]: timedated and timesyncd; [`clock`]: whether the wall clock can be believed;
//! - [`update`]: RAUC, and the rules when an update is refused;
//! - [`disk`]: how full it is, and the mark that has everything wiped; [`power`]: reboot, switch off;
//! - [`watchdog`]: whether the hardware would notice a dead kernel; [`audio`]: sound devices;
//! - [`bus`]: calls over D-Bus.
//!
//! All of it blocks and none of it runs on the engine's thread. `docs/appliance.md` lists every path and permission.

pub mod audio;
pub mod bus;
pub mod clock;
pub mod disk;
mod file;
pub mod network;
pub mod power;
pub mod time;
pub mod update;
pub mod watchdog;

use crate::config::Config;
use crate::control::{Failure, Kind};
use std::time::Instant;

/// Everything of the box that can be asked for and changed.
pub struct Appliance {
    /// Network.
    pub network: network::Network,
    /// Time.
    pub time: Box<dyn time::TimeService>,
    /// Updates.
    pub updater: Box<dyn update::Updater>,
    /// Power.
    pub power: Box<dyn power::Power>,
    /// Storage.
    pub disk: Box<dyn disk::Disk>,
    /// Hardware watchdog.
    pub watchdog: Box<dyn watchdog::Watchdog>,
}

impl Appliance {
    /// The real box, as the configuration describes it. `None` where the daemon is not to look after it.
    pub fn of(config: &Config, now: Instant) -> Option<Self> {
        let appliance = &config.appliance;
        if !appliance.enabled {
            return None;
        }
        let bus = bus::Address::System;
        let links = network::Networkd::new(appliance.network_directory.clone(), bus.clone());
        let book = network::Book::new(&config.state.directory);
        Some(Self {
            network: network::Network::start(now, Box::new(links), book),
            time: Box::new(time::Timedated::new(appliance.timesync_directory.clone(), bus.clone())),
            updater: Box::new(update::Rauc::new(bus.clone())),
            power: Box::new(power::Logind::new(bus.clone())),
            disk: Box::new(disk::Data::new(appliance.data_directory.clone())),
            watchdog: Box::new(watchdog::Systemd::new(bus)),
        })
    }
}

/// An error of the box as an answer: what was asked for was fine, and it was not done.
pub(crate) fn failed(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Kind::Failed, error.to_string())
}
