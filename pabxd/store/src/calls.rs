//! Call records: read back, closed after a power cut, and forgotten in time.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use pabx_model::{
    CallDirection, CallId, CallRecord, CallStatus, EndReason, ExtensionId, SipStatus, TextError, Timestamp,
};
use rusqlite::{OptionalExtension, Row, params};

use crate::row::{ms, natural, parsed, parsed_or_null, time, time_or_null};
use crate::{AccountScope, Store, StoreError, WholeBox};

/// Records in one page, at most.
pub const MAX_PAGE: u32 = 500;

/// Calls that one page of a filter looks at, at most: some 15 ms of processor time.
pub const LOOKED_AT: u32 = 10_000;

/// Which calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// In this direction.
    pub direction: Option<CallDirection>,
    /// With this outcome.
    pub status: Option<CallStatus>,
    /// By or to this extension's number, or made by it.
    pub extension: Option<(ExtensionId, String)>,
    /// Part of the caller's or the callee's number.
    pub number: Option<String>,
}

const FILTERED: &str = "FROM call_stats
    WHERE account_id = ?1 AND start_time < ?6 AND start_time >= ?5 AND (start_time, call_id) < (?2, ?3)
      AND (?7 IS NULL OR call_direction = ?7) AND (?8 IS NULL OR status = ?8)
      AND (?9 IS NULL OR extension_id = ?9 OR caller = ?10 OR callee = ?10)
      AND (?11 IS NULL OR instr(caller, ?11) > 0 OR instr(callee, ?11) > 0)
      AND (start_time, call_id) >= (?12, ?13)
    ORDER BY start_time DESC, call_id DESC LIMIT ?4";

impl CallFilter {
    /// Whether calls in its time may be left out.
    const fn is_selective(&self) -> bool {
        self.direction.is_some() || self.status.is_some() || self.extension.is_some() || self.number.is_some()
    }
}

/// Where the next page starts: opaque text to the outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallCursor {
    start_time: Timestamp,
    call_id: CallId,
}

impl Display for CallCursor {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.start_time.0, self.call_id)
    }
}

impl FromStr for CallCursor {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        const BAD: TextError = TextError::Form { what: "cursor", why: "not one of ours" };
        let (start_time, call_id) = text.split_once('.').ok_or(BAD)?;
        let start_time = Timestamp(start_time.parse().map_err(|_| BAD)?);
        Ok(Self { start_time, call_id: CallId::parse(call_id).map_err(|_| BAD)? })
    }
}

/// One page of call history.
#[derive(Clone, Debug)]
pub struct CallPage {
    /// The newest first.
    pub items: Vec<CallRecord>,
    /// For the next page; `None` after the last.
    pub next_cursor: Option<CallCursor>,
}

const COLUMNS: &str = "call_id, account_id, extension_id, trunk_id, call_direction, caller, callee, start_time, answer_time, end_time, duration, status, sip_status, reason, quality_metrics, clock, trace, class, cost, price";

fn read(row: &Row<'_>) -> rusqlite::Result<CallRecord> {
    let quality = row.get_ref(14)?.as_str_or_null()?;
    let trace = row.get_ref(16)?.as_str_or_null()?;
    Ok(CallRecord {
        call_id: parsed(row, 0)?,
        account_id: parsed(row, 1)?,
        extension_id: parsed_or_null(row, 2)?,
        trunk_id: parsed_or_null(row, 3)?,
        direction: parsed(row, 4)?,
        caller: row.get(5)?,
        callee: row.get(6)?,
        start_time: time(row, 7)?,
        answer_time: time_or_null(row, 8)?,
        end_time: time_or_null(row, 9)?,
        duration: natural(row, 10)?,
        status: parsed(row, 11)?,
        sip_status: SipStatus(row.get(12)?),
        reason: parsed_or_null(row, 13)?,
        // Figures of a newer version that are not understood are no reason to lose the record.
        quality: quality.and_then(|json| serde_json::from_str(json).ok()),
        clock: parsed(row, 15)?,
        class: parsed_or_null(row, 17)?,
        cost: row.get::<_, Option<i64>>(18)?.map(|cost| u64::try_from(cost).unwrap_or(0)),
        price: row.get(19)?,
        trace: trace.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default(),
    })
}

/// The cost is that of [`pabx_model::guard::cost`], whole minutes apart from the rest: the product of a duration that a wrong clock
/// made and a price goes beyond the engine's integers.
const CLOSE_INTERRUPTED: &str = "WITH cut AS
         (SELECT call_id, max(coalesce(?1 - answer_time, 0), 0) AS lasted FROM call_stats WHERE end_time IS NULL)
     UPDATE call_stats SET
         end_time = max(coalesce(answer_time, start_time), ?1), duration = lasted, status = ?2, reason = ?3,
         cost = lasted / 60000 * price + (lasted % 60000 * price + 59999) / 60000
     FROM cut WHERE call_stats.call_id = cut.call_id";

impl Store {
    /// The account's calls, the newest first, `limit` (at most [`MAX_PAGE`]) of them from the cursor on.
    pub fn calls(
        &self,
        scope: AccountScope,
        cursor: Option<CallCursor>,
        limit: u32,
    ) -> Result<CallPage, StoreError> {
        self.find_calls(scope, &CallFilter::default(), cursor, limit)
    }

    /// The account's calls that a filter lets through, the newest first.
    ///
    /// Walks the account's calls by time, [`LOOKED_AT`] at a time: where few pass the filter, a page has fewer items than asked
    /// for, or none, and still a cursor to go on with.
    pub fn find_calls(
        &self,
        scope: AccountScope,
        filter: &CallFilter,
        cursor: Option<CallCursor>,
        limit: u32,
    ) -> Result<CallPage, StoreError> {
        let limit = limit.clamp(1, MAX_PAGE);
        let (before, before_id) = match cursor {
            Some(cursor) => (ms(cursor.start_time), cursor.call_id.to_string()),
            None => (i64::MAX, String::new()),
        };
        // Of two bounds on one side SQLite seeks by the first alone, and walks to the other: each side has one that is tight.
        let to = filter.to.map_or(i64::MAX, ms).min(before.saturating_add(1));
        let from = filter.from.map_or(0, ms);
        let bound = if filter.is_selective() {
            self.call_after(scope, (from, to), (before, &before_id), LOOKED_AT)?
        } else {
            None
        };
        let (own_id, own_number) = match &filter.extension {
            Some((id, number)) => (Some(id.to_string()), Some(number.as_str())),
            None => (None, None),
        };
        let mut items: Vec<CallRecord> = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} {FILTERED}"))?
            .query_map(
                params![
                    scope.text(),
                    before,
                    before_id,
                    limit + 1,
                    bound.map_or(0, |bound| ms(bound.start_time)).max(from),
                    to,
                    filter.direction.map(CallDirection::as_str),
                    filter.status.map(CallStatus::as_str),
                    own_id,
                    own_number,
                    filter.number.as_deref().filter(|number| !number.is_empty()),
                    bound.map_or(0, |bound| ms(bound.start_time)),
                    bound.map_or_else(String::new, |bound| bound.call_id.to_string()),
                ],
                read,
            )?
            .collect::<rusqlite::Result<_>>()?;
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > page;
        items.truncate(page);
        let last = items.last().filter(|_| more);
        let next_cursor = last.map(|call| CallCursor { start_time: call.start_time, call_id: call.call_id });
        Ok(CallPage { items, next_cursor: next_cursor.or(bound) })
    }

    /// The last of so many calls from a place on, towards older ones; `None`: there are fewer. Reads an index alone.
    fn call_after(
        &self,
        scope: AccountScope,
        (from, to): (i64, i64),
        before: (i64, &str),
        count: u32,
    ) -> Result<Option<CallCursor>, StoreError> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT start_time, call_id FROM call_stats
                 WHERE account_id = ?1 AND start_time < ?2 AND start_time >= ?3 AND (start_time, call_id) < (?4, ?5)
                 ORDER BY start_time DESC, call_id DESC LIMIT 1 OFFSET ?6",
            )?
            .query_row(params![scope.text(), to, from, before.0, before.1, count.saturating_sub(1)], |row| {
                Ok(CallCursor { start_time: time(row, 0)?, call_id: parsed(row, 1)? })
            })
            .optional()?;
        Ok(found)
    }

    /// One call of the account.
    pub fn call(&self, scope: AccountScope, id: CallId) -> Result<CallRecord, StoreError> {
        self.connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM call_stats WHERE account_id = ?1 AND call_id = ?2"
            ))?
            .query_row([scope.text(), id.to_string()], read)
            .optional()?
            .ok_or(StoreError::NotFound { what: "call" })
    }

    /// Closes the calls that were going on when the box lost power, at start, before any new call.
    ///
    /// When they really ended nobody knows: the last sign of life of the daemon is taken, to some seconds, and never
    /// a time before the answer or after `now`. What they cost follows from it. Says how many there were.
    pub fn close_interrupted_calls(&mut self, _: WholeBox, now: Timestamp) -> Result<usize, StoreError> {
        let end = self.last_alive()?.unwrap_or(now).min(now);
        self.write(|writing| {
            let closed = writing.transaction.prepare_cached(CLOSE_INTERRUPTED)?.execute(params![
                ms(end),
                CallStatus::Interrupted.as_str(),
                EndReason::Interrupted.as_str()
            ])?;
            Ok(closed)
        })
    }

    /// Forgets calls that started before this time (retention), at most `at_most` of them, so that the writer is not
    /// held up: call again while it says `at_most`. Calls going on stay.
    pub fn delete_calls_before(
        &mut self,
        _: WholeBox,
        before: Timestamp,
        at_most: u32,
    ) -> Result<usize, StoreError> {
        // Ids sort by the time they were made, so the oldest are found without a look at the rest.
        let sql = "DELETE FROM call_stats WHERE call_id IN (
                       SELECT call_id FROM call_stats
                       WHERE call_id < ?1 AND start_time < ?2 AND end_time IS NOT NULL ORDER BY call_id LIMIT ?3)";
        let id = CallId::new(before.0.saturating_add(1), [0; 10]).to_string();
        Ok(self.connection.prepare_cached(sql)?.execute(params![id, ms(before), at_most])?)
    }

    /// Forgets the oldest calls beyond the newest `keep`, at most `at_most` of them. Calls going on stay.
    pub fn trim_calls(&mut self, _: WholeBox, keep: u32, at_most: u32) -> Result<usize, StoreError> {
        let sql = "DELETE FROM call_stats WHERE call_id IN (
                       SELECT call_id FROM call_stats
                       WHERE call_id <= (SELECT call_id FROM call_stats ORDER BY call_id DESC LIMIT 1 OFFSET ?1)
                         AND end_time IS NOT NULL ORDER BY call_id LIMIT ?2)";
        Ok(self.connection.prepare_cached(sql)?.execute(params![keep, at_most])?)
    }
}
