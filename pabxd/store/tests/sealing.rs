//! Sealed values in the file: nothing in the clear, nothing that works in another place.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_store::{StoreError, WholeBox};

#[test]
fn no_password_is_in_the_files_in_the_clear() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let password = bench.extension(acme, "1001").password;
    let trunk = new_trunk("Line", "user-of-the-line", "tr0mbone-and-tuba");
    bench.store.create_trunk(acme, &trunk, &act()).unwrap();
    bench.store.checkpoint().unwrap();
    let octets = std::fs::read(bench.path()).unwrap();
    let holds = |text: &str| octets.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("user-of-the-line"), "the search itself works");
    assert!(!holds(password.expose()) && !holds("tr0mbone-and-tuba"));
}

#[test]
fn compile_gives_the_password_that_was_shown_at_creation() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let made = bench.extension(acme, "1001");
    let compiled = bench.store.compile(WholeBox).unwrap();
    assert_eq!(compiled.extensions[0].password, made.password);
    let fresh = bench.store.reset_extension_password(acme, made.extension_id, &act()).unwrap();
    assert_ne!(fresh, made.password);
    assert_eq!(bench.store.compile(WholeBox).unwrap().extensions[0].password, fresh);
}

#[test]
fn a_sealed_password_copied_to_another_row_is_noticed() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let mine = bench.extension(acme, "1001").extension_id;
    let boss = bench.extension(acme, "1002").extension_id;
    let outside = rusqlite::Connection::open(bench.path()).unwrap();
    let copied = outside
        .execute(
            "UPDATE extensions SET password = (SELECT password FROM extensions WHERE extension_id = ?1) WHERE extension_id = ?2",
            [mine.to_string(), boss.to_string()],
        )
        .unwrap();
    assert_eq!(copied, 1);
    let error = bench.store.compile(WholeBox).unwrap_err();
    assert!(matches!(&error, StoreError::Altered { row, .. } if *row == boss.to_string()), "{error}");
}

#[test]
fn a_flipped_bit_in_the_file_is_noticed() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    bench.extension(acme, "1001");
    let outside = rusqlite::Connection::open(bench.path()).unwrap();
    let mut sealed: Vec<u8> =
        outside.query_row("SELECT password FROM extensions", [], |row| row.get(0)).unwrap();
    sealed[20] ^= 0x10;
    outside.execute("UPDATE extensions SET password = ?1", [sealed]).unwrap();
    assert!(matches!(bench.store.compile(WholeBox), Err(StoreError::Altered { .. })));
}
