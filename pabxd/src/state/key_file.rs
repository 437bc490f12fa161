//! The sealing key, outside the database: a systemd credential where there is one, else a file that only the daemon
//! may read, made at the first start.

use anyhow::{Context, bail};
use pabx_store::SealingKey;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Name of the credential: `LoadCredentialEncrypted=pabxd-key:…` (systemd.exec(5)).
const CREDENTIAL: &str = "pabxd-key";
/// Name of the file in the state directory: 64 hexadecimal digits.
pub const FILE: &str = "sealing.key";
/// The file while it is made.
const UNFINISHED: &str = "sealing.key.new";

/// Where systemd puts credentials of this service.
pub(super) fn credentials() -> Option<PathBuf> {
    std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from)
}

fn credential(credentials: Option<&Path>) -> Option<PathBuf> {
    credentials.map(|folder| folder.join(CREDENTIAL)).filter(|file| file.exists())
}

/// The key of this box where it comes from systemd.
pub fn key_of_credential() -> anyhow::Result<Option<SealingKey>> {
    credential(credentials().as_deref()).map(|file| read(&file, |_| Ok(()))).transpose()
}

/// The key of this box that lies in a file, which is there.
pub fn read_key(folder: &Path) -> anyhow::Result<SealingKey> {
    let file = folder.join(FILE);
    read(&file, |found| check_private(&file, found))
}

/// The key as text, from wherever it comes.
pub(super) fn text(folder: &Path) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    let file = credential(credentials().as_deref()).unwrap_or_else(|| folder.join(FILE));
    let mut text = Zeroizing::new(Vec::with_capacity(128));
    let context = || format!("sealing key {}", file.display());
    File::open(&file).with_context(context)?.take(128).read_to_end(&mut text).with_context(context)?;
    Ok(text)
}

/// The key of this box. A new one is made only where there is no data yet that another key would be needed for.
pub(super) fn load_or_make(
    folder: &Path,
    credentials: Option<&Path>,
    data_exists: bool,
) -> anyhow::Result<SealingKey> {
    if let Some(credential) = credential(credentials) {
        // systemd made it, for this service alone: who may read it is its matter.
        return read(&credential, |_| Ok(()));
    }
    make_folder(folder)?;
    // Held until the key is there: of two daemons started at once, one makes it and the other reads it.
    let lock = File::open(folder).and_then(|folder| folder.lock().map(|()| folder));
    let lock = lock.with_context(|| format!("state directory {}", folder.display()))?;
    let file = folder.join(FILE);
    match file.symlink_metadata() {
        Ok(_) => read(&file, |found| check_private(&file, found)),
        Err(error) if error.kind() == ErrorKind::NotFound && data_exists => bail!(
            "the sealing key {} is gone, but there is a database that it belongs to: put the key back, or restore a \
             backup with its key; without it the phones' passwords cannot be read",
            file.display()
        ),
        Err(error) if error.kind() == ErrorKind::NotFound => make(folder, &lock),
        Err(error) => Err(error).with_context(|| format!("sealing key {}", file.display())),
    }
}

fn make_folder(folder: &Path) -> anyhow::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("state directory {}", folder.display()))
}

fn read(
    path: &Path,
    check: impl FnOnce(&std::fs::Metadata) -> anyhow::Result<()>,
) -> anyhow::Result<SealingKey> {
    let context = || format!("sealing key {}", path.display());
    let mut file = OpenOptions::new()
        .read(true)
        .custom_flags(nix::fcntl::OFlag::O_NOFOLLOW.bits())
        .open(path)
        .with_context(context)?;
    check(&file.metadata().with_context(context)?)?;
    SealingKey::read_from(&mut file).with_context(context)
}

/// Refuses a key that others could have read or put there.
fn check_private(path: &Path, found: &std::fs::Metadata) -> anyhow::Result<()> {
    let mode = found.permissions().mode() & 0o777;
    if !found.is_file() {
        bail!("sealing key {}: not a plain file", path.display());
    }
    if mode & 0o077 != 0 {
        bail!(
            "sealing key {} may be read or changed by others (mode {mode:03o}): find out who could, then `chmod 600` it",
            path.display()
        );
    }
    let us = nix::unistd::geteuid();
    if found.uid() != us.as_raw() && !us.is_root() {
        bail!("sealing key {} belongs to user {}, the daemon runs as {us}", path.display(), found.uid());
    }
    Ok(())
}

/// Written beside, synced and renamed in: there is a whole key or none, also after a power cut.
fn make(folder: &Path, locked_folder: &File) -> anyhow::Result<SealingKey> {
    let (unfinished, file) = (folder.join(UNFINISHED), folder.join(FILE));
    let context = || format!("making the sealing key {}", file.display());
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).with_context(context),
        _ => {}
    }
    let mut new = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)
        .with_context(context)?;
    // The mode of open(2) is cut by the umask, never widened; said again so that an odd umask leaves it readable to us.
    new.set_permissions(Permissions::from_mode(0o600)).with_context(context)?;
    SealingKey::write_new(&mut ring::rand::SystemRandom::new(), &mut new).with_context(context)?;
    new.sync_all().with_context(context)?;
    std::fs::rename(&unfinished, &file).with_context(context)?;
    locked_folder.sync_all().with_context(context)?;
    log::info!("made the sealing key {}: keep a copy with your backups", file.display());
    read(&file, |found| check_private(&file, found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("state");
        (temporary, folder)
    }

    fn text(folder: &Path) -> String {
        std::fs::read_to_string(folder.join(FILE)).unwrap()
    }

    #[test]
    fn the_first_start_makes_a_private_key_and_the_second_keeps_it() {
        let (_temporary, folder) = folder();
        load_or_make(&folder, None, false).unwrap();
        let first = text(&folder);
        assert_eq!(first.trim().len(), 64);
        assert_eq!(std::fs::metadata(folder.join(FILE)).unwrap().mode() & 0o777, 0o600);
        assert_eq!(std::fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
        load_or_make(&folder, None, true).unwrap();
        assert_eq!(text(&folder), first);
        assert!(!folder.join(UNFINISHED).exists());
    }

    #[test]
    fn a_power_cut_while_the_key_was_made_does_no_harm() {
        let (_temporary, folder) = folder();
        make_folder(&folder).unwrap();
        std::fs::write(folder.join(UNFINISHED), "0123").unwrap();
        load_or_make(&folder, None, false).unwrap();
        assert_eq!(text(&folder).trim().len(), 64);
    }

    #[test]
    fn a_lost_key_is_not_replaced_by_a_new_one() {
        let (_temporary, folder) = folder();
        let error = load_or_make(&folder, None, true).unwrap_err();
        assert!(error.to_string().contains("is gone"), "{error:#}");
        assert!(!folder.join(FILE).exists());
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let (_temporary, folder) = folder();
        load_or_make(&folder, None, false).unwrap();
        for mode in [0o644, 0o640, 0o620, 0o601] {
            std::fs::set_permissions(folder.join(FILE), Permissions::from_mode(mode)).unwrap();
            let error = load_or_make(&folder, None, true).unwrap_err();
            assert!(error.to_string().contains(&format!("mode {mode:03o}")), "{error:#}");
        }
    }

    #[test]
    fn a_symbolic_link_is_refused() {
        let (_temporary, folder) = folder();
        load_or_make(&folder, None, false).unwrap();
        std::fs::rename(folder.join(FILE), folder.join("elsewhere")).unwrap();
        std::os::unix::fs::symlink("elsewhere", folder.join(FILE)).unwrap();
        assert!(load_or_make(&folder, None, true).is_err());
    }

    #[test]
    fn half_a_key_or_none_is_refused() {
        let (_temporary, folder) = folder();
        load_or_make(&folder, None, false).unwrap();
        for bad in ["", "00", &"0".repeat(63), &"0".repeat(66), &"g".repeat(64)] {
            std::fs::write(folder.join(FILE), bad).unwrap();
            let error = load_or_make(&folder, None, true).unwrap_err();
            assert!(format!("{error:#}").contains("64 hexadecimal digits"), "{error:#}");
        }
    }

    #[test]
    fn a_credential_of_systemd_comes_first() {
        let (temporary, folder) = folder();
        std::fs::write(temporary.path().join(CREDENTIAL), "ab".repeat(32)).unwrap();
        load_or_make(&folder, Some(temporary.path()), true).unwrap();
        assert!(!folder.exists(), "no file is made beside it");
    }

    #[test]
    fn without_the_credential_the_file_is_used() {
        let (temporary, folder) = folder();
        load_or_make(&folder, Some(temporary.path()), false).unwrap();
        assert!(folder.join(FILE).exists());
    }
}
