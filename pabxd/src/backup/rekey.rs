//! `pabxd rekey`: another sealing key. The database is sealed anew beside the old one, and takes its place with its key.

use crate::clock;
use crate::state::replace::Staging;
use crate::state::{self, DATABASE, KEY};
use anyhow::{Context, bail};
use pabx_store::{Act, Entry, SealingKey, Store, WholeBox};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The database while it is sealed anew: pages of it still hold values under the old key.
const WORK: &str = "work.db";

/// Seals everything with a new key, and forgets the old one. Nobody may have the state open.
pub fn rekey(state: &Path) -> anyhow::Result<()> {
    if state::key_of_credential()?.is_some() {
        bail!(
            "the key comes from systemd (credential pabxd-key): it is changed there, with a backup and a restore"
        );
    }
    if !state.join(DATABASE).exists() {
        bail!("there is no database in {}", state.display());
    }
    let staging = Staging::begin(state)?;
    let (folder, random) = (staging.folder(), || Box::new(ring::rand::SystemRandom::new()));
    let (work, key) = (folder.join(WORK), folder.join(KEY));
    let old = || state::read_key(state);
    Store::open_alone(&state.join(DATABASE), old()?, random(), staging.alone())?.copy_to(&work)?;
    let mut new_key =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&key).context("the new key")?;
    SealingKey::write_new(&mut ring::rand::SystemRandom::new(), &mut new_key)?;
    new_key.sync_all()?;
    let mut store = Store::open(&work, old()?, random())?;
    store.reseal(WholeBox, SealingKey::read_from(&mut File::open(&key)?)?)?;
    store.record(&Act::daemon(clock::utc()), Entry::new("box.rekey", "box"))?;
    // A compact copy: nothing under the old key is left in it.
    store.copy_to(&folder.join(DATABASE))?;
    drop(store);
    staging.commit(true)
}
