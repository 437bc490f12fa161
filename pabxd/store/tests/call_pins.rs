//! PINs for calls: bounded, each with digits of its own, and nobody else's.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_model::{CallPin, CallingClass, Pin, PinId, Status};
use pabx_store::call_pins::MAX_PINS_OF_ACCOUNT;
use pabx_store::{AccountScope, ListQuery, NewPin, Revision, Store, StoreError, WholeBox};

fn new(name: &str) -> NewPin {
    let calling_class = CallingClass::International;
    NewPin { name: name.parse().unwrap(), calling_class, status: Status::Active }
}

fn digits(text: &str) -> Pin {
    Pin::parse(text).unwrap()
}

fn make(store: &mut Store, scope: AccountScope, name: &str, pin: &str) -> PinId {
    store.create_pin(scope, &new(name), &digits(pin), &act()).unwrap()
}

/// As the engine gets them.
fn compiled(store: &mut Store, scope: AccountScope) -> Vec<CallPin> {
    let routing = store.compile(WholeBox).unwrap().routing;
    routing.into_iter().find(|(id, _)| *id == scope.account_id()).unwrap().1.pins
}

#[test]
fn the_digits_stay_where_none_are_given_and_change_where_others_are() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let store = &mut bench.store;
    let id = make(store, acme, "Ana", "482913");
    let changed =
        NewPin { calling_class: CallingClass::Local, status: Status::Suspended, ..new("Ana Souza") };
    store.update_pin(acme, id, (&changed, None), Some(Revision(1)), &act()).unwrap();
    let NewPin { name, calling_class, status } = changed.clone();
    let expected = CallPin { pin_id: id, name, pin: digits("482913"), calling_class, status };
    assert_eq!(compiled(store, acme), std::slice::from_ref(&expected));
    let row = store.pin(acme, id).unwrap();
    assert_eq!((row.name.as_str(), row.revision), ("Ana Souza", Revision(2)));
    store.update_pin(acme, id, (&changed, Some(&digits("739158"))), None, &act()).unwrap();
    assert_eq!(compiled(store, acme), [CallPin { pin: digits("739158"), ..expected }]);
}

#[test]
fn nobody_has_the_name_or_the_digits_of_another() {
    let mut bench = bench();
    let (acme, bolt) = (bench.account("acme", 5), bench.account("bolt", 5));
    let store = &mut bench.store;
    let ana = make(store, acme, "Ana", "482913");
    let bia = make(store, acme, "Bia", "739158");
    let taken = |result: Result<(), StoreError>, word: &str| match result {
        Err(StoreError::Taken { what }) => assert_eq!(what, word),
        other => panic!("{other:?}"),
    };
    taken(store.create_pin(acme, &new("Caio"), &digits("482913"), &act()).map(drop), "the PIN");
    taken(store.create_pin(acme, &new("Ana"), &digits("615243"), &act()).map(drop), "the PIN's name");
    taken(store.update_pin(acme, bia, (&new("Bia"), Some(&digits("482913"))), None, &act()), "the PIN");
    taken(store.update_pin(acme, bia, (&new("Ana"), None), None, &act()), "the PIN's name");
    store.update_pin(acme, ana, (&new("Ana"), Some(&digits("482913"))), None, &act()).unwrap();
    make(store, bolt, "Ana", "482913");
}

#[test]
fn what_was_changed_meanwhile_is_neither_changed_nor_deleted() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let store = &mut bench.store;
    let id = make(store, acme, "Ana", "482913");
    store.update_pin(acme, id, (&new("Ana Souza"), None), Some(Revision(1)), &act()).unwrap();
    let other = digits("739158");
    let stale = store.update_pin(acme, id, (&new("Bia"), Some(&other)), Some(Revision(1)), &act());
    assert!(matches!(stale, Err(StoreError::Stale { .. })), "{stale:?}");
    let stale = store.delete_pin(acme, id, Some(Revision(1)), &act());
    assert!(matches!(stale, Err(StoreError::Stale { .. })), "{stale:?}");
    assert_eq!(compiled(store, acme)[0].pin, digits("482913"));
    store.delete_pin(acme, id, Some(Revision(2)), &act()).unwrap();
    assert!(not_found(store.pin(acme, id)));
}

#[test]
fn nobody_reaches_another_accounts_pins() {
    let mut bench = bench();
    let (acme, bolt) = (bench.account("acme", 5), bench.account("bolt", 5));
    let store = &mut bench.store;
    let id = make(store, acme, "Ana", "482913");
    assert!(not_found(store.pin(bolt, id)));
    assert!(not_found(store.update_pin(bolt, id, (&new("Thief"), Some(&digits("739158"))), None, &act())));
    assert!(not_found(store.delete_pin(bolt, id, None, &act())));
    assert!(store.list_pins(bolt, &ListQuery::default()).unwrap().items.is_empty());
    assert!(compiled(store, bolt).is_empty());
    assert_eq!(compiled(store, acme)[0].pin, digits("482913"));
}

#[test]
fn an_account_has_only_so_many() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    for n in 0..MAX_PINS_OF_ACCOUNT {
        make(&mut bench.store, acme, &format!("Pin {n}"), &format!("{}", 4_829_130 + n * 7));
    }
    let one_more = bench.store.create_pin(acme, &new("One more"), &digits("739158"), &act());
    assert!(matches!(one_more, Err(StoreError::Limit { limit: 200, .. })), "{one_more:?}");
}
