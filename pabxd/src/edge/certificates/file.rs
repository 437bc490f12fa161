//! Where the certificate lies: one file with the key, for the daemon's own user alone.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Key and chain.
const FILE: &str = "certificate.pem";
/// The file while it is written.
const UNFINISHED: &str = "certificate.pem.new";
/// One that could not be used.
const BAD: &str = "certificate.pem.bad";
/// Octets that are read: more than what is ever written.
const MAX_FILE: u64 = 192 * 1024;

pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// The file's text; `None` where there is none.
pub(super) fn read(folder: &Path) -> io::Result<Option<String>> {
    let file = match File::open(folder.join(FILE)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut octets = Vec::new();
    file.take(MAX_FILE).read_to_end(&mut octets)?;
    Ok(Some(String::from_utf8_lossy(&octets).into_owned()))
}

/// Written beside, synced and renamed in: there is one whole pair, also after a power cut.
pub(super) fn write(folder: &Path, text: &str) -> io::Result<()> {
    let unfinished = folder.join(UNFINISHED);
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&unfinished, folder.join(FILE))?;
    File::open(folder)?.sync_all()
}

pub(super) fn put_aside(folder: &Path) -> io::Result<()> {
    std::fs::rename(folder.join(FILE), folder.join(BAD))
}
