//! What lies inside a backup: a manifest as JSON after its length, then the files one after another.

use anyhow::{Context, bail};
use pabx_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

const FORMAT: u32 = 1;
const MAX_MANIFEST: u32 = 64 * 1024;

/// What a backup says of itself.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    format: u32,
    /// Of the program that made it.
    pub(super) version: String,
    /// When, in milliseconds since 1970.
    pub(super) made_at: u64,
    files: Vec<Entry>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    name: String,
    octets: u64,
}

/// A file that goes in.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) octets: u64,
    pub(super) content: Box<dyn Read>,
}

pub(super) fn write(out: &mut dyn Write, parts: Vec<Part>, now: Timestamp) -> anyhow::Result<()> {
    let files = parts.iter().map(|part| Entry { name: part.name.to_owned(), octets: part.octets }).collect();
    let manifest =
        Manifest { format: FORMAT, version: env!("CARGO_PKG_VERSION").into(), made_at: now.0, files };
    let text = serde_json::to_vec(&manifest)?;
    out.write_all(&u32::try_from(text.len())?.to_be_bytes())?;
    out.write_all(&text)?;
    for part in parts {
        let copied = std::io::copy(&mut part.content.take(part.octets), out)?;
        if copied != part.octets {
            bail!("{} became shorter while it was read", part.name);
        }
    }
    Ok(())
}

/// Writes the files of an archive into a folder: those that are asked for and no others.
pub(super) fn unpack(source: &mut dyn Read, known: &[&str], folder: &Path) -> anyhow::Result<Manifest> {
    let mut length = [0; 4];
    source.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > MAX_MANIFEST {
        bail!("its manifest is too long");
    }
    let mut text = Vec::new();
    source.take(length.into()).read_to_end(&mut text)?;
    let manifest: Manifest = serde_json::from_slice(&text).context("its manifest cannot be read")?;
    if manifest.format != FORMAT {
        bail!("it was made by a newer version ({})", manifest.version);
    }
    for entry in &manifest.files {
        if !known.contains(&entry.name.as_str()) {
            bail!("it holds a file that is not known here: {:?}", entry.name);
        }
        let path = folder.join(&entry.name);
        let mut file = new_file(&path)?;
        let copied = std::io::copy(&mut source.take(entry.octets), &mut file)?;
        if copied != entry.octets {
            bail!("it ends in the middle of {}", entry.name);
        }
        file.sync_all().with_context(|| path.display().to_string())?;
    }
    if source.read(&mut [0])? != 0 {
        bail!("something follows its last file");
    }
    Ok(manifest)
}

fn new_file(path: &Path) -> anyhow::Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 2] = ["one", "two"];

    fn packed(names: &[&'static str]) -> Vec<u8> {
        let part = |name: &&'static str| Part { name, octets: 3, content: Box::new(&b"abc"[..]) };
        let mut out = Vec::new();
        write(&mut out, names.iter().map(part).collect(), Timestamp(7)).unwrap();
        out
    }

    #[test]
    fn files_come_out_as_they_went_in() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = unpack(&mut packed(&["one", "two"]).as_slice(), &KNOWN, folder.path()).unwrap();
        assert_eq!(manifest.made_at, 7);
        assert_eq!(std::fs::read(folder.path().join("two")).unwrap(), b"abc");
    }

    #[test]
    fn names_that_lead_elsewhere_and_odd_ends_are_refused() {
        for name in ["../one", "/etc/passwd", "one/two", "three"] {
            let folder = tempfile::tempdir().unwrap();
            let name: &'static str = String::from(name).leak();
            assert!(unpack(&mut packed(&[name]).as_slice(), &KNOWN, folder.path()).is_err(), "{name}");
        }
        let whole = packed(&["one"]);
        for bad in
            [whole[..whole.len() - 1].to_vec(), [whole.as_slice(), b"x"].concat(), vec![255; 8], vec![]]
        {
            let folder = tempfile::tempdir().unwrap();
            assert!(unpack(&mut bad.as_slice(), &KNOWN, folder.path()).is_err());
        }
    }

    #[test]
    fn the_same_name_twice_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(unpack(&mut packed(&["one", "one"]).as_slice(), &KNOWN, folder.path()).is_err());
    }
}
