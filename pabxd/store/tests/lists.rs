//! Lists in pages: complete, in order, by an index, and searched.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_model::{NumberPattern, Status, StoreWrite};
use pabx_store::{
    AccountSort, CallFilter, ExtensionSort, ListQuery, NewAlert, NewExtension, OutboundRoute, Severity,
    StoreError, WholeBox,
};

fn filled(count: usize) -> (Bench, pabx_store::AccountScope) {
    let mut bench = bench();
    let acme = bench.account("acme", 100_000);
    let wanted: Vec<NewExtension> = (0..count).map(|nth| new_extension(&(1000 + nth).to_string())).collect();
    bench.store.create_extensions(acme, &wanted, false, &act()).unwrap();
    (bench, acme)
}

#[test]
fn pages_hold_every_item_once_in_each_order() {
    let (bench, acme) = filled(25);
    for sort in [ExtensionSort::Number, ExtensionSort::Name, ExtensionSort::CreatedAt] {
        for descending in [false, true] {
            let mut query = ListQuery { limit: 7, cursor: None, search: None, descending, sort };
            let mut seen = Vec::new();
            loop {
                let page = bench.store.list_extensions(acme, &query).unwrap();
                seen.extend(page.items.iter().map(|row| row.number.to_string()));
                let Some(cursor) = page.next_cursor else { break };
                query.cursor = Some(cursor.to_string().parse().unwrap());
            }
            if descending && sort != ExtensionSort::CreatedAt {
                seen.reverse();
            }
            let all: Vec<_> = (1000..1025).map(|number: u32| number.to_string()).collect();
            if sort == ExtensionSort::CreatedAt {
                // All were made in the same millisecond: the order among them is that of their ids.
                seen.sort();
            }
            assert_eq!(seen, all, "{sort:?} {descending}");
        }
    }
}

#[test]
fn a_search_takes_signs_of_patterns_as_they_are() {
    let (mut bench, acme) = filled(3);
    let mut odd = new_extension("2000");
    odd.name = "100% José_Silva".parse().unwrap();
    bench.store.create_extension(acme, &odd, &act()).unwrap();
    let found = |text: &str| {
        let query = ListQuery { search: Some(text.into()), ..ListQuery::<ExtensionSort>::default() };
        bench.store.list_extensions(acme, &query).unwrap().items.len()
    };
    assert_eq!((found("0% j"), found("é_s"), found("PHONE 100"), found("%"), found("_")), (1, 1, 3, 1, 1));
    assert_eq!((found("' OR 1=1 --"), found("nobody"), found("")), (0, 0, 4));
}

#[test]
fn a_range_is_made_whole_or_not_at_all_and_a_dry_run_makes_nothing() {
    let (mut bench, acme) = filled(3);
    let wanted: Vec<_> = ["1001", "1500", "1002"].map(new_extension).into();
    let result = bench.store.create_extensions(acme, &wanted, false, &act());
    let Err(StoreError::Items(wrong)) = result else { panic!("{result:?}") };
    assert_eq!(wrong.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(bench.store.extensions(acme).unwrap().len(), 3);
    let good = [new_extension("1500")];
    assert!(bench.store.create_extensions(acme, &good, true, &act()).unwrap().is_empty());
    assert_eq!(bench.store.extensions(acme).unwrap().len(), 3);
    assert_eq!(bench.store.create_extensions(acme, &good, false, &act()).unwrap().len(), 1);
}

#[test]
fn accounts_that_one_belongs_to_are_listed_alone() {
    let mut bench = bench();
    let (acme, bolt) = (bench.account("acme", 1), bench.account("bolt", 1));
    bench.account("corp", 1);
    let query = ListQuery::<AccountSort>::default();
    let names = |rows: Vec<pabx_store::AccountRow>| {
        rows.into_iter().map(|row| row.slug.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(bench.store.list_accounts_of(&[bolt, acme], &query).unwrap().items), ["acme", "bolt"]);
    assert!(bench.store.list_accounts_of(&[], &query).unwrap().items.is_empty());
    assert_eq!(names(bench.store.list_accounts(WholeBox, &query).unwrap().items), ["acme", "bolt", "corp"]);
}

#[test]
fn calls_are_found_by_what_they_were() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let phone = bench.extension(acme, "1001").extension_id;
    let mut of_phone = ended_call(acme, NOW.0, 1);
    of_phone.extension_id = Some(phone);
    let mut to_phone = ended_call(acme, NOW.0 + 1000, 2);
    (to_phone.caller, to_phone.callee) = ("1003".into(), "1001".into());
    let mut other = ended_call(acme, NOW.0 + 2000, 3);
    (other.caller, other.callee) = ("1003".into(), "5511999990000".into());
    let writes = [&of_phone, &to_phone, &other].map(|call| StoreWrite::EndCall(call.clone()));
    bench.store.apply(&writes, NOW).unwrap();
    let found = |filter: CallFilter| {
        let page = bench.store.find_calls(acme, &filter, None, 10).unwrap();
        page.items.iter().map(|call| call.start_time.0 - NOW.0).collect::<Vec<_>>()
    };
    let own = CallFilter { extension: Some((phone, "1001".into())), ..CallFilter::default() };
    assert_eq!(found(own), [1000, 0]);
    assert_eq!(found(CallFilter { number: Some("99999".into()), ..CallFilter::default() }), [2000]);
    let middle =
        CallFilter { from: Some(to_phone.start_time), to: Some(other.start_time), ..CallFilter::default() };
    assert_eq!(found(middle), [1000]);
    assert_eq!(
        found(CallFilter { status: Some(pabx_model::CallStatus::Busy), ..CallFilter::default() }),
        [0; 0]
    );
}

#[test]
fn routes_stay_in_their_account_and_point_at_what_is_there() {
    let mut bench = bench();
    let (acme, bolt) = (bench.account("acme", 5), bench.account("bolt", 5));
    let store = &mut bench.store;
    let mine = store.create_trunk(acme, &new_trunk("Line", "u", "p"), &act()).unwrap();
    let theirs = store.create_trunk(bolt, &new_trunk("Line", "u", "p"), &act()).unwrap();
    let mut route = OutboundRoute {
        name: "Mobile".parse().unwrap(),
        position: 10,
        pattern: NumberPattern::parse("0ZZ9XXXXXXXX").unwrap(),
        strip: 1,
        prefix: "+55".into(),
        trunks: vec![theirs],
        trunk_order: pabx_model::TrunkOrder::LeastCost,
        failover_after_ringing: true,
        status: Status::Active,
    };
    assert!(not_found(store.create_route(acme, &route, &act())));
    route.trunks = vec![mine];
    let id = store.create_route(acme, &route, &act()).unwrap();
    assert!(not_found(store.route::<OutboundRoute>(bolt, id)));
    assert!(not_found(store.update_route(bolt, id, &route, None, &act())));
    assert!(not_found(store.delete_route::<OutboundRoute>(bolt, id, None, &act())));
    assert_eq!(store.route::<OutboundRoute>(acme, id).unwrap().route, route);
    assert!(matches!(store.create_route(acme, &route, &act()), Err(StoreError::Taken { .. })));
}

#[test]
fn a_rename_to_a_name_that_is_taken_says_what_is() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let store = &mut bench.store;
    let taken = |result: Result<(), StoreError>| match result {
        Err(StoreError::Taken { what }) => what,
        other => panic!("{other:?}"),
    };
    store.create_trunk(acme, &new_trunk("Line", "u", "p"), &act()).unwrap();
    let other = store.create_trunk(acme, &new_trunk("Other", "u", "p"), &act()).unwrap();
    let line = Some("Line".parse().unwrap());
    let change = pabx_store::TrunkChange { name: line, ..Default::default() };
    assert_eq!(taken(store.update_trunk(acme, other, &change, None, &act())), "the trunk name");
    let route = |name: &str| pabx_store::InboundRoute {
        name: name.parse().unwrap(),
        position: 1,
        trunk_id: None,
        did_pattern: "55XX".parse().unwrap(),
        caller_pattern: None,
        destination: None,
        status: Status::Active,
    };
    store.create_route(acme, &route("In"), &act()).unwrap();
    let other = store.create_route(acme, &route("Other"), &act()).unwrap();
    assert_eq!(taken(store.update_route(acme, other, &route("In"), None, &act())), "the route name");
    bench.account("bolt", 5);
    let domain = Some("bolt.test".parse().unwrap());
    let change = pabx_store::AccountChange { domain, ..Default::default() };
    let result = bench.store.update_account(WholeBox, acme.account_id(), &change, None, &act());
    assert_eq!(taken(result), "the domain");
}

#[test]
fn the_same_alert_counts_up_until_somebody_takes_it_up() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let new = NewAlert {
        account_id: Some(acme.account_id()),
        kind: "login_failures",
        severity: Severity::Warning,
        subject: "ana".into(),
        detail: "five".into(),
    };
    let (id, fresh) = bench.store.raise_alert(WholeBox, &new, &[], NOW).unwrap();
    assert!(fresh);
    assert_eq!(bench.store.raise_alert(WholeBox, &new, &[], NOW).unwrap(), (id, false));
    let bolt = bench.account("bolt", 5);
    assert!(not_found(bench.store.acknowledge_alert(bolt, id, &act())));
    assert!(bench.store.alerts(bolt, false, &ListQuery::default()).unwrap().items.is_empty());
    bench.store.acknowledge_alert(acme, id, &act()).unwrap();
    assert!(bench.store.alerts(acme, true, &ListQuery::default()).unwrap().items.is_empty());
    assert_eq!(bench.store.alerts(acme, false, &ListQuery::default()).unwrap().items[0].times, 2);
    assert!(bench.store.raise_alert(WholeBox, &new, &[], NOW).unwrap().1);
}

#[test]
fn a_rare_call_is_found_page_by_page() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let outside = rusqlite::Connection::open(bench.path()).unwrap();
    outside
        .execute(
            "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 45000)
             INSERT INTO call_stats (call_id, account_id, call_direction, caller, callee, start_time, duration, status,
                                     sip_status, created_at)
             SELECT printf('00000000-0000-7000-8000-%012x', i), ?1, 'internal', '1001', '1002', i / 7, 0,
                    CASE WHEN i IN (3, 44998) THEN 'busy' ELSE 'answered' END, 200, 0 FROM n",
            [acme.account_id().to_string()],
        )
        .unwrap();
    let busy = CallFilter { status: Some(pabx_model::CallStatus::Busy), ..CallFilter::default() };
    let (mut cursor, mut pages) = (None, Vec::new());
    loop {
        let page = bench.store.find_calls(acme, &busy, cursor, 10).unwrap();
        pages.push(page.items.len());
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(pages, [1, 0, 0, 0, 1]);
    let all = bench.store.find_calls(acme, &CallFilter::default(), None, 500).unwrap();
    assert_eq!(all.items.len(), 500);
}
