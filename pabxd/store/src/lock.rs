//! Who has the database open: every [`crate::Store`] shares a lock; whoever replaces the file holds it alone.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::StoreError;

/// Held while the database's file is replaced: nobody has it open, and nobody can open it.
#[derive(Debug)]
pub struct Exclusive(#[expect(dead_code, reason = "held, never read")] File);

impl Exclusive {
    /// Takes it, or says that somebody has the database open.
    pub fn take(database: &Path) -> Result<Self, StoreError> {
        let file = open(database)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(error) => Err(refused(database, error, StoreError::InUse)),
        }
    }
}

/// For a store, as long as it is open.
pub(crate) fn share(database: &Path) -> Result<File, StoreError> {
    let file = open(database)?;
    match file.try_lock_shared() {
        Ok(()) => Ok(file),
        Err(error) => Err(refused(database, error, StoreError::BeingReplaced)),
    }
}

fn open(database: &Path) -> Result<File, StoreError> {
    open_private(&database.with_extension("lock"))
}

/// Opens a file that is the daemon's alone (mode 0600); makes it where it is missing.
pub(crate) fn open_private(path: &Path) -> Result<File, StoreError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|error| StoreError::open(path, error))
}

fn refused(database: &Path, error: TryLockError, held: StoreError) -> StoreError {
    match error {
        TryLockError::WouldBlock => held,
        TryLockError::Error(error) => StoreError::open(database, error),
    }
}
