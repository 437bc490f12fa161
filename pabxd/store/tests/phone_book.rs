//! The phone book: one name for a number, bounded, and nobody else's.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_model::BookEntry;
use pabx_store::phone_book::MAX_BOOK_ENTRIES_OF_ACCOUNT;
use pabx_store::{
    AccountScope, AuditFilter, BookImport, BookSort, ListQuery, Revision, StoreError, WholeBox,
};

fn entry(name: &str, number: &str) -> BookEntry {
    BookEntry { name: name.parse().unwrap(), number: number.parse().unwrap(), note: None }
}

fn filled() -> (Bench, AccountScope) {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let entries = [entry("Zoé", "+5511987654321"), entry("ana", "200"), entry("Bia", "+351211234567")];
    bench.store.import_book_entries(acme, &entries, false, &act()).unwrap();
    (bench, acme)
}

fn names(bench: &Bench, scope: AccountScope, search: Option<&str>, sort: BookSort) -> Vec<String> {
    let query = ListQuery { search: search.map(Into::into), sort, ..ListQuery::default() };
    let items = bench.store.list_book_entries(scope, &query).unwrap().items;
    items.into_iter().map(|row| row.entry.name.to_string()).collect()
}

#[test]
fn an_entry_is_made_changed_and_deleted_and_each_is_written_down() {
    let (mut bench, acme) = filled();
    let mut caio = entry("Caio", "+5511333");
    caio.note = Some("mornings only".parse().unwrap());
    let store = &mut bench.store;
    let id = store.create_book_entry(acme, &caio, &act()).unwrap();
    assert_eq!(store.book_entry(acme, id).unwrap().entry, caio);
    caio.number = "+5511334".parse().unwrap();
    store.update_book_entry(acme, id, &caio, Some(Revision(1)), &act()).unwrap();
    let stale = store.update_book_entry(acme, id, &caio, Some(Revision(1)), &act());
    assert!(matches!(stale, Err(StoreError::Stale { .. })), "{stale:?}");
    assert!(matches!(
        store.delete_book_entry(acme, id, Some(Revision(1)), &act()),
        Err(StoreError::Stale { .. })
    ));
    store.delete_book_entry(acme, id, Some(Revision(2)), &act()).unwrap();
    assert!(not_found(store.book_entry(acme, id)));
    let query = ListQuery { descending: true, limit: 3, ..ListQuery::default() };
    let told = store.audit(acme, &AuditFilter::default(), &query).unwrap().items;
    let actions: Vec<_> = told.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["phone_book.delete", "phone_book.update", "phone_book.create"]);
    assert!(told[1].before.as_ref().unwrap().contains("+5511333"), "{told:?}");
}

#[test]
fn a_number_has_one_name() {
    let (mut bench, acme) = filled();
    let store = &mut bench.store;
    let again = store.create_book_entry(acme, &entry("Other", "200"), &act());
    assert!(matches!(again, Err(StoreError::Taken { what: "the number" })), "{again:?}");
    let id = store.create_book_entry(acme, &entry("Other", "201"), &act()).unwrap();
    let moved = store.update_book_entry(acme, id, &entry("Other", "200"), None, &act());
    assert!(matches!(moved, Err(StoreError::Taken { what: "the number" })), "{moved:?}");
    let bolt = bench.account("bolt", 5);
    bench.store.create_book_entry(bolt, &entry("Theirs", "200"), &act()).unwrap();
}

#[test]
fn it_is_listed_by_name_or_number_and_searched_in_both() {
    let (bench, acme) = filled();
    assert_eq!(names(&bench, acme, None, BookSort::Name), ["ana", "Bia", "Zoé"]);
    assert_eq!(names(&bench, acme, None, BookSort::Number), ["Bia", "Zoé", "ana"]);
    assert_eq!(names(&bench, acme, Some("ZO"), BookSort::Name), ["Zoé"]);
    assert_eq!(names(&bench, acme, Some("98765"), BookSort::Name), ["Zoé"]);
    assert!(names(&bench, acme, Some("%"), BookSort::Name).is_empty());
}

#[test]
fn a_number_that_is_there_gets_the_new_name_and_keeps_its_note() {
    let (mut bench, acme) = filled();
    let mut noted = entry("Caio", "202");
    noted.note = Some("neighbour".parse().unwrap());
    let id = bench.store.create_book_entry(acme, &noted, &act()).unwrap();
    let many = [entry("Caio Silva", "202"), entry("ana", "200"), entry("New", "203")];
    let came = BookImport { made: 1, renamed: 1, unchanged: 1 };
    assert_eq!(bench.store.import_book_entries(acme, &many, true, &act()).unwrap(), came);
    assert_eq!(bench.store.book_entry(acme, id).unwrap().entry, noted, "a dry run changes nothing");
    assert_eq!(bench.store.import_book_entries(acme, &many, false, &act()).unwrap(), came);
    let row = bench.store.book_entry(acme, id).unwrap();
    assert_eq!(
        (row.entry.name.as_str(), row.entry.note, row.revision),
        ("Caio Silva", noted.note, Revision(2))
    );
    let query = ListQuery { descending: true, limit: 1, ..ListQuery::default() };
    let told = bench.store.audit(acme, &AuditFilter::default(), &query).unwrap().items.remove(0);
    assert_eq!(told.action, "phone_book.import");
    assert_eq!(told.after.unwrap(), r#"{"made":1,"renamed":1,"unchanged":1}"#);
}

#[test]
fn it_has_so_many_entries_at_most_through_either_door() {
    let (mut bench, acme) = filled();
    let many = |count: u32| (0..count).map(|n| entry("x", &format!("9{n:06}"))).collect::<Vec<_>>();
    let most = MAX_BOOK_ENTRIES_OF_ACCOUNT;
    let result = bench.store.import_book_entries(acme, &many(most - 2), false, &act());
    assert!(
        matches!(result, Err(StoreError::Limit { limit: MAX_BOOK_ENTRIES_OF_ACCOUNT, .. })),
        "{result:?}"
    );
    assert_eq!(names(&bench, acme, None, BookSort::Name).len(), 3, "nothing is left of it");
    bench.store.import_book_entries(acme, &many(most - 3), false, &act()).unwrap();
    let one_more = bench.store.create_book_entry(acme, &entry("y", "77"), &act());
    assert!(matches!(one_more, Err(StoreError::Limit { .. })), "{one_more:?}");
    // Other names for the same numbers need no room.
    bench.store.import_book_entries(acme, &[entry("Ana", "200")], false, &act()).unwrap();
}

#[test]
fn nobody_reaches_another_accounts_phone_book() {
    let (mut bench, acme) = filled();
    let id = bench.store.create_book_entry(acme, &entry("Mine", "201"), &act()).unwrap();
    let bolt = bench.account("bolt", 5);
    assert!(names(&bench, bolt, None, BookSort::Name).is_empty());
    let store = &mut bench.store;
    assert!(not_found(store.book_entry(bolt, id)));
    assert!(not_found(store.update_book_entry(bolt, id, &entry("Thief", "201"), None, &act())));
    assert!(not_found(store.delete_book_entry(bolt, id, None, &act())));
    store.import_book_entries(bolt, &[entry("Theirs", "201")], false, &act()).unwrap();
    assert_eq!(store.book_entry(acme, id).unwrap().entry.name.as_str(), "Mine");
}

#[test]
fn the_engine_finds_names_by_number() {
    let (mut bench, acme) = filled();
    bench.account("bolt", 5);
    let routing = bench.store.compile(WholeBox).unwrap().routing;
    let of = |scope: AccountScope| &routing.iter().find(|(id, _)| *id == scope.account_id()).unwrap().1.names;
    assert_eq!((of(acme).len(), &*of(acme)["+5511987654321"]), (3, "Zoé"));
    assert_eq!(routing.iter().map(|(_, one)| one.names.len()).sum::<usize>(), 3);
}

#[test]
fn it_goes_and_moves_with_its_account() {
    let (mut bench, acme) = filled();
    let moving = bench.store.export_account(acme, &act()).unwrap();
    bench.store.delete_account(WholeBox, acme.account_id(), None, &act()).unwrap();
    assert!(names(&bench, acme, None, BookSort::Name).is_empty());
    let made = bench.store.import_account(WholeBox, &moving, false, &act()).unwrap();
    assert_eq!(made.new_ids, 0);
    assert_eq!(names(&bench, acme, None, BookSort::Name), ["ana", "Bia", "Zoé"]);
    assert_eq!(bench.store.integrity().unwrap(), None);
}
