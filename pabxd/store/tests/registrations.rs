//! Registrations through a restart.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_model::{SavedTransport, StoreWrite};
use pabx_store::WholeBox;

#[test]
fn a_binding_comes_back_as_it_was_saved() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let phone = bench.extension(acme, "1001").extension_id;
    let mut saved = binding(acme, phone, "sip:1001@192.0.2.7;transport=tcp");
    saved.instance = Some("urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6".into());
    saved.reg_id = Some(2);
    saved.transport = SavedTransport::Tcp;
    (saved.cseq, saved.q) = (u32::MAX, 0);
    bench.store.apply(&[StoreWrite::SaveBinding(saved.clone())], NOW).unwrap();
    let store = open(bench.folder.path()).unwrap();
    assert_eq!(store.bindings(WholeBox, NOW).unwrap(), [saved]);
}

#[test]
fn a_refresh_replaces_and_another_device_adds() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let phone = bench.extension(acme, "1001").extension_id;
    let first = binding(acme, phone, "sip:1001@192.0.2.7");
    let mut refreshed = first.clone();
    (refreshed.cseq, refreshed.expires_at) = (2, NOW.plus_millis(600_000));
    let other = binding(acme, phone, "sip:1001@192.0.2.8");
    let writes = [&first, &other, &refreshed].map(|binding| StoreWrite::SaveBinding(binding.clone()));
    assert_eq!(bench.store.apply(&writes, NOW).unwrap(), [true; 3]);
    assert_eq!(bench.store.bindings(WholeBox, NOW).unwrap(), [refreshed, other]);
}

#[test]
fn a_device_with_an_instance_keeps_its_binding_when_its_address_changes() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let phone = bench.extension(acme, "1001").extension_id;
    let mut here = binding(acme, phone, "sip:1001@192.0.2.7");
    (here.instance, here.reg_id) = (Some("urn:uuid:1".into()), Some(1));
    let mut there = here.clone();
    there.contact = "sip:1001@198.51.100.1".into();
    let mut second_flow = there.clone();
    second_flow.reg_id = Some(2);
    second_flow.expires_at = NOW.plus_millis(1);
    let writes = [&here, &there, &second_flow].map(|binding| StoreWrite::SaveBinding(binding.clone()));
    bench.store.apply(&writes, NOW).unwrap();
    assert_eq!(bench.store.bindings(WholeBox, NOW).unwrap(), [there, second_flow]);
}

#[test]
fn removed_and_run_out_bindings_do_not_come_back() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let phone = bench.extension(acme, "1001").extension_id;
    let (gone, stays) = (binding(acme, phone, "sip:a@192.0.2.7"), binding(acme, phone, "sip:b@192.0.2.7"));
    let mut old = binding(acme, phone, "sip:c@192.0.2.7");
    old.expires_at = NOW;
    let writes = [
        StoreWrite::SaveBinding(gone.clone()),
        StoreWrite::SaveBinding(stays.clone()),
        StoreWrite::SaveBinding(old),
        StoreWrite::RemoveBinding(gone.key()),
        StoreWrite::RemoveBinding(gone.key()),
    ];
    assert_eq!(bench.store.apply(&writes, NOW).unwrap(), [true; 5]);
    assert_eq!(bench.store.bindings(WholeBox, NOW).unwrap(), [stays]);
    assert_eq!(bench.store.purge_bindings(WholeBox, NOW).unwrap(), 1);
    assert_eq!(bench.store.purge_bindings(WholeBox, NOW).unwrap(), 0);
}

#[test]
fn a_binding_of_a_deleted_extension_is_refused_alone() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let (gone, stays) =
        (bench.extension(acme, "1001").extension_id, bench.extension(acme, "1002").extension_id);
    let saved = binding(acme, gone, "sip:a@192.0.2.7");
    bench.store.apply(&[StoreWrite::SaveBinding(saved.clone())], NOW).unwrap();
    bench.store.delete_extension(acme, gone, None, &act()).unwrap();
    assert!(bench.store.bindings(WholeBox, NOW).unwrap().is_empty());
    let good = binding(acme, stays, "sip:b@192.0.2.7");
    let writes = [StoreWrite::SaveBinding(saved), StoreWrite::SaveBinding(good.clone())];
    assert_eq!(bench.store.apply(&writes, NOW).unwrap(), [false, true]);
    assert_eq!(bench.store.bindings(WholeBox, NOW).unwrap(), [good]);
}

#[test]
fn a_contact_beyond_the_limit_is_refused_alone() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let phone = bench.extension(acme, "1001").extension_id;
    let long = binding(acme, phone, &format!("sip:{}@192.0.2.7", "x".repeat(3_000)));
    let huge = binding(acme, phone, &format!("sip:{}@192.0.2.7", "x".repeat(3_000_000)));
    let good = binding(acme, phone, "sip:b@192.0.2.7");
    let writes = [long, huge, good].map(StoreWrite::SaveBinding);
    assert_eq!(bench.store.apply(&writes, NOW).unwrap(), [false, false, true]);
}

#[test]
fn a_row_that_cannot_be_read_does_not_keep_the_box_from_starting() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let phone = bench.extension(acme, "1001").extension_id;
    let good = binding(acme, phone, "sip:b@192.0.2.7");
    let writes = [binding(acme, phone, "sip:a@192.0.2.7"), good.clone()].map(StoreWrite::SaveBinding);
    bench.store.apply(&writes, NOW).unwrap();
    let outside = rusqlite::Connection::open(bench.path()).unwrap();
    outside
        .execute("UPDATE registrations SET remote_address = 'nowhere' WHERE contact LIKE 'sip:a%'", [])
        .unwrap();
    assert_eq!(bench.store.bindings(WholeBox, NOW).unwrap(), [good]);
}
