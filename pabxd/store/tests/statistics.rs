//! Calls counted by stretches of time and by trunk, and accounts side by side.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_model::{CallDirection, CallRecord, CallStatus, EndReason, SipStatus, StoreWrite, Timestamp};
use pabx_store::{
    AccountScope, CallCounts, NewAlert, Severity, StatisticsFilter, StoreError, TrunkCounts, WholeBox,
};

const HOUR: u64 = 3_600_000;

fn refused(mut call: CallRecord, status: CallStatus) -> CallRecord {
    (call.answer_time, call.end_time) = (None, None);
    (call.status, call.sip_status) = (status, SipStatus(480));
    call.end(call.start_time.plus_millis(5_000), EndReason::CallerCancelled);
    call
}

fn towards(direction: CallDirection, mut call: CallRecord) -> CallRecord {
    call.direction = direction;
    call
}

fn hours(from: u64, count: u64) -> StatisticsFilter {
    let starts = (0..count).map(|nth| Timestamp(from + nth * HOUR)).collect();
    StatisticsFilter { starts, to: Timestamp(from + count * HOUR), extension: None }
}

#[test]
fn calls_are_counted_in_the_hour_in_which_they_began() {
    let mut bench = bench();
    let (acme, bolt) = (bench.account("acme", 5), bench.account("bolt", 5));
    let from = NOW.0;
    let calls = [
        ended_call(acme, from - 1, 0),
        ended_call(acme, from, 1),
        towards(CallDirection::Inbound, refused(ended_call(acme, from + 1, 2), CallStatus::NoAnswer)),
        towards(
            CallDirection::Outbound,
            refused(ended_call(acme, from + HOUR - 1, 3), CallStatus::Forbidden),
        ),
        towards(CallDirection::Outbound, ended_call(acme, from + HOUR, 4)),
        refused(ended_call(acme, from + 2 * HOUR - 1, 5), CallStatus::Busy),
        ended_call(acme, from + 2 * HOUR, 6),
        ended_call(bolt, from + 1, 7),
    ];
    bench.store.apply(&calls.map(StoreWrite::EndCall), NOW).unwrap();
    let found = bench.store.call_statistics(acme, &hours(from, 2)).unwrap();
    let first = CallCounts {
        inbound: 1,
        outbound: 1,
        internal: 1,
        answered: 1,
        missed: 1,
        failed: 1,
        talk_ms: 8_000,
    };
    let second =
        CallCounts { outbound: 1, internal: 1, answered: 1, talk_ms: 8_000, ..CallCounts::default() };
    assert_eq!(found.buckets, [first, second]);
    let CallCounts { inbound, outbound, internal, answered, talk_ms, .. } = found.totals;
    assert_eq!((inbound, outbound, internal, answered, talk_ms), (1, 2, 2, 2, 16_000));
    assert!(found.trunks.is_empty());
}

#[test]
fn only_calls_of_an_extension_are_counted_where_it_is_named() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let phone = bench.extension(acme, "1001").extension_id;
    let mut to_phone = ended_call(acme, NOW.0 + 1, 1);
    (to_phone.caller, to_phone.callee) = ("1003".into(), "1001".into());
    let mut by_phone = ended_call(acme, NOW.0 + 2, 2);
    (by_phone.caller, by_phone.extension_id) = ("5511".into(), Some(phone));
    let mut other = ended_call(acme, NOW.0 + 3, 3);
    (other.caller, other.callee) = ("1003".into(), "1002".into());
    bench.store.apply(&[to_phone, by_phone, other].map(StoreWrite::EndCall), NOW).unwrap();
    let filter = StatisticsFilter { extension: Some((phone, "1001".into())), ..hours(NOW.0, 1) };
    assert_eq!(bench.store.call_statistics(acme, &filter).unwrap().totals.internal, 2);
}

fn over(
    bench: &mut Bench,
    scope: AccountScope,
    name: &str,
    calls: &[(u64, Option<u64>)],
) -> pabx_model::TrunkId {
    let trunk = bench.store.create_trunk(scope, &new_trunk(name, "u", "p"), &act()).unwrap();
    let writes = calls.iter().zip(name.as_bytes()[0]..).map(|((start, end), random)| {
        let mut call = open_call(scope, NOW.0 + start, random);
        (call.trunk_id, call.direction) = (Some(trunk), CallDirection::Outbound);
        match end {
            Some(end) => {
                call.end(Timestamp(NOW.0 + end), EndReason::CallerHungUp);
                StoreWrite::EndCall(call)
            }
            None => StoreWrite::BeginCall(call),
        }
    });
    bench.store.apply(&writes.collect::<Vec<_>>(), NOW).unwrap();
    trunk
}

#[test]
fn a_trunk_tells_how_many_calls_it_carried_at_one_time() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    // Each begins when the one before ends: never two. One that goes on is there until now.
    let one = over(&mut bench, acme, "One", &[(0, Some(5_000)), (5_000, Some(9_000)), (9_000, None)]);
    let many =
        [(0, Some(60_000)), (10, Some(4_000)), (20, Some(70_000)), (5_000, Some(6_000)), (80_000, None)];
    let other = over(&mut bench, acme, "Two", &many);
    let found = bench.store.call_statistics(acme, &hours(NOW.0, 1)).unwrap();
    assert_eq!(found.trunks[&one], TrunkCounts { calls: 3, answered: 3, talk_ms: 5_000, peak: 1 });
    assert_eq!((found.trunks[&other].calls, found.trunks[&other].peak), (5, 3));
    assert_eq!(found.totals.outbound, 8);
}

#[test]
fn nothing_is_counted_where_there_is_no_time() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let found: Result<_, StoreError> = bench.store.call_statistics(acme, &hours(NOW.0, 0));
    assert_eq!(found.unwrap().buckets.len(), 0);
}

#[test]
fn accounts_stand_side_by_side_with_their_own_days() {
    let mut bench = bench();
    let (bolt, acme) = (bench.account("bolt", 5), bench.account("acme", 5));
    bench.extension(acme, "1001");
    bench.extension(acme, "1002");
    let mut there = bench.store.dialling(bolt).unwrap().dialling;
    there.zone = "Asia/Tokyo".parse().unwrap();
    bench.store.set_dialling(bolt, &there, None, &act()).unwrap();
    // 12:33 in Sao Paulo, 00:33 of the next day in Tokyo.
    let now = Timestamp(1_790_004_800_000);
    for (scope, nth) in [(acme, 1), (bolt, 11)] {
        let calls = [ended_call(scope, now.0 - HOUR, nth), ended_call(scope, now.0 - HOUR / 60, nth + 1)];
        bench.store.apply(&calls.map(StoreWrite::EndCall), now).unwrap();
    }
    for (account, kind) in [(Some(acme), "a"), (Some(acme), "b"), (None, "c")] {
        let alert = NewAlert {
            account_id: account.map(AccountScope::account_id),
            kind,
            severity: Severity::Warning,
            subject: "x".into(),
            detail: String::new(),
        };
        bench.store.raise_alert(WholeBox, &alert, &[], now).unwrap();
    }
    let found = bench.store.overview(WholeBox, now).unwrap();
    let told: Vec<_> = found
        .accounts
        .iter()
        .map(|row| (row.name.as_str(), row.extensions, row.calls_today, row.open_alerts))
        .collect();
    assert_eq!(told, [("acme", 2, 2, 2), ("bolt", 0, 1, 0)]);
    assert_eq!(found.open_alerts, 1);
}
