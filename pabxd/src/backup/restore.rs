//! `pabxd restore`: a backup is unpacked beside the state and looked at; only one that is whole takes its place.

use super::archive;
use super::cipher::{BACKUP, Opener};
use crate::clock;
use crate::state::replace::{self, Beside, Staging};
use crate::state::{self, CERTIFICATE, DATABASE, KEY};
use anyhow::{Context, bail};
use pabx_model::Timestamp;
use pabx_store::{Act, Entry, SealingKey, Store, Verified, WholeBox};
use std::fs::{DirBuilder, File};
use std::io::BufReader;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    /// When the backup was made.
    pub made_at: Timestamp,
    /// The program that made it.
    pub version: String,
    /// Accounts in it.
    pub accounts: usize,
}

/// Puts a backup in the place of the state, which nobody may have open. What was there can be put back: [`undo`].
pub fn restore(state: &Path, source: File, passphrase: &str) -> anyhow::Result<Restored> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(state)
        .with_context(|| state.display().to_string())?;
    let staging = Staging::begin(state)?;
    let restored = unpack(&staging.folder(), source, passphrase)?;
    staging.commit(false)?;
    Ok(restored)
}

/// The same beside a daemon that has the state open: the backup takes its place when the daemon starts again.
pub fn restore_beside(state: &Path, source: File, passphrase: &str) -> anyhow::Result<Restored> {
    let staging: Staging<Beside> = Staging::begin_beside(state)?;
    let restored = unpack(&staging.folder(), source, passphrase)?;
    staging.leave_ready()?;
    Ok(restored)
}

fn unpack(folder: &Path, source: File, passphrase: &str) -> anyhow::Result<Restored> {
    let mut opener = Opener::new(BufReader::new(source), &BACKUP, passphrase)?;
    let manifest = archive::unpack(&mut opener, &[KEY, DATABASE, CERTIFICATE], folder)?;
    let accounts = look_at(folder).context("the backup opens, but is not whole")?;
    Ok(Restored { made_at: Timestamp(manifest.made_at), version: manifest.version, accounts })
}

/// Puts back what was there before the last restore.
pub fn undo(state: &Path) -> anyhow::Result<()> {
    replace::undo(state)
}

/// The same beside a daemon that has the state open: it is done when the daemon starts again.
pub fn undo_beside(state: &Path) -> anyhow::Result<()> {
    replace::undo_beside(state)
}

/// Every page, every reference, the key, the audit. Nobody stays signed in.
fn look_at(folder: &Path) -> anyhow::Result<usize> {
    let key = SealingKey::read_from(&mut File::open(folder.join(KEY)).context("its key")?)?;
    let database = folder.join(DATABASE);
    if !database.exists() {
        bail!("it holds no database");
    }
    let mut store = Store::open(&database, key, Box::new(ring::rand::SystemRandom::new()))?;
    if let Some(complaint) = store.integrity()? {
        bail!("the database is damaged: {complaint}");
    }
    if let Verified::Broken { at, why } = store.verify_audit(WholeBox)? {
        bail!("its audit is broken at entry {at}: {why}");
    }
    let accounts = store.compile(WholeBox).context("its passwords")?.accounts.len();
    store.end_all_sessions(WholeBox)?;
    store.record(&Act::daemon(clock::utc()), Entry::new("backup.restore", "box"))?;
    if let Some(ours) = state::key_of_credential()? {
        // This box keeps its key elsewhere, and will not read one from a file.
        store.reseal(WholeBox, ours)?;
        std::fs::remove_file(folder.join(KEY))?;
    }
    store.checkpoint()?;
    drop(store);
    File::open(&database)?.sync_all()?;
    Ok(accounts)
}
