//! What calls cost by a trunk: a price for each prefix, replaced as a whole.

use std::collections::HashMap;

use pabx_model::{Price, Rate, RateTable, TrunkId};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params};
use serde_json::json;

use crate::audit::Entry;
use crate::page::{ListQuery, Page, Sort, Source, page};
use crate::row::parsed;
use crate::store::Writing;
use crate::{AccountScope, Act, Store, StoreError, trunks};

/// Prefixes with a price that an account may have, over all its trunks.
pub const MAX_RATES_OF_ACCOUNT: u32 = 100_000;

/// By prefix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByPrefix;

impl Sort for ByPrefix {
    fn expression(self) -> &'static str {
        "prefix"
    }
}

fn price(row: &Row<'_>, column: usize) -> rusqlite::Result<Price> {
    let beyond = |value| rusqlite::Error::IntegralValueOutOfRange(column, value);
    let value: i64 = row.get(column)?;
    u32::try_from(value).ok().and_then(Price::from_millionths).ok_or_else(|| beyond(value))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Rate> {
    Ok(Rate { prefix: parsed(row, 0)?, price: price(row, 1)? })
}

fn count(connection: &Connection, trunk: TrunkId) -> Result<u32, StoreError> {
    let mut statement = connection.prepare_cached("SELECT count(*) FROM trunk_rates WHERE trunk_id = ?1")?;
    Ok(statement.query_row([trunk.to_string()], |row| row.get(0))?)
}

fn clear(writing: &Writing<'_>, trunk: TrunkId) -> Result<u32, StoreError> {
    let mut statement = writing.transaction.prepare_cached("DELETE FROM trunk_rates WHERE trunk_id = ?1")?;
    Ok(u32::try_from(statement.execute([trunk.to_string()])?).unwrap_or(u32::MAX))
}

/// Refuses where the other trunks of the account leave no room for so many.
fn check_room(writing: &Writing<'_>, scope: AccountScope, rates: &[Rate]) -> Result<(), StoreError> {
    let of_account = "SELECT count(*) FROM trunk_rates
         WHERE trunk_id IN (SELECT trunk_id FROM sip_trunks WHERE account_id = ?1)";
    let mut statement = writing.transaction.prepare_cached(of_account)?;
    let there: u32 = statement.query_row([scope.text()], |row| row.get(0))?;
    let wanted = u32::try_from(rates.len()).unwrap_or(u32::MAX);
    if there.saturating_add(wanted) > MAX_RATES_OF_ACCOUNT {
        return Err(StoreError::Limit { what: "rates in this account", limit: MAX_RATES_OF_ACCOUNT });
    }
    Ok(())
}

/// Puts these in the place of a trunk's rates. Written down is how many they are, not which.
pub(crate) fn replace(
    writing: &mut Writing<'_>,
    scope: AccountScope,
    trunk: TrunkId,
    rates: &[Rate],
    act: &Act,
) -> Result<(), StoreError> {
    trunks::find(&writing.transaction, scope, trunk)?;
    let before = clear(writing, trunk)?;
    check_room(writing, scope, rates)?;
    let trunk_id = trunk.to_string();
    for rate in rates {
        writing.insert(
            "a prefix",
            "INSERT INTO trunk_rates (trunk_id, prefix, price) VALUES (?1, ?2, ?3)",
            params![trunk_id, rate.prefix.as_str(), rate.price.millionths()],
        )?;
    }
    let entry = Entry::about("trunk.rates.replace", "trunk", trunk).of(scope.account_id());
    let (before, after) = (json!({ "rates": before }), json!({ "rates": rates.len() }));
    writing.audit(act, entry.change(Some(before), Some(after)))
}

/// A trunk's rates, by prefix.
pub(crate) fn all(connection: &Connection, trunk: TrunkId) -> Result<Vec<Rate>, StoreError> {
    let sql = "SELECT prefix, price FROM trunk_rates WHERE trunk_id = ?1 ORDER BY prefix";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([trunk.to_string()], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The tables of those trunks that have rates.
pub(crate) fn tables(
    connection: &Connection,
    trunks: impl Iterator<Item = TrunkId>,
) -> Result<HashMap<TrunkId, RateTable>, StoreError> {
    let sql = "SELECT prefix, price FROM trunk_rates WHERE trunk_id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut tables = HashMap::new();
    for trunk in trunks {
        let rows = statement.query_map([trunk.to_string()], |row| Ok((row.get(0)?, price(row, 1)?)))?;
        let table = RateTable::new(rows.collect::<rusqlite::Result<_>>()?);
        if !table.is_empty() {
            tables.insert(trunk, table);
        }
    }
    Ok(tables)
}

/// Of a trunk that is the account's.
pub(crate) fn list(
    connection: &Connection,
    trunk: TrunkId,
    query: &ListQuery<ByPrefix>,
) -> Result<Page<Rate>, StoreError> {
    let mut from = String::from("trunk_rates WHERE trunk_id = ?");
    let mut values = vec![Value::Text(trunk.to_string())];
    if let Some(beginning) = query.search.as_deref() {
        // In the order of signs the colon comes next behind the digits.
        let beginning = beginning.trim().trim_start_matches('+');
        from.push_str(" AND prefix >= ? AND prefix < ?");
        values.extend([beginning.into(), format!("{beginning}:")].map(Value::Text));
    }
    let source = Source { columns: "prefix, price", from, values, id: "prefix", searched: &[] };
    page(connection, source, &ListQuery { search: None, ..query.clone() }, read)
}

impl Store {
    /// Puts these in the place of a trunk's rates, all or none, within [`MAX_RATES_OF_ACCOUNT`]. With `dry_run` nothing is changed,
    /// even when all could be.
    pub fn replace_rates(
        &mut self,
        scope: AccountScope,
        trunk: TrunkId,
        rates: &[Rate],
        dry_run: bool,
        act: &Act,
    ) -> Result<(), StoreError> {
        let work = |writing: &mut Writing<'_>| replace(writing, scope, trunk, rates, act);
        if dry_run { self.rehearse(work) } else { self.write(work) }
    }

    /// A page of a trunk's rates. What is searched for is what their prefixes begin with.
    pub fn list_rates(
        &self,
        scope: AccountScope,
        trunk: TrunkId,
        query: &ListQuery<ByPrefix>,
    ) -> Result<Page<Rate>, StoreError> {
        trunks::find(&self.connection, scope, trunk)?;
        list(&self.connection, trunk, query)
    }

    /// How many rates a trunk has.
    pub fn count_rates(&self, scope: AccountScope, trunk: TrunkId) -> Result<u32, StoreError> {
        trunks::find(&self.connection, scope, trunk)?;
        count(&self.connection, trunk)
    }

    /// Deletes all rates of a trunk.
    pub fn delete_rates(&mut self, scope: AccountScope, trunk: TrunkId, act: &Act) -> Result<(), StoreError> {
        self.write(|writing| {
            trunks::find(&writing.transaction, scope, trunk)?;
            let before = clear(writing, trunk)?;
            let entry = Entry::about("trunk.rates.delete", "trunk", trunk).of(scope.account_id());
            writing.audit(act, entry.change(Some(json!({ "rates": before })), None))
        })
    }
}
