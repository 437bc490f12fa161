//! The hardware watchdog. systemd feeds it (`RuntimeWatchdogSec=`); here is only asked whether it does.

use super::bus::{Address, Bus, BusError, Object};
use serde::{Deserialize, Serialize};

const MANAGER: Object = Object {
    service: "org.freedesktop.systemd1",
    path: "/org/freedesktop/systemd1",
    interface: "org.freedesktop.systemd1.Manager",
};

/// Whether a dead kernel would be noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchdogState {
    /// Such as `/dev/watchdog0`; none: no device is in use.
    pub device: Option<String>,
    /// Seconds without a sign of life after which the hardware restarts the box; 0: never.
    pub seconds: u64,
}

/// The hardware watchdog.
pub trait Watchdog: Send + Sync {
    /// How it is set.
    fn state(&self) -> Result<WatchdogState, BusError>;
}

/// As systemd says.
#[derive(Clone, Debug)]
pub struct Systemd {
    bus: Address,
}

impl Systemd {
    /// On this bus.
    pub fn new(bus: Address) -> Self {
        Self { bus }
    }
}

impl Watchdog for Systemd {
    fn state(&self) -> Result<WatchdogState, BusError> {
        let bus = Bus::connect(&self.bus)?;
        let micros: u64 = bus.property(MANAGER, "RuntimeWatchdogUSec")?;
        let device: String = bus.property(MANAGER, "WatchdogDevice")?;
        // USEC_INFINITY is `off`, too.
        let seconds = if micros == u64::MAX { 0 } else { micros / 1_000_000 };
        Ok(WatchdogState { device: Some(device).filter(|device| !device.is_empty()), seconds })
    }
}
