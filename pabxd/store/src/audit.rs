//! The audit: who did what, in a chain of hashes that shows when a row was changed, left out or cut off.
//!
//! A hash is SHA-256 over the hash before and every field, each with its length before it. Whoever can write the file
//! could make the whole chain anew; but the newest hash is also kept sealed, with the key that is not in the database.

use std::fmt::Display;

use pabx_model::{AccountId, Timestamp};
use ring::digest::{Context, SHA256};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value as Json;

use crate::page::{ListQuery, Page, Sort, Source, page};
use crate::row::{ms, parsed_or_null, time};
use crate::seal::Place;
use crate::store::Writing;
use crate::{AccountScope, Act, Store, StoreError, WholeBox};

/// Longest JSON of one side of a change, in octets; what is longer is left out, and that is said.
const MAX_SIDE: usize = 16 * 1024;
/// Entries that are kept.
pub const MAX_ENTRIES: u32 = 500_000;
const HEAD: Place<'static> = Place { table: "box_meta", row: "audit_head", column: "blob_value" };
const ANCHOR: &str = "audit_anchor";
const GENESIS: [u8; 32] = [0; 32];

/// What is written of one act.
#[derive(Clone, Debug)]
pub struct Entry {
    /// In whose account; `None`: the box.
    pub account: Option<AccountId>,
    /// Such as `extension.update`.
    pub action: &'static str,
    /// What kind of thing.
    pub object_kind: &'static str,
    /// Which.
    pub object_id: Option<String>,
    /// How it was; secrets are masked.
    pub before: Option<Json>,
    /// How it is.
    pub after: Option<Json>,
}

impl Entry {
    /// About nothing in particular.
    pub const fn new(action: &'static str, object_kind: &'static str) -> Self {
        Self { account: None, action, object_kind, object_id: None, before: None, after: None }
    }

    /// About this one.
    pub fn about(action: &'static str, object_kind: &'static str, id: impl Display) -> Self {
        Self { object_id: Some(id.to_string()), ..Self::new(action, object_kind) }
    }

    /// In this account.
    #[must_use]
    pub fn of(mut self, account: AccountId) -> Self {
        self.account = Some(account);
        self
    }

    /// How it was and how it is.
    #[must_use]
    pub fn change(mut self, before: Option<Json>, after: Option<Json>) -> Self {
        (self.before, self.after) = (before, after);
        self
    }
}

/// An entry as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Counts up.
    pub audit_id: i64,
    /// When.
    pub at: Timestamp,
    /// In whose account.
    pub account_id: Option<AccountId>,
    /// `user`, `api_key`, `console`, `daemon` or `nobody`.
    pub actor_kind: String,
    /// Which.
    pub actor_id: Option<String>,
    /// The name at that time.
    pub actor_name: String,
    /// From where.
    pub source: Option<String>,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub object_kind: String,
    /// Which.
    pub object_id: Option<String>,
    /// How it was, as JSON.
    pub before: Option<String>,
    /// How it was afterwards, as JSON.
    pub after: Option<String>,
}

/// What came of looking at the whole chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// All is as it was written: so many entries.
    Whole(u64),
    /// Something is not.
    Broken {
        /// At this entry, or after it.
        at: i64,
        /// In words.
        why: &'static str,
    },
}

/// By what the audit is sorted.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByTime;

impl Sort for ByTime {
    fn expression(self) -> &'static str {
        "audit_id"
    }
}

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// By this actor.
    pub actor_id: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// Actions that begin so, such as `extension.`.
    pub action: Option<String>,
}

const COLUMNS: &str = "audit_id, at, account_id, actor_kind, actor_id, actor_name, source, action, object_kind, object_id, before, after, previous_hash, hash";

fn read(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    Ok(AuditRow {
        audit_id: row.get(0)?,
        at: time(row, 1)?,
        account_id: parsed_or_null(row, 2)?,
        actor_kind: row.get(3)?,
        actor_id: row.get(4)?,
        actor_name: row.get(5)?,
        source: row.get(6)?,
        action: row.get(7)?,
        object_kind: row.get(8)?,
        object_id: row.get(9)?,
        before: row.get(10)?,
        after: row.get(11)?,
    })
}

fn hash_of(row: &AuditRow, previous: &[u8]) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    let mut field = |text: Option<&str>| {
        let length = text.map_or(u64::MAX, |text| u64::try_from(text.len()).unwrap_or(u64::MAX - 1));
        context.update(&length.to_be_bytes());
        context.update(text.unwrap_or("").as_bytes());
    };
    let account = row.account_id.map(|id| id.to_string());
    field(Some(&row.audit_id.to_string()));
    field(Some(&row.at.0.to_string()));
    field(account.as_deref());
    field(Some(&row.actor_kind));
    field(row.actor_id.as_deref());
    field(Some(&row.actor_name));
    field(row.source.as_deref());
    field(Some(&row.action));
    field(Some(&row.object_kind));
    field(row.object_id.as_deref());
    field(row.before.as_deref());
    field(row.after.as_deref());
    context.update(previous);
    context.finish().as_ref().to_vec()
}

fn side(value: Option<Json>) -> Option<String> {
    value.map(|value| value.to_string()).map(|text| match text.len() {
        length if length > MAX_SIDE => format!("{{\"left_out\":\"{length} octets\"}}"),
        _ => text,
    })
}

impl Writing<'_> {
    /// Adds an entry, in the transaction of what it is about.
    pub(crate) fn audit(&mut self, act: &Act, entry: Entry) -> Result<(), StoreError> {
        let (last, previous) = last(&self.transaction)?.unwrap_or((0, GENESIS.to_vec()));
        let row = AuditRow {
            audit_id: last + 1,
            at: act.at,
            account_id: entry.account,
            actor_kind: act.who.kind().to_owned(),
            actor_id: act.who.id(),
            actor_name: act.who.name().to_owned(),
            source: act.from.map(|source| source.to_canonical().to_string()),
            action: entry.action.to_owned(),
            object_kind: entry.object_kind.to_owned(),
            object_id: entry.object_id,
            before: side(entry.before),
            after: side(entry.after),
        };
        let hash = hash_of(&row, &previous);
        insert(&self.transaction, &row, &previous, &hash)?;
        let head = [row.audit_id.to_be_bytes().as_slice(), &hash].concat();
        let sealed = self.seal(HEAD, &head)?;
        self.transaction
            .prepare_cached(
                "INSERT INTO box_meta (name, blob_value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET blob_value = excluded.blob_value",
            )?
            .execute(params![HEAD.row, sealed])?;
        Ok(())
    }
}

/// The newest entry's number and hash; where all were forgotten, what is kept of the last that was.
fn last(connection: &Connection) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
    let newest = connection
        .prepare_cached("SELECT audit_id, hash FROM audit ORDER BY audit_id DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match newest {
        Some(newest) => Ok(Some(newest)),
        None => anchor(connection),
    }
}

/// Number and hash of the newest entry that was forgotten.
fn anchor(connection: &Connection) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
    let kept = connection
        .prepare_cached("SELECT integer_value, blob_value FROM box_meta WHERE name = ?1")?
        .query_row([ANCHOR], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(kept)
}

fn insert(connection: &Connection, row: &AuditRow, previous: &[u8], hash: &[u8]) -> Result<(), StoreError> {
    connection
        .prepare_cached(&format!(
            "INSERT INTO audit ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
        ))?
        .execute(params![
            row.audit_id,
            ms(row.at),
            row.account_id.map(|id| id.to_string()),
            row.actor_kind,
            row.actor_id,
            row.actor_name,
            row.source,
            row.action,
            row.object_kind,
            row.object_id,
            row.before,
            row.after,
            previous,
            hash,
        ])?;
    Ok(())
}

impl Store {
    /// Writes down what changed nothing: a sign-in, a look at something sensitive.
    pub fn record(&mut self, act: &Act, entry: Entry) -> Result<(), StoreError> {
        self.write(|writing| writing.audit(act, entry))
    }

    /// The audit of one account.
    pub fn audit(
        &self,
        scope: AccountScope,
        filter: &AuditFilter,
        query: &ListQuery<ByTime>,
    ) -> Result<Page<AuditRow>, StoreError> {
        let source = filtered("audit WHERE account_id = ?".into(), vec![Value::Text(scope.text())], filter);
        page(&self.connection, source, query, read)
    }

    /// The audit of the whole box.
    pub fn audit_of_box(
        &self,
        _: WholeBox,
        filter: &AuditFilter,
        query: &ListQuery<ByTime>,
    ) -> Result<Page<AuditRow>, StoreError> {
        page(&self.connection, filtered("audit WHERE audit_id > 0".into(), Vec::new(), filter), query, read)
    }

    /// Looks at every entry: hashes, numbers, and the sealed end.
    pub fn verify_audit(&mut self, _: WholeBox) -> Result<Verified, StoreError> {
        let sealed = self.sealed_head()?;
        let transaction = self.connection.transaction()?;
        let (mut number, mut previous) = anchor(&transaction)?.unwrap_or((0, GENESIS.to_vec()));
        let mut statement = transaction.prepare(&format!("SELECT {COLUMNS} FROM audit ORDER BY audit_id"))?;
        let mut rows = statement.query([])?;
        let mut entries = 0;
        while let Some(row) = rows.next()? {
            let entry = read(row)?;
            let (before, hash): (Vec<u8>, Vec<u8>) = (row.get(12)?, row.get(13)?);
            if entry.audit_id != number + 1 {
                return Ok(Verified::Broken { at: number, why: "entries after it are missing" });
            }
            if before != previous || hash_of(&entry, &previous) != hash {
                return Ok(Verified::Broken { at: entry.audit_id, why: "it was changed" });
            }
            (number, previous) = (entry.audit_id, hash);
            entries += 1;
        }
        let head = [number.to_be_bytes().as_slice(), &previous].concat();
        Ok(match sealed {
            None if number == 0 => Verified::Whole(0),
            Some(sealed) if sealed == head => Verified::Whole(entries),
            _ => Verified::Broken { at: number, why: "the end was cut off, or the chain was made anew" },
        })
    }

    fn sealed_head(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let kept: Option<Vec<u8>> = self
            .connection
            .query_row("SELECT blob_value FROM box_meta WHERE name = ?1", [HEAD.row], |row| row.get(0))
            .optional()?;
        kept.map(|kept| self.key.open(HEAD, &kept).map(|head| head.to_vec())).transpose()
    }

    /// Forgets the oldest entries beyond [`MAX_ENTRIES`], at most `at_most` of them; says how many.
    pub fn trim_audit(&mut self, _: WholeBox, keep: u32, at_most: u32) -> Result<usize, StoreError> {
        self.write(|writing| {
            let newest = last(&writing.transaction)?.map_or(0, |(number, _)| number);
            let oldest = anchor(&writing.transaction)?.map_or(0, |(number, _)| number);
            let until = (newest - i64::from(keep)).min(oldest + i64::from(at_most));
            let Some(hash) = writing
                .transaction
                .query_row("SELECT hash FROM audit WHERE audit_id = ?1", [until], |row| row.get::<_, Vec<u8>>(0))
                .optional()?
            else {
                return Ok(0);
            };
            writing.transaction.execute(
                "INSERT INTO box_meta (name, integer_value, blob_value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET integer_value = excluded.integer_value, blob_value = excluded.blob_value",
                params![ANCHOR, until, hash],
            )?;
            Ok(writing.transaction.execute("DELETE FROM audit WHERE audit_id <= ?1", [until])?)
        })
    }
}

fn filtered(mut from: String, mut values: Vec<Value>, filter: &AuditFilter) -> Source {
    if let Some(actor) = &filter.actor_id {
        from.push_str(" AND actor_id = ?");
        values.push(Value::Text(actor.clone()));
    }
    if let Some(time) = filter.from {
        from.push_str(" AND at >= ?");
        values.push(Value::Integer(ms(time)));
    }
    if let Some(time) = filter.to {
        from.push_str(" AND at < ?");
        values.push(Value::Integer(ms(time)));
    }
    if let Some(action) = &filter.action {
        from.push_str(" AND substr(action, 1, ?) = ?");
        values.push(Value::Integer(i64::try_from(action.chars().count()).unwrap_or(i64::MAX)));
        values.push(Value::Text(action.clone()));
    }
    Source {
        columns: COLUMNS,
        from,
        values,
        id: "audit_id",
        searched: &["lower(actor_name)", "action", "object_kind"],
    }
}
