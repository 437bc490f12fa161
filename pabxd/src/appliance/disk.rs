//! Storage of the box: how full it is, and the mark that has all data wiped at the next start.

use super::file;
use nix::sys::statvfs::statvfs;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Whoever boots the box and finds it wipes the data before anything is mounted.
pub const RESET_MARK: &str = ".factory-reset";

/// How full a file system is, in octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Its size.
    pub total: u64,
    /// What an unprivileged process can still write.
    pub free: u64,
}

impl Usage {
    /// Whole per cent that are used, rounded up.
    pub fn percent(self) -> u8 {
        let used = u128::from(self.total.saturating_sub(self.free));
        let percent = (used * 100).div_ceil(u128::from(self.total.max(1)));
        u8::try_from(percent.min(100)).unwrap_or(100)
    }
}

/// Why storage did not do it.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {error}")]
pub struct DiskError {
    /// Where.
    pub path: PathBuf,
    /// Why.
    pub error: std::io::Error,
}

/// Storage of the box.
pub trait Disk: Send + Sync {
    /// Of the data partition.
    fn usage(&self) -> Result<Usage, DiskError>;
    /// Has all data wiped at the next start. It is safe on disk when this returns.
    fn mark_for_reset(&self) -> Result<(), DiskError>;
}

/// The data partition, mounted here.
#[derive(Clone, Debug)]
pub struct Data {
    folder: PathBuf,
}

impl Data {
    /// Mounted at this folder (`/data`).
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }
}

impl Disk for Data {
    fn usage(&self) -> Result<Usage, DiskError> {
        let found = statvfs(&self.folder)
            .map_err(|error| DiskError { path: self.folder.clone(), error: error.into() })?;
        // On 32-bit machines the kernel's types are narrower than u64.
        let octets = |blocks: nix::libc::fsblkcnt_t| blocks.saturating_mul(found.fragment_size());
        Ok(Usage { total: octets(found.blocks()), free: octets(found.blocks_available()) })
    }

    fn mark_for_reset(&self) -> Result<(), DiskError> {
        let path = self.folder.join(RESET_MARK);
        file::put(&path, b"", 0o644).map_err(|error| DiskError { path, error })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_a_file_in_the_data_folder() {
        let folder = tempfile::tempdir().unwrap();
        let data = Data::new(folder.path().to_owned());
        data.mark_for_reset().unwrap();
        data.mark_for_reset().unwrap();
        assert!(folder.path().join(".factory-reset").is_file());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        let usage = data.usage().unwrap();
        assert!(usage.free <= usage.total && usage.total > 0, "{usage:?}");
        assert!(Data::new("/no/such/folder".into()).mark_for_reset().is_err());
    }

    #[test]
    fn a_disk_is_full_at_a_hundred_per_cent_and_not_before() {
        assert_eq!(Usage { total: 1000, free: 1 }.percent(), 100);
        assert_eq!(Usage { total: 1000, free: 500 }.percent(), 50);
        assert_eq!(Usage { total: 1000, free: 1000 }.percent(), 0);
        assert_eq!(Usage { total: 0, free: 0 }.percent(), 0);
    }
}
