//! Restarting the box and switching it off: systemd-logind.

use super::bus::{Address, Bus, BusError, Object};

const MANAGER: Object = Object {
    service: "org.freedesktop.login1",
    path: "/org/freedesktop/login1",
    interface: "org.freedesktop.login1.Manager",
};

/// Power of the box.
pub trait Power: Send + Sync {
    /// Begins a restart; the box goes down in order soon after.
    fn reboot(&self) -> Result<(), BusError>;
    /// Begins switching off.
    fn power_off(&self) -> Result<(), BusError>;
}

/// The real one.
#[derive(Clone, Debug)]
pub struct Logind {
    bus: Address,
}

impl Logind {
    /// On this bus.
    pub fn new(bus: Address) -> Self {
        Self { bus }
    }
}

impl Power for Logind {
    fn reboot(&self) -> Result<(), BusError> {
        Bus::connect(&self.bus)?.call(MANAGER, "Reboot", &(false,))
    }

    fn power_off(&self) -> Result<(), BusError> {
        Bus::connect(&self.bus)?.call(MANAGER, "PowerOff", &(false,))
    }
}
