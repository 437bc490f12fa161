//! How an account dials: its place in a numbering plan, the countries that it may call, and the callers that it does not take.

use pabx_model::{AreaCode, CarrierCode, Dialling, NumberPattern, NumberingPlan, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;

use crate::audit::Entry;
use crate::page::Revision;
use crate::row::{from_json, ms, parsed, parsed_or_null, time, to_json};
use crate::store::Writing;
use crate::{AccountScope, Act, Store, StoreError};

/// How an account dials, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiallingRow {
    /// What it says.
    pub dialling: Dialling,
    /// Counts the changes; 0: it was never changed.
    pub revision: Revision,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<DiallingRow> {
    let international: String = row.get(3)?;
    let plan = NumberingPlan {
        country: parsed(row, 0)?,
        area_code: parsed_or_null(row, 1)?,
        carrier: parsed_or_null(row, 2)?,
    };
    let international = international.split_ascii_whitespace().map(Into::into).collect();
    Ok(DiallingRow {
        dialling: Dialling {
            plan,
            international,
            blocked_callers: patterns(row, 4)?,
            refuses_anonymous: row.get(5)?,
            numbers: patterns(row, 8)?,
            zone: parsed(row, 9)?,
            guard: from_json(row, 10)?,
        },
        revision: Revision(row.get(6)?),
        updated_at: Some(time(row, 7)?),
    })
}

fn patterns(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<NumberPattern>> {
    let text: String = row.get(column)?;
    Ok(text.split_ascii_whitespace().filter_map(|text| NumberPattern::parse(text).ok()).collect())
}

fn written(patterns: &[NumberPattern]) -> String {
    patterns.iter().map(NumberPattern::as_str).collect::<Vec<_>>().join(" ")
}

fn shown(dialling: &Dialling) -> serde_json::Value {
    let Dialling { plan, international, blocked_callers, refuses_anonymous, numbers, zone, guard } = dialling;
    json!({
        "country": plan.country, "area_code": plan.area_code, "carrier": plan.carrier, "international": international,
        "blocked_callers": blocked_callers, "refuses_anonymous": refuses_anonymous,
        "numbers": numbers, "zone": zone, "guard": guard,
    })
}

/// An account without a row dials as the defaults say.
pub(crate) fn find(connection: &Connection, scope: AccountScope) -> Result<DiallingRow, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT country, area_code, carrier, international, blocked_callers, refuses_anonymous, revision, updated_at, numbers, zone, guard FROM account_dialling WHERE account_id = ?1",
        )?
        .query_row([scope.text()], read)
        .optional()?;
    Ok(found.unwrap_or_default())
}

pub(crate) fn put(
    writing: &mut Writing<'_>,
    scope: AccountScope,
    dialling: &Dialling,
    expected: Option<Revision>,
    act: &Act,
) -> Result<(), StoreError> {
    crate::accounts::find(&writing.transaction, scope)?;
    let before = find(&writing.transaction, scope)?;
    if expected.is_some_and(|expected| expected != before.revision) {
        return Err(StoreError::Stale { what: "dialling" });
    }
    if let Some(bound) = dialling.guard.off_hours {
        crate::time_conditions::find(&writing.transaction, scope, bound.time_condition_id)?;
    }
    let plan = &dialling.plan;
    writing.insert(
        "the dialling",
        "INSERT INTO account_dialling (account_id, country, area_code, carrier, international, revision, updated_at, blocked_callers, refuses_anonymous, numbers, zone, guard)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (account_id) DO UPDATE SET country = excluded.country, area_code = excluded.area_code,
             carrier = excluded.carrier, international = excluded.international, revision = excluded.revision,
             updated_at = excluded.updated_at, blocked_callers = excluded.blocked_callers,
             refuses_anonymous = excluded.refuses_anonymous, numbers = excluded.numbers, zone = excluded.zone,
             guard = excluded.guard",
        params![
            scope.text(),
            plan.country.as_str(),
            plan.area_code.as_ref().map(AreaCode::as_str),
            plan.carrier.as_ref().map(CarrierCode::as_str),
            dialling.international.join(" "),
            before.revision.0 + 1,
            ms(act.at),
            written(&dialling.blocked_callers),
            dialling.refuses_anonymous,
            written(&dialling.numbers),
            dialling.zone.as_str(),
            to_json(&dialling.guard),
        ],
    )?;
    let entry = Entry::about("dialling.update", "account", scope.account_id()).of(scope.account_id());
    writing.audit(act, entry.change(Some(shown(&before.dialling)), Some(shown(dialling))))
}

impl Store {
    /// How the account dials.
    pub fn dialling(&self, scope: AccountScope) -> Result<DiallingRow, StoreError> {
        find(&self.connection, scope)
    }

    /// Changes how the account dials.
    pub fn set_dialling(
        &mut self,
        scope: AccountScope,
        dialling: &Dialling,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| put(writing, scope, dialling, expected, act))
    }
}
