//! The audit: every change is in it, and what is done to it is noticed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_model::Timestamp;
use pabx_store::{AccountChange, Act, AuditFilter, Entry, ListQuery, Store, Verified, WholeBox};

fn verified(store: &mut Store) -> Verified {
    store.verify_audit(WholeBox).unwrap()
}

fn some_entries(bench: &mut Bench) -> pabx_store::AccountScope {
    let acme = bench.account("acme", 5);
    bench.extension(acme, "1001");
    let change = AccountChange { description: Some("new".into()), ..AccountChange::default() };
    bench.store.update_account(WholeBox, acme.account_id(), &change, None, &act()).unwrap();
    acme
}

#[test]
fn every_change_is_written_down_with_before_and_after() {
    let mut bench = bench();
    let acme = some_entries(&mut bench);
    let page = bench.store.audit(acme, &AuditFilter::default(), &ListQuery::default()).unwrap();
    let actions: Vec<_> = page.items.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["account.create", "extension.create", "account.update"]);
    let change = &page.items[2];
    assert!(change.before.as_deref().unwrap().contains("\"description\":\"\""));
    assert!(change.after.as_deref().unwrap().contains("\"description\":\"new\""));
    let filter = AuditFilter { action: Some("extension.".into()), ..AuditFilter::default() };
    assert_eq!(bench.store.audit_of_box(WholeBox, &filter, &ListQuery::default()).unwrap().items.len(), 1);
    assert_eq!(verified(&mut bench.store), Verified::Whole(3));
}

#[test]
fn no_password_is_in_it() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let password = bench.extension(acme, "1001").password;
    bench.store.create_trunk(acme, &new_trunk("Line", "u", "tr0mbone"), &act()).unwrap();
    let page = bench.store.audit(acme, &AuditFilter::default(), &ListQuery::default()).unwrap();
    let text = format!("{:?}", page.items);
    assert!(text.contains("***") && !text.contains(password.expose()) && !text.contains("tr0mbone"));
}

#[test]
fn a_changed_a_missing_and_a_cut_off_entry_are_noticed() {
    let break_it = |sql: &str| {
        let mut bench = bench();
        some_entries(&mut bench);
        let outside = rusqlite::Connection::open(bench.path()).unwrap();
        outside.execute_batch(sql).unwrap();
        verified(&mut bench.store)
    };
    let changed =
        break_it("DROP TRIGGER audit_is_not_changed; UPDATE audit SET actor_name = 'eva' WHERE audit_id = 2");
    assert!(matches!(changed, Verified::Broken { at: 2, .. }), "{changed:?}");
    let missing = break_it("DELETE FROM audit WHERE audit_id = 2");
    assert!(matches!(missing, Verified::Broken { at: 1, .. }), "{missing:?}");
    let cut = break_it("DELETE FROM audit WHERE audit_id = 3");
    assert!(matches!(cut, Verified::Broken { at: 2, .. }), "{cut:?}");
    let all = break_it("DELETE FROM audit");
    assert!(matches!(all, Verified::Broken { at: 0, .. }), "{all:?}");
}

#[test]
fn an_entry_is_never_changed_by_the_program_itself() {
    let mut bench = bench();
    some_entries(&mut bench);
    let outside = rusqlite::Connection::open(bench.path()).unwrap();
    assert!(outside.execute("UPDATE audit SET actor_name = 'eva'", []).is_err());
}

#[test]
fn what_is_forgotten_in_time_leaves_the_chain_whole() {
    let mut bench = bench();
    for nth in 0..20 {
        let at = Act::daemon(Timestamp(NOW.0 + nth));
        bench.store.record(&at, Entry::new("login.failed", "user")).unwrap();
    }
    assert_eq!(bench.store.trim_audit(WholeBox, 5, 10).unwrap(), 10);
    assert_eq!(bench.store.trim_audit(WholeBox, 5, 10).unwrap(), 5);
    assert_eq!(bench.store.trim_audit(WholeBox, 5, 10).unwrap(), 0);
    assert_eq!(verified(&mut bench.store), Verified::Whole(5));
    bench.store.trim_audit(WholeBox, 0, 10).unwrap();
    assert_eq!(verified(&mut bench.store), Verified::Whole(0));
    bench.store.record(&act(), Entry::new("login", "user")).unwrap();
    assert_eq!(verified(&mut bench.store), Verified::Whole(1));
}
