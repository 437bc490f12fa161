//! Office hours, and what they lead to.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_model::guard::cost;
use pabx_model::{
    CallDirection, CallingClass, Class, Destination, Dialling, Guard, InboundRoute, OffHours, Override,
    Price, Reject, Status, StoreWrite, TimeCondition, TimeConditionId, TimeRule, Timestamp, Zone,
};
use pabx_store::time_conditions::MAX_TIME_CONDITIONS_OF_ACCOUNT;
use pabx_store::used::UsedRow;
use pabx_store::{AccountScope, ListQuery, Store, StoreError, WholeBox};

fn rule(name: &str, open: Option<Destination>) -> TimeRule {
    let condition = TimeCondition {
        name: name.parse().unwrap(),
        zone: Zone::parse("America/Recife").unwrap(),
        weekly: serde_json::from_str(r#"[{"days":["mon","fri"],"from":"08:00","to":"18:00"}]"#).unwrap(),
        holidays: serde_json::from_str(r#"[{"name":"Frevo","date":"02-09"}]"#).unwrap(),
        holiday_sets: Some("br".parse().unwrap()),
        overridden: Override::Automatic,
    };
    TimeRule { condition, open, closed: Some(Destination::Reject { reject: Reject::Busy }) }
}

fn actions(store: &Store, scope: AccountScope) -> Vec<String> {
    let rows = store.audit(scope, &pabx_store::AuditFilter::default(), &ListQuery::default()).unwrap().items;
    rows.into_iter().map(|row| row.action).filter(|action| action.starts_with("time_condition")).collect()
}

#[test]
fn a_time_condition_is_kept_as_it_was_made_and_changed_by_revision() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let extension_id = bench.extension(acme, "1001").extension_id;
    let store = &mut bench.store;
    let mut wanted = rule("Office", Some(Destination::Extension { extension_id }));
    let id = store.create_time_condition(acme, &wanted, &act()).unwrap();
    let row = store.time_condition(acme, id).unwrap();
    assert_eq!((&row.rule, row.revision.0), (&wanted, 1));
    let taken = store.create_time_condition(acme, &wanted, &act());
    assert!(matches!(taken, Err(StoreError::Taken { .. })));
    let other = store.create_time_condition(acme, &rule("Lunch", None), &act()).unwrap();
    let taken = store.update_time_condition(acme, other, &wanted, None, &act());
    assert!(matches!(taken, Err(StoreError::Taken { what: "the time condition's name" })), "{taken:?}");
    store.delete_time_condition(acme, other, None, &act()).unwrap();
    wanted.open = None;
    store.update_time_condition(acme, id, &wanted, Some(row.revision), &act()).unwrap();
    let stale = store.update_time_condition(acme, id, &wanted, Some(row.revision), &act());
    assert!(matches!(stale, Err(StoreError::Stale { .. })));
    let closed = Override::Closed { until: Some(NOW.plus_millis(1)) };
    store.override_time_condition(acme, id, closed, &act()).unwrap();
    let row = store.time_condition(acme, id).unwrap();
    assert_eq!((row.rule.condition.overridden, row.rule.open, row.revision.0), (closed, None, 3));
    assert_eq!(store.list_time_conditions(acme, &ListQuery::default()).unwrap().items.len(), 1);
    store.delete_time_condition(acme, id, None, &act()).unwrap();
    assert!(not_found(store.time_condition(acme, id)));
    let mut told = actions(store, acme);
    told.sort();
    told.dedup();
    let all = ["create", "delete", "override", "update"].map(|what| format!("time_condition.{what}"));
    assert_eq!(told, all);
}

#[test]
fn nothing_leads_into_another_account() {
    let mut bench = bench();
    let (acme, bolt) = (bench.account("acme", 5), bench.account("bolt", 5));
    let theirs = bench.extension(bolt, "1001").extension_id;
    let store = &mut bench.store;
    let hours = store.create_time_condition(bolt, &rule("Office", None), &act()).unwrap();
    assert!(not_found(store.time_condition(acme, hours)));
    assert!(not_found(store.update_time_condition(acme, hours, &rule("Mine", None), None, &act())));
    assert!(not_found(store.override_time_condition(acme, hours, Override::Automatic, &act())));
    assert!(not_found(store.delete_time_condition(acme, hours, None, &act())));
    let inbound = |destination| InboundRoute {
        name: "In".parse().unwrap(),
        position: 1,
        trunk_id: None,
        did_pattern: "55XX".parse().unwrap(),
        caller_pattern: None,
        destination: Some(destination),
        status: Status::Active,
    };
    for to in [
        Destination::Extension { extension_id: theirs },
        Destination::TimeCondition { time_condition_id: hours },
        Destination::TimeCondition { time_condition_id: TimeConditionId::new(1, [1; 10]) },
    ] {
        assert!(not_found(store.create_route(acme, &inbound(to.clone()), &act())), "{to:?}");
        assert!(not_found(store.create_time_condition(acme, &rule("Night", Some(to)), &act())));
    }
    let off_hours = Some(OffHours { time_condition_id: hours, calling_class: CallingClass::Local });
    let dialling = Dialling { guard: Guard { off_hours, ..Guard::default() }, ..Dialling::default() };
    assert!(not_found(store.set_dialling(acme, &dialling, None, &act())));
    store.set_dialling(bolt, &dialling, None, &act()).unwrap();
    assert_eq!(store.dialling(bolt).unwrap().dialling, dialling);
}

#[test]
fn one_that_bounds_calls_outside_office_hours_cannot_be_deleted() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let store = &mut bench.store;
    let hours = store.create_time_condition(acme, &rule("Office", None), &act()).unwrap();
    let free = store.create_time_condition(acme, &rule("Lunch", None), &act()).unwrap();
    let off_hours = Some(OffHours { time_condition_id: hours, calling_class: CallingClass::Local });
    let bounded = Dialling { guard: Guard { off_hours, ..Guard::default() }, ..Dialling::default() };
    store.set_dialling(acme, &bounded, None, &act()).unwrap();
    let kept = store.delete_time_condition(acme, hours, None, &act());
    assert!(matches!(kept, Err(StoreError::StillUsed { .. })), "{kept:?}");
    assert!(store.time_condition(acme, hours).is_ok());
    store.delete_time_condition(acme, free, None, &act()).unwrap();
    store.set_dialling(acme, &Dialling::default(), None, &act()).unwrap();
    store.delete_time_condition(acme, hours, None, &act()).unwrap();
}

#[test]
fn an_account_has_only_so_many() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    for n in 0..MAX_TIME_CONDITIONS_OF_ACCOUNT {
        bench.store.create_time_condition(acme, &rule(&format!("Hours {n}"), None), &act()).unwrap();
    }
    let one_more = bench.store.create_time_condition(acme, &rule("One more", None), &act());
    assert!(matches!(one_more, Err(StoreError::Limit { .. })));
}

#[test]
fn the_engine_gets_hours_routes_and_what_is_gone_leads_nowhere() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let extension_id = bench.extension(acme, "1001").extension_id;
    let store = &mut bench.store;
    let wanted = rule("Office", Some(Destination::Extension { extension_id }));
    let id = store.create_time_condition(acme, &wanted, &act()).unwrap();
    store.delete_extension(acme, extension_id, None, &act()).unwrap();
    let compiled = store.compile(WholeBox).unwrap();
    let (_, routing) = compiled.routing.into_iter().find(|(of, _)| *of == acme.account_id()).unwrap();
    assert_eq!(routing.time_rule(id), Some(&wanted), "the engine finds that the extension is gone");
}

#[test]
fn a_destination_of_a_later_version_leads_nowhere_and_the_box_still_starts() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let busy = Destination::Reject { reject: Reject::Busy };
    let id = bench.store.create_time_condition(acme, &rule("Office", Some(busy)), &act()).unwrap();
    let outside = rusqlite::Connection::open(bench.path()).unwrap();
    let later = "UPDATE time_conditions SET open = '{\"kind\":\"hologram\"}', closed = 'no JSON'";
    outside.execute(later, []).unwrap();
    let rule = bench.store.time_condition(acme, id).unwrap().rule;
    assert_eq!((rule.open, rule.closed), (None, None));
    bench.store.compile(WholeBox).unwrap();
}

#[test]
fn minutes_and_money_of_calls_that_were_cut_off_count() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let lasted = 70_001;
    let prices = [Some(350_000), Some(Price::MAX.millionths()), Some(0), None];
    let calls: Vec<_> = (0..)
        .zip(prices)
        .map(|(n, price)| {
            let mut call = open_call(acme, NOW.0 - 2_000, n);
            (call.direction, call.class, call.price) = (CallDirection::Outbound, Some(Class::Mobile), price);
            call
        })
        .collect();
    let mut wrong_clock = open_call(acme, 0, 9);
    (wrong_clock.class, wrong_clock.price) = (Some(Class::Mobile), prices[1]);
    let begun: Vec<_> = calls.iter().chain([&wrong_clock]).cloned().map(StoreWrite::BeginCall).collect();
    bench.store.apply(&begun, NOW).unwrap();
    assert_eq!(bench.store.call(acme, calls[0].call_id).unwrap(), calls[0], "with its price");
    let last = NOW.plus_millis(lasted);
    bench.store.apply(&[], last).unwrap();

    let mut store = open(bench.folder.path()).unwrap();
    assert_eq!(store.close_interrupted_calls(WholeBox, last.plus_millis(5_000)).unwrap(), begun.len());
    let mut money = 0;
    for call in &calls {
        let closed = store.call(acme, call.call_id).unwrap();
        let expected = call.price.map(|price| cost(lasted, price));
        assert_eq!((closed.duration, closed.cost, closed.price), (lasted, expected, call.price));
        money += expected.unwrap_or(0);
    }
    let used = store.used_since(acme, NOW.minus_millis(2_000)).unwrap();
    assert_eq!(used, [UsedRow { extension_id: None, ms: 4 * lasted, money }]);
    let long = store.call(acme, wrong_clock.call_id).unwrap();
    assert_eq!(long.cost, Some(cost(long.duration, Price::MAX.millionths())));
}

#[test]
fn what_was_used_up_is_counted_from_a_time_on_without_free_calls() {
    let mut bench = bench();
    let (acme, bolt) = (bench.account("acme", 5), bench.account("bolt", 5));
    let extension_id = bench.extension(acme, "1001").extension_id;
    let call = |n: u8, class, cost, extension| {
        let mut call = ended_call(acme, NOW.0 + u64::from(n), n);
        (call.direction, call.class, call.cost) = (CallDirection::Outbound, class, cost);
        call.extension_id = extension;
        StoreWrite::EndCall(call)
    };
    let own = Some(extension_id);
    let writes = [
        call(1, Some(Class::LongDistance), Some(500), own),
        call(2, Some(Class::Mobile), None, own),
        call(3, Some(Class::TollFree), Some(9), own),
        call(4, Some(Class::Emergency), Some(9), own),
        call(5, None, None, own),
        call(6, Some(Class::Local), Some(7), None),
    ];
    assert_eq!(bench.store.apply(&writes, NOW).unwrap(), [true; 6]);
    let used = |since: u64, scope| {
        let rows = bench.store.used_since(scope, Timestamp(since)).unwrap();
        let mut rows: Vec<_> = rows.into_iter().map(|row| (row.extension_id, row.ms, row.money)).collect();
        rows.sort();
        rows
    };
    // Eight seconds each.
    assert_eq!(used(NOW.0, acme), [(None, 8_000, 7), (own, 16_000, 500)]);
    assert_eq!(used(NOW.0 + 2, acme), [(None, 8_000, 7), (own, 8_000, 0)]);
    assert_eq!(used(NOW.0, bolt), []);
}
