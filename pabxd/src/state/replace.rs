//! The state replaced as a whole: after a restore, and for another key.
//!
//! The new one is made in `replace.new`. Renaming that folder to `replace.ready` is the moment at which it counts; from then
//! on every opening of the state first finishes what is left to do, however often it is cut off. What was there before lies
//! in `before-replace` and can be put back the same way.

use anyhow::{Context, bail};
use pabx_store::Exclusive;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

const NEW: &str = "replace.new";
const READY: &str = "replace.ready";
const BEFORE: &str = "before-replace";
/// Inside the new state: what was there before is not kept.
const FORGET: &str = "forget";
/// Held while a new state is made beside a running daemon.
const LOCK: &str = "replace.lock";
/// The database's log; it goes with the database.
const LOG: &str = "pabx.db-wal";
/// What a state is made of: the name in the folders here, and where it lies in the state.
const PARTS: [(&str, &str); 4] = [
    (super::DATABASE, super::DATABASE),
    (LOG, LOG),
    (super::KEY, super::KEY),
    (CERTIFICATE, "tls/certificate.pem"),
];
/// The certificate of the box, with its key.
pub const CERTIFICATE: &str = "certificate.pem";

/// A new state that is being made. Dropped before it is put in place, it is gone.
#[derive(Debug)]
pub struct Staging<Held = Exclusive> {
    state: PathBuf,
    held: Held,
}

/// Held by who makes a new state beside a running daemon: one at a time.
#[derive(Debug)]
pub struct Beside(#[expect(dead_code, reason = "held, never read")] File);

impl Beside {
    fn take(state: &Path) -> anyhow::Result<Self> {
        let file = File::create(state.join(LOCK)).with_context(|| state.display().to_string())?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => bail!("the state is being replaced by somebody else"),
            locked => locked?,
        }
        if state.join(READY).exists() {
            bail!("a new state waits for the restart");
        }
        Ok(Self(file))
    }
}

impl Staging {
    /// Begins one. Nobody may have the state open, now and until it is done.
    pub fn begin(state: &Path) -> anyhow::Result<Self> {
        let held = Exclusive::take(&state.join(super::DATABASE))?;
        finish_with(state, &held)?;
        Self::make(state, held)
    }

    /// The lock, for opening the present state meanwhile.
    pub const fn alone(&self) -> &Exclusive {
        &self.held
    }

    /// Puts it in place. `forget`: what was there before is not kept.
    pub fn commit(self, forget: bool) -> anyhow::Result<()> {
        self.make_ready(forget)?;
        finish_with(&self.state, &self.held)
    }
}

impl Staging<Beside> {
    /// Begins one beside a daemon that has the state open.
    pub fn begin_beside(state: &Path) -> anyhow::Result<Self> {
        Self::make(state, Beside::take(state)?)
    }

    /// From now on it counts: the next opening of the state puts it in place.
    pub fn leave_ready(self) -> anyhow::Result<()> {
        self.make_ready(false)
    }
}

impl<Held> Staging<Held> {
    fn make(state: &Path, held: Held) -> anyhow::Result<Self> {
        let staging = Self { state: state.to_owned(), held };
        staging.clear()?;
        let folder = staging.folder();
        DirBuilder::new().mode(0o700).create(&folder).with_context(|| folder.display().to_string())?;
        Ok(staging)
    }

    /// Where its parts go.
    pub fn folder(&self) -> PathBuf {
        self.state.join(NEW)
    }

    fn make_ready(&self, forget: bool) -> anyhow::Result<()> {
        let folder = self.folder();
        if forget {
            File::create(folder.join(FORGET)).and_then(|file| file.sync_all())?;
        }
        sync(&folder)?;
        remove(&self.state.join(BEFORE))?;
        fs::rename(&folder, self.state.join(READY)).context("the new state could not be put in place")?;
        sync(&self.state)
    }

    fn clear(&self) -> anyhow::Result<()> {
        remove(&self.folder())
    }
}

impl<Held> Drop for Staging<Held> {
    fn drop(&mut self) {
        if let Err(error) = self.clear() {
            log::warn!("a new state that was not finished is left: {error:#}");
        }
    }
}

/// Puts back what was there before the last replacement; what is there now can be put back in turn.
pub fn undo(state: &Path) -> anyhow::Result<()> {
    let alone = Exclusive::take(&state.join(super::DATABASE))?;
    finish_with(state, &alone)?;
    make_ready_again(state)?;
    finish_with(state, &alone)
}

/// The same beside a daemon that has the state open: it is done at the next opening.
pub fn undo_beside(state: &Path) -> anyhow::Result<()> {
    let _beside = Beside::take(state)?;
    make_ready_again(state)
}

fn make_ready_again(state: &Path) -> anyhow::Result<()> {
    match fs::rename(state.join(BEFORE), state.join(READY)) {
        Err(error) if error.kind() == ErrorKind::NotFound => bail!("there is nothing to go back to"),
        renamed => renamed?,
    }
    sync(state)
}

/// Finishes a replacement that was cut off; before every opening of the state.
pub fn finish(state: &Path) -> anyhow::Result<()> {
    if state.join(READY).exists() {
        finish_with(state, &Exclusive::take(&state.join(super::DATABASE))?)?;
        log::warn!("the state was replaced: that was cut off, and is done now");
    }
    Ok(())
}

fn finish_with(state: &Path, _alone: &Exclusive) -> anyhow::Result<()> {
    let (ready, before) = (state.join(READY), state.join(BEFORE));
    if !ready.exists() {
        return Ok(());
    }
    make(&before)?;
    make(&state.join("tls"))?;
    if ready.join(super::DATABASE).exists() {
        // The present database is still here, or was just moved: its log belongs to it, not to the next one.
        move_to(&state.join(LOG), &before.join(LOG))?;
        remove(&state.join("pabx.db-shm"))?;
    }
    for (name, place) in PARTS {
        let (new, present, kept) = (ready.join(name), state.join(place), before.join(name));
        if new.exists() {
            if !kept.exists() {
                move_to(&present, &kept)?;
            }
            sync(&before)?;
            move_to(&new, &present)?;
            sync(present.parent().unwrap_or(state))?;
        }
    }
    if ready.join(FORGET).exists() {
        remove(&before)?;
    }
    sync(state)?;
    remove(&ready)?;
    sync(state)
}

/// Nothing is there to be moved: that is done already.
fn move_to(from: &Path, to: &Path) -> anyhow::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} → {}", from.display(), to.display()))
        }
        _ => Ok(()),
    }
}

fn make(folder: &Path) -> anyhow::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).with_context(|| folder.display().to_string())
}

/// A file or a folder with everything in it, where it is there.
fn remove(path: &Path) -> anyhow::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| path.display().to_string())
        }
        _ => Ok(()),
    }
}

fn sync(folder: &Path) -> anyhow::Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).with_context(|| folder.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A state whose files say which one they are of; `log`: with the log of a database that was cut off.
    fn state(folder: &Path, word: &str, log: bool) {
        fs::create_dir_all(folder.join("tls")).unwrap();
        for (name, place) in PARTS {
            if name != LOG || log {
                fs::write(folder.join(place), word).unwrap();
            }
        }
    }

    fn stage(state: &Path, word: &str) -> Staging {
        let staging = Staging::begin(state).unwrap();
        for (name, _) in PARTS {
            if name != LOG {
                fs::write(staging.folder().join(name), word).unwrap();
            }
        }
        staging
    }

    /// What lies where the state's parts lie, the log apart.
    fn words(state: &Path) -> (Vec<String>, bool) {
        let read = |place: &str| fs::read_to_string(state.join(place)).unwrap();
        let places = PARTS.iter().filter(|(name, _)| *name != LOG).map(|(_, place)| read(place));
        (places.collect(), state.join(LOG).exists())
    }

    fn all(word: &str, log: bool) -> (Vec<String>, bool) {
        (vec![word.to_owned(); 3], log)
    }

    #[test]
    fn a_state_takes_the_place_of_another_and_goes_back_with_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        state(at, "old", true);
        stage(at, "new").commit(false).unwrap();
        assert_eq!(words(at), all("new", false));
        fs::write(at.join(LOG), "of the new one").unwrap();
        undo(at).unwrap();
        assert_eq!(words(at), all("old", true));
        undo(at).unwrap();
        assert_eq!(words(at), all("new", true));
        assert_eq!(fs::read_to_string(at.join(LOG)).unwrap(), "of the new one");
    }

    #[test]
    fn what_is_not_committed_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        state(folder.path(), "old", true);
        drop(stage(folder.path(), "new"));
        assert_eq!(words(folder.path()), all("old", true));
        assert!(!folder.path().join(NEW).exists());
        assert!(undo(folder.path()).is_err());
    }

    #[test]
    fn nothing_is_kept_of_what_is_to_be_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        state(folder.path(), "old", true);
        stage(folder.path(), "new").commit(true).unwrap();
        assert_eq!(words(folder.path()), all("new", false));
        assert!(!folder.path().join(BEFORE).exists() && undo(folder.path()).is_err());
    }

    /// As after a power cut: the steps are renames, so each prefix of them is a state of the disk.
    #[test]
    fn it_is_finished_from_wherever_it_was_cut_off() {
        let renames = [
            (LOG, "before-replace/pabx.db-wal"),
            ("pabx.db", "before-replace/pabx.db"),
            ("replace.ready/pabx.db", "pabx.db"),
            ("sealing.key", "before-replace/sealing.key"),
            ("replace.ready/sealing.key", "sealing.key"),
            ("tls/certificate.pem", "before-replace/certificate.pem"),
            ("replace.ready/certificate.pem", "tls/certificate.pem"),
        ];
        for done in 0..=renames.len() {
            let folder = tempfile::tempdir().unwrap();
            let at = folder.path();
            state(at, "old", true);
            let staging = stage(at, "new");
            fs::rename(staging.folder(), at.join(READY)).unwrap();
            drop(staging);
            fs::create_dir(at.join(BEFORE)).unwrap();
            for (from, to) in renames.iter().take(done) {
                fs::rename(at.join(from), at.join(to)).unwrap();
            }
            finish(at).unwrap();
            assert_eq!(words(at), all("new", false), "after {done} steps");
            assert!(!at.join(READY).exists());
            undo(at).unwrap();
            assert_eq!(words(at), all("old", true), "after {done} steps");
        }
    }
}
