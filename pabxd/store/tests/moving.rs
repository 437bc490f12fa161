//! An account moves from box to box: everything that belongs to it, once, whole, and under the rules of the box it comes to.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_model::{
    BookEntry, CallingClass, Destination, Dialling, ExtensionId, Guard, OffHours, Override, Overrides,
    Permission, PermissionSet, Pin, Role, Status, TimeCondition, TimeConditionId, TimeRule, TrunkOrder,
    UserId, Zone,
};
use pabx_store::{
    AccountChange, AccountScope, ByPosition, ExtensionChange, InboundRoute, ListQuery, MemberChange,
    MovingAccount, NewMember, NewPin, OutboundRoute, SealingKey, Store, StoreError, TrunkAuth, Verified,
    WholeBox,
};

/// Another box, with another key.
fn other_box() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let key = SealingKey::new(&[7; 32]).unwrap();
    let store =
        Store::open(&database(folder.path()), key, Box::new(ring::rand::SystemRandom::new())).unwrap();
    Bench { folder, store }
}

fn member(store: &mut Store, scope: AccountScope, name: &str, role: Role) -> UserId {
    let new = NewMember { user: new_user(name, Role::User), role, extension_id: None };
    store.create_member(scope, &new, &act()).unwrap()
}

fn hours_to(open: Destination) -> TimeRule {
    let condition = TimeCondition {
        name: "Office".parse().unwrap(),
        zone: Zone::default(),
        weekly: Vec::new(),
        holidays: Vec::new(),
        holiday_sets: None,
        overridden: Override::Closed { until: None },
    };
    TimeRule { condition, open: Some(open), closed: None }
}

/// Hours that lead there; others that lead to these, and some whose destination is gone.
fn some_hours(store: &mut Store, scope: AccountScope, to_first: Destination) -> TimeConditionId {
    let hours = store.create_time_condition(scope, &hours_to(to_first.clone()), &act()).unwrap();
    let before = Destination::TimeCondition { time_condition_id: hours };
    let mut others = [hours_to(before), hours_to(to_first)];
    others[0].condition.name = "Night".parse().unwrap();
    others[1].condition.name = "Lost".parse().unwrap();
    others[1].open = None;
    for rule in &others {
        store.create_time_condition(scope, rule, &act()).unwrap();
    }
    hours
}

/// Digits that nothing else has.
const PIN: &str = "48291357";

/// Two extensions, a trunk, hours, a PIN, a name, a route each way, an admin with one-time codes and a suspended user; a third belongs to
/// another account too.
fn full(bench: &mut Bench) -> AccountScope {
    let scope = bench.account("acme", 10);
    let first = bench.extension(scope, "200").extension_id;
    let second = bench.extension(scope, "201").extension_id;
    let store = &mut bench.store;
    let suspended = ExtensionChange { status: Some(Status::Suspended), ..ExtensionChange::default() };
    store.update_extension(scope, second, &suspended, None, &act()).unwrap();
    let gone = store.create_trunk(scope, &new_trunk("Old", "u0", "p0"), &act()).unwrap();
    let trunk = store.create_trunk(scope, &new_trunk("Line", "u1", "tr0mbone"), &act()).unwrap();
    let to_first = Destination::Extension { extension_id: first };
    let hours = some_hours(store, scope, to_first);
    let guard = Guard {
        off_hours: Some(OffHours { time_condition_id: hours, calling_class: CallingClass::Local }),
        ..Guard::default()
    };
    let dialling = Dialling { guard, numbers: vec!["+55113333XXXX".parse().unwrap()], ..Dialling::default() };
    store.set_dialling(scope, &dialling, None, &act()).unwrap();
    let calling_class = CallingClass::International;
    let pin = NewPin { name: "Ana".parse().unwrap(), calling_class, status: Status::Suspended };
    store.create_pin(scope, &pin, &Pin::parse(PIN).unwrap(), &act()).unwrap();
    let ana =
        BookEntry { name: "Ana".parse().unwrap(), number: "+5511987654321".parse().unwrap(), note: None };
    store.create_book_entry(scope, &ana, &act()).unwrap();
    let inbound = InboundRoute {
        name: "In".parse().unwrap(),
        position: 1,
        trunk_id: Some(trunk),
        did_pattern: "55XX".parse().unwrap(),
        caller_pattern: None,
        destination: Some(Destination::TimeCondition { time_condition_id: hours }),
        status: Status::Active,
    };
    store.create_route(scope, &inbound, &act()).unwrap();
    let outbound = OutboundRoute {
        name: "Out".parse().unwrap(),
        position: 1,
        pattern: "0.".parse().unwrap(),
        strip: 1,
        prefix: "55".into(),
        trunks: vec![gone, trunk],
        trunk_order: TrunkOrder::LeastUsed,
        failover_after_ringing: true,
        status: Status::Active,
    };
    store.create_route(scope, &outbound, &act()).unwrap();
    store.delete_trunk(scope, gone, None, &act()).unwrap();
    people(bench, scope, first);
    scope
}

/// An admin with one-time codes, a user with rights of his own, and one who belongs to another account too.
fn people(bench: &mut Bench, scope: AccountScope, extension: ExtensionId) {
    let store = &mut bench.store;
    let admin = member(store, scope, "ana", Role::Admin);
    store.set_totp(WholeBox, admin, &[5; 20], 77, &[[1; 32], [2; 32]], &act()).unwrap();
    let user = member(store, scope, "bia", Role::User);
    let change = MemberChange {
        extension_id: Some(Some(extension)),
        overrides: Some(Overrides {
            allow: PermissionSet::default().with(Permission::TrunksRead),
            ..Overrides::default()
        }),
        ..MemberChange::default()
    };
    store.update_member(scope, user, &change, None, &act()).unwrap();
    let both = member(store, scope, "caio", Role::User);
    let elsewhere = bench.account("bolt", 10);
    bench.store.add_member(elsewhere, both, Role::User, &act()).unwrap();
}

fn passwords(store: &mut Store) -> Vec<(String, String)> {
    let compiled = store.compile(WholeBox).unwrap().extensions;
    let mut all: Vec<_> =
        compiled.iter().map(|one| (one.number.to_string(), one.password.expose().to_owned())).collect();
    all.sort();
    all
}

/// How many rows of each kind there are, and whether the audit is whole.
fn rows(store: &mut Store) -> (usize, usize, u64) {
    let Verified::Whole(audit) = store.verify_audit(WholeBox).unwrap() else { panic!("a whole audit") };
    let accounts = store.accounts(WholeBox).unwrap();
    let extensions =
        accounts.iter().map(|row| store.extensions(AccountScope::of(row.account_id)).unwrap().len()).sum();
    (accounts.len(), extensions, audit)
}

#[test]
fn all_of_it_arrives_under_another_key_with_the_same_ids_and_secrets() {
    let (mut from, mut to) = (bench(), other_box());
    let scope = full(&mut from);
    let moving = from.store.export_account(scope, &act()).unwrap();
    assert_eq!(moving.staying, ["caio"]);
    let made = to.store.import_account(WholeBox, &moving, false, &act()).unwrap();
    assert_eq!((made.account.account_id, made.new_ids), (scope.account_id(), 0));
    assert_eq!((made.made, made.rejoined, made.left_out), (vec!["ana".into(), "bia".into()], vec![], vec![]));
    assert_eq!(passwords(&mut to.store), passwords(&mut from.store));
    let (here, there) = (from.store.extensions(scope).unwrap(), to.store.extensions(scope).unwrap());
    let told = |rows: &[pabx_store::ExtensionRow]| {
        rows.iter().map(|row| (row.extension_id, row.username.clone(), row.status)).collect::<Vec<_>>()
    };
    assert_eq!(told(&here), told(&there));
    // The trunk's password is sealed anew: it comes out of the other box again.
    let again = to.store.export_account(scope, &act()).unwrap();
    let TrunkAuth::Digest { password, .. } = &again.trunks[0].trunk.auth else { panic!("digest") };
    assert_eq!(password.as_ref().unwrap().as_str(), "tr0mbone");
    let list = ListQuery::<ByPosition>::default();
    let out = to.store.list_routes::<OutboundRoute>(scope, &list).unwrap().items;
    assert_eq!(out[0].route.trunks, [again.trunks[0].trunk_id], "a trunk that was gone is not named");
    let inbound = to.store.list_routes::<InboundRoute>(scope, &list).unwrap().items;
    assert_eq!(
        inbound[0].route,
        from.store.list_routes::<InboundRoute>(scope, &list).unwrap().items[0].route
    );
    assert_eq!(again.time_conditions, moving.time_conditions);
    assert_eq!((&again.call_pins, again.call_pins[0].pin.expose()), (&moving.call_pins, PIN));
    assert_eq!((again.call_pins.len(), again.phone_book), (1, moving.phone_book));
    assert_eq!((again.dialling, again.time_conditions.len()), (moving.dialling, 3));
    let (ana, _) = to.store.user_for_login(WholeBox, "ana").unwrap().unwrap();
    assert_eq!(to.store.totp_secret(WholeBox, ana.user_id).unwrap().unwrap().as_slice(), [5; 20]);
    assert_eq!(to.store.recovery_codes_left(WholeBox, ana.user_id).unwrap(), 2);
    assert!(
        !to.store.use_totp_step(WholeBox, ana.user_id, 77).unwrap(),
        "a used code is good no second time"
    );
    let (bia, _) = to.store.user_for_login(WholeBox, "bia").unwrap().unwrap();
    let bia = to.store.member(scope, bia.user_id).unwrap();
    assert!(bia.overrides.allow.contains(Permission::TrunksRead));
    assert_eq!(bia.extension_id, Some(here[0].extension_id));
    assert_eq!(to.store.integrity().unwrap(), None);
}

#[test]
fn beside_the_original_everything_gets_new_ids_and_nobody_is_taken_over() {
    let mut bench = bench();
    let scope = full(&mut bench);
    let mut moving = bench.store.export_account(scope, &act()).unwrap();
    for (slug, domain) in [("acme", "new.test"), ("new", "acme.test")] {
        (moving.account.slug, moving.account.domain) = (slug.parse().unwrap(), domain.parse().unwrap());
        let before = rows(&mut bench.store);
        let error = bench.store.import_account(WholeBox, &moving, false, &act()).unwrap_err();
        let what = if slug == "acme" { "the slug" } else { "the domain" };
        assert!(matches!(error, StoreError::Taken { what: told } if told == what), "{error}");
        assert_eq!(rows(&mut bench.store), before);
    }
    moving.account.domain = "new.test".parse().unwrap();
    let made = bench.store.import_account(WholeBox, &moving, false, &act()).unwrap();
    assert_ne!(made.account.account_id, scope.account_id());
    // Two extensions, a trunk, three time conditions, a PIN, two routes.
    assert_eq!((made.new_ids, made.left_out.len()), (9, 2));
    let copy = AccountScope::of(made.account.account_id);
    let list = ListQuery::<ByPosition>::default();
    let inbound = bench.store.list_routes::<InboundRoute>(copy, &list).unwrap().items;
    let again = bench.store.export_account(copy, &act()).unwrap();
    let of = |name: &str| {
        again.time_conditions.iter().find(|(_, rule)| rule.condition.name.as_str() == name).unwrap()
    };
    let (office, night) = (of("Office"), of("Night"));
    let to_office = Some(Destination::TimeCondition { time_condition_id: office.0 });
    let extension_id = bench.store.extensions(copy).unwrap()[0].extension_id;
    assert_eq!(office.1.open, Some(Destination::Extension { extension_id }));
    assert_eq!((&inbound[0].route.destination, &night.1.open), (&to_office, &to_office));
    let pin = |moving: &MovingAccount| (moving.call_pins[0].pin.clone(), moving.call_pins[0].name.clone());
    assert_eq!(pin(&again), pin(&moving));
    assert_ne!(again.call_pins[0].pin_id, moving.call_pins[0].pin_id);
    assert_eq!(again.dialling.guard.off_hours.map(|bound| bound.time_condition_id), Some(office.0));
    assert_eq!(bench.store.list_members(copy, &ListQuery::default()).unwrap().items.len(), 0);
    assert_eq!(bench.store.integrity().unwrap(), None);
}

#[test]
fn into_the_same_box_after_it_was_deleted_it_comes_back_as_it_was() {
    let mut bench = bench();
    let scope = full(&mut bench);
    let moving = bench.store.export_account(scope, &act()).unwrap();
    let before = passwords(&mut bench.store);
    bench.store.delete_account(WholeBox, scope.account_id(), None, &act()).unwrap();
    let made = bench.store.import_account(WholeBox, &moving, false, &act()).unwrap();
    assert_eq!((made.account.account_id, made.new_ids), (scope.account_id(), 0));
    // They were left without an account; their passwords are those of now.
    assert_eq!(made.rejoined, ["ana", "bia"]);
    assert_eq!(passwords(&mut bench.store), before);
}

#[test]
fn a_stranger_of_the_same_name_is_not_touched() {
    let (mut from, mut to) = (bench(), other_box());
    let scope = full(&mut from);
    let stranger = to.store.create_user(WholeBox, &new_user("ana", Role::SuperAdmin), &act()).unwrap();
    let moving = from.store.export_account(scope, &act()).unwrap();
    let made = to.store.import_account(WholeBox, &moving, false, &act()).unwrap();
    assert_eq!((made.made, made.left_out), (vec!["bia".to_owned()], vec!["ana".to_owned()]));
    assert!(to.store.memberships(WholeBox, stranger).unwrap().is_empty());
    assert_eq!(to.store.totp_secret(WholeBox, stranger).unwrap(), None);
}

/// What must not be made, with what stands in the way.
fn refused(change: impl FnOnce(&mut MovingAccount)) -> StoreError {
    let (mut from, mut to) = (bench(), other_box());
    let scope = full(&mut from);
    let mut moving = from.store.export_account(scope, &act()).unwrap();
    change(&mut moving);
    let before = rows(&mut to.store);
    let error = to.store.import_account(WholeBox, &moving, false, &act()).unwrap_err();
    assert_eq!(rows(&mut to.store), before, "nothing is left of it");
    error
}

#[test]
fn what_ordinary_creation_refuses_is_refused_here_and_leaves_nothing() {
    let limit = refused(|moving| moving.account.limits.max_extensions = 1);
    assert!(matches!(limit, StoreError::Limit { limit: 1, .. }), "{limit}");
    let twice =
        refused(|moving| moving.extensions[1].extension.number = moving.extensions[0].extension.number);
    assert!(matches!(twice, StoreError::Taken { what: "the extension number" }), "{twice}");
    let lost = refused(|moving| moving.trunks.clear());
    assert!(matches!(lost, StoreError::NotFound { what: "trunk" }), "{lost}");
    let lost = refused(|moving| moving.extensions.clear());
    assert!(matches!(lost, StoreError::NotFound { what: "extension" }), "{lost}");
    let boss = refused(|moving| moving.people[0].role = Role::SuperAdmin);
    assert!(matches!(boss, StoreError::Text(_)), "{boss}");
}

#[test]
fn an_id_that_no_box_makes_is_not_taken_from_a_file() {
    let (mut from, mut to) = (bench(), other_box());
    let scope = full(&mut from);
    let mut moving = from.store.export_account(scope, &act()).unwrap();
    moving.account_id = pabx_model::AccountId::SELF_TEST;
    let made = to.store.import_account(WholeBox, &moving, false, &act()).unwrap();
    assert!(!made.account.account_id.is_self_test());
}

#[test]
fn a_dry_run_tells_the_same_and_makes_nothing() {
    let (mut from, mut to) = (bench(), other_box());
    let scope = full(&mut from);
    let moving = from.store.export_account(scope, &act()).unwrap();
    let before = rows(&mut to.store);
    let would = to.store.import_account(WholeBox, &moving, true, &act()).unwrap();
    assert_eq!(rows(&mut to.store), before);
    assert_eq!(to.store.import_account(WholeBox, &moving, false, &act()).unwrap(), would);
}

#[test]
fn both_are_written_down_without_a_secret() {
    let (mut from, mut to) = (bench(), other_box());
    let scope = full(&mut from);
    let full_name = AccountChange { description: Some("x".into()), ..AccountChange::default() };
    from.store.update_account(WholeBox, scope.account_id(), &full_name, None, &act()).unwrap();
    let moving = from.store.export_account(scope, &act()).unwrap();
    to.store.import_account(WholeBox, &moving, false, &act()).unwrap();
    let secrets: Vec<String> = moving
        .extensions
        .iter()
        .map(|one| one.password.expose().to_owned())
        .chain(["tr0mbone".into(), PIN.into()])
        .collect();
    for (store, action) in [(&from.store, "account.export"), (&to.store, "account.import")] {
        let list = ListQuery { limit: 200, ..ListQuery::default() };
        let entries = store.audit(scope, &pabx_store::AuditFilter::default(), &list).unwrap().items;
        let entry = entries.iter().find(|entry| entry.action == action).unwrap();
        let counts: serde_json::Value = serde_json::from_str(entry.after.as_ref().unwrap()).unwrap();
        let counted = ["extensions", "trunks", "time_conditions", "call_pins", "phone_book", "people"];
        assert_eq!(counted.map(|what| counts[what].as_u64()), [2, 1, 3, 1, 1, 2].map(Some), "{entry:?}");
        let text = format!("{entries:?}");
        assert!(!text.contains("argon2") && !secrets.iter().any(|secret| text.contains(secret)));
    }
}
