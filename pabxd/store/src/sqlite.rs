//! All that is particular to SQLite: opening, settings, versions, error codes. The statements elsewhere are plain
//! enough for PostgreSQL too (text ids, integer milliseconds, `RETURNING`, `ON CONFLICT`).

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, ffi};

use crate::error::EngineError;
use crate::{StoreError, lock};

/// "pabx": says that the file is ours.
const APPLICATION_ID: i32 = 0x7061_6278;
/// How long a statement waits for another connection's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Page cache of a connection, in KiB. The whole daemon has 20 MB.
const PAGE_CACHE_KIB: i32 = 2_048;
/// The write-ahead log is cut back to this after a checkpoint, in octets.
const LOG_LIMIT: i32 = 4 * 1024 * 1024;
/// Prepared statements kept by a connection: there are fewer than this.
const STATEMENTS: usize = 128;
/// Longest text or blob, in octets.
const LONGEST_VALUE: i32 = 1024 * 1024;

/// Forward-only; number n brings version n-1 to n. Never change one that was released: add another.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_accounts.sql"),
    include_str!("../migrations/0002_registrations.sql"),
    include_str!("../migrations/0003_call_stats.sql"),
    include_str!("../migrations/0004_clock.sql"),
    include_str!("../migrations/0005_people.sql"),
    include_str!("../migrations/0006_audit.sql"),
    include_str!("../migrations/0007_routes.sql"),
    include_str!("../migrations/0008_deliveries.sql"),
    include_str!("../migrations/0009_login_networks.sql"),
    include_str!("../migrations/0010_trunks_in_use.sql"),
    include_str!("../migrations/0011_routing_whole.sql"),
    include_str!("../migrations/0012_rates.sql"),
    include_str!("../migrations/0013_phone_book.sql"),
    include_str!("../migrations/0014_call_pins.sql"),
    include_str!("../migrations/0015_calls_counted.sql"),
    include_str!("../migrations/0016_push.sql"),
    include_str!("../migrations/0017_media_encryption.sql"),
];

/// Opens or makes the file (mode 0600; its companions inherit that) and brings it to the newest version.
pub(crate) fn open(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = connect(path)?;
    migrate(&mut connection, MIGRATIONS.len())?;
    Ok(connection)
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    lock::open_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(path, flags).map_err(|error| StoreError::open(path, error))?;
    // Before the first setting: some of them write to the file.
    check_owner(&connection, path)?;
    version(&connection)?;
    set_up(&connection)?;
    Ok(connection)
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "cache_size", -PAGE_CACHE_KIB)?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Deleted secrets and call records are overwritten, not just unlinked.
    connection.pragma_update(None, "secure_delete", "FAST")?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    // An acknowledged transaction survives a power cut: each commit is synced.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "journal_size_limit", LOG_LIMIT)
}

/// An empty file becomes ours; anything else must say that it is.
fn check_owner(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let foreign = || StoreError::Foreign { path: path.to_owned() };
    let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(
        |error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => foreign(),
            _ => error.into(),
        },
    )?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (id, tables) {
        (APPLICATION_ID, _) | (0, 0) => Ok(()),
        _ => Err(foreign()),
    }
}

/// Runs what is missing up to `target`, each migration in a transaction with its version.
pub(crate) fn migrate(connection: &mut Connection, target: usize) -> Result<(), StoreError> {
    while version(connection)? < target {
        // Taken before the version is read again: two daemons started at once do not both migrate.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = version(&transaction)?;
        if let Some(migration) = MIGRATIONS.get(..target).and_then(|wanted| wanted.get(done)) {
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            transaction.pragma_update(None, "user_version", u32::try_from(done + 1).unwrap_or(u32::MAX))?;
            transaction.commit()?;
            log::debug!("database brought to version {}", done + 1);
        }
    }
    Ok(())
}

/// The version the file has; refused when this program does not know it.
fn version(connection: &Connection) -> Result<usize, StoreError> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    Ok(usize::try_from(found).unwrap_or(usize::MAX))
}

/// Writes a whole and compact copy of what is committed at this moment; others read and write meanwhile.
pub(crate) fn copy(connection: &Connection, to: &Path) -> Result<(), StoreError> {
    // SQLite takes an empty file; made here so that nobody else may read it.
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)
        .map_err(|error| StoreError::open(to, error))?;
    let name = to.to_str().ok_or_else(|| StoreError::open(to, std::io::Error::other("not UTF-8")))?;
    connection.execute("VACUUM INTO ?1", [name])?;
    file.sync_all().map_err(|error| StoreError::open(to, error))
}

/// Moves the write-ahead log into the database file and empties it.
pub(crate) fn checkpoint(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(()))?)
}

/// Reads every page; the first complaint, if there is one.
pub(crate) fn integrity(connection: &Connection) -> Result<Option<String>, StoreError> {
    let said: String = connection.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
    let orphans: i64 =
        connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))?;
    Ok(match (said.as_str(), orphans) {
        ("ok", 0) => None,
        ("ok", _) => Some(format!("{orphans} rows point at nothing")),
        _ => Some(said),
    })
}

/// Whether a row was refused for what it is (a rule of its table), and the transaction can go on without it.
pub(crate) fn is_refused_row(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch)
    )
}

/// Whether a row was refused because what it points at is gone.
pub(crate) fn is_missing_parent(error: &rusqlite::Error) -> bool {
    extended_code(error) == Some(ffi::SQLITE_CONSTRAINT_FOREIGNKEY)
}

/// Whether a row was refused because it is there already.
pub(crate) fn is_duplicate(error: &rusqlite::Error) -> bool {
    matches!(extended_code(error), Some(ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY))
}

fn extended_code(error: &rusqlite::Error) -> Option<i32> {
    error.sqlite_error().map(|error| error.extended_code)
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let code = error.sqlite_error_code();
        let engine = EngineError(error.into());
        match code {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(engine),
            Some(
                ErrorCode::SystemIoFailure
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::OutOfMemory,
            ) => Self::Disk(engine),
            _ => Self::Engine(engine),
        }
    }
}

#[cfg(test)]
mod tests;
