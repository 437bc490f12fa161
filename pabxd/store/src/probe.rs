//! A number that is written only to be read back, by a connection of its own: shows that the disk keeps what it is given.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::StoreError;
use crate::error::EngineError;
use crate::row::{integer, natural};

/// Part of a batch, see [`crate::Store::apply`].
pub(crate) fn write(connection: &Connection, number: u64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO box_meta (name, integer_value) VALUES ('probe', ?1)
             ON CONFLICT (name) DO UPDATE SET integer_value = excluded.integer_value",
        )?
        .execute([integer(number)])?;
    Ok(())
}

/// The number last written with `StoreWrite::Probe`, read from the file by a new connection that cannot write.
/// `None` where none ever was. Numbers above 2^63-1 are kept as that.
pub fn read(path: &Path) -> Result<Option<u64>, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|error| StoreError::Open { path: path.to_owned(), source: EngineError(error.into()) })?;
    Ok(connection
        .query_row("SELECT integer_value FROM box_meta WHERE name = 'probe'", [], |row| natural(row, 0))
        .optional()?)
}
