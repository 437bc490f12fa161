//! Time of the box: systemd-timedated and systemd-timesyncd.

use super::bus::{Address, Bus, BusError, Object};
use super::file;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// NTP servers, at most.
pub const MAX_SERVERS: usize = 8;
/// Our file among timesyncd's (timesyncd.conf(5)).
const FILE: &str = "10-pabx.conf";
/// An empty file beside it: timesyncd does not start where it is (a condition of the image's unit). systemd's own way, links in
/// `/etc/systemd/system`, needs an `/etc` that is written.
const OFF: &str = "network-time-off";
/// How long timesyncd may take to start or stop.
const SWITCHED_WITHIN: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(100);
const MODE: u32 = 0o644;

const TIMEDATE: Object = Object {
    service: "org.freedesktop.timedate1",
    path: "/org/freedesktop/timedate1",
    interface: "org.freedesktop.timedate1",
};
const TIMESYNC: Object = Object {
    service: "org.freedesktop.timesync1",
    path: "/org/freedesktop/timesync1",
    interface: "org.freedesktop.timesync1.Manager",
};

/// How the time is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeState {
    /// Name in the zone database, such as `America/Sao_Paulo`.
    pub timezone: String,
    /// Whether the network is to set the clock.
    pub ntp: bool,
    /// Whether it has.
    pub synchronised: bool,
    /// Servers that were set here; none: the image's.
    pub servers: Vec<NtpServer>,
}

/// What is to change; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeChange {
    /// Zone.
    pub timezone: Option<Timezone>,
    /// Whether the network sets the clock.
    pub ntp: Option<bool>,
    /// Servers; none: the image's.
    pub servers: Option<Vec<NtpServer>>,
    /// The time itself, milliseconds since 1970. Only while `ntp` is off.
    pub utc_ms: Option<u64>,
}

/// A name in the zone database: up to 64 of `A-Z a-z 0-9 _ + - /`, and no way out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timezone(String);

/// A host name or an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NtpServer(String);

impl TryFrom<String> for Timezone {
    type Error = TimeError;

    fn try_from(text: String) -> Result<Self, TimeError> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-' | b'/');
        let good = !text.is_empty()
            && text.len() <= 64
            && text.bytes().all(plain)
            && text.split('/').all(|part| !part.is_empty());
        if good { Ok(Self(text)) } else { Err(TimeError::Timezone) }
    }
}

impl TryFrom<String> for NtpServer {
    type Error = TimeError;

    fn try_from(text: String) -> Result<Self, TimeError> {
        let label = |part: &str| {
            let plain = part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            (1..=63).contains(&part.len()) && plain && !part.starts_with('-') && !part.ends_with('-')
        };
        let name = text.len() <= 253 && text.split('.').all(label);
        if name || text.parse::<std::net::IpAddr>().is_ok() { Ok(Self(text)) } else { Err(TimeError::Server) }
    }
}

impl From<Timezone> for String {
    fn from(zone: Timezone) -> Self {
        zone.0
    }
}

impl From<NtpServer> for String {
    fn from(server: NtpServer) -> Self {
        server.0
    }
}

/// Why the time was not changed.
#[derive(Debug, thiserror::Error)]
pub enum TimeError {
    /// See [`Timezone`].
    #[error("is no name of a time zone")]
    Timezone,
    /// See [`NtpServer`].
    #[error("is no name or address of a time server")]
    Server,
    /// More than [`MAX_SERVERS`].
    #[error("more than {MAX_SERVERS} time servers")]
    TooMany,
    /// Beyond the year 9999.
    #[error("this time is too far away")]
    TooFar,
    /// timesyncd's file.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A service did not do it.
    #[error(transparent)]
    Service(#[from] BusError),
}

/// The time of the box.
pub trait TimeService: Send + Sync {
    /// How it is.
    fn state(&self) -> Result<TimeState, TimeError>;
    /// Changes it, in the order of the fields.
    fn change(&self, change: &TimeChange) -> Result<(), TimeError>;
}

/// The real services.
#[derive(Clone, Debug)]
pub struct Timedated {
    folder: PathBuf,
    bus: Address,
}

impl Timedated {
    /// With timesyncd's files in this folder (`/etc/systemd/timesyncd.conf.d`).
    pub fn new(folder: PathBuf, bus: Address) -> Self {
        Self { folder, bus }
    }

    fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    fn mark_off(&self, off: bool) -> Result<(), TimeError> {
        let path = self.folder.join(OFF);
        let marked = if off { file::put(&path, b"", MODE) } else { file::remove(&path) };
        marked.map_err(|error| TimeError::File { path, error })
    }

    /// Starts or stops timesyncd, and has it so at the box's next start.
    fn set_ntp(&self, bus: &Bus, ntp: bool) -> Result<(), TimeError> {
        let was_off = self.folder.join(OFF).exists();
        if was_off != ntp && bus.property::<bool>(TIMEDATE, "NTP")? == ntp {
            return Ok(());
        }
        self.mark_off(!ntp)?;
        // The last argument: nobody is there to be asked for a password.
        if let Err(error) = bus.call::<_, ()>(TIMEDATE, "SetNTP", &(ntp, false)) {
            self.mark_off(was_off)?;
            return Err(error.into());
        }
        // timedated answers before it is done, and does not set the time until then.
        let begun = Instant::now();
        while bus.property::<bool>(TIMEDATE, "NTP")? != ntp && begun.elapsed() < SWITCHED_WITHIN {
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    fn set_servers(&self, bus: &Bus, servers: &[NtpServer]) -> Result<(), TimeError> {
        if servers.len() > MAX_SERVERS {
            return Err(TimeError::TooMany);
        }
        let path = self.file();
        let names: Vec<&str> = servers.iter().map(|server| server.0.as_str()).collect();
        let written = if names.is_empty() {
            file::remove(&path)
        } else {
            file::put(&path, format!("[Time]\nNTP={}\n", names.join(" ")).as_bytes(), MODE)
        };
        written.map_err(|error| TimeError::File { path, error })?;
        // The file counts from timesyncd's next start on, this call until then. It would start one that is off.
        if bus.property(TIMEDATE, "NTP")? {
            bus.call::<_, ()>(TIMESYNC, "SetRuntimeNTPServers", &(names,))?;
        }
        Ok(())
    }
}

impl TimeService for Timedated {
    fn state(&self) -> Result<TimeState, TimeError> {
        let bus = Bus::connect(&self.bus)?;
        Ok(TimeState {
            timezone: bus.property(TIMEDATE, "Timezone")?,
            ntp: bus.property(TIMEDATE, "NTP")?,
            synchronised: bus.property(TIMEDATE, "NTPSynchronized")?,
            servers: servers_in(&self.file()),
        })
    }

    fn change(&self, change: &TimeChange) -> Result<(), TimeError> {
        let bus = Bus::connect(&self.bus)?;
        // The last argument of each: nobody is there to be asked for a password.
        if let Some(zone) = &change.timezone {
            bus.call::<_, ()>(TIMEDATE, "SetTimezone", &(zone.0.as_str(), false))?;
        }
        if let Some(ntp) = change.ntp {
            self.set_ntp(&bus, ntp)?;
        }
        if let Some(servers) = &change.servers {
            self.set_servers(&bus, servers)?;
        }
        if let Some(utc_ms) = change.utc_ms {
            let micros = utc_ms.checked_mul(1_000).and_then(|micros| i64::try_from(micros).ok());
            let micros =
                micros.filter(|micros| *micros < 253_402_300_800_000_000).ok_or(TimeError::TooFar)?;
            bus.call::<_, ()>(TIMEDATE, "SetTime", &(micros, false, false))?;
        }
        Ok(())
    }
}

fn servers_in(path: &Path) -> Vec<NtpServer> {
    let content = file::get(path).ok().flatten().unwrap_or_default();
    let text = String::from_utf8_lossy(&content);
    let names = text.lines().find_map(|line| line.strip_prefix("NTP=")).unwrap_or_default();
    names.split_whitespace().filter_map(|name| NtpServer::try_from(name.to_owned()).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_and_servers_cannot_be_paths_or_settings() {
        let zone = |text: &str| Timezone::try_from(text.to_owned()).is_ok();
        assert!(zone("America/Sao_Paulo") && zone("UTC") && zone("Etc/GMT+3"));
        assert!(!zone("../../etc/shadow") && !zone("/etc/x") && !zone("") && !zone("A\nB") && !zone("a//b"));
        let server = |text: &str| NtpServer::try_from(text.to_owned()).is_ok();
        assert!(server("a.ntp.br") && server("192.0.2.1") && server("2001:db8::1"));
        assert!(
            !server("a b") && !server("a\nFallbackNTP=x") && !server("-a") && !server("") && !server("a..b")
        );
    }
}
