//! When somebody is there, and where calls go then and else.

use std::collections::HashMap;

use pabx_model::{Destination, Override, TimeCondition, TimeConditionId, TimeRule, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;

use crate::audit::Entry;
use crate::page::{ByName, ListQuery, Page, Revision, Source, page};
use crate::row::{self, from_json, ms, parsed, time, to_json};
use crate::store::Writing;
use crate::{AccountScope, Act, Store, StoreError, dialling, routing};

/// Time conditions that an account may have.
pub const MAX_TIME_CONDITIONS_OF_ACCOUNT: u32 = 100;

/// A time condition as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeConditionRow {
    /// Id.
    pub time_condition_id: TimeConditionId,
    /// What it says.
    pub rule: TimeRule,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts the changes.
    pub revision: Revision,
}

const COLUMNS: &str = "time_condition_id, hours, open, closed, created_at, updated_at, revision";

fn read(row: &Row<'_>) -> rusqlite::Result<TimeConditionRow> {
    Ok(TimeConditionRow {
        time_condition_id: parsed(row, 0)?,
        rule: TimeRule {
            condition: from_json(row, 1)?,
            open: row::destination(row, 2)?,
            closed: row::destination(row, 3)?,
        },
        created_at: time(row, 4)?,
        updated_at: time(row, 5)?,
        revision: Revision(row.get(6)?),
    })
}

fn shown(rule: &TimeRule) -> serde_json::Value {
    json!({ "hours": rule.condition, "open": rule.open, "closed": rule.closed })
}

pub(crate) fn find(
    connection: &Connection,
    scope: AccountScope,
    id: TimeConditionId,
) -> Result<TimeConditionRow, StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM time_conditions WHERE account_id = ?1 AND time_condition_id = ?2"
        ))?
        .query_row([scope.text(), id.to_string()], read)
        .optional()?
        .ok_or(StoreError::NotFound { what: "time condition" })
}

/// All of an account, by id: one that leads to another may stand before it.
pub(crate) fn all(connection: &Connection, scope: AccountScope) -> Result<Vec<TimeConditionRow>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM time_conditions WHERE account_id = ?1 ORDER BY time_condition_id"
    ))?;
    let rows = statement.query_map([scope.text()], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The same, as the engine has them.
pub(crate) fn rules(
    connection: &Connection,
    scope: AccountScope,
) -> Result<HashMap<TimeConditionId, TimeRule>, StoreError> {
    Ok(all(connection, scope)?.into_iter().map(|row| (row.time_condition_id, row.rule)).collect())
}

/// Makes a time condition of this id, which is free. What it leads to is looked at by [`check`].
pub(crate) fn put(
    writing: &mut Writing<'_>,
    scope: AccountScope,
    id: TimeConditionId,
    rule: &TimeRule,
    act: &Act,
) -> Result<(), StoreError> {
    crate::accounts::find(&writing.transaction, scope)?;
    let count = "SELECT count(*) FROM time_conditions WHERE account_id = ?1";
    let what = "time conditions in this account";
    writing.check_limit(what, MAX_TIME_CONDITIONS_OF_ACCOUNT, count, Some(&scope.text()))?;
    writing.insert(
        "the time condition's name",
        "INSERT INTO time_conditions (time_condition_id, account_id, name, hours, open, closed, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
        params![
            id.to_string(),
            scope.text(),
            rule.condition.name.as_str(),
            to_json(&rule.condition),
            rule.open.as_ref().map(to_json),
            rule.closed.as_ref().map(to_json),
            ms(act.at),
        ],
    )?;
    let entry = Entry::about("time_condition.create", "time_condition", id).of(scope.account_id());
    writing.audit(act, entry.change(None, Some(shown(rule))))
}

fn check(writing: &Writing<'_>, scope: AccountScope, rule: &TimeRule) -> Result<(), StoreError> {
    let led_to = [rule.open.as_ref(), rule.closed.as_ref()];
    led_to.into_iter().flatten().try_for_each(|to| check_destination(writing, scope, to))
}

/// What a destination points at is of the same account.
pub(crate) fn check_destination(
    writing: &Writing<'_>,
    scope: AccountScope,
    to: &Destination,
) -> Result<(), StoreError> {
    match to {
        Destination::Extension { extension_id } => routing::check_extension(writing, scope, *extension_id),
        Destination::TimeCondition { time_condition_id } => {
            find(&writing.transaction, scope, *time_condition_id).map(drop)
        }
        Destination::Number { .. } | Destination::Reject { .. } => Ok(()),
    }
}

impl Store {
    /// Makes a time condition, within [`MAX_TIME_CONDITIONS_OF_ACCOUNT`].
    pub fn create_time_condition(
        &mut self,
        scope: AccountScope,
        rule: &TimeRule,
        act: &Act,
    ) -> Result<TimeConditionId, StoreError> {
        self.write(|writing| {
            check(writing, scope, rule)?;
            let id = TimeConditionId::new(act.at.0, writing.id_octets()?);
            put(writing, scope, id, rule, act)?;
            Ok(id)
        })
    }

    /// A page of the account's time conditions.
    pub fn list_time_conditions(
        &self,
        scope: AccountScope,
        query: &ListQuery<ByName>,
    ) -> Result<Page<TimeConditionRow>, StoreError> {
        let source = Source {
            columns: COLUMNS,
            from: "time_conditions WHERE account_id = ?".into(),
            values: vec![Value::Text(scope.text())],
            id: "time_condition_id",
            searched: &["lower(name)"],
        };
        page(&self.connection, source, query, read)
    }

    /// One time condition of the account.
    pub fn time_condition(
        &self,
        scope: AccountScope,
        id: TimeConditionId,
    ) -> Result<TimeConditionRow, StoreError> {
        find(&self.connection, scope, id)
    }

    /// Puts a changed time condition in the place of the one that is there.
    pub fn update_time_condition(
        &mut self,
        scope: AccountScope,
        id: TimeConditionId,
        rule: &TimeRule,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            check(writing, scope, rule)?;
            change(writing, scope, id, "time_condition.update", rule, expected, act)
        })
    }

    /// Switches a time condition by hand, or back.
    pub fn override_time_condition(
        &mut self,
        scope: AccountScope,
        id: TimeConditionId,
        switch: Override,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let TimeRule { condition, open, closed } = find(&writing.transaction, scope, id)?.rule;
            let rule =
                TimeRule { condition: TimeCondition { overridden: switch, ..condition }, open, closed };
            change(writing, scope, id, "time_condition.override", &rule, None, act)
        })
    }

    /// Deletes a time condition. What leads to it leads nowhere from then on; but one that bounds calls outside office hours stays,
    /// for without it the bound would go unseen.
    pub fn delete_time_condition(
        &mut self,
        scope: AccountScope,
        id: TimeConditionId,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find(&writing.transaction, scope, id)?;
            let bound = dialling::find(&writing.transaction, scope)?.dialling.guard.off_hours;
            if bound.is_some_and(|bound| bound.time_condition_id == id) {
                let by = "the bound of calls outside office hours";
                return Err(StoreError::StillUsed { what: "time condition", by });
            }
            writing.delete(
                "time condition",
                ("time_conditions", "time_condition_id"),
                Some(scope),
                id,
                expected,
            )?;
            let entry = Entry::about("time_condition.delete", "time_condition", id).of(scope.account_id());
            writing.audit(act, entry.change(Some(shown(&before.rule)), None))
        })
    }
}

fn change(
    writing: &mut Writing<'_>,
    scope: AccountScope,
    id: TimeConditionId,
    action: &'static str,
    rule: &TimeRule,
    expected: Option<Revision>,
    act: &Act,
) -> Result<(), StoreError> {
    let before = find(&writing.transaction, scope, id)?;
    writing.change_revision(
        ("time condition", "the time condition's name"),
        "UPDATE time_conditions SET name = ?3, hours = ?4, open = ?5, closed = ?6, updated_at = ?7, revision = revision + 1
         WHERE account_id = ?1 AND time_condition_id = ?2 AND (?8 IS NULL OR revision = ?8)",
        params![
            scope.text(),
            id.to_string(),
            rule.condition.name.as_str(),
            to_json(&rule.condition),
            rule.open.as_ref().map(to_json),
            rule.closed.as_ref().map(to_json),
            ms(act.at),
            expected.map(|revision| revision.0),
        ],
    )?;
    let entry = Entry::about(action, "time_condition", id).of(scope.account_id());
    writing.audit(act, entry.change(Some(shown(&before.rule)), Some(shown(rule))))
}
