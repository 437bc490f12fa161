//! What stands before authentication: token buckets for each source, and bans.
//!
//! A message is charged to its source before it is parsed ([`Guard::admit`]); once parsed, to its source and
//! claimed identity together ([`Guard::admit_identity`]). What is not admitted is dropped in silence.
//!
//! Bans are by identity **and** source, so that nobody can lock a user out from the user's own address. Beyond
//! that, a source that never authenticated and fails with many identities is banned as a whole.
//!
//! Every table has a fixed number of places. A spray of forged sources fills only the table of buckets, where a
//! place is given up only when its bucket is full again (and so says nothing); a source without a place is
//! charged to the bucket of all unproven sources alone. Bans are never given up before their time.

mod config;
mod failures;
mod rate;
mod source;
mod table;

pub use config::{GuardConfig, MAX_BANS, MAX_FAILING, MAX_IDENTITY, MAX_PROVEN_SOURCES, MAX_SOURCES};
pub use rate::Rate;
pub use source::{Network, Source};

use failures::Failures;
use rate::Bucket;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::time::Instant;
use table::{Loss, Table};

/// Whether a message may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Go on.
    Admitted,
    /// The source, or this identity from this source, is banned: drop in silence.
    Banned,
    /// The source sends more than its share: drop in silence.
    TooFast,
    /// All unproven sources together send more than the box will look at: drop in silence.
    Overloaded,
}

impl Admission {
    /// True for [`Admission::Admitted`].
    pub fn is_admitted(self) -> bool {
        self == Self::Admitted
    }
}

/// A ban in force, for the log and the list of bans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// Where the failures came from.
    pub source: Source,
    /// The identity that failed (at most 64 octets, as claimed: escape it); none when the whole source is banned.
    pub identity: Option<Box<str>>,
    /// When it ends.
    pub until: Instant,
}

/// Sizes and counts, for the metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GuardCounts {
    /// Sources with a bucket.
    pub sources: usize,
    /// Sources that authenticated lately.
    pub proven: usize,
    /// Pairs and sources with counted failures.
    pub failing: usize,
    /// Bans, some of which may be over.
    pub bans: usize,
    /// Messages dropped since the start: of banned, of too fast sources, and by the common limit.
    pub dropped: [u64; 3],
}

#[derive(Debug)]
struct Proven {
    until: Instant,
    bucket: Bucket,
}

/// A source, and the keyed hash of an identity where the identity counts.
type Culprit = (Source, Option<u64>);

/// Token buckets and bans; owned by whoever receives from the network.
#[derive(Debug)]
pub struct Guard {
    config: GuardConfig,
    epoch: Instant,
    hasher: RandomState,
    unproven: Table<Source, Bucket>,
    unproven_together: Bucket,
    proven: Table<Source, Proven>,
    failing: Table<Culprit, Failures>,
    bans: Table<Culprit, Ban>,
    dropped: [u64; 3],
}

impl Guard {
    /// A guard that has seen nothing.
    pub fn new(config: GuardConfig, now: Instant) -> Self {
        Self {
            config,
            epoch: now,
            hasher: RandomState::new(),
            unproven: Table::new(MAX_SOURCES),
            unproven_together: Bucket::full(now),
            proven: Table::new(MAX_PROVEN_SOURCES),
            failing: Table::new(MAX_FAILING),
            bans: Table::new(MAX_BANS),
            dropped: [0; 3],
        }
    }

    /// Charges one message that came from `address`, before anything of it is read.
    pub fn admit(&mut self, now: Instant, address: IpAddr) -> Admission {
        if self.is_trusted(address) {
            return Admission::Admitted;
        }
        let source = Source::from(address);
        let admission =
            if self.is_banned(now, (source, None)) { Admission::Banned } else { self.charge(now, source) };
        self.count(admission)
    }

    /// Whether this identity may speak from this source. Costs no token: ask after [`Guard::admit`],
    /// with the user name of the credentials or, without credentials, the user of From.
    pub fn admit_identity(&mut self, now: Instant, address: IpAddr, identity: &str) -> Admission {
        if self.bans.is_empty() || self.is_trusted(address) {
            return Admission::Admitted;
        }
        let pair = (Source::from(address), Some(self.hasher.hash_one(identity)));
        let admission = if self.is_banned(now, pair) { Admission::Banned } else { Admission::Admitted };
        self.count(admission)
    }

    /// Notes a failed authentication; answers the ban when this was one too many.
    /// Tell wrong password and unknown user alike, and no challenge or stale nonce.
    pub fn failure(&mut self, now: Instant, address: IpAddr, identity: Option<&str>) -> Option<Ban> {
        if self.is_trusted(address) {
            return None;
        }
        let source = Source::from(address);
        let whole = (!self.is_proven(now, source))
            .then(|| self.fail(now, (source, None), self.config.source_failures, None))
            .flatten();
        let pair = identity.and_then(|identity| {
            let culprit = (source, Some(self.hasher.hash_one(identity)));
            self.fail(now, culprit, self.config.pair_failures, Some(identity))
        });
        whole.or(pair)
    }

    /// Notes that `identity` has authenticated from `address`: the source is proven, earlier failures of this
    /// identity from there are forgiven.
    pub fn success(&mut self, now: Instant, address: IpAddr, identity: &str) {
        if self.is_trusted(address) {
            return;
        }
        let source = Source::from(address);
        let until = now + self.config.proven_for;
        if let Some(proven) = self.proven.get_mut(&source) {
            proven.until = until;
        } else {
            let bucket = self.unproven.remove(&source).unwrap_or_else(|| Bucket::full(now));
            let since_epoch = |at: Instant| at.saturating_duration_since(self.epoch).as_secs();
            self.proven
                .insert(source, Proven { until, bucket }, |proven| Loss::Some(since_epoch(proven.until)));
        }
        if !self.failing.is_empty() {
            self.failing.remove(&(source, Some(self.hasher.hash_one(identity))));
        }
    }

    /// The bans in force at `now`, in no order.
    pub fn bans(&self, now: Instant) -> impl Iterator<Item = &Ban> {
        self.bans.iter().map(|(_, ban)| ban).filter(move |ban| ban.until > now)
    }

    /// Ends the bans of a source, and of one identity there or of all; says how many there were.
    pub fn pardon(&mut self, source: Source, identity: Option<&str>) -> usize {
        let hash = identity.map(|identity| self.hasher.hash_one(identity));
        let matches = |culprit: &Culprit| culprit.0 == source && (hash.is_none() || culprit.1 == hash);
        let pardoned: Vec<Culprit> = self.bans.iter().map(|(key, _)| *key).filter(matches).collect();
        for culprit in &pardoned {
            self.bans.remove(culprit);
            self.failing.remove(culprit);
        }
        pardoned.len()
    }

    /// Sizes of the tables and messages dropped.
    pub fn counts(&self) -> GuardCounts {
        GuardCounts {
            sources: self.unproven.len(),
            proven: self.proven.len(),
            failing: self.failing.len(),
            bans: self.bans.len(),
            dropped: self.dropped,
        }
    }

    fn is_trusted(&self, address: IpAddr) -> bool {
        !self.config.enabled || self.config.trusted.iter().any(|network| network.contains(address))
    }

    fn is_proven(&self, now: Instant, source: Source) -> bool {
        self.proven.get(&source).is_some_and(|proven| proven.until > now)
    }

    fn is_banned(&mut self, now: Instant, culprit: Culprit) -> bool {
        if self.bans.is_empty() {
            return false;
        }
        match self.bans.get(&culprit) {
            Some(ban) if ban.until > now => true,
            Some(_) => {
                self.bans.remove(&culprit);
                false
            }
            None => false,
        }
    }

    fn charge(&mut self, now: Instant, source: Source) -> Admission {
        if let Some(proven) = self.proven.get_mut(&source).filter(|proven| proven.until > now) {
            let admitted = proven.bucket.take(now, self.config.proven);
            return if admitted { Admission::Admitted } else { Admission::TooFast };
        }
        if !self.charge_unproven(now, source) {
            return Admission::TooFast;
        }
        if self.unproven_together.take(now, self.config.unproven_together) {
            Admission::Admitted
        } else {
            Admission::Overloaded
        }
    }

    /// A source without a place in a table full of busy sources passes here: the common bucket still counts it.
    fn charge_unproven(&mut self, now: Instant, source: Source) -> bool {
        if let Some(bucket) = self.unproven.get_mut(&source) {
            return bucket.take(now, self.config.unproven);
        }
        let mut bucket = Bucket::full(now);
        let admitted = bucket.take(now, self.config.unproven);
        self.unproven.insert(
            source,
            bucket,
            |old| if old.is_full(now) { Loss::Nothing } else { Loss::Never },
        );
        admitted
    }

    fn fail(&mut self, now: Instant, culprit: Culprit, limit: u16, identity: Option<&str>) -> Option<Ban> {
        let second = seconds(now, self.epoch);
        let window = u32::try_from(self.config.failure_window.as_secs()).unwrap_or(u32::MAX);
        if self.failing.get(&culprit).is_none() {
            // Those that have failed most are the last to be forgotten.
            let loss = |old: &Failures| {
                if old.is_over(second, window) {
                    Loss::Nothing
                } else {
                    Loss::Some(u64::try_from(old.count()).unwrap_or(u64::MAX))
                }
            };
            self.failing.insert(culprit, Failures::default(), loss);
        }
        let failures = self.failing.get_mut(&culprit)?;
        if failures.note(second, window, limit) < usize::from(limit) {
            return None;
        }
        self.ban(now, culprit, identity)
    }

    fn ban(&mut self, now: Instant, culprit: Culprit, identity: Option<&str>) -> Option<Ban> {
        let ban = Ban {
            source: culprit.0,
            identity: identity.map(|identity| capped(identity).into()),
            until: now + self.config.ban_for,
        };
        let over = |old: &Ban| if old.until <= now { Loss::Nothing } else { Loss::Never };
        if !self.bans.insert(culprit, ban.clone(), over) {
            return None;
        }
        self.failing.remove(&culprit);
        Some(ban)
    }

    fn count(&mut self, admission: Admission) -> Admission {
        let [banned, too_fast, overloaded] = &mut self.dropped;
        match admission {
            Admission::Admitted => {}
            Admission::Banned => *banned += 1,
            Admission::TooFast => *too_fast += 1,
            Admission::Overloaded => *overloaded += 1,
        }
        admission
    }
}

fn seconds(now: Instant, epoch: Instant) -> u32 {
    u32::try_from(now.saturating_duration_since(epoch).as_secs()).unwrap_or(u32::MAX)
}

fn capped(identity: &str) -> &str {
    let end = (0..=MAX_IDENTITY.min(identity.len())).rev().find(|at| identity.is_char_boundary(*at));
    identity.get(..end.unwrap_or(0)).unwrap_or_default()
}
