//! What extensions have used up since a time, by calls that go out: what the engine counts on with after a restart.

use pabx_model::{Class, ExtensionId, Timestamp, guard::is_counted};
use rusqlite::params;

use crate::row::{ms, natural, parsed_or_null};
use crate::{AccountScope, Store, StoreError};

/// Calls of one extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedRow {
    /// Which; `None`: calls that were forwarded, or whose extension is gone.
    pub extension_id: Option<ExtensionId>,
    /// Milliseconds that were talked.
    pub ms: u64,
    /// What they cost, in millionths of the account's currency.
    pub money: u64,
}

impl Store {
    /// What was used up since a time, by extension; calls that count nowhere are left out.
    pub fn used_since(&self, scope: AccountScope, since: Timestamp) -> Result<Vec<UsedRow>, StoreError> {
        let counted: Vec<String> =
            Class::ALL.iter().filter(|class| is_counted(**class)).map(|class| format!("'{class}'")).collect();
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT extension_id, sum(duration), sum(coalesce(cost, 0)) FROM call_stats
             WHERE account_id = ?1 AND start_time >= ?2 AND class IN ({}) GROUP BY extension_id",
            counted.join(", ")
        ))?;
        let rows = statement.query_map(params![scope.text(), ms(since)], |row| {
            Ok(UsedRow {
                extension_id: parsed_or_null(row, 0)?,
                ms: natural(row, 1)?,
                money: natural(row, 2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
