//! RAUC over D-Bus (<https://rauc.readthedocs.io>, reference: D-Bus API).

use super::{Activity, Bundle, Progress, Slot, UpdateState, Updater};
use crate::appliance::bus::{Address, Bus, BusError, Object};
use std::collections::HashMap;
use std::path::Path;
use zbus::{OwnedVariant, Variant};

const SERVICE: &str = "de.pengutronix.rauc";
const INSTALLER: Object = Object { service: SERVICE, path: "/", interface: "de.pengutronix.rauc.Installer" };

type Dictionary = HashMap<String, OwnedVariant>;

/// The real installer.
#[derive(Clone, Debug)]
pub struct Rauc {
    bus: Address,
}

impl Rauc {
    /// On this bus.
    pub fn new(bus: Address) -> Self {
        Self { bus }
    }
}

impl Updater for Rauc {
    fn activity(&self) -> Result<Activity, BusError> {
        activity(&Bus::connect(&self.bus)?)
    }

    fn state(&self) -> Result<UpdateState, BusError> {
        let bus = Bus::connect(&self.bus)?;
        let activity = activity(&bus)?;
        // RAUC refuses this while it installs.
        let slots: Vec<(String, Dictionary)> =
            if activity.is_idle() { bus.call(INSTALLER, "GetSlotStatus", &())? } else { Vec::new() };
        // It fails where the boot loader has no primary slot.
        let primary = bus.call(INSTALLER, "GetPrimary", &()).ok();
        Ok(UpdateState {
            compatible: bus.property(INSTALLER, "Compatible")?,
            activity,
            primary,
            slots: slots.into_iter().map(|(name, facts)| slot(name, facts)).collect(),
        })
    }

    fn inspect(&self, bundle: &Path) -> Result<Bundle, BusError> {
        let bus = Bus::connect(&self.bus)?;
        let mut facts: Dictionary =
            bus.call(INSTALLER, "InspectBundle", &(text(bundle)?, Dictionary::new()))?;
        let mut update = facts.remove("update").and_then(section).unwrap_or_default();
        let mut fact = |name: &str| word(&mut update, name).unwrap_or_default();
        Ok(Bundle { compatible: fact("compatible"), version: fact("version") })
    }

    fn install(&self, bundle: &Path) -> Result<(), BusError> {
        Bus::connect(&self.bus)?.call(INSTALLER, "InstallBundle", &(text(bundle)?, Dictionary::new()))
    }
}

fn activity(bus: &Bus) -> Result<Activity, BusError> {
    let (percent, text, _): (i32, String, i32) = bus.property(INSTALLER, "Progress")?;
    Ok(Activity {
        operation: bus.property(INSTALLER, "Operation")?,
        progress: Progress { percent, text },
        last_error: bus.property(INSTALLER, "LastError")?,
    })
}

fn slot(name: String, mut facts: Dictionary) -> Slot {
    Slot {
        name,
        bootname: word(&mut facts, "bootname"),
        booted: word(&mut facts, "state").as_deref() == Some("booted"),
        good: word(&mut facts, "boot-status").as_deref() == Some("good"),
        version: word(&mut facts, "bundle.version"),
    }
}

/// A section of a bundle's facts. RAUC 1.13 puts it in a variant within the dictionary's own.
fn section(value: OwnedVariant) -> Option<Dictionary> {
    let mut value = Variant::from(value);
    while let Variant::Variant(inner) = value {
        value = *inner;
    }
    value.try_into().ok()
}

fn word(facts: &mut Dictionary, name: &str) -> Option<String> {
    facts.remove(name).and_then(|value| String::try_from(value).ok())
}

/// A path as D-Bus can carry it; RAUC opens it as root, so it must be absolute.
fn text(path: &Path) -> Result<&str, BusError> {
    path.to_str().filter(|_| path.is_absolute()).ok_or_else(|| BusError::Failed {
        service: SERVICE,
        text: "the path of the bundle is not absolute, or no UTF-8".into(),
    })
}
