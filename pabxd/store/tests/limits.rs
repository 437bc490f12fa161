//! Limits hold for every door, also when two doors are used at once.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_store::{AccountChange, StoreError, WholeBox};

#[test]
fn an_account_has_no_more_extensions_than_it_may() {
    let mut bench = bench();
    let acme = bench.account("acme", 2);
    bench.extension(acme, "1001");
    bench.extension(acme, "1002");
    let third = bench.store.create_extension(acme, &new_extension("1003"), &act());
    assert!(matches!(third, Err(StoreError::Limit { limit: 2, .. })), "{third:?}");
    assert_eq!(bench.store.extensions(acme).unwrap().len(), 2);
}

#[test]
fn a_raised_limit_gives_room_and_a_lowered_one_takes_nothing_away() {
    let mut bench = bench();
    let acme = bench.account("acme", 1);
    bench.extension(acme, "1001");
    let set = |max_extensions, bench: &mut Bench| {
        let change = AccountChange { max_extensions: Some(max_extensions), ..AccountChange::default() };
        bench.store.update_account(WholeBox, acme.account_id(), &change, None, &act()).unwrap();
    };
    set(2, &mut bench);
    bench.extension(acme, "1002");
    set(0, &mut bench);
    assert_eq!(bench.store.extensions(acme).unwrap().len(), 2);
    assert!(bench.store.create_extension(acme, &new_extension("1003"), &act()).is_err());
    assert_eq!(bench.store.account(acme).unwrap().limits.max_extensions, 0);
}

#[test]
fn another_accounts_extensions_do_not_count() {
    let mut bench = bench();
    let (acme, bolt) = (bench.account("acme", 1), bench.account("bolt", 1));
    bench.extension(acme, "1001");
    bench.extension(bolt, "1001");
    assert!(bench.store.create_extension(bolt, &new_extension("1002"), &act()).is_err());
}

#[test]
fn a_number_is_given_once_and_is_free_again_after_deletion() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let first = bench.extension(acme, "1001");
    let again = bench.store.create_extension(acme, &new_extension("1001"), &act());
    assert!(matches!(again, Err(StoreError::Taken { .. })), "{again:?}");
    bench.store.delete_extension(acme, first.extension_id, None, &act()).unwrap();
    assert_ne!(bench.extension(acme, "1001").password, first.password);
}

#[test]
fn no_extension_is_made_in_an_account_that_is_gone() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    bench.store.delete_account(WholeBox, acme.account_id(), None, &act()).unwrap();
    assert!(not_found(bench.store.create_extension(acme, &new_extension("1001"), &act())));
}

#[test]
fn two_connections_at_once_do_not_pass_the_limit_together() {
    let mut bench = bench();
    let acme = bench.account("acme", 10);
    let folder = bench.folder.path().to_owned();
    let made: usize = std::thread::scope(|threads| {
        let workers: Vec<_> = (0..4)
            .map(|worker| {
                let folder = &folder;
                threads.spawn(move || {
                    let mut store = open(folder).unwrap();
                    let numbers = (0..10).map(|n| format!("{worker}{n:03}"));
                    numbers
                        .filter(|n| store.create_extension(acme, &new_extension(n), &act()).is_ok())
                        .count()
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    assert_eq!(made, 10);
    assert_eq!(bench.store.extensions(acme).unwrap().len(), 10);
}
