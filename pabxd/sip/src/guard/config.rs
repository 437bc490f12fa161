//! The limits of the guard. `docs/limits.md` lists them with what happens at each.

use super::rate::Rate;
use super::source::Network;
use std::time::Duration;

/// Sources whose buckets are kept at the same time.
pub const MAX_SOURCES: usize = 10_000;
/// Sources remembered as having authenticated.
pub const MAX_PROVEN_SOURCES: usize = 10_000;
/// Pairs of source and identity, and sources, whose recent failures are counted.
pub const MAX_FAILING: usize = 10_000;
/// Bans in force at the same time.
pub const MAX_BANS: usize = 10_000;
/// Octets of an identity that are kept to show a ban.
pub const MAX_IDENTITY: usize = 64;

/// Limits before authentication. `GuardConfig::default()` has the values of the product.
#[derive(Debug, Clone)]
pub struct GuardConfig {
    /// Messages of a source that has not authenticated within `proven_for`.
    pub unproven: Rate,
    /// Messages of a source that has.
    pub proven: Rate,
    /// Messages of all unproven sources together.
    pub unproven_together: Rate,
    /// How long one successful authentication makes a source a proven one.
    pub proven_for: Duration,
    /// Failures of one identity from one source within `failure_window` that ban this pair.
    pub pair_failures: u16,
    /// Failures of any identities from one unproven source within `failure_window` that ban the source.
    pub source_failures: u16,
    /// How long a failure counts.
    pub failure_window: Duration,
    /// How long a ban lasts.
    pub ban_for: Duration,
    /// Networks that are neither limited nor banned.
    pub trusted: Vec<Network>,
    /// False switches the guard off.
    pub enabled: bool,
}

impl Default for GuardConfig {
    fn default() -> Self {
        Self {
            unproven: Rate { per_second: 50, burst: 200 },
            proven: Rate { per_second: 2_000, burst: 4_000 },
            unproven_together: Rate { per_second: 5_000, burst: 10_000 },
            proven_for: Duration::from_hours(1),
            pair_failures: 10,
            source_failures: 30,
            failure_window: Duration::from_mins(10),
            ban_for: Duration::from_mins(30),
            trusted: Vec::new(),
            enabled: true,
        }
    }
}
