//! How many calls there were, of which kind and how long, by stretches of time and by trunk: one pass over one index.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use pabx_model::{CallDirection, CallStatus, ExtensionId, Timestamp, TrunkId};
use rusqlite::{Row, params};

use crate::row::{ms, natural, parsed, parsed_or_null, time, time_or_null};
use crate::{AccountScope, Store, StoreError};

/// Calls that are counted in one go: some two seconds of a small processor.
pub const MAX_COUNTED: u32 = 2_000_000;

/// Which calls are counted, and in which stretches of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatisticsFilter {
    /// When each stretch begins, in order; the first is where the time begins, and each lasts until the next.
    pub starts: Vec<Timestamp>,
    /// Before this time.
    pub to: Timestamp,
    /// By or to this extension's number, or made by it.
    pub extension: Option<(ExtensionId, String)>,
}

/// Calls of some kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallCounts {
    /// From outside.
    pub inbound: u64,
    /// To the outside.
    pub outbound: u64,
    /// Within the account.
    pub internal: u64,
    /// Those that were answered.
    pub answered: u64,
    /// Those from outside that were not.
    pub missed: u64,
    /// Those that could not be carried, see `is_failed`.
    pub failed: u64,
    /// Milliseconds from answer to end.
    pub talk_ms: u64,
}

/// Calls over one trunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrunkCounts {
    /// In both directions.
    pub calls: u64,
    /// Those that were answered.
    pub answered: u64,
    /// Milliseconds from answer to end.
    pub talk_ms: u64,
    /// The most at one time, of those that began in this time.
    pub peak: usize,
}

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// One for each start.
    pub buckets: Vec<CallCounts>,
    /// All together.
    pub totals: CallCounts,
    /// Those over trunks that are there still.
    pub trunks: BTreeMap<TrunkId, TrunkCounts>,
}

/// As much of a call as is counted.
struct Counted {
    start: Timestamp,
    end: Option<Timestamp>,
    direction: CallDirection,
    status: CallStatus,
    talk_ms: u64,
    trunk: Option<TrunkId>,
}

/// Whether a call came to nothing because it could not be carried or was not allowed; not because of the people at its ends.
const fn is_failed(status: CallStatus) -> bool {
    use CallStatus::{
        Answered, Busy, Cancelled, Declined, Failed, Forbidden, Interrupted, Limit, NoAnswer, Unacceptable,
        Unavailable, Unknown,
    };
    match status {
        Unknown | Unavailable | Unacceptable | Limit | Forbidden | Failed => true,
        Answered | NoAnswer | Busy | Declined | Cancelled | Interrupted => false,
    }
}

/// Everything in it stands in the index `call_stats_by_time`, in its order.
const COUNTED: &str =
    "SELECT start_time, end_time, call_direction, status, duration, trunk_id FROM call_stats
    WHERE account_id = ?1 AND start_time >= ?2 AND start_time < ?3
      AND (?4 IS NULL OR extension_id = ?4 OR caller = ?5 OR callee = ?5)
    ORDER BY start_time LIMIT ?6";

fn read(row: &Row<'_>) -> rusqlite::Result<Counted> {
    Ok(Counted {
        start: time(row, 0)?,
        end: time_or_null(row, 1)?,
        direction: parsed(row, 2)?,
        status: parsed(row, 3)?,
        talk_ms: natural(row, 4)?,
        trunk: parsed_or_null(row, 5)?,
    })
}

impl CallCounts {
    fn add(&mut self, call: &Counted) {
        let answered = is_answered(call);
        match call.direction {
            CallDirection::Inbound => self.inbound += 1,
            CallDirection::Outbound => self.outbound += 1,
            CallDirection::Internal => self.internal += 1,
        }
        self.answered += u64::from(answered);
        self.missed += u64::from(call.direction == CallDirection::Inbound && !answered);
        self.failed += u64::from(is_failed(call.status));
        self.talk_ms = self.talk_ms.saturating_add(call.talk_ms);
    }
}

/// A record that is open was answered; one that was cut off was, too.
const fn is_answered(call: &Counted) -> bool {
    matches!(call.status, CallStatus::Answered | CallStatus::Interrupted)
}

/// A trunk while it is counted: calls come in the order in which they began.
#[derive(Default)]
struct Tally {
    counts: TrunkCounts,
    /// When the calls end that go on.
    ends: BinaryHeap<Reverse<Timestamp>>,
}

impl Tally {
    fn add(&mut self, call: &Counted) {
        self.counts.calls += 1;
        self.counts.answered += u64::from(is_answered(call));
        self.counts.talk_ms = self.counts.talk_ms.saturating_add(call.talk_ms);
        while self.ends.peek().is_some_and(|Reverse(end)| *end <= call.start) {
            self.ends.pop();
        }
        self.ends.push(Reverse(call.end.unwrap_or(Timestamp(u64::MAX))));
        self.counts.peak = self.counts.peak.max(self.ends.len());
    }
}

impl Store {
    /// Counts the account's calls. Refused where there are more than [`MAX_COUNTED`].
    pub fn call_statistics(
        &self,
        scope: AccountScope,
        filter: &StatisticsFilter,
    ) -> Result<Statistics, StoreError> {
        let mut found =
            Statistics { buckets: vec![CallCounts::default(); filter.starts.len()], ..Statistics::default() };
        let Some(from) = filter.starts.first() else { return Ok(found) };
        let (own_id, own_number) = match &filter.extension {
            Some((id, number)) => (Some(id.to_string()), Some(number.as_str())),
            None => (None, None),
        };
        let mut statement = self.connection.prepare_cached(COUNTED)?;
        let values =
            params![scope.text(), ms(*from), ms(filter.to), own_id, own_number, i64::from(MAX_COUNTED) + 1];
        let (mut place, mut rows) = (0, 0_u32);
        let mut tallies: BTreeMap<TrunkId, Tally> = BTreeMap::new();
        for call in statement.query_map(values, read)? {
            let call = call?;
            rows += 1;
            if rows > MAX_COUNTED {
                return Err(StoreError::Limit { what: "calls counted", limit: MAX_COUNTED });
            }
            while filter.starts.get(place + 1).is_some_and(|next| *next <= call.start) {
                place += 1;
            }
            if let Some(bucket) = found.buckets.get_mut(place) {
                bucket.add(&call);
            }
            found.totals.add(&call);
            if let Some(trunk) = call.trunk {
                tallies.entry(trunk).or_default().add(&call);
            }
        }
        found.trunks = tallies.into_iter().map(|(trunk, tally)| (trunk, tally.counts)).collect();
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SealingKey;

    #[test]
    fn calls_are_counted_by_the_index_alone_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let key = SealingKey::new(&[9; 32]).unwrap();
        let random = Box::new(ring::rand::SystemRandom::new());
        let store = Store::open(&folder.path().join("pabx.db"), key, random).unwrap();
        let mut plan = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {COUNTED}")).unwrap();
        let values = params!["account", 0, 1, Some("extension"), Some("1001"), 10];
        let steps = plan.query_map(values, |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.collect::<rusqlite::Result<_>>().unwrap();
        assert_eq!(
            steps,
            [
                "SEARCH call_stats USING COVERING INDEX call_stats_by_time (account_id=? AND start_time>? AND start_time<?)"
            ]
        );
    }
}
