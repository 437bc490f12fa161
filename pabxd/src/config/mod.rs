//! The configuration file: TOML, every setting optional, unknown ones refused.
//!
//! `pabxd.example.toml` holds every setting with its default and its comment; a test keeps it true.

mod appliance;
mod check;
mod load;

pub use appliance::{Appliance, Control, Language};
pub use check::{Problem, check};
pub use load::{ConfigError, load, parse};

use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// The text of the commented example, as shipped.
pub const EXAMPLE: &str = include_str!("../../pabxd.example.toml");

/// Everything the file can say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// SIP listeners and identity.
    pub sip: Sip,
    /// Limits of SIP over TCP, TLS and WebSocket.
    pub tcp: Tcp,
    /// Lines to providers.
    pub trunks: Trunks,
    /// The web: pages, REST, events, SIP over WebSocket.
    pub web: Web,
    /// Messages to browsers.
    pub push: Push,
    /// Sockets and threads for sound.
    pub rtp: Rtp,
    /// Time limits of calls.
    pub calls: Calls,
    /// Life times of registrations.
    pub registration: Registration,
    /// Limits for strangers, and bans.
    pub guard: Guard,
    /// Where state lives.
    pub state: State,
    /// How other processes of the box ask the daemon.
    pub control: Control,
    /// Whether and how the daemon looks after the whole box.
    pub appliance: Appliance,
    /// The log.
    pub log: Log,
}

/// `[sip]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sip {
    /// Addresses served over UDP and TCP.
    pub listen: Vec<SocketAddr>,
    /// Addresses served over TLS.
    pub tls: Vec<SocketAddr>,
    /// Digest realm of the whole box.
    pub realm: String,
    /// Digest algorithms offered, best first.
    pub challenge: Vec<Challenge>,
    /// Address told to phones; empty is the one they reached.
    pub advertised_address: Advertised,
    /// Transactions at a time.
    pub max_transactions: u32,
}

/// `[tcp]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tcp {
    /// Connections in all.
    pub max_connections: usize,
    /// Connections from one address.
    pub max_connections_per_source: usize,
    /// Seconds from a message's first octet to its last.
    pub message_deadline_seconds: u64,
    /// Seconds of silence after which a connection is closed.
    pub idle_seconds: u64,
    /// The same for one that never registered.
    pub unregistered_idle_seconds: u64,
}

/// `[trunks]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Trunks {
    /// DNS servers; empty: the system's.
    pub dns_servers: Vec<SocketAddr>,
    /// A file of certificates that are believed besides those of the authorities known to browsers; empty: none.
    pub authorities: PathBuf,
}

/// `[push]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Push {
    /// Services at private addresses and on this machine are taken, too: for tests.
    pub private_endpoints: bool,
    /// A file of certificates that services are believed by, in place of those known to browsers; empty: none.
    pub authorities: PathBuf,
}

/// `[web]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Web {
    /// Addresses served over HTTPS.
    pub https: Vec<SocketAddr>,
    /// Addresses that say where HTTPS is.
    pub http: Vec<SocketAddr>,
    /// Names and addresses for a self-signed certificate, beside those that the box knows.
    pub names: Vec<String>,
    /// Origins of other pages that may open a WebSocket for SIP.
    pub websocket_origins: Vec<String>,
    /// The folder of the web UI; empty: none.
    pub files: PathBuf,
    /// Connections in all.
    pub max_connections: usize,
    /// Connections from one address.
    pub max_connections_per_source: usize,
}

/// `[rtp]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rtp {
    /// Address the sockets are bound to.
    pub listen: IpAddr,
    /// First UDP port.
    pub first_port: u16,
    /// Last UDP port.
    pub last_port: u16,
    /// Media threads; 0 chooses.
    pub threads: usize,
}

/// `[calls]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calls {
    /// Seconds of ringing.
    pub ring_seconds: u64,
    /// Longest call, in hours.
    pub max_hours: u64,
    /// Seconds without packets that end a call in talk.
    pub silence_seconds: u64,
    /// The same on hold.
    pub silence_on_hold_seconds: u64,
    /// Session timer, seconds (RFC 4028).
    pub session_seconds: u32,
    /// Calls at a time.
    pub max_calls: usize,
}

/// `[registration]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Registration {
    /// Seconds where the phone asks for nothing.
    pub default_seconds: u32,
    /// Least seconds.
    pub min_seconds: u32,
    /// Most seconds.
    pub max_seconds: u32,
    /// Most seconds behind NAT.
    pub nat_seconds: u32,
    /// Seconds between OPTIONS; 0 is never.
    pub options_seconds: u64,
}

/// `[guard]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Guard {
    /// Failures within the window that lead to a ban.
    pub ban_failures: u32,
    /// The window, seconds.
    pub ban_window_seconds: u64,
    /// Length of a ban, seconds.
    pub ban_seconds: u64,
    /// Unauthenticated requests a second per source.
    pub requests_per_second: u32,
    /// Their burst.
    pub request_burst: u32,
    /// Unauthenticated requests a second in all.
    pub total_requests_per_second: u32,
    /// Networks without limits.
    pub trusted: Vec<Network>,
}

/// `[state]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct State {
    /// Folder of database and sealing key.
    pub directory: PathBuf,
}

/// `[log]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Least severe level that is written.
    pub level: Level,
}

/// An address, or nothing where the text is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Advertised(pub Option<IpAddr>);

impl TryFrom<String> for Advertised {
    type Error = std::net::AddrParseError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.is_empty() { Ok(Self(None)) } else { text.parse().map(|ip| Self(Some(ip))) }
    }
}

/// A digest algorithm (RFC 8760 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Challenge {
    /// RFC 7616; what every phone can do.
    #[serde(rename = "MD5")]
    Md5,
    /// RFC 8760.
    #[serde(rename = "SHA-256")]
    Sha256,
}

/// A network in CIDR notation (RFC 4632 §3.1), such as `192.0.2.0/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    /// Its address.
    pub address: IpAddr,
    /// Leading bits that count: 0 to 32, or 128 for IPv6.
    pub prefix: u8,
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = || format!("`{text}` is no network such as 192.0.2.0/24");
        let (address, prefix) = text.split_once('/').ok_or_else(wrong)?;
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let prefix: u8 = prefix.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        if prefix > most { Err(wrong()) } else { Ok(Self { address, prefix }) }
    }
}

/// Severity, as in the `log` crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The box broke a promise.
    Error,
    /// Somebody should look.
    Warn,
    /// What an installer wants to read.
    Info,
    /// Per message.
    Debug,
    /// Per packet.
    Trace,
}

impl From<Level> for log::LevelFilter {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warn => Self::Warn,
            Level::Info => Self::Info,
            Level::Debug => Self::Debug,
            Level::Trace => Self::Trace,
        }
    }
}

impl Default for Sip {
    fn default() -> Self {
        Self {
            listen: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 5060))],
            tls: Vec::new(),
            realm: "pabx".into(),
            challenge: vec![Challenge::Md5],
            advertised_address: Advertised(None),
            max_transactions: 400_000,
        }
    }
}

impl Default for Tcp {
    fn default() -> Self {
        Self {
            max_connections: 2000,
            max_connections_per_source: 64,
            message_deadline_seconds: 10,
            idle_seconds: 960,
            unregistered_idle_seconds: 30,
        }
    }
}

impl Default for Web {
    fn default() -> Self {
        Self {
            https: Vec::new(),
            http: Vec::new(),
            names: Vec::new(),
            websocket_origins: Vec::new(),
            files: PathBuf::new(),
            max_connections: 512,
            max_connections_per_source: 64,
        }
    }
}

impl Default for Rtp {
    fn default() -> Self {
        Self { listen: IpAddr::V4(Ipv4Addr::LOCALHOST), first_port: 10_000, last_port: 19_999, threads: 0 }
    }
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            ring_seconds: 25,
            max_hours: 3,
            silence_seconds: 60,
            silence_on_hold_seconds: 1800,
            session_seconds: 1800,
            max_calls: 10_000,
        }
    }
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            default_seconds: 300,
            min_seconds: 60,
            max_seconds: 3600,
            nat_seconds: 120,
            options_seconds: 60,
        }
    }
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            ban_failures: 10,
            ban_window_seconds: 600,
            ban_seconds: 1800,
            requests_per_second: 50,
            request_burst: 200,
            total_requests_per_second: 5000,
            trusted: Vec::new(),
        }
    }
}

impl Default for State {
    fn default() -> Self {
        Self { directory: "/var/lib/pabxd".into() }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { level: Level::Info }
    }
}
