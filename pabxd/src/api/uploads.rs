//! Files that were sent to the box, until something is done with them: one of each kind, in a folder of the state that is
//! emptied at each start.

use super::core::call::Call;
use super::core::problem::{Kind, Problem};
use super::core::transfer;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const FOLDER: &str = "uploads";

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A backup that is to be restored.
    Restore,
    /// An update of the box.
    Update,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Restore => "restore.backup",
            Self::Update => "update.raucb",
        }
    }
}

/// Takes in the file of an upload, whole, in place of the one before.
pub fn receive(call: &mut Call<'_>, purpose: Purpose) -> Result<PathBuf, Problem> {
    let most = transfer::find(call.request.method.as_str(), &call.request.path);
    let most = most.ok_or(Problem::new(Kind::Internal))?.max_body;
    let folder = call.shared.facts.state.join(FOLDER);
    DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(|e| Problem::of_disk(&e))?;
    let (path, new) = (folder.join(purpose.name()), folder.join(format!("{}.new", purpose.name())));
    let mut file = begin(&new).map_err(|error| match error {
        TryLockError::WouldBlock => Problem::about(Kind::Conflict, "such a file is being sent already"),
        TryLockError::Error(error) => Problem::of_disk(&error),
    })?;
    let received = call.receive(&mut file, most).and_then(|octets| match octets {
        0 => Err(Problem::about(Kind::BadRequest, "the file is empty")),
        _ => fs::rename(&new, &path).map_err(|error| Problem::of_disk(&error)),
    });
    if received.is_err() {
        // What came of it is of no use to anybody.
        let _ = fs::remove_file(&new);
    }
    received.map(|()| path)
}

/// A file that nobody else writes to.
fn begin(new: &Path) -> Result<File, TryLockError> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(new);
    let file = file.map_err(TryLockError::Error)?;
    file.try_lock()?;
    file.set_len(0).map_err(TryLockError::Error)?;
    Ok(file)
}

/// The file that was sent for this purpose.
pub fn path_of(state: &Path, purpose: Purpose) -> Result<PathBuf, Problem> {
    let path = state.join(FOLDER).join(purpose.name());
    if path.exists() { Ok(path) } else { Err(Problem::about(Kind::Conflict, "no file was sent")) }
}

/// It has served.
pub fn forget(state: &Path, purpose: Purpose) {
    let path = state.join(FOLDER).join(purpose.name());
    if let Err(error) = fs::remove_file(&path) {
        log::warn!("{}: {error}", path.display());
    }
}

/// Removes what an earlier run was sent.
pub fn clear(state: &Path) -> io::Result<()> {
    match fs::remove_dir_all(state.join(FOLDER)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
