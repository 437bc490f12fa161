//! The accounts of the box side by side, with what there is of each: one statement, however many they are.

use pabx_model::{AccountId, Status, Timestamp, Zone};
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use crate::row::{integer, ms, natural, parsed};
use crate::store::MAX_ACCOUNTS;
use crate::{Store, StoreError, WholeBox};

/// What there is of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountOverview {
    /// Which.
    pub account_id: AccountId,
    /// Its name.
    pub name: String,
    /// In use or not.
    pub status: Status,
    /// Extensions that it has.
    pub extensions: u64,
    /// Calls since its day began, in its own time zone.
    pub calls_today: u64,
    /// Alerts that nobody has taken up.
    pub open_alerts: u64,
}

/// The box as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoxOverview {
    /// By name.
    pub accounts: Vec<AccountOverview>,
    /// Alerts of no account that nobody has taken up.
    pub open_alerts: u64,
}

/// Counts by indices: `extensions` by account and number, `call_stats_by_time`, `alerts_open`. The zones and when the day began in each
/// go in between.
const BEFORE: &str = "WITH today (zone, since) AS (VALUES ";
const AFTER: &str = ")
    SELECT account_id, name, status,
        (SELECT count(*) FROM extensions WHERE extensions.account_id = accounts.account_id),
        (SELECT count(*) FROM call_stats WHERE call_stats.account_id = accounts.account_id AND start_time >= (
            SELECT since FROM today WHERE zone = coalesce(
                (SELECT zone FROM account_dialling WHERE account_dialling.account_id = accounts.account_id), ?1))),
        (SELECT count(*) FROM alerts WHERE coalesce(alerts.account_id, '') = accounts.account_id AND acknowledged_at IS NULL)
    FROM accounts ORDER BY name, account_id LIMIT ?2";

fn read(row: &Row<'_>) -> rusqlite::Result<AccountOverview> {
    Ok(AccountOverview {
        account_id: parsed(row, 0)?,
        name: row.get(1)?,
        status: parsed(row, 2)?,
        extensions: natural(row, 3)?,
        calls_today: natural(row, 4)?,
        open_alerts: natural(row, 5)?,
    })
}

impl Store {
    /// All accounts, of which there are at most [`MAX_ACCOUNTS`].
    pub fn overview(&self, _: WholeBox, now: Timestamp) -> Result<BoxOverview, StoreError> {
        let zones = self.zones()?;
        let rows = (0..zones.len()).map(|nth| format!("(?{}, ?{})", 2 * nth + 3, 2 * nth + 4));
        let sql = format!("{BEFORE}{}{AFTER}", rows.collect::<Vec<_>>().join(", "));
        let default = Value::Text(Zone::DEFAULT.to_owned());
        let values = [default, Value::Integer(integer(MAX_ACCOUNTS.into()))].into_iter();
        let values = values.chain(zones.iter().flat_map(|zone| {
            [Value::Text(zone.as_str().to_owned()), Value::Integer(ms(zone.day_start(now)))]
        }));
        // Not kept prepared: its text grows with the zones in use.
        let mut statement = self.connection.prepare(&sql)?;
        let accounts = statement.query_map(params_from_iter(values), read)?;
        Ok(BoxOverview {
            accounts: accounts.collect::<rusqlite::Result<_>>()?,
            open_alerts: self
                .connection
                .prepare_cached(
                    "SELECT count(*) FROM alerts WHERE coalesce(account_id, '') = '' AND acknowledged_at IS NULL",
                )?
                .query_row([], |row| natural(row, 0))?,
        })
    }

    /// The time zones in use, with that of who was told none.
    fn zones(&self) -> Result<Vec<Zone>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT DISTINCT zone FROM account_dialling")?;
        let mut zones: Vec<Zone> =
            statement.query_map([], |row| parsed(row, 0))?.collect::<rusqlite::Result<_>>()?;
        if !zones.contains(&Zone::default()) {
            zones.push(Zone::default());
        }
        Ok(zones)
    }
}
