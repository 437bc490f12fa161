//! State on disk: opened before the first packet, written by one thread while the box runs.
//!
//! - `key_file`: the sealing key, made at the first start, kept outside the database;
//! - `directory`: the configuration compiled into the snapshot that the engine reads;
//! - `demo`: the account for trying out;
//! - [`replace`]: the state replaced as a whole;
//! - `writer`: the thread that writes what the engine asks for, many writes in one transaction.

mod demo;
mod directory;
mod key_file;
pub mod replace;
mod writer;

pub use demo::{DemoAccount, DemoPhone, ensure_demo};
pub use directory::compile;
pub use key_file::{FILE as KEY, key_of_credential, read_key};
pub use replace::CERTIFICATE;
pub use writer::{Answers, StateWriter};

use anyhow::Context;
use pabx_call::{Used, UsedBefore};
use pabx_model::{Directory, SavedBinding, Timestamp};
use pabx_store::{AccountScope, SealingKey, Store, WholeBox};
use std::path::Path;
use zeroize::Zeroizing;

/// The database inside the state directory.
pub const DATABASE: &str = "pabx.db";

/// The state as it is when the daemon starts to serve.
#[derive(Debug)]
pub struct OpenState {
    /// The database; goes to the [`StateWriter`].
    pub store: Store,
    /// The configuration.
    pub directory: Directory,
    /// Registrations that have not run out.
    pub bindings: Vec<SavedBinding>,
    /// What was used up today.
    pub used: Vec<UsedBefore>,
}

impl OpenState {
    /// Opens the state, closes the calls that a power cut left open, and reads what the engine starts with.
    pub fn open(folder: &Path, realm: &str, now: Timestamp) -> anyhow::Result<Self> {
        let mut store = open_store(folder)?;
        match store.close_interrupted_calls(WholeBox, now).context("closing interrupted calls")? {
            0 => {}
            calls => log::warn!("{calls} calls were cut off when the box stopped last time"),
        }
        store.purge_bindings(WholeBox, now).context("forgetting old registrations")?;
        let bindings = store.bindings(WholeBox, now).context("reading registrations")?;
        let directory = compile(&mut store, realm)?;
        log::info!(
            "{} accounts, {} extensions, {} registrations kept",
            directory.accounts().len(),
            directory.extensions().len(),
            bindings.len()
        );
        let used = used_today(&store, &directory, now).context("reading what was used up today")?;
        Ok(Self { store, directory, bindings, used })
    }
}

/// What calls out have used up of the day that it is in each account's zone.
fn used_today(store: &Store, directory: &Directory, now: Timestamp) -> anyhow::Result<Vec<UsedBefore>> {
    let mut all = Vec::new();
    for account in directory.accounts() {
        let account_id = account.account_id;
        let Some(routing) = directory.routing(account_id) else { continue };
        let since = routing.dialling.zone.day_start(now);
        let rows = store.used_since(AccountScope::of(account_id), since)?;
        all.extend(rows.into_iter().map(|row| UsedBefore {
            account_id,
            extension_id: row.extension_id,
            used: Used { ms: row.ms, money: row.money },
        }));
    }
    Ok(all)
}

/// Opens the database with its key; makes folder, key and database at the first start.
pub fn open_store(folder: &Path) -> anyhow::Result<Store> {
    open_store_with(folder, key_file::credentials().as_deref())
}

/// The sealing key as text, for a backup.
pub fn key_text(folder: &Path) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    key_file::text(folder)
}

fn open_store_with(folder: &Path, credentials: Option<&Path>) -> anyhow::Result<Store> {
    replace::finish(folder)?;
    let database = folder.join(DATABASE);
    let key = key_file::load_or_make(folder, credentials, holds_data(&database)?)?;
    open_database(&database, key)
}

fn open_database(database: &Path, key: SealingKey) -> anyhow::Result<Store> {
    let random = Box::new(ring::rand::SystemRandom::new());
    Store::open(database, key, random).with_context(|| format!("database {}", database.display()))
}

/// Whether there is a database already, so that a missing key is a lost one.
fn holds_data(database: &Path) -> anyhow::Result<bool> {
    match std::fs::metadata(database) {
        Ok(found) => Ok(found.len() > 0),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| format!("database {}", database.display())),
    }
}

#[cfg(test)]
mod tests;
