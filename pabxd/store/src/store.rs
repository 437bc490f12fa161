//! The open database.

use std::fmt::Display;
use std::fs::File;
use std::path::Path;

use pabx_model::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::random::{Random, id_octets};
use crate::seal::{Place, SealingKey};
use crate::{AccountScope, Exclusive, Revision, StoreError, lock, row, sqlite};

/// Accounts a box may have.
pub const MAX_ACCOUNTS: u32 = 1_000;
/// Extensions a box may have, over all accounts.
pub const MAX_EXTENSIONS: u32 = 100_000;
/// Users a box may have.
pub const MAX_USERS: u32 = 100_000;
/// Trunks an account may have.
pub const MAX_TRUNKS_OF_ACCOUNT: u32 = 100;

const KEY_CHECK: Place<'static> = Place { table: "box_meta", row: "key_check", column: "blob_value" };
const KEY_CHECK_TEXT: &[u8] = b"this key opens this box";

/// One connection to the state of the box. Several may be open, in one process or more: writers wait for one another.
pub struct Store {
    pub(crate) connection: Connection,
    pub(crate) key: SealingKey,
    pub(crate) random: Box<dyn Random>,
    pub(crate) alive_noted: Timestamp,
    _lock: Option<File>,
}

impl Store {
    /// Opens or makes the database and brings it to the newest version.
    ///
    /// Refuses a file of another program, of a newer version, or sealed with another key; it is not touched then.
    pub fn open(path: &Path, key: SealingKey, random: Box<dyn Random>) -> Result<Self, StoreError> {
        let lock = lock::share(path)?;
        Self::open_with(path, key, random, Some(lock))
    }

    /// The same for who holds the lock alone.
    pub fn open_alone(
        path: &Path,
        key: SealingKey,
        random: Box<dyn Random>,
        _: &Exclusive,
    ) -> Result<Self, StoreError> {
        Self::open_with(path, key, random, None)
    }

    fn open_with(
        path: &Path,
        key: SealingKey,
        random: Box<dyn Random>,
        lock: Option<File>,
    ) -> Result<Self, StoreError> {
        let connection = sqlite::open(path)?;
        let mut store = Self { connection, key, random, alive_noted: Timestamp(0), _lock: lock };
        store.check_key()?;
        Ok(store)
    }

    /// The first key is the key; another one is refused before anything is sealed with it.
    fn check_key(&mut self) -> Result<(), StoreError> {
        let sealed = self.key.seal(self.random.as_mut(), KEY_CHECK, KEY_CHECK_TEXT)?;
        self.connection.execute(
            "INSERT INTO box_meta (name, blob_value) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING",
            params![KEY_CHECK.row, sealed],
        )?;
        let kept: Vec<u8> = self.connection.query_row(
            "SELECT blob_value FROM box_meta WHERE name = ?1",
            [KEY_CHECK.row],
            |row| row.get(0),
        )?;
        match self.key.open(KEY_CHECK, &kept) {
            Ok(text) if text.as_slice() == KEY_CHECK_TEXT => Ok(()),
            _ => Err(StoreError::WrongKey),
        }
    }

    /// Reads every page and checks every reference: the first complaint, or `None` when all is well. Takes long.
    pub fn integrity(&self) -> Result<Option<String>, StoreError> {
        sqlite::integrity(&self.connection)
    }

    /// Writes a whole copy of what is committed at this moment into a new file (mode 0600); calls go on meanwhile.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        sqlite::copy(&self.connection, path)
    }

    /// Brings the write-ahead log into the database file: before a copy, and at a clean stop.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        sqlite::checkpoint(&self.connection)
    }

    /// Starts a transaction that may write; what it reads stays true until it ends.
    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut writing = Writing { transaction, key: &self.key, random: self.random.as_mut() };
        let result = work(&mut writing)?;
        writing.transaction.commit()?;
        Ok(result)
    }

    /// The same, and everything is taken back: to see whether it could be done.
    pub(crate) fn rehearse<T>(
        &mut self,
        work: impl FnOnce(&mut Writing<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        work(&mut Writing { transaction, key: &self.key, random: self.random.as_mut() })
    }

    /// When the daemon last wrote that it lives, to some seconds.
    pub fn last_alive(&self) -> Result<Option<Timestamp>, StoreError> {
        let kept = self
            .connection
            .query_row("SELECT integer_value FROM box_meta WHERE name = 'alive_at'", [], |row| {
                row::time_or_null(row, 0)
            })
            .optional()?;
        Ok(kept.flatten())
    }

    pub(crate) fn text_fact(&self, name: &str) -> Result<Option<String>, StoreError> {
        let kept = self
            .connection
            .query_row("SELECT text_value FROM box_meta WHERE name = ?1", [name], |row| row.get(0))
            .optional()?;
        Ok(kept.flatten())
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

/// A transaction with what is needed to make rows.
pub(crate) struct Writing<'a> {
    pub(crate) transaction: Transaction<'a>,
    pub(crate) key: &'a SealingKey,
    random: &'a mut dyn Random,
}

impl Writing<'_> {
    /// Ten octets for an id.
    pub(crate) fn id_octets(&mut self) -> Result<[u8; 10], StoreError> {
        id_octets(self.random)
    }

    pub(crate) fn random(&mut self) -> &mut dyn Random {
        self.random
    }

    pub(crate) fn seal(&mut self, place: Place<'_>, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.key.seal(self.random, place, value)
    }

    /// Refuses when there are `limit` rows already, in the same transaction as the insert that follows.
    pub(crate) fn check_limit(
        &self,
        what: &'static str,
        limit: u32,
        count: &str,
        account: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut statement = self.transaction.prepare_cached(count)?;
        let there: i64 = match account {
            Some(account) => statement.query_row([account], |row| row.get(0))?,
            None => statement.query_row([], |row| row.get(0))?,
        };
        if there >= i64::from(limit) { Err(StoreError::Limit { what, limit }) } else { Ok(()) }
    }

    /// Runs an insert whose only unique columns mean `what`.
    pub(crate) fn insert(
        &self,
        what: &'static str,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<(), StoreError> {
        match self.transaction.prepare_cached(sql)?.execute(values) {
            Ok(_) => Ok(()),
            Err(error) if sqlite::is_duplicate(&error) => Err(StoreError::Taken { what }),
            Err(error) => Err(error.into()),
        }
    }

    /// Runs a change of a row that was read in this transaction, and whose statement asks for a revision: where it hits
    /// nothing, the revision is another one. `unique` is what another row may have already.
    pub(crate) fn change_revision(
        &self,
        (what, unique): (&'static str, &'static str),
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<(), StoreError> {
        match self.transaction.prepare_cached(sql)?.execute(values) {
            Ok(0) => Err(StoreError::Stale { what }),
            Ok(_) => Ok(()),
            Err(error) if sqlite::is_duplicate(&error) => Err(StoreError::Taken { what: unique }),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes a row that was read in this transaction, unless its revision is another one. `None`: a row of no account.
    pub(crate) fn delete(
        &self,
        what: &'static str,
        (table, column): (&str, &str),
        scope: Option<AccountScope>,
        id: impl Display,
        expected: Option<Revision>,
    ) -> Result<(), StoreError> {
        let of_account = if scope.is_some() { "account_id = ?1" } else { "?1 IS NULL" };
        let sql = format!(
            "DELETE FROM {table} WHERE {of_account} AND {column} = ?2 AND (?3 IS NULL OR revision = ?3)"
        );
        let values =
            params![scope.map(AccountScope::text), id.to_string(), expected.map(|revision| revision.0)];
        match self.transaction.prepare_cached(&sql)?.execute(values)? {
            0 => Err(StoreError::Stale { what }),
            _ => Ok(()),
        }
    }

    /// Runs a change that must hit a row.
    pub(crate) fn change(
        &self,
        what: &'static str,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<(), StoreError> {
        match self.transaction.prepare_cached(sql)?.execute(values)? {
            0 => Err(StoreError::NotFound { what }),
            _ => Ok(()),
        }
    }
}
