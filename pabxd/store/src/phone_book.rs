//! The phone book of an account: names for the numbers of callers.

use std::collections::HashMap;

use pabx_model::{BookEntry, BookEntryId, BookNote, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;

use crate::audit::Entry;
use crate::page::{ListQuery, Page, Revision, Sort, Source, page};
use crate::row::{ms, parsed, parsed_or_null, time};
use crate::store::Writing;
use crate::{AccountScope, Act, Store, StoreError};

/// Entries that a phone book may have.
pub const MAX_BOOK_ENTRIES_OF_ACCOUNT: u32 = 10_000;
/// What there are so many of.
const ENTRIES: &str = "phone book entries in this account";
const COUNT: &str = "SELECT count(*) FROM phone_book_entries WHERE account_id = ?1";

/// An entry as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookEntryRow {
    /// Id.
    pub entry_id: BookEntryId,
    /// What it says.
    pub entry: BookEntry,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts the changes.
    pub revision: Revision,
}

/// What came of taking many entries in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BookImport {
    /// Numbers that were not there.
    pub made: usize,
    /// Numbers that were there under another name.
    pub renamed: usize,
    /// Numbers that were there under the same name.
    pub unchanged: usize,
}

/// By what a phone book is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BookSort {
    /// By name.
    #[default]
    Name,
    /// By number.
    Number,
}

impl Sort for BookSort {
    fn expression(self) -> &'static str {
        match self {
            Self::Name => "lower(name)",
            Self::Number => "number",
        }
    }
}

const COLUMNS: &str = "entry_id, name, number, note, created_at, updated_at, revision";

fn read(row: &Row<'_>) -> rusqlite::Result<BookEntryRow> {
    Ok(BookEntryRow {
        entry_id: parsed(row, 0)?,
        entry: BookEntry { name: parsed(row, 1)?, number: parsed(row, 2)?, note: parsed_or_null(row, 3)? },
        created_at: time(row, 4)?,
        updated_at: time(row, 5)?,
        revision: Revision(row.get(6)?),
    })
}

fn shown(entry: &BookEntry) -> serde_json::Value {
    json!({ "name": entry.name, "number": entry.number, "note": entry.note })
}

fn find(connection: &Connection, scope: AccountScope, id: BookEntryId) -> Result<BookEntryRow, StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM phone_book_entries WHERE account_id = ?1 AND entry_id = ?2"
        ))?
        .query_row([scope.text(), id.to_string()], read)
        .optional()?
        .ok_or(StoreError::NotFound { what: "phone book entry" })
}

/// Makes an entry where there is room, without a word in the audit.
fn insert(
    writing: &mut Writing<'_>,
    scope: AccountScope,
    entry: &BookEntry,
    act: &Act,
) -> Result<BookEntryId, StoreError> {
    let id = BookEntryId::new(act.at.0, writing.id_octets()?);
    writing.insert(
        "the number",
        "INSERT INTO phone_book_entries (entry_id, account_id, name, number, note, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
        params![
            id.to_string(),
            scope.text(),
            entry.name.as_str(),
            entry.number.as_str(),
            entry.note.as_ref().map(BookNote::as_str),
            ms(act.at),
        ],
    )?;
    Ok(id)
}

/// Takes one of many in: a number that is there gets the name, and keeps its note.
fn take_in(
    writing: &mut Writing<'_>,
    scope: AccountScope,
    entry: &BookEntry,
    act: &Act,
    came: &mut BookImport,
) -> Result<(), StoreError> {
    let (account, name, number) = (scope.text(), entry.name.as_str(), entry.number.as_str());
    let same_name = "SELECT name = ?3 FROM phone_book_entries WHERE account_id = ?1 AND number = ?2";
    let known: Option<bool> = writing
        .transaction
        .prepare_cached(same_name)?
        .query_row([account.as_str(), number, name], |row| row.get(0))
        .optional()?;
    match known {
        Some(true) => came.unchanged += 1,
        Some(false) => {
            came.renamed += 1;
            let rename = "UPDATE phone_book_entries SET name = ?3, updated_at = ?4, revision = revision + 1
                 WHERE account_id = ?1 AND number = ?2";
            writing.change("phone book entry", rename, params![account, number, name, ms(act.at)])?;
        }
        None => {
            came.made += 1;
            insert(writing, scope, entry, act)?;
        }
    }
    Ok(())
}

/// Takes many in. Written down is how many they were, not which.
pub(crate) fn import(
    writing: &mut Writing<'_>,
    scope: AccountScope,
    entries: &[BookEntry],
    act: &Act,
) -> Result<BookImport, StoreError> {
    crate::accounts::find(&writing.transaction, scope)?;
    let mut came = BookImport::default();
    for entry in entries {
        take_in(writing, scope, entry, act, &mut came)?;
    }
    // Counted once, when all are in: one too many takes everything back.
    let there: u32 =
        writing.transaction.prepare_cached(COUNT)?.query_row([scope.text()], |row| row.get(0))?;
    if there > MAX_BOOK_ENTRIES_OF_ACCOUNT {
        return Err(StoreError::Limit { what: ENTRIES, limit: MAX_BOOK_ENTRIES_OF_ACCOUNT });
    }
    let counts = json!({ "made": came.made, "renamed": came.renamed, "unchanged": came.unchanged });
    let entry = Entry::about("phone_book.import", "account", scope.account_id()).of(scope.account_id());
    writing.audit(act, entry.change(None, Some(counts)))?;
    Ok(came)
}

/// All of an account, by number.
pub(crate) fn all(connection: &Connection, scope: AccountScope) -> Result<Vec<BookEntry>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM phone_book_entries WHERE account_id = ?1 ORDER BY number"
    ))?;
    let rows = statement.query_map([scope.text()], |row| Ok(read(row)?.entry))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The names of an account's callers by their numbers.
pub(crate) fn names(
    connection: &Connection,
    scope: AccountScope,
) -> Result<HashMap<Box<str>, Box<str>>, StoreError> {
    let sql = "SELECT number, name FROM phone_book_entries WHERE account_id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([scope.text()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

impl Store {
    /// Makes an entry, within [`MAX_BOOK_ENTRIES_OF_ACCOUNT`].
    pub fn create_book_entry(
        &mut self,
        scope: AccountScope,
        entry: &BookEntry,
        act: &Act,
    ) -> Result<BookEntryId, StoreError> {
        self.write(|writing| {
            crate::accounts::find(&writing.transaction, scope)?;
            writing.check_limit(ENTRIES, MAX_BOOK_ENTRIES_OF_ACCOUNT, COUNT, Some(&scope.text()))?;
            let id = insert(writing, scope, entry, act)?;
            let told = Entry::about("phone_book.create", "phone_book_entry", id).of(scope.account_id());
            writing.audit(act, told.change(None, Some(shown(entry))))?;
            Ok(id)
        })
    }

    /// Takes many entries in, all or none: a number that is there already gets the new name. With `dry_run` nothing is changed, even
    /// when all could be.
    pub fn import_book_entries(
        &mut self,
        scope: AccountScope,
        entries: &[BookEntry],
        dry_run: bool,
        act: &Act,
    ) -> Result<BookImport, StoreError> {
        let work = |writing: &mut Writing<'_>| import(writing, scope, entries, act);
        if dry_run { self.rehearse(work) } else { self.write(work) }
    }

    /// A page of the account's phone book.
    pub fn list_book_entries(
        &self,
        scope: AccountScope,
        query: &ListQuery<BookSort>,
    ) -> Result<Page<BookEntryRow>, StoreError> {
        let source = Source {
            columns: COLUMNS,
            from: "phone_book_entries WHERE account_id = ?".into(),
            values: vec![Value::Text(scope.text())],
            id: "entry_id",
            searched: &["lower(name)", "number"],
        };
        page(&self.connection, source, query, read)
    }

    /// One entry of the account's phone book.
    pub fn book_entry(&self, scope: AccountScope, id: BookEntryId) -> Result<BookEntryRow, StoreError> {
        find(&self.connection, scope, id)
    }

    /// Puts a changed entry in the place of the one that is there.
    pub fn update_book_entry(
        &mut self,
        scope: AccountScope,
        id: BookEntryId,
        entry: &BookEntry,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find(&writing.transaction, scope, id)?;
            let sql = "UPDATE phone_book_entries SET name = ?4, number = ?5, note = ?6, updated_at = ?7, revision = revision + 1
                 WHERE account_id = ?1 AND entry_id = ?2 AND (?3 IS NULL OR revision = ?3)";
            let values = params![
                scope.text(),
                id.to_string(),
                expected.map(|revision| revision.0),
                entry.name.as_str(),
                entry.number.as_str(),
                entry.note.as_ref().map(BookNote::as_str),
                ms(act.at),
            ];
            writing.change_revision(("phone book entry", "the number"), sql, values)?;
            let told = Entry::about("phone_book.update", "phone_book_entry", id).of(scope.account_id());
            writing.audit(act, told.change(Some(shown(&before.entry)), Some(shown(entry))))
        })
    }

    /// Deletes an entry.
    pub fn delete_book_entry(
        &mut self,
        scope: AccountScope,
        id: BookEntryId,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find(&writing.transaction, scope, id)?;
            let place = ("phone_book_entries", "entry_id");
            writing.delete("phone book entry", place, Some(scope), id, expected)?;
            let told = Entry::about("phone_book.delete", "phone_book_entry", id).of(scope.account_id());
            writing.audit(act, told.change(Some(shown(&before.entry)), None))
        })
    }
}
