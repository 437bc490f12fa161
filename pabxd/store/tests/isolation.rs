//! What one account cannot see or do of another.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_model::{Role, Status, StoreWrite};
use pabx_store::{ExtensionChange, ListQuery, StoreError, TrunkChange, WholeBox};

#[test]
fn the_same_number_in_two_accounts_is_two_extensions_with_passwords_of_their_own() {
    let mut bench = bench();
    let (acme, bolt) = (bench.account("acme", 5), bench.account("bolt", 5));
    let (a, b) = (bench.extension(acme, "1001"), bench.extension(bolt, "1001"));
    assert_ne!(a.extension_id, b.extension_id);
    assert_ne!(a.password, b.password);
    assert_eq!((a.username.as_str(), b.username.as_str()), ("1001-acme", "1001-bolt"));
    let of_acme: Vec<_> = bench.store.extensions(acme).unwrap().iter().map(|row| row.extension_id).collect();
    assert_eq!(of_acme, [a.extension_id]);
}

#[test]
fn another_accounts_extension_is_as_if_it_were_not_there() {
    let mut bench = bench();
    let (acme, bolt) = (bench.account("acme", 5), bench.account("bolt", 5));
    let theirs = bench.extension(bolt, "1001").extension_id;
    let store = &mut bench.store;
    assert!(not_found(store.extension(acme, theirs)));
    let change = ExtensionChange { name: Some("Mine".parse().unwrap()), ..ExtensionChange::default() };
    assert!(not_found(store.update_extension(acme, theirs, &change, None, &act())));
    assert!(not_found(store.reveal_extension_password(acme, theirs, &act())));
    assert!(not_found(store.reset_extension_password(acme, theirs, &act())));
    assert!(not_found(store.delete_extension(acme, theirs, None, &act())));
    let untouched = store.extension(bolt, theirs).unwrap();
    assert_eq!((untouched.status, untouched.name.as_str()), (Status::Active, "Phone 1001"));
}

#[test]
fn calls_trunks_and_members_stay_inside() {
    let mut bench = bench();
    let (acme, bolt) = (bench.account("acme", 5), bench.account("bolt", 5));
    let store = &mut bench.store;
    let call = ended_call(bolt, NOW.0, 1);
    assert_eq!(store.apply(&[StoreWrite::EndCall(call.clone())], NOW).unwrap(), [true]);
    let trunk = store.create_trunk(bolt, &new_trunk("Line", "u", "p"), &act()).unwrap();
    let new = new_user("ana", Role::User);
    let user = store.create_user(WholeBox, &new, &act()).unwrap();
    store.add_member(bolt, user, Role::Admin, &act()).unwrap();
    assert!(store.add_member(acme, user, Role::SuperAdmin, &act()).is_err());

    assert!(store.calls(acme, None, 10).unwrap().items.is_empty());
    assert!(not_found(store.call(acme, call.call_id)));
    assert!(store.trunks(acme).unwrap().is_empty());
    assert!(not_found(store.trunk(acme, trunk)));
    assert!(not_found(store.update_trunk(acme, trunk, &TrunkChange::default(), None, &act())));
    assert!(not_found(store.delete_trunk(acme, trunk, None, &act())));
    assert!(store.list_members(acme, &ListQuery::default()).unwrap().items.is_empty());
    assert!(not_found(store.member(acme, user)));
    assert!(not_found(store.remove_member(acme, user, None, &act())));
    assert_eq!(store.calls(bolt, None, 10).unwrap().items, [call]);
    assert_eq!(store.trunks(bolt).unwrap()[0].username.as_deref(), Some("u"));
    assert_eq!(store.list_members(bolt, &ListQuery::default()).unwrap().items[0].role, Role::Admin);
    let (found, kept) = store.user_for_login(WholeBox, "ana").unwrap().unwrap();
    assert_eq!((found.user_id, kept), (user, new.password_hash));
}

#[test]
fn a_write_that_names_the_wrong_account_changes_nothing() {
    let mut bench = bench();
    let (acme, bolt) = (bench.account("acme", 5), bench.account("bolt", 5));
    let phone = bench.extension(bolt, "1001").extension_id;
    let store = &mut bench.store;
    let good = binding(bolt, phone, "sip:1001@192.0.2.7");
    let call = ended_call(bolt, NOW.0, 1);
    store.apply(&[StoreWrite::SaveBinding(good.clone()), StoreWrite::EndCall(call.clone())], NOW).unwrap();

    let fresh = binding(acme, phone, "sip:thief@203.0.113.9");
    assert_eq!(
        store.apply(&[StoreWrite::SaveBinding(fresh)], NOW).unwrap(),
        [false],
        "held by the foreign key"
    );
    let mut same_key = good.clone();
    same_key.account_id = acme.account_id();
    same_key.remote = "203.0.113.9:5060".parse().unwrap();
    store
        .apply(&[StoreWrite::SaveBinding(same_key.clone()), StoreWrite::RemoveBinding(same_key.key())], NOW)
        .unwrap();
    assert_eq!(store.bindings(WholeBox, NOW).unwrap(), [good]);

    let mut same_call = call.clone();
    same_call.account_id = acme.account_id();
    same_call.callee = "999".into();
    store.apply(&[StoreWrite::EndCall(same_call)], NOW).unwrap();
    assert_eq!(store.calls(bolt, None, 10).unwrap().items, [call]);
    assert!(store.calls(acme, None, 10).unwrap().items.is_empty());
}

#[test]
fn slugs_and_domains_are_unique_on_the_box() {
    let mut bench = bench();
    bench.account("acme", 5);
    let mut same_slug = new_account("acme", 5);
    same_slug.domain = "other.test".parse().unwrap();
    let mut same_domain = new_account("other", 5);
    same_domain.domain = "ACME.test".parse().unwrap();
    for taken in [same_slug, same_domain] {
        let result = bench.store.create_account(WholeBox, &taken, &act());
        assert!(matches!(result, Err(StoreError::Taken { .. })), "{result:?}");
    }
}

#[test]
fn deleting_an_account_takes_everything_of_it_and_nothing_else() {
    let mut bench = bench();
    let (acme, bolt) = (bench.account("acme", 5), bench.account("bolt", 5));
    let (a, b) = (bench.extension(acme, "1001").extension_id, bench.extension(bolt, "1001").extension_id);
    let store = &mut bench.store;
    let writes = [
        StoreWrite::SaveBinding(binding(acme, a, "sip:a@192.0.2.7")),
        StoreWrite::SaveBinding(binding(bolt, b, "sip:b@192.0.2.8")),
        StoreWrite::EndCall(ended_call(acme, NOW.0, 1)),
        StoreWrite::EndCall(ended_call(bolt, NOW.0, 2)),
    ];
    store.apply(&writes, NOW).unwrap();
    store.delete_account(WholeBox, acme.account_id(), None, &act()).unwrap();
    assert!(not_found(store.account(acme)));
    assert!(store.extensions(acme).unwrap().is_empty());
    assert!(store.calls(acme, None, 10).unwrap().items.is_empty());
    let left = store.bindings(WholeBox, NOW).unwrap();
    assert_eq!(left.iter().map(|binding| binding.extension_id).collect::<Vec<_>>(), [b]);
    assert_eq!(store.calls(bolt, None, 10).unwrap().items.len(), 1);
    assert_eq!(store.integrity().unwrap(), None);
}
