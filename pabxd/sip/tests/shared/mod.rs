//! Where the samples made by others lie. They are no part of the tree.

#![allow(dead_code, reason = "each test binary uses its part")]

use std::path::{Path, PathBuf};

/// The folder of the samples, or `None` after a line that says so.
pub(crate) fn test_data(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("PABX_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/test-data"),
        PathBuf::from,
    );
    let path = root.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: no {folder} in {}, set PABX_TEST_DATA", root.display());
    None
}

/// The files of a folder with their contents, by name.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    found.sort();
    found
}
