//! `pabxd backup`: one file with everything that makes this box this box, while calls go on.

use super::archive::{self, Part};
use super::cipher::{BACKUP, Sealer};
use crate::state::{self, CERTIFICATE, DATABASE, KEY, open_store};
use anyhow::{Context, bail};
use pabx_store::{Act, Entry};
use std::fs::{File, TryLockError};
use std::io::{BufWriter, ErrorKind};
use std::path::Path;

/// Held while one is made.
const LOCK: &str = "backup.lock";
/// The copy of the database, until it is read.
const COPY: &str = "backup.new";

/// Writes a backup into a file. The database is copied at one moment; what is written meanwhile is not in it.
pub fn create(state: &Path, out: File, passphrase: &str, act: &Act) -> anyhow::Result<()> {
    let lock = File::create(state.join(LOCK)).with_context(|| state.display().to_string())?;
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => bail!("another backup is being made"),
        locked => locked?,
    }
    let mut store = open_store(state)?;
    store.record(act, Entry::new("backup.create", "box"))?;
    let copy = state.join(COPY);
    match std::fs::remove_file(&copy) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    store.copy_to(&copy).context("copying the database")?;
    let database = File::open(&copy)?;
    // Read through its descriptor from here on: nothing is left behind, whatever happens.
    std::fs::remove_file(&copy)?;
    let key = state::key_text(state)?;
    let mut parts = vec![
        Part { name: KEY, octets: u64::try_from(key.len())?, content: Box::new(std::io::Cursor::new(key)) },
        file_part(DATABASE, database)?,
    ];
    match File::open(state.join("tls").join(CERTIFICATE)) {
        Ok(file) => parts.push(file_part(CERTIFICATE, file)?),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).context("the certificate"),
    }
    let mut sealer = Sealer::new(BufWriter::new(out), &BACKUP, passphrase)?;
    archive::write(&mut sealer, parts, act.at)?;
    let out = sealer.finish()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    Ok(out.sync_all()?)
}

fn file_part(name: &'static str, file: File) -> anyhow::Result<Part> {
    Ok(Part { name, octets: file.metadata()?.len(), content: Box::new(file) })
}
