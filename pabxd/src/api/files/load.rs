//! Reads the folder of the web UI, within limits: it lies in memory from then on.

use super::accept::Coding;
use super::{File, Form};
use ring::digest::{SHA256, digest};
use std::collections::HashMap;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Files, with their compressed forms.
const MAX_FILES: usize = 1_000;
/// Octets of all of them.
const MAX_OCTETS: usize = 32 << 20;
/// Folders in folders.
const MAX_DEPTH: usize = 4;

/// Media types by the ending; what is none of these is not served as anything that a browser would run.
const MEDIA_TYPES: [(&str, &str); 13] = [
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("json", "application/json"),
    ("webmanifest", "application/manifest+json"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("ico", "image/x-icon"),
    ("webp", "image/webp"),
    ("woff2", "font/woff2"),
    ("txt", "text/plain; charset=utf-8"),
    ("wav", "audio/wav"),
    ("map", "application/json"),
];

/// Why the files cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum FilesProblem {
    /// The folder cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// What.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It holds more than a web UI does.
    #[error("more than {MAX_FILES} files, {MAX_OCTETS} octets or {MAX_DEPTH} folders in one another")]
    TooMuch,
}

/// Everything in a folder, by path.
pub(super) fn folder(folder: &Path) -> Result<HashMap<String, File>, FilesProblem> {
    let mut found = Found::default();
    found.take(folder, "", 0)?;
    Ok(found.into_files())
}

#[derive(Default)]
struct Found {
    octets: usize,
    forms: HashMap<String, Vec<u8>>,
}

impl Found {
    fn take(&mut self, folder: &Path, below: &str, depth: usize) -> Result<(), FilesProblem> {
        if depth > MAX_DEPTH {
            return Err(FilesProblem::TooMuch);
        }
        let unreadable = |error| FilesProblem::Unreadable { path: folder.to_owned(), error };
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            // A name that is no UTF-8 could not be asked for.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let (path, name) = (entry.path(), format!("{below}/{name}"));
            if entry.file_type().map_err(unreadable)?.is_dir() {
                self.take(&path, &name, depth + 1)?;
                continue;
            }
            let octets = fs::read(&path).map_err(|error| FilesProblem::Unreadable { path, error })?;
            self.octets = self.octets.saturating_add(octets.len());
            self.forms.insert(name, octets);
            if self.forms.len() > MAX_FILES || self.octets > MAX_OCTETS {
                return Err(FilesProblem::TooMuch);
            }
        }
        Ok(())
    }

    /// A compressed form without a plain one is a file of its own.
    fn into_files(mut self) -> HashMap<String, File> {
        let names: Vec<String> = self.forms.keys().cloned().collect();
        let plain = |name: &&String| Coding::ALL.iter().all(|coding| self.plain_of(name, *coding).is_none());
        let plain: Vec<String> = names.iter().filter(plain).cloned().collect();
        let mut files = HashMap::new();
        for name in plain {
            let packed = Coding::ALL.into_iter().filter_map(|coding| {
                let octets = self.forms.remove(&format!("{name}{}", coding.ending()))?;
                Some((coding, form(octets)))
            });
            let packed = packed.collect();
            let Some(octets) = self.forms.remove(&name) else { continue };
            files.insert(name.clone(), File { media_type: media_type(&name), plain: form(octets), packed });
        }
        files
    }

    fn plain_of(&self, name: &str, coding: Coding) -> Option<()> {
        let plain = name.strip_suffix(coding.ending())?;
        self.forms.contains_key(plain).then_some(())
    }
}

fn form(octets: Vec<u8>) -> Form {
    let mut etag = String::from("\"");
    for octet in digest(&SHA256, &octets).as_ref().iter().take(12) {
        let _ = write!(etag, "{octet:02x}");
    }
    etag.push('"');
    Form { octets, etag }
}

fn media_type(name: &str) -> &'static str {
    let ending = name.rsplit('.').next().unwrap_or("");
    let known = MEDIA_TYPES.iter().find(|(known, _)| *known == ending);
    known.map_or("application/octet-stream", |(_, media_type)| media_type)
}
