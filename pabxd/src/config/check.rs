//! What well-formed values can still get wrong.

use super::Config;
use crate::edge::certificates::is_host_name;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

/// A setting that cannot work, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Section and name, such as `rtp.last_port`.
    pub setting: &'static str,
    /// What is wrong, in words.
    pub reason: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.setting, self.reason)
    }
}

/// All problems of a configuration; none means that it can be served.
pub fn check(config: &Config) -> Vec<Problem> {
    let mut problems = Vec::new();
    ranges(config, &mut problems);
    addresses(config, &mut problems);
    relations(config, &mut problems);
    super::appliance::check(&config.control, &config.appliance, &mut problems);
    problems
}

fn ranges(config: &Config, problems: &mut Vec<Problem>) {
    let mut within = |setting, value: u64, range: RangeInclusive<u64>| {
        if !range.contains(&value) {
            let reason = format!("{value} is not from {} to {}", range.start(), range.end());
            problems.push(Problem { setting, reason });
        }
    };
    let (tcp, calls, registration, guard) = (&config.tcp, &config.calls, &config.registration, &config.guard);
    let count = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
    within("sip.max_transactions", config.sip.max_transactions.into(), 100..=4_000_000);
    within("tcp.max_connections", count(tcp.max_connections), 1..=100_000);
    within("tcp.max_connections_per_source", count(tcp.max_connections_per_source), 1..=100_000);
    within("tcp.message_deadline_seconds", tcp.message_deadline_seconds, 1..=300);
    within("tcp.idle_seconds", tcp.idle_seconds, 10..=86_400);
    within("tcp.unregistered_idle_seconds", tcp.unregistered_idle_seconds, 1..=3600);
    within("web.max_connections", count(config.web.max_connections), 1..=10_000);
    within("web.max_connections_per_source", count(config.web.max_connections_per_source), 1..=10_000);
    within("rtp.first_port", config.rtp.first_port.into(), 1024..=65_534);
    within("rtp.threads", count(config.rtp.threads), 0..=64);
    within("calls.ring_seconds", calls.ring_seconds, 5..=600);
    within("calls.max_hours", calls.max_hours, 1..=24);
    within("calls.silence_seconds", calls.silence_seconds, 0..=86_400);
    within("calls.silence_on_hold_seconds", calls.silence_on_hold_seconds, 0..=86_400);
    within("calls.session_seconds", calls.session_seconds.into(), 90..=86_400);
    within("calls.max_calls", count(calls.max_calls), 1..=1_000_000);
    within("registration.min_seconds", registration.min_seconds.into(), 1..=86_400);
    within("registration.max_seconds", registration.max_seconds.into(), 60..=86_400);
    within("registration.options_seconds", registration.options_seconds, 0..=86_400);
    within("guard.ban_failures", guard.ban_failures.into(), 1..=1000);
    within("guard.ban_window_seconds", guard.ban_window_seconds, 1..=86_400);
    within("guard.ban_seconds", guard.ban_seconds, 1..=31_536_000);
    within("guard.requests_per_second", guard.requests_per_second.into(), 1..=10_000_000);
    within("guard.request_burst", guard.request_burst.into(), 1..=10_000_000);
    within("guard.total_requests_per_second", guard.total_requests_per_second.into(), 1..=10_000_000);
}

fn addresses(config: &Config, problems: &mut Vec<Problem>) {
    let listen = &config.sip.listen;
    let mut problem = |setting, reason: &str| problems.push(Problem { setting, reason: reason.to_owned() });
    if listen.is_empty() {
        problem("sip.listen", "names no address");
    }
    tcp_addresses(config, &mut problem);
    web(config, &mut problem);
    let realm = &config.sip.realm;
    let plain = realm.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if realm.is_empty() || realm.len() > 64 || !plain {
        problem("sip.realm", "is not 1 to 64 of the characters A-Z a-z 0-9 . - _");
    }
    let challenge = &config.sip.challenge;
    if challenge.is_empty() || challenge.len() > 2 || challenge.first() == challenge.get(1) {
        problem("sip.challenge", "is not one or both of MD5 and SHA-256");
    }
    let unspecified = |ip: Option<std::net::IpAddr>| ip.is_some_and(|ip| ip.is_unspecified());
    if unspecified(config.sip.advertised_address.0) {
        problem("sip.advertised_address", "nobody can send to this address");
    }
    let rtp = config.rtp.listen;
    if !rtp.is_unspecified() && !listen.iter().any(|address| address.ip() == rtp) {
        problem(
            "rtp.listen",
            "is neither an address of sip.listen, nor 0.0.0.0, nor ::: phones would be told the wrong one",
        );
    }
    if rtp.is_ipv4() && listen.iter().any(SocketAddr::is_ipv6) {
        problem(
            "rtp.listen",
            "phones of the IPv6 address of sip.listen would have no sound; \"::\" serves both",
        );
    }
    if config.guard.trusted.len() > 256 {
        problem("guard.trusted", "more than 256 networks");
    }
}

/// No address twice: TCP serves SIP, TLS and the web beside one another.
fn tcp_addresses(config: &Config, problem: &mut impl FnMut(&'static str, &str)) {
    let tcp = [
        ("sip.listen", &config.sip.listen),
        ("sip.tls", &config.sip.tls),
        ("web.https", &config.web.https),
        ("web.http", &config.web.http),
    ];
    let mut before: Vec<SocketAddr> = Vec::new();
    for (setting, addresses) in tcp {
        if addresses.len() > 16 {
            problem(setting, "names more than 16 addresses");
        }
        for address in addresses {
            if address.port() == 0 {
                problem(setting, "port 0 is none");
            }
            if before.contains(address) {
                problem(setting, "names an address that is named already");
            }
            before.push(*address);
        }
    }
}

fn web(config: &Config, problem: &mut impl FnMut(&'static str, &str)) {
    if config.web.names.len() > 32 || config.web.names.iter().any(|name| !is_name_or_address(name)) {
        problem("web.names", "is not at most 32 host names or addresses");
    }
    let origin = |text: &String| text.starts_with("https://") || text.starts_with("http://");
    if config.web.websocket_origins.len() > 64 || !config.web.websocket_origins.iter().all(origin) {
        problem("web.websocket_origins", "is not at most 64 origins such as https://crm.example.com");
    }
}

fn is_name_or_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok() || is_host_name(text)
}

fn relations(config: &Config, problems: &mut Vec<Problem>) {
    let (rtp, registration) = (&config.rtp, &config.registration);
    if rtp.last_port <= rtp.first_port.saturating_add(1) {
        let reason = format!("must leave room for a pair of ports after rtp.first_port ({})", rtp.first_port);
        problems.push(Problem { setting: "rtp.last_port", reason });
    }
    if config.sip.listen.iter().any(|a| (rtp.first_port..=rtp.last_port).contains(&a.port())) {
        let reason = "contains a port of sip.listen".to_owned();
        problems.push(Problem { setting: "rtp.first_port", reason });
    }
    for (setting, value) in [
        ("registration.default_seconds", registration.default_seconds),
        ("registration.nat_seconds", registration.nat_seconds),
    ] {
        if !(registration.min_seconds..=registration.max_seconds).contains(&value) {
            let reason = format!("{value} is not between min_seconds and max_seconds");
            problems.push(Problem { setting, reason });
        }
    }
    if registration.min_seconds > registration.max_seconds {
        let reason = "is less than min_seconds".to_owned();
        problems.push(Problem { setting: "registration.max_seconds", reason });
    }
}
