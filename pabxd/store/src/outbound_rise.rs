//! Whether an account suddenly calls out much more than it did: what a stolen password of a phone looks like.

use pabx_model::{AccountId, Timestamp};
use rusqlite::{OptionalExtension, params};

use crate::row::{ms, parsed};
use crate::{Store, StoreError, WholeBox};

/// Fewer calls in an hour are no rise, whatever was before.
const FEWEST: u32 = 30;
/// Nor are fewer than this where there is no day of calls to compare with: an office has just moved in.
const FEWEST_OF_NEW: u32 = 100;
/// How many times the busiest hour of the days before.
const TIMES: u32 = 2;
const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
/// Days that are compared with.
const DAYS: u64 = 7;

/// An account whose calls have risen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rise {
    /// Whose.
    pub account_id: AccountId,
    /// Its name.
    pub name: String,
    /// Outbound calls in the last hour.
    pub calls: u32,
    /// In the busiest hour of the seven days before.
    pub before: u32,
}

impl Store {
    /// The accounts whose outbound calls of the last hour are more than twice those of any hour in the week before.
    pub fn outbound_rises(&self, _: WholeBox, now: Timestamp) -> Result<Vec<Rise>, StoreError> {
        let mut accounts = self.connection.prepare_cached("SELECT account_id, name FROM accounts")?;
        let accounts = accounts
            .query_map([], |row| Ok((parsed::<AccountId>(row, 0)?, row.get::<_, String>(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let mut rises = Vec::new();
        for (account_id, name) in accounts {
            let calls = self.outbound_calls(account_id, now)?;
            if calls < FEWEST {
                continue;
            }
            let (before, compared) = self.busiest_hour(account_id, now)?;
            let fewest = if compared { FEWEST } else { FEWEST_OF_NEW };
            if calls >= fewest && calls > before.saturating_mul(TIMES) {
                rises.push(Rise { account_id, name, calls, before });
            }
        }
        Ok(rises)
    }

    fn outbound_calls(&self, account: AccountId, now: Timestamp) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM call_stats
                   WHERE account_id = ?1 AND start_time >= ?2 AND call_direction = 'outbound'";
        let since = ms(now.minus_millis(HOUR_MS));
        Ok(self
            .connection
            .prepare_cached(sql)?
            .query_row(params![account.to_string(), since], |row| row.get(0))?)
    }

    /// Calls of the busiest hour in the days before the last hour, and whether these reach back a day.
    fn busiest_hour(&self, account: AccountId, now: Timestamp) -> Result<(u32, bool), StoreError> {
        let sql = "SELECT count(*) AS calls, min(start_time) FROM call_stats
                   WHERE account_id = ?1 AND start_time >= ?2 AND start_time < ?3 AND call_direction = 'outbound'
                   GROUP BY (?3 - start_time) / 3600000 ORDER BY calls DESC LIMIT 1";
        let (from, to) = (now.minus_millis(DAYS * DAY_MS), now.minus_millis(HOUR_MS));
        let values = params![account.to_string(), ms(from), ms(to)];
        let busiest = self.connection.prepare_cached(sql)?.query_row(values, |row| row.get(0)).optional()?;
        let sql = "SELECT 1 FROM call_stats WHERE account_id = ?1 AND start_time < ?2 AND call_direction = 'outbound' LIMIT 1";
        let values = params![account.to_string(), ms(now.minus_millis(DAY_MS))];
        let compared = self.connection.prepare_cached(sql)?.exists(values)?;
        Ok((busiest.unwrap_or(0), compared))
    }
}
