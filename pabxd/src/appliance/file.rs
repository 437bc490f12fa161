//! Files that survive a power cut: written beside, synced, renamed in, and the folder synced too.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{ErrorKind, Result, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Puts the content under this name with these permissions: all of it, or what was there before.
pub(super) fn put(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(".new");
    let beside = folder.join(beside);
    remove(&beside)?;
    let mut file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
    file.set_permissions(Permissions::from_mode(mode))?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    sync(folder)
}

/// Takes a file away; none there is fine.
pub(super) fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Makes renames and removals in a folder safe.
pub(super) fn sync(folder: &Path) -> Result<()> {
    File::open(folder)?.sync_all()
}

/// The content, or `None` where there is no such file.
pub(super) fn get(path: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
