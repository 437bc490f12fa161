//! People: sessions, tokens, the second factor, keys, and that somebody always runs the box.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_model::{Overrides, Permission, Role, Status, Timestamp, UserId};
use pabx_store::{
    Act, ListQuery, MemberChange, NewApiKey, NewMember, NewSession, Revision, Rotation, SessionKind, Store,
    StoreError, UserChange, WholeBox,
};

fn person(store: &mut Store, name: &str) -> UserId {
    store.create_user(WholeBox, &new_user(name, Role::User), &act()).unwrap()
}

fn session(store: &mut Store, user: UserId, at: u64) -> pabx_store::SessionId {
    let new = NewSession {
        user_id: user,
        kind: SessionKind::Token,
        user_agent: "curl".into(),
        expires_at: Timestamp(at + 1_000_000),
    };
    store.create_session(WholeBox, &new, &Act::daemon(Timestamp(at))).unwrap()
}

#[test]
fn the_first_super_admin_is_made_once() {
    let bench = bench();
    let folder = bench.folder.path().to_owned();
    assert!(!bench.store.setup_done(WholeBox).unwrap());
    let made: usize = std::thread::scope(|threads| {
        let workers: Vec<_> = (0..4)
            .map(|nth| {
                let folder = &folder;
                threads.spawn(move || {
                    let new = new_user(&format!("boss{nth}"), Role::SuperAdmin);
                    open(folder).unwrap().create_first_super_admin(WholeBox, &new, &act()).is_ok()
                })
            })
            .collect();
        workers.into_iter().map(|worker| usize::from(worker.join().unwrap())).sum()
    });
    assert_eq!(made, 1);
    assert!(bench.store.setup_done(WholeBox).unwrap());
}

#[test]
fn the_last_super_admin_stays() {
    let mut bench = bench();
    let store = &mut bench.store;
    let boss = store.create_user(WholeBox, &new_user("boss", Role::SuperAdmin), &act()).unwrap();
    let demoted = UserChange { role: Some(Role::User), ..UserChange::default() };
    let suspended = UserChange { status: Some(Status::Suspended), ..UserChange::default() };
    for change in [&demoted, &suspended] {
        let result = store.update_user(WholeBox, boss, change, None, &act());
        assert!(matches!(result, Err(StoreError::LastSuperAdmin)), "{result:?}");
    }
    assert!(matches!(store.delete_user(WholeBox, boss, None, &act()), Err(StoreError::LastSuperAdmin)));
    assert_eq!(store.user(WholeBox, boss).unwrap().role, Role::SuperAdmin);
    store.create_user(WholeBox, &new_user("deputy", Role::SuperAdmin), &act()).unwrap();
    store.update_user(WholeBox, boss, &demoted, None, &act()).unwrap();
}

#[test]
fn a_change_of_an_older_revision_is_refused() {
    let mut bench = bench();
    let store = &mut bench.store;
    let ana = person(store, "ana");
    let change = UserChange { full_name: Some("Ana".into()), ..UserChange::default() };
    store.update_user(WholeBox, ana, &change, Some(Revision(1)), &act()).unwrap();
    let again = store.update_user(WholeBox, ana, &change, Some(Revision(1)), &act());
    assert!(matches!(again, Err(StoreError::Stale { .. })), "{again:?}");
    assert!(matches!(
        store.delete_user(WholeBox, ana, Some(Revision(1)), &act()),
        Err(StoreError::Stale { .. })
    ));
    store.delete_user(WholeBox, ana, Some(Revision(2)), &act()).unwrap();
}

#[test]
fn a_refresh_token_is_good_once_and_a_second_use_ends_the_session() {
    let mut bench = bench();
    let store = &mut bench.store;
    let ana = person(store, "ana");
    let id = session(store, ana, NOW.0);
    let later = Timestamp(NOW.0 + 500_000);
    store.add_refresh_token(WholeBox, id, &[1; 32], later, NOW).unwrap();
    let first = store.rotate_refresh(WholeBox, &[1; 32], &[2; 32], later, &act()).unwrap();
    assert!(matches!(first, Rotation::Rotated { session_id, .. } if session_id == id));
    let second = store.rotate_refresh(WholeBox, &[1; 32], &[3; 32], later, &act()).unwrap();
    assert!(matches!(second, Rotation::Reused { .. }), "{second:?}");
    assert_eq!(store.session_for_access(WholeBox, id, NOW).unwrap(), None);
    let third = store.rotate_refresh(WholeBox, &[2; 32], &[4; 32], later, &act()).unwrap();
    assert_eq!(third, Rotation::Unknown);
    let old = store.rotate_refresh(WholeBox, &[9; 32], &[4; 32], later, &act()).unwrap();
    assert_eq!(old, Rotation::Unknown);
}

#[test]
fn a_new_password_ends_all_sessions_but_one() {
    let mut bench = bench();
    let store = &mut bench.store;
    let ana = person(store, "ana");
    let (one, other) = (session(store, ana, NOW.0), session(store, ana, NOW.0));
    let hash = new_user("x", Role::User).password_hash;
    store.set_password(WholeBox, ana, &hash, false, Some(one), &act()).unwrap();
    assert!(store.session_for_access(WholeBox, one, NOW).unwrap().is_some());
    assert!(store.session_for_access(WholeBox, other, NOW).unwrap().is_none());
}

#[test]
fn sessions_of_one_person_have_a_limit_and_an_end() {
    let mut bench = bench();
    let store = &mut bench.store;
    let ana = person(store, "ana");
    let first = session(store, ana, NOW.0);
    for nth in 1..=20 {
        session(store, ana, NOW.0 + nth);
    }
    assert_eq!(store.sessions(WholeBox, ana, NOW).unwrap().len(), 20);
    assert!(store.session_for_access(WholeBox, first, NOW).unwrap().is_none());
    let late = Timestamp(NOW.0 + 2_000_000);
    assert!(store.sessions(WholeBox, ana, late).unwrap().is_empty());
    assert_eq!(store.clean_sessions(WholeBox, late).unwrap(), 20);
}

#[test]
fn a_code_and_a_recovery_code_are_good_once() {
    let mut bench = bench();
    let store = &mut bench.store;
    let ana = person(store, "ana");
    store.set_totp(WholeBox, ana, b"secret of twenty oct", 100, &[[7; 32], [8; 32]], &act()).unwrap();
    assert_eq!(store.totp_secret(WholeBox, ana).unwrap().unwrap().as_slice(), b"secret of twenty oct");
    assert!(!store.use_totp_step(WholeBox, ana, 100).unwrap());
    assert!(store.use_totp_step(WholeBox, ana, 101).unwrap());
    assert!(!store.use_totp_step(WholeBox, ana, 101).unwrap());
    assert!(store.use_recovery_code(WholeBox, ana, &[7; 32], &act()).unwrap());
    assert!(!store.use_recovery_code(WholeBox, ana, &[7; 32], &act()).unwrap());
    assert_eq!(store.recovery_codes_left(WholeBox, ana).unwrap(), 1);
    store.clear_totp(WholeBox, ana, &act()).unwrap();
    assert_eq!(
        (store.totp_secret(WholeBox, ana).unwrap(), store.recovery_codes_left(WholeBox, ana).unwrap()),
        (None, 0)
    );
}

#[test]
fn a_key_is_found_by_its_hash_until_it_runs_out() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let store = &mut bench.store;
    let ana = person(store, "ana");
    let new = NewApiKey {
        user_id: ana,
        account_id: Some(acme.account_id()),
        name: "exporter".parse().unwrap(),
        key_hash: [5; 32],
        permissions: [Permission::CallsRead].into_iter().collect(),
        expires_at: Some(Timestamp(NOW.0 + 1000)),
    };
    let id = store.create_api_key(WholeBox, &new, &act()).unwrap();
    let (key, owner) = store.api_key_for_access(WholeBox, &[5; 32], NOW).unwrap().unwrap();
    assert_eq!((key.api_key_id, owner.user_id, key.permissions), (id, ana, new.permissions));
    assert!(store.api_key_for_access(WholeBox, &[5; 32], Timestamp(NOW.0 + 1000)).unwrap().is_none());
    let other = person(store, "eva");
    assert!(not_found(store.delete_api_key(WholeBox, other, id, &act())));
    store.delete_api_key(WholeBox, ana, id, &act()).unwrap();
}

#[test]
fn rights_of_a_member_are_kept_and_a_foreign_extension_is_not_taken() {
    let mut bench = bench();
    let (acme, bolt) = (bench.account("acme", 5), bench.account("bolt", 5));
    let (own, foreign) =
        (bench.extension(acme, "1001").extension_id, bench.extension(bolt, "1001").extension_id);
    let store = &mut bench.store;
    let member =
        NewMember { user: new_user("ana", Role::User), role: Role::User, extension_id: Some(foreign) };
    assert!(not_found(store.create_member(acme, &member, &act())));
    assert!(
        store.list_users(WholeBox, &ListQuery::default()).unwrap().items.is_empty(),
        "nothing was made by half"
    );
    let ana = store.create_member(acme, &NewMember { extension_id: Some(own), ..member }, &act()).unwrap();
    let overrides = Overrides {
        allow: [Permission::CallsListen, Permission::ReportsRead].into_iter().collect(),
        deny: [Permission::CallsRead].into_iter().collect(),
    };
    let change = MemberChange { overrides: Some(overrides), ..MemberChange::default() };
    store.update_member(acme, ana, &change, Some(Revision(1)), &act()).unwrap();
    let memberships = store.memberships(WholeBox, ana).unwrap();
    assert_eq!((memberships[0].overrides, memberships[0].extension_id), (overrides, Some(own)));
    store.remove_member(acme, ana, None, &act()).unwrap();
    assert!(not_found(store.user(WholeBox, ana)), "who belongs nowhere is gone");
}

#[test]
fn signing_keys_come_back_and_old_ones_go() {
    let mut bench = bench();
    for nth in 0..5 {
        bench.store.add_signing_key(WholeBox, 3, Timestamp(NOW.0 + nth)).unwrap();
    }
    let keys = bench.store.signing_keys(WholeBox, 10).unwrap();
    assert_eq!(keys.iter().map(|key| key.created_at.0 - NOW.0).collect::<Vec<_>>(), [4, 3, 2]);
    assert!(keys.iter().all(|key| key.secret.len() == 32) && keys[0].secret != keys[1].secret);
}

#[test]
fn who_sits_at_the_box_gets_it_back() {
    let mut bench = bench();
    let store = &mut bench.store;
    let boss = store.create_user(WholeBox, &new_user("boss", Role::SuperAdmin), &act()).unwrap();
    store.set_totp(WholeBox, boss, b"secret of twenty oct", 1, &[], &act()).unwrap();
    let id = session(store, boss, NOW.0);
    let name = store.reset_admin(WholeBox, &new_user("other", Role::SuperAdmin), &Act::console(NOW)).unwrap();
    assert_eq!(name, "boss");
    let user = store.user(WholeBox, boss).unwrap();
    assert!(user.must_change_password && !user.has_totp);
    assert!(store.session_for_access(WholeBox, id, NOW).unwrap().is_none());
}
