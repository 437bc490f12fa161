//! The settings of the box around the daemon.

use super::Problem;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// `[control]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Control {
    /// The control socket; empty is none.
    pub socket: PathBuf,
}

/// `[appliance]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Appliance {
    /// Whether the box is ours.
    pub enabled: bool,
    /// Of the console.
    pub language: Language,
    /// networkd's files.
    pub network_directory: PathBuf,
    /// timesyncd's files.
    pub timesync_directory: PathBuf,
    /// The data partition.
    pub data_directory: PathBuf,
    /// ALSA's name of the loudspeaker.
    pub sound_device: String,
}

/// A language of the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Language {
    /// Portuguese of Brazil.
    #[default]
    #[serde(rename = "pt-BR")]
    Portuguese,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
}

impl Default for Appliance {
    fn default() -> Self {
        Self {
            enabled: false,
            language: Language::Portuguese,
            network_directory: "/etc/systemd/network".into(),
            timesync_directory: "/etc/systemd/timesyncd.conf.d".into(),
            data_directory: "/data".into(),
            sound_device: "default".into(),
        }
    }
}

impl Control {
    /// The socket, where there is to be one.
    pub fn socket(&self) -> Option<&Path> {
        (!self.socket.as_os_str().is_empty()).then_some(self.socket.as_path())
    }
}

/// Octets of a socket's path (sun_path of unix(7), with its end).
const MAX_SOCKET_PATH: usize = 107;

/// What is wrong with these.
pub(super) fn check(control: &Control, appliance: &Appliance, problems: &mut Vec<Problem>) {
    let mut problem = |setting, reason: &str| problems.push(Problem { setting, reason: reason.to_owned() });
    if control.socket().is_some_and(|path| !path.is_absolute() || path.as_os_str().len() > MAX_SOCKET_PATH) {
        problem("control.socket", "is not an absolute path of at most 107 octets");
    }
    for (setting, path) in [
        ("appliance.network_directory", &appliance.network_directory),
        ("appliance.timesync_directory", &appliance.timesync_directory),
        ("appliance.data_directory", &appliance.data_directory),
    ] {
        if !path.is_absolute() {
            problem(setting, "is not an absolute path");
        }
    }
    let device = &appliance.sound_device;
    if device.is_empty() || device.len() > 128 || device.contains('\0') {
        problem("appliance.sound_device", "is not 1 to 128 octets");
    }
}
