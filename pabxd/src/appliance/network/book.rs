//! What of the network's configuration survives a power cut: two files in the state directory.
//!
//! `network.json` is what is kept; `network.pending.json` is there while a change waits for its confirmation.

use super::{NetworkConfig, NetworkError};
use crate::appliance::file;
use std::path::{Path, PathBuf};

/// Readable by the daemon only, as everything in its state directory.
const MODE: u32 = 0o600;

/// The two files.
#[derive(Clone, Debug)]
pub struct Book {
    kept: PathBuf,
    pending: PathBuf,
}

impl Book {
    /// In this folder.
    pub fn new(folder: &Path) -> Self {
        Self { kept: folder.join("network.json"), pending: folder.join("network.pending.json") }
    }

    /// What is kept; the image's default where nothing is, or nothing that can be read.
    pub fn kept(&self) -> NetworkConfig {
        read(&self.kept).unwrap_or_default()
    }

    /// What was on trial. A file that cannot be read still says that something was.
    pub fn noted(&self) -> Option<NetworkConfig> {
        self.pending.exists().then(|| read(&self.pending).unwrap_or_default())
    }

    pub(super) fn note(&self, config: &NetworkConfig) -> Result<(), NetworkError> {
        write(&self.pending, config)
    }

    pub(super) fn keep(&self, config: &NetworkConfig) -> Result<(), NetworkError> {
        write(&self.kept, config)
    }

    pub(super) fn forget(&self) -> Result<(), NetworkError> {
        let gone =
            file::remove(&self.pending).and_then(|()| self.pending.parent().map_or(Ok(()), file::sync));
        gone.map_err(|error| NetworkError::File { path: self.pending.clone(), error })
    }
}

fn read(path: &Path) -> Option<NetworkConfig> {
    let content = file::get(path).inspect_err(|error| log::error!("{}: {error}", path.display())).ok()??;
    let config: NetworkConfig = serde_json::from_slice(&content)
        .inspect_err(|error| log::error!("{}: {error}", path.display()))
        .ok()?;
    config.check().inspect_err(|error| log::error!("{}: {error}", path.display())).ok()?;
    Some(config)
}

fn write(path: &Path, config: &NetworkConfig) -> Result<(), NetworkError> {
    let failed = |error| NetworkError::File { path: path.to_owned(), error };
    let text = serde_json::to_vec_pretty(config).map_err(|error| failed(error.into()))?;
    file::put(path, &text, MODE).map_err(failed)
}
