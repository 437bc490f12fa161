//! Copies of the database, another key, and who may have the file open meanwhile.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_model::{CallingClass, Pin, Role, Status};
use pabx_store::{
    Exclusive, NewPin, NewSession, SealingKey, SecretChange, SessionKind, Store, StoreError, Verified,
    WholeBox,
};
use serde_json::json;
use std::path::Path;

fn open_with(path: &Path, octet: u8) -> Result<Store, StoreError> {
    let key = SealingKey::new(&[octet; 32]).unwrap();
    Store::open(path, key, Box::new(ring::rand::SystemRandom::new()))
}

/// Something in every sealed column.
fn filled() -> Bench {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    bench.extension(acme, "1001");
    bench.store.create_trunk(acme, &new_trunk("Line", "user", "tr0mbone"), &act()).unwrap();
    let pin =
        NewPin { name: "Ana".parse().unwrap(), calling_class: CallingClass::Local, status: Status::Active };
    bench.store.create_pin(acme, &pin, &Pin::parse("4321").unwrap(), &act()).unwrap();
    let boss = bench.store.create_user(WholeBox, &new_user("boss", Role::SuperAdmin), &act()).unwrap();
    bench.store.set_totp(WholeBox, boss, b"one-time secret", 1, &[], &act()).unwrap();
    let secret = SecretChange::Set("of the mail server");
    bench.store.set_setting(WholeBox, "mail", &json!({}), secret, None, &act()).unwrap();
    bench.store.add_signing_key(WholeBox, 3, NOW).unwrap();
    bench
}

/// Everything that is sealed, opened.
fn opened(store: &mut Store) -> (String, String, Vec<u8>, Vec<u8>, Vec<u8>) {
    let compiled = store.compile(WholeBox).unwrap();
    let user = store.user_for_login(WholeBox, "boss").unwrap().unwrap();
    (
        compiled.extensions[0].password.expose().to_owned(),
        compiled.routing[0].1.pins[0].pin.expose().to_owned(),
        store.totp_secret(WholeBox, user.0.user_id).unwrap().unwrap().to_vec(),
        store.setting_secret(WholeBox, "mail").unwrap().unwrap().to_vec(),
        store.signing_keys(WholeBox, 1).unwrap()[0].secret.to_vec(),
    )
}

#[test]
fn after_a_change_of_the_key_all_is_as_before_under_the_new_one_alone() {
    let mut bench = filled();
    let before = opened(&mut bench.store);
    bench.store.reseal(WholeBox, SealingKey::new(&[5; 32]).unwrap()).unwrap();
    assert_eq!(opened(&mut bench.store), before);
    let path = bench.path();
    drop(bench.store);
    assert!(matches!(open_with(&path, 9), Err(StoreError::WrongKey)));
    let mut store = open_with(&path, 5).unwrap();
    assert_eq!(opened(&mut store), before);
    assert!(matches!(store.verify_audit(WholeBox), Ok(Verified::Whole(_))));
}

#[test]
fn a_value_that_does_not_open_leaves_the_old_key() {
    let mut bench = filled();
    let outside = rusqlite::Connection::open(bench.path()).unwrap();
    outside.execute("UPDATE settings SET secret = x'00'", []).unwrap();
    let error = bench.store.reseal(WholeBox, SealingKey::new(&[5; 32]).unwrap()).unwrap_err();
    assert!(matches!(error, StoreError::Altered { table: "settings", .. }), "{error}");
    assert!(bench.store.compile(WholeBox).is_ok());
}

#[test]
fn every_column_with_octets_is_a_hash_or_sealed() {
    let bench = bench();
    let outside = rusqlite::Connection::open(bench.path()).unwrap();
    let mut found: Vec<String> = outside
        .prepare(
            "SELECT s.name || '.' || c.name FROM sqlite_schema s, pragma_table_info(s.name) c
             WHERE s.type = 'table' AND upper(c.type) = 'BLOB' ORDER BY 1",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    found.retain(|column| !column.ends_with("hash"));
    // `reseal.rs` knows all of these; answers of idempotency_keys are forgotten there.
    let known = [
        "box_meta.blob_value",
        "call_pins.pin",
        "extensions.password",
        "idempotency_keys.body",
        "push_subscriptions.auth",
        // A public key: kept as it came.
        "push_subscriptions.p256dh",
        "settings.secret",
        "signing_keys.secret",
        "sip_trunks.password",
        "users.totp_secret",
    ];
    assert_eq!(found, known);
}

#[test]
fn a_copy_is_whole_and_nobody_elses() {
    use std::os::unix::fs::PermissionsExt;
    let mut bench = filled();
    let copy = bench.folder.path().join("copy.db");
    bench.store.copy_to(&copy).unwrap();
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let mut store = open_with(&copy, 9).unwrap();
    assert_eq!(store.integrity().unwrap(), None);
    assert_eq!(opened(&mut store), opened(&mut bench.store));
    assert!(bench.store.copy_to(&copy).is_err(), "nothing is overwritten");
}

#[test]
fn a_file_that_is_replaced_is_open_nowhere() {
    let bench = bench();
    let path = bench.path();
    assert!(matches!(Exclusive::take(&path), Err(StoreError::InUse)));
    drop(bench.store);
    let alone = Exclusive::take(&path).unwrap();
    assert!(matches!(open_with(&path, 9), Err(StoreError::BeingReplaced)));
    drop(alone);
    assert!(open_with(&path, 9).is_ok());
}

#[test]
fn all_sessions_end() {
    let mut bench = filled();
    let user = bench.store.user_for_login(WholeBox, "boss").unwrap().unwrap().0.user_id;
    let new = NewSession {
        user_id: user,
        kind: SessionKind::Token,
        user_agent: "curl".into(),
        expires_at: pabx_model::Timestamp(NOW.0 + 1_000_000),
    };
    bench.store.create_session(WholeBox, &new, &act()).unwrap();
    bench.store.end_all_sessions(WholeBox).unwrap();
    assert!(bench.store.sessions(WholeBox, user, NOW).unwrap().is_empty());
}
