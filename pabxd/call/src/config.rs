//! What an engine is told once, and the limits it keeps. Defaults are those of the contract.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use pabx_sip::digest::Algorithm;
use pabx_sip::flow::{Flow, Transport};
use pabx_sip::guard::GuardConfig;

/// Settings of one engine. `Default` is what the contract says.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// The one digest realm of the box, whatever the account.
    pub realm: String,
    /// Digest algorithms offered in a 401, best first.
    pub challenge: Vec<Algorithm>,
    /// What `Server` and `User-Agent` say, to authenticated peers only. No version in it.
    pub software: String,
    /// Addresses to tell peers in place of the socket's own, first match wins (port forwarding, NAT).
    pub advertised: Vec<Advertised>,
    /// Host names that mean this box besides its accounts' domains, in lower case.
    pub aliases: Vec<String>,
    /// How long devices ring when the extension does not say otherwise.
    pub ring: Duration,
    /// A call none of whose sides hears anything for this long is ended; zero: never.
    pub no_media: Duration,
    /// The same while the call is on hold.
    pub no_media_on_hold: Duration,
    /// The longest call.
    pub max_call: Duration,
    /// RFC 4028 session interval that we ask for and accept at most.
    pub session_interval: Duration,
    /// RFC 4028 Min-SE: shorter intervals are refused with 422.
    pub min_session_interval: Duration,
    /// How often a registered device is asked whether it is there (OPTIONS). Zero: never.
    pub keep_alive: Duration,
    /// Registration lifetimes and devices for each extension.
    pub registration: RegistrationLimits,
    /// Rates and bans of sources.
    pub guard: GuardConfig,
    /// Everything that is bounded.
    pub limits: Limits,
}

/// An address that peers are told in place of the socket's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advertised {
    /// Only for flows of this transport; `None`: for all.
    pub transport: Option<Transport>,
    /// Only for flows on this local socket address; `None`: for all.
    pub local: Option<SocketAddr>,
    /// Only for peers outside of private networks (RFC 1918, RFC 4193, loopback, link-local).
    pub public_peers_only: bool,
    /// The address in Contact and SDP; port 0 keeps the socket's own port.
    pub address: SocketAddr,
}

/// Registration lifetimes, in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistrationLimits {
    /// Shorter is refused with 423 and Min-Expires.
    pub min_seconds: u32,
    /// Longer is cut to this.
    pub max_seconds: u32,
    /// When the device asks for nothing.
    pub default_seconds: u32,
    /// At most this for a device whose Contact is not where its packets come from (NAT).
    pub nat_seconds: u32,
}

/// Bounds of one engine. `docs/limits.md` says what happens at each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls at the same time, in all. Further ones get 503 with Retry-After.
    pub max_calls: usize,
    /// Calls at the same time in one account, unless its own limit is lower. Further ones get 503.
    pub max_calls_per_account: usize,
    /// Calls at the same time made by one extension. Further ones get 486.
    pub max_calls_per_extension: usize,
    /// Devices that one call may ring. The rest is not rung.
    pub max_forks: usize,
    /// Writes waiting for the store. A REGISTER beyond it gets 503 with Retry-After.
    pub max_pending_writes: usize,
    /// Bindings in all. A REGISTER of a further one gets 503.
    pub max_bindings: usize,
    /// Ended calls whose last media counters are still awaited. Beyond it records are written without quality.
    pub max_closing: usize,
    /// Transactions of the SIP endpoint. Beyond it requests get 503, and REGISTER is answered statelessly.
    pub max_transactions: usize,
}

/// Server transactions above which REGISTER and OPTIONS are answered without one (they are idempotent,
/// RFC 3261 §8.2.7); a retransmission is then simply handled again.
pub(crate) const STATELESS_ABOVE: usize = 16_384;
/// What `Retry-After` says in a 503, in seconds.
pub(crate) const RETRY_AFTER_SECONDS: u32 = 5;
/// How long a shutdown waits for answers to BYE and CANCEL.
pub(crate) const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);
/// How long an ended call's record waits for the last media counters.
pub(crate) const STATS_GRACE: Duration = Duration::from_secs(1);
/// A call that has ended is dropped after this even if transactions are left: 64*T1 and a little.
pub(crate) const LINGER: Duration = Duration::from_secs(34);
/// A relayed offer waits this long for its answer. RFC 3261 §14.1 gives re-INVITE no time-out once provisional.
pub(crate) const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(32);
/// INFO requests of one leg that wait for the other side. A further one gets 500 with Retry-After.
pub(crate) const MAX_PENDING_INFO: usize = 4;
/// The same alarm is raised again after this at the earliest.
pub(crate) const ALARM_INTERVAL: Duration = Duration::from_mins(1);
/// Different alarms in [`ALARM_INTERVAL`]. Further ones are not raised.
pub(crate) const MAX_ALARMED: usize = 64;
/// Attempts to get an offer of our own through 491 answers.
pub(crate) const MAX_GLARE_RETRIES: u8 = 5;

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            realm: "pabx".to_owned(),
            challenge: vec![Algorithm::Md5],
            software: "pabxd".to_owned(),
            advertised: Vec::new(),
            aliases: Vec::new(),
            ring: Duration::from_secs(25),
            no_media: Duration::from_mins(1),
            no_media_on_hold: Duration::from_mins(30),
            max_call: Duration::from_hours(3),
            session_interval: Duration::from_mins(30),
            min_session_interval: Duration::from_secs(90),
            keep_alive: Duration::from_mins(1),
            registration: RegistrationLimits::default(),
            guard: GuardConfig::default(),
            limits: Limits::default(),
        }
    }
}

impl Default for RegistrationLimits {
    fn default() -> Self {
        Self { min_seconds: 60, max_seconds: 3600, default_seconds: 300, nat_seconds: 120 }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_calls: 10_000,
            max_calls_per_account: 5_000,
            max_calls_per_extension: 1_000,
            max_forks: 5,
            max_pending_writes: 20_000,
            max_bindings: 100_000,
            max_closing: 20_000,
            max_transactions: 400_000,
        }
    }
}

impl EngineConfig {
    /// The address that the peer of `flow` is to send SIP to.
    pub(crate) fn sip_address(&self, flow: &Flow) -> SocketAddr {
        match self.rule(flow) {
            Some(rule) if rule.address.port() == 0 => SocketAddr::new(rule.address.ip(), flow.local.port()),
            Some(rule) => rule.address,
            None => flow.local,
        }
    }

    /// The address that the peer of `flow` is to send RTP to.
    pub(crate) fn media_ip(&self, flow: &Flow) -> IpAddr {
        self.rule(flow).map_or(flow.local.ip(), |rule| rule.address.ip())
    }

    /// How digest authentication behaves.
    pub(crate) fn auth(&self) -> pabx_sip::digest::AuthConfig {
        let names = self.aliases.iter().map(|alias| pabx_sip::uri::Host::Name(alias.as_str().into()));
        let addresses = self.advertised.iter().map(|rule| rule.address.ip().into());
        pabx_sip::digest::AuthConfig {
            offer: self.challenge.clone(),
            aliases: names.chain(addresses).collect(),
            ..pabx_sip::digest::AuthConfig::default()
        }
    }

    /// The same for Via: what the endpoint calls itself on each transport. Rules for public peers alone do not count
    /// there: answers come back by `received` and `rport` anyway.
    pub(crate) fn sent_by(&self) -> Vec<pabx_sip::endpoint::Advertised> {
        let transports = [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss];
        let rules = self.advertised.iter().filter(|rule| !rule.public_peers_only);
        rules
            .flat_map(|rule| {
                let matching =
                    transports.into_iter().filter(|t| rule.transport.is_none_or(|only| only == *t));
                matching.map(|transport| pabx_sip::endpoint::Advertised {
                    transport,
                    local: rule.local,
                    host: rule.address.ip().into(),
                    port: Some(rule.address.port()).filter(|port| *port != 0),
                })
            })
            .collect()
    }

    fn rule(&self, flow: &Flow) -> Option<&Advertised> {
        self.advertised.iter().find(|rule| {
            rule.transport.is_none_or(|transport| transport == flow.transport)
                && rule.local.is_none_or(|local| local == flow.local)
                && rule.address.is_ipv4() == flow.remote.is_ipv4()
                && !(rule.public_peers_only && is_private(flow.remote.ip()))
        })
    }
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}
