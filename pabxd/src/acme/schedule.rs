//! When an order is due. Nothing here asks a clock or an authority.
//!
//! - A certificate that was ordered is renewed at two thirds of its life.
//! - Any other is replaced at once.
//! - After a failure an order waits about an hour, twice as long after each further one, at most a day; whoever changes the
//!   settings is not kept waiting.
//! - Two attempts are never closer than ten seconds, those of a new certificate than a minute.

use super::settings::Acme;
use crate::edge::certificates::Facts;
use pabx_model::Timestamp;
use pabx_store::Revision;
use serde::{Deserialize, Serialize};

const MINUTE: u64 = 60_000;
/// After the first failure, before the jitter.
const FIRST: u64 = 75 * MINUTE;
/// After many.
const MOST: u64 = 24 * 60 * MINUTE;
/// Milliseconds between two attempts, whoever wants them.
pub(super) const TOO_SOON: u64 = 10_000;
/// After a success: an authority may give certificates that are due at once.
const AFTER_SUCCESS: u64 = MINUTE;

/// What is remembered of the attempts, in the database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// When the last one began, in milliseconds since 1970.
    pub(super) last_attempt: Option<u64>,
    /// Failures since the last success.
    pub(super) failures: u32,
    /// What went wrong at the last.
    pub(super) error: Option<String>,
    /// No attempt before this, in milliseconds since 1970.
    pub(super) not_before: u64,
    /// Of the settings that were tried.
    pub(super) revision: u32,
    /// Where the last certificate was ordered, and for which names.
    pub(super) directory_url: Option<String>,
    pub(super) names: Vec<String>,
}

impl Record {
    /// After one more failure.
    pub(super) fn failed(self, error: &str, revision: Revision, now: Timestamp, random: u8) -> Self {
        // Other settings are tried for the first time.
        let before = if self.revision == revision.0 { self.failures } else { 0 };
        let failures = before.saturating_add(1);
        Self {
            last_attempt: Some(now.0),
            failures,
            error: Some(error.to_owned()),
            not_before: now.0.saturating_add(back_off(failures, random)),
            revision: revision.0,
            ..self
        }
    }

    /// After a success.
    pub(super) fn succeeded(settings: &Acme, revision: Revision, now: Timestamp) -> Self {
        Self {
            last_attempt: Some(now.0),
            failures: 0,
            error: None,
            not_before: now.0.saturating_add(AFTER_SUCCESS),
            revision: revision.0,
            directory_url: Some(settings.directory_url.clone()),
            names: settings.names.clone(),
        }
    }
}

/// When the next attempt is due; none where it is switched off.
pub(super) fn due(
    served: &Facts,
    settings: &Acme,
    revision: Revision,
    record: &Record,
    now: Timestamp,
) -> Option<Timestamp> {
    if !settings.enabled {
        return None;
    }
    let fits = served.ordered
        && record.directory_url.as_ref() == Some(&settings.directory_url)
        && record.names == settings.names;
    let wanted = if fits { renewal(served) } else { Timestamp(0) };
    let last = record.last_attempt.unwrap_or(0);
    let held = match record {
        // The clock was ahead when this was written.
        _ if last > now.0 => 0,
        record if record.revision == revision.0 => record.not_before,
        _ => last.saturating_add(TOO_SOON),
    };
    Some(Timestamp(wanted.0.max(held)))
}

/// Two thirds of a life.
fn renewal(served: &Facts) -> Timestamp {
    let life = served.not_after.0.saturating_sub(served.not_before.0);
    Timestamp(served.not_before.0.saturating_add(life / 3 * 2))
}

/// Milliseconds: doubling, less up to a fifth, so that boxes that failed together do not come back together.
fn back_off(failures: u32, random: u8) -> u64 {
    let doubled = FIRST.saturating_mul(1_u64.checked_shl(failures.saturating_sub(1)).unwrap_or(u64::MAX));
    let most = doubled.min(MOST);
    most - most / 5 * u64::from(random) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 60 * MINUTE;
    const HOUR: u64 = 60 * MINUTE;
    const NOW: Timestamp = Timestamp(1_800_000_000_000);
    const FIRST_SETTINGS: Revision = Revision(1);

    fn settings() -> Acme {
        Acme { enabled: true, names: vec!["pbx.example.com".into()], ..Acme::default() }
    }

    fn served(ordered: bool) -> Facts {
        Facts {
            names: vec!["pbx.example.com".into()],
            issuer: String::new(),
            not_before: NOW,
            not_after: Timestamp(NOW.0 + 90 * DAY),
            fingerprint: String::new(),
            self_signed: false,
            made_here: false,
            ordered,
        }
    }

    fn due_at(served: &Facts, settings: &Acme, revision: u32, record: &Record, now: u64) -> Option<u64> {
        due(served, settings, Revision(revision), record, Timestamp(now)).map(|at| at.0)
    }

    #[test]
    fn one_from_elsewhere_is_replaced_at_once_and_one_that_was_ordered_at_two_thirds_of_its_life() {
        let done = Record::succeeded(&settings(), FIRST_SETTINGS, NOW);
        assert_eq!(due_at(&served(false), &settings(), 1, &Record::default(), NOW.0), Some(TOO_SOON));
        assert_eq!(due_at(&served(true), &settings(), 1, &done, NOW.0), Some(NOW.0 + 60 * DAY));
        let off = Acme { enabled: false, ..settings() };
        assert_eq!(due_at(&served(false), &off, 1, &done, NOW.0), None);
    }

    #[test]
    fn other_names_or_another_authority_are_ordered_after_a_moment() {
        let done = Record::succeeded(&settings(), FIRST_SETTINGS, NOW);
        let soon = Some(NOW.0 + TOO_SOON);
        let names = Acme { names: vec!["other.example.com".into()], ..settings() };
        assert_eq!(due_at(&served(true), &names, 2, &done, NOW.0), soon);
        let fewer = Acme { names: Vec::new(), ..settings() };
        assert_eq!(due_at(&served(true), &fewer, 2, &done, NOW.0), soon);
        let elsewhere = Acme { directory_url: "https://ca.example/dir".into(), ..settings() };
        assert_eq!(due_at(&served(true), &elsewhere, 2, &done, NOW.0), soon);
    }

    #[test]
    fn a_failure_is_followed_by_longer_and_longer_waits_of_an_hour_to_a_day() {
        let mut record = Record::default();
        let mut waits = Vec::new();
        for _ in 0..40 {
            record = record.failed("no", FIRST_SETTINGS, NOW, 255);
            waits.push(due_at(&served(false), &settings(), 1, &record, NOW.0).unwrap() - NOW.0);
        }
        assert_eq!(waits[..3], [HOUR, 2 * HOUR, 4 * HOUR]);
        assert!(waits.is_sorted() && waits[39] < DAY && waits[39] > DAY * 3 / 4);
        assert_eq!((back_off(1, 0), back_off(99, 0)), (75 * MINUTE, DAY));
        assert_eq!(record.failures, 40);
    }

    #[test]
    fn new_settings_are_tried_soon_and_count_anew() {
        let mut record = Record::default();
        for _ in 0..5 {
            record = record.failed("no", FIRST_SETTINGS, NOW, 0);
        }
        assert_eq!(due_at(&served(false), &settings(), 2, &record, NOW.0), Some(NOW.0 + TOO_SOON));
        assert_eq!(record.failed("no", Revision(2), NOW, 0).failures, 1);
    }

    #[test]
    fn a_clock_that_was_ahead_holds_nothing_up() {
        let ahead = Timestamp(NOW.0 + 1000 * DAY);
        let record = Record::default().failed("no", FIRST_SETTINGS, ahead, 0);
        assert_eq!(due_at(&served(false), &settings(), 1, &record, NOW.0), Some(0));
    }

    #[test]
    fn a_certificate_that_is_due_at_once_is_not_ordered_in_a_circle() {
        let brief = Facts { not_after: Timestamp(NOW.0 + 3000), ..served(true) };
        let done = Record::succeeded(&settings(), FIRST_SETTINGS, NOW);
        assert_eq!(due_at(&brief, &settings(), 1, &done, NOW.0 + 3000), Some(NOW.0 + MINUTE));
    }
}
