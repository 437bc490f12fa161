//! What somebody should look at. The same thing raises no second alert while one is open: it counts up.

use pabx_model::{AccountId, AlertId, Timestamp};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params};

use crate::audit::Entry;
use crate::page::{ListQuery, Page, Sort, Source, page};
use crate::row::{ms, natural, parsed, parsed_or_null, time, time_or_null};
use crate::{AccountScope, Act, Store, StoreError, Target, WholeBox, deliveries};

/// Alerts that are kept; the oldest go first.
pub const MAX_ALERTS: u32 = 10_000;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Somebody should look.
    Warning,
    /// Somebody must look.
    Critical,
}

impl Severity {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// What is raised.
#[derive(Clone, Debug)]
pub struct NewAlert {
    /// Whose; `None`: the box's.
    pub account_id: Option<AccountId>,
    /// Such as `login_failures`.
    pub kind: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub subject: String,
    /// For people, in English; without secrets.
    pub detail: String,
}

/// An alert as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRow {
    /// Id.
    pub alert_id: AlertId,
    /// Whose.
    pub account_id: Option<AccountId>,
    /// What kind.
    pub kind: String,
    /// How bad it is.
    pub severity: String,
    /// What it is about.
    pub subject: String,
    /// For people.
    pub detail: String,
    /// How often it was raised.
    pub times: u64,
    /// When first.
    pub raised_at: Timestamp,
    /// When last.
    pub last_at: Timestamp,
    /// When somebody took it up.
    pub acknowledged_at: Option<Timestamp>,
    /// Who.
    pub acknowledged_by: Option<String>,
}

/// By the time of their making.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByAge;

impl Sort for ByAge {
    fn expression(self) -> &'static str {
        "alert_id"
    }
}

const COLUMNS: &str = "alert_id, account_id, kind, severity, subject, detail, times, raised_at, last_at, acknowledged_at, acknowledged_by";

fn read(row: &Row<'_>) -> rusqlite::Result<AlertRow> {
    Ok(AlertRow {
        alert_id: parsed(row, 0)?,
        account_id: parsed_or_null(row, 1)?,
        kind: row.get(2)?,
        severity: row.get(3)?,
        subject: row.get(4)?,
        detail: row.get(5)?,
        times: natural(row, 6)?,
        raised_at: time(row, 7)?,
        last_at: time(row, 8)?,
        acknowledged_at: time_or_null(row, 9)?,
        acknowledged_by: row.get(10)?,
    })
}

impl Store {
    /// Raises an alert, or counts one up that is open. Says its id, and whether it is new: then `tell` are told of it.
    pub fn raise_alert(
        &mut self,
        _: WholeBox,
        new: &NewAlert,
        tell: &[Target],
        now: Timestamp,
    ) -> Result<(AlertId, bool), StoreError> {
        self.write(|writing| {
            let account = new.account_id.map(|id| id.to_string());
            let open: Option<AlertId> = writing
                .transaction
                .prepare_cached(
                    "UPDATE alerts SET times = times + 1, last_at = ?4, detail = ?5
                     WHERE coalesce(account_id, '') = ?1 AND kind = ?2 AND subject = ?3 AND acknowledged_at IS NULL
                     RETURNING alert_id",
                )?
                .query_row(
                    params![account.as_deref().unwrap_or(""), new.kind, new.subject, ms(now), new.detail],
                    |row| parsed(row, 0),
                )
                .optional()?;
            if let Some(id) = open {
                return Ok((id, false));
            }
            writing.transaction.execute(
                "DELETE FROM alerts WHERE alert_id IN (
                     SELECT alert_id FROM alerts ORDER BY alert_id DESC LIMIT -1 OFFSET ?1)",
                [MAX_ALERTS - 1],
            )?;
            let id = AlertId::new(now.0, writing.id_octets()?);
            writing.insert(
                "the alert",
                "INSERT INTO alerts (alert_id, account_id, kind, severity, subject, detail, raised_at, last_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
                params![id.to_string(), account, new.kind, new.severity.as_str(), new.subject, new.detail, ms(now)],
            )?;
            deliveries::enqueue(writing, id, tell, now)?;
            Ok((id, true))
        })
    }

    /// One alert, whosever it is.
    pub(crate) fn alert_by_id(&self, id: AlertId) -> Result<Option<AlertRow>, StoreError> {
        let found = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM alerts WHERE alert_id = ?1"))?
            .query_row([id.to_string()], read)
            .optional()?;
        Ok(found)
    }

    /// A page of the account's alerts, or of those that are open.
    pub fn alerts(
        &self,
        scope: AccountScope,
        open: bool,
        query: &ListQuery<ByAge>,
    ) -> Result<Page<AlertRow>, StoreError> {
        listed(self, "alerts WHERE account_id = ?", vec![Value::Text(scope.text())], open, query)
    }

    /// A page of all alerts, or of those that are open.
    pub fn alerts_of_box(
        &self,
        _: WholeBox,
        open: bool,
        query: &ListQuery<ByAge>,
    ) -> Result<Page<AlertRow>, StoreError> {
        listed(self, "alerts WHERE alert_id > ''", Vec::new(), open, query)
    }

    /// Somebody takes an alert of the account up; the same thing raises a new one from now on.
    pub fn acknowledge_alert(
        &mut self,
        scope: AccountScope,
        id: AlertId,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.acknowledge("AND account_id = ?4", Some(scope), id, act)
    }

    /// The same for any alert of the box.
    pub fn acknowledge_alert_of_box(
        &mut self,
        _: WholeBox,
        id: AlertId,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.acknowledge("AND ?4 IS NULL", None, id, act)
    }

    fn acknowledge(
        &mut self,
        condition: &str,
        scope: Option<AccountScope>,
        id: AlertId,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let text = id.to_string();
            writing.change(
                "alert",
                &format!(
                    "UPDATE alerts SET acknowledged_at = coalesce(acknowledged_at, ?2), acknowledged_by = coalesce(acknowledged_by, ?3)
                     WHERE alert_id = ?1 {condition}"
                ),
                params![text, ms(act.at), act.who.name(), scope.map(AccountScope::text)],
            )?;
            let account = scope.map(AccountScope::account_id);
            writing.audit(act, Entry { account, ..Entry::about("alert.acknowledge", "alert", &text) })
        })
    }
}

fn listed(
    store: &Store,
    from: &str,
    values: Vec<Value>,
    open: bool,
    query: &ListQuery<ByAge>,
) -> Result<Page<AlertRow>, StoreError> {
    let from = if open { format!("{from} AND acknowledged_at IS NULL") } else { from.to_owned() };
    let searched = &["kind", "lower(subject)", "lower(detail)"];
    page(&store.connection, Source { columns: COLUMNS, from, values, id: "alert_id", searched }, query, read)
}
