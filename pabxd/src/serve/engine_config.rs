//! The file's settings as the engine takes them.

use crate::config::{self, Challenge, Config};
use pabx_call::{Advertised, EngineConfig, Limits, RegistrationLimits};
use pabx_sip::digest::Algorithm;
use pabx_sip::guard::{GuardConfig, Network, Rate};
use std::net::SocketAddr;
use std::time::Duration;

/// The engine's settings.
pub(super) fn from(config: &Config) -> EngineConfig {
    EngineConfig {
        realm: config.sip.realm.clone(),
        challenge: config.sip.challenge.iter().copied().map(algorithm).collect(),
        advertised: advertised(config),
        ring: Duration::from_secs(config.calls.ring_seconds),
        no_media: Duration::from_secs(config.calls.silence_seconds),
        no_media_on_hold: Duration::from_secs(config.calls.silence_on_hold_seconds),
        max_call: Duration::from_secs(config.calls.max_hours.saturating_mul(3600)),
        session_interval: Duration::from_secs(config.calls.session_seconds.into()),
        keep_alive: Duration::from_secs(config.registration.options_seconds),
        registration: registration(&config.registration),
        limits: limits(config),
        guard: guard(&config.guard),
        ..EngineConfig::default()
    }
}

fn algorithm(challenge: Challenge) -> Algorithm {
    match challenge {
        Challenge::Md5 => Algorithm::Md5,
        Challenge::Sha256 => Algorithm::Sha256,
    }
}

fn advertised(config: &Config) -> Vec<Advertised> {
    let outside = |ip| Advertised {
        transport: None,
        local: None,
        public_peers_only: true,
        address: SocketAddr::new(ip, 0),
    };
    config.sip.advertised_address.0.into_iter().map(outside).collect()
}

fn registration(registration: &config::Registration) -> RegistrationLimits {
    RegistrationLimits {
        min_seconds: registration.min_seconds,
        max_seconds: registration.max_seconds,
        default_seconds: registration.default_seconds,
        nat_seconds: registration.nat_seconds,
    }
}

fn limits(config: &Config) -> Limits {
    Limits {
        max_calls: config.calls.max_calls,
        max_transactions: usize::try_from(config.sip.max_transactions).unwrap_or(usize::MAX),
        ..Limits::default()
    }
}

fn guard(guard: &config::Guard) -> GuardConfig {
    let total = guard.total_requests_per_second;
    GuardConfig {
        unproven: Rate { per_second: guard.requests_per_second, burst: guard.request_burst },
        unproven_together: Rate { per_second: total, burst: total.saturating_mul(2) },
        pair_failures: u16::try_from(guard.ban_failures).unwrap_or(u16::MAX),
        failure_window: Duration::from_secs(guard.ban_window_seconds),
        ban_for: Duration::from_secs(guard.ban_seconds),
        trusted: guard.trusted.iter().map(|network| Network::new(network.address, network.prefix)).collect(),
        ..GuardConfig::default()
    }
}
