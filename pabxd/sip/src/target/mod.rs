//! Where to send a request (RFC 3263), as a state machine: DNS questions come out, answers go in, targets come out in
//! the order in which they are to be tried.
//!
//! [`Selection::poll`] says what is next. A target that fails (no connection, no answer, 503) is followed by the next
//! one (§4.3): the caller just polls again.

mod selection;
mod srv;

pub use selection::{MAX_QUERIES, MAX_RECORDS, Selection};

use std::net::{IpAddr, SocketAddr};

use crate::flow::Transport;
use crate::uri::Host;

/// What the sender is able to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// Transports, the preferred first: that order decides where DNS expresses no preference.
    pub transports: Vec<Transport>,
    /// Whether IPv4 addresses can be reached.
    pub ipv4: bool,
    /// Whether IPv6 addresses can be reached.
    pub ipv6: bool,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self { transports: vec![Transport::Udp, Transport::Tcp, Transport::Tls], ipv4: true, ipv6: true }
    }
}

/// A question for DNS.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Query {
    /// NAPTR records of a domain.
    Naptr(String),
    /// SRV records of a service, for example `_sip._udp.example.com`.
    Srv(String),
    /// A and AAAA records of a host.
    Addresses(String),
}

/// What DNS answered. No such name, no records and no answer in time are all an empty list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To [`Query::Naptr`].
    Naptr(Vec<Naptr>),
    /// To [`Query::Srv`].
    Srv(Vec<Srv>),
    /// To [`Query::Addresses`], in the order in which the resolver wants them tried (RFC 6724).
    Addresses(Vec<IpAddr>),
}

/// A NAPTR record (RFC 3403 §4.1) as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naptr {
    /// Lower comes first, and only the lowest usable one counts.
    pub order: u16,
    /// Lower comes first among equal orders.
    pub preference: u16,
    /// `s`: the replacement is a name with SRV records.
    pub flags: String,
    /// `SIP+D2U`, `SIP+D2T`, `SIPS+D2T`, …
    pub service: String,
    /// The name to ask for.
    pub replacement: String,
}

/// An SRV record (RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Srv {
    /// Lower comes first.
    pub priority: u16,
    /// Share among records of the same priority.
    pub weight: u16,
    /// Port of the service.
    pub port: u16,
    /// Name of the host; `.` says that there is no such service.
    pub target: String,
}

/// One place to send the request to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// How.
    pub transport: Transport,
    /// Where.
    pub address: SocketAddr,
    /// Whose certificate has to be shown on TLS: the host of the URI, not what DNS made of it (RFC 5922 §7.1).
    pub identity: Host,
}

/// What a selection wants next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Ask DNS, and give the answer by [`Selection::answer`].
    Ask(Query),
    /// Try this target.
    Try(Target),
    /// Nothing is left to try: 503, or 480 if there never was a target.
    Exhausted,
}

/// Why a URI leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Not a `sip:` or `sips:` URI.
    #[error("scheme without a host")]
    Scheme,
    /// The URI asks for a transport that the sender does not have, or for none that is secure enough.
    #[error("no usable transport")]
    Transport,
}
