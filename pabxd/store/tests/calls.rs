//! Call records: begun, ended, closed after a power cut, paged through, forgotten.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_model::{
    CallRecord, CallStatus, EndReason, LegQuality, QualityMetrics, SipStatus, SrtpSuite, StoreWrite,
    Timestamp,
};
use pabx_store::{CallCursor, WholeBox};

#[test]
fn a_call_begun_and_ended_is_one_record() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let store = &mut bench.store;
    store.apply(&[StoreWrite::BeginCall(open_call(acme, NOW.0, 1))], NOW).unwrap();
    let mut call = ended_call(acme, NOW.0, 1);
    let leg = LegQuality {
        received: 500,
        sent: 499,
        lost: 1,
        dropped: 0,
        jitter_us: 1_250,
        ..LegQuality::default()
    };
    call.quality = Some(Box::new(QualityMetrics {
        caller: leg,
        callee: LegQuality { round_trip_us: Some(20_000), encryption: Some(SrtpSuite::AeadAes128Gcm), ..leg },
    }));
    store.apply(&[StoreWrite::EndCall(call.clone())], NOW).unwrap();
    assert_eq!(call.duration, 8_000);
    assert_eq!(store.calls(acme, None, 10).unwrap().items, [call]);
}

#[test]
fn an_attempt_that_nobody_answered_needs_no_beginning() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let mut call = open_call(acme, NOW.0, 1);
    call.answer_time = None;
    (call.status, call.sip_status) = (CallStatus::Busy, SipStatus(486));
    call.end(NOW.plus_millis(400), EndReason::CalleeRejected);
    bench.store.apply(&[StoreWrite::EndCall(call.clone())], NOW).unwrap();
    let kept = bench.store.call(acme, call.call_id).unwrap();
    assert_eq!((kept.duration, &kept), (0, &call));
}

#[test]
fn a_beginning_that_comes_after_the_end_does_not_open_the_call_again() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let call = ended_call(acme, NOW.0, 1);
    let late = StoreWrite::BeginCall(open_call(acme, NOW.0, 1));
    bench.store.apply(&[StoreWrite::EndCall(call.clone()), late], NOW).unwrap();
    assert_eq!(bench.store.call(acme, call.call_id).unwrap(), call);
}

#[test]
fn a_record_outlives_its_extension_and_keeps_its_account() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let phone = bench.extension(acme, "1001").extension_id;
    let (mut kept, mut late) = (ended_call(acme, NOW.0, 1), ended_call(acme, NOW.0, 2));
    kept.extension_id = Some(phone);
    late.extension_id = Some(phone);
    bench.store.apply(&[StoreWrite::EndCall(kept.clone())], NOW).unwrap();
    assert_eq!(bench.store.call(acme, kept.call_id).unwrap().extension_id, Some(phone));
    bench.store.delete_extension(acme, phone, None, &act()).unwrap();
    assert_eq!(bench.store.apply(&[StoreWrite::EndCall(late.clone())], NOW).unwrap(), [true]);
    for call in [kept, late] {
        let expected = CallRecord { extension_id: None, ..call };
        assert_eq!(bench.store.call(acme, expected.call_id).unwrap(), expected);
    }
}

#[test]
fn an_account_that_is_gone_refuses_its_records_but_not_the_batch() {
    let mut bench = bench();
    let (acme, bolt) = (bench.account("acme", 5), bench.account("bolt", 5));
    bench.store.delete_account(WholeBox, acme.account_id(), None, &act()).unwrap();
    let batch =
        [StoreWrite::EndCall(ended_call(acme, NOW.0, 1)), StoreWrite::EndCall(ended_call(bolt, NOW.0, 2))];
    assert_eq!(bench.store.apply(&batch, NOW).unwrap(), [false, true]);
    assert_eq!(bench.store.calls(bolt, None, 10).unwrap().items.len(), 1);
}

#[test]
fn calls_cut_off_are_closed_at_the_last_sign_of_life() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let (cut, over) = (open_call(acme, NOW.0, 1), ended_call(acme, NOW.0, 2));
    let begin = [StoreWrite::BeginCall(cut.clone()), StoreWrite::EndCall(over.clone())];
    bench.store.apply(&begin, NOW.plus_millis(2_000)).unwrap();
    let last = NOW.plus_millis(62_000);
    bench.store.apply(&[], last).unwrap();
    let ringing = open_call(acme, last.0 + 1_000, 3);
    bench.store.apply(&[StoreWrite::BeginCall(ringing.clone())], last.plus_millis(3_000)).unwrap();

    let mut store = open(bench.folder.path()).unwrap();
    let hours_later = NOW.plus_millis(20_000_000);
    assert_eq!(store.close_interrupted_calls(WholeBox, hours_later).unwrap(), 2);
    let closed = store.call(acme, cut.call_id).unwrap();
    assert_eq!((closed.status, closed.reason), (CallStatus::Interrupted, Some(EndReason::Interrupted)));
    assert_eq!((closed.end_time, closed.duration), (Some(last), 60_000));
    let short = store.call(acme, ringing.call_id).unwrap();
    assert_eq!((short.end_time, short.duration), (ringing.answer_time, 0), "never before its answer");
    assert_eq!(store.call(acme, over.call_id).unwrap(), over);
    assert_eq!(store.close_interrupted_calls(WholeBox, hours_later).unwrap(), 0);
}

#[test]
fn pages_give_every_call_once_the_newest_first() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    // Several in one millisecond: the id decides.
    let calls: Vec<_> = (0..25_u8).map(|n| ended_call(acme, NOW.0 + u64::from(n / 4), n)).collect();
    let writes: Vec<_> = calls.iter().cloned().map(StoreWrite::EndCall).collect();
    bench.store.apply(&writes, NOW).unwrap();
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = bench.store.calls(acme, cursor, 7).unwrap();
        assert!(page.items.len() <= 7);
        seen.extend(page.items);
        // Through text, as it goes to the outside and back.
        cursor = page.next_cursor.map(|cursor| cursor.to_string().parse::<CallCursor>().unwrap());
        if cursor.is_none() {
            break;
        }
    }
    assert!(seen.iter().eq(calls.iter().rev()));
    for bad in ["", "1", "x.y", "1.2", "-1.01900000-0000-7000-8000-000000000000"] {
        assert!(bad.parse::<CallCursor>().is_err(), "{bad}");
    }
}

#[test]
fn old_calls_are_forgotten_in_small_steps_and_open_ones_stay() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let mut writes: Vec<_> =
        (0..10).map(|n| StoreWrite::EndCall(ended_call(acme, NOW.0 + u64::from(n), n))).collect();
    writes.push(StoreWrite::BeginCall(open_call(acme, NOW.0 - 1, 99)));
    bench.store.apply(&writes, NOW).unwrap();
    let before = Timestamp(NOW.0 + 6);
    assert_eq!(bench.store.delete_calls_before(WholeBox, before, 4).unwrap(), 4);
    assert_eq!(bench.store.delete_calls_before(WholeBox, before, 4).unwrap(), 2);
    assert_eq!(bench.store.delete_calls_before(WholeBox, before, 4).unwrap(), 0);
    assert_eq!(bench.store.calls(acme, None, 100).unwrap().items.len(), 5);
    assert_eq!(bench.store.trim_calls(WholeBox, 3, 100).unwrap(), 1);
    let left = bench.store.calls(acme, None, 100).unwrap().items;
    assert_eq!(left.iter().filter(|call| call.end_time.is_none()).count(), 1);
    assert_eq!(left.len(), 4, "the newest three and the one that goes on");
    assert_eq!(bench.store.trim_calls(WholeBox, 100, 100).unwrap(), 0);
}

#[test]
fn text_of_the_network_is_kept_as_text_and_cut() {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let mut call = ended_call(acme, NOW.0, 1);
    call.caller = "'); DROP TABLE call_stats; --\0\r\n\u{1F4DE}".into();
    call.callee = "é".repeat(1_000);
    bench.store.apply(&[StoreWrite::EndCall(call.clone())], NOW).unwrap();
    let kept = bench.store.call(acme, call.call_id).unwrap();
    assert_eq!(kept.caller, "'); DROP TABLE call_stats; --\u{1F4DE}", "without its control character");
    assert_eq!(kept.callee, "é".repeat(CallRecord::MAX_PARTY_CHARS));
}

#[test]
fn a_sudden_rise_of_calls_out_is_seen_and_a_busy_week_is_none() {
    const HOUR: u64 = 3_600_000;
    let rises = |last_hour: u8, busiest: u8, internal: bool| {
        let mut bench = bench();
        let acme = bench.account("acme", 5);
        let mut random = 0;
        let mut calls = |count: u8, at: u64| {
            let one = |n: u8| {
                random += 1;
                let mut call = ended_call(acme, at + u64::from(n) * 1_000, random);
                if !internal {
                    call.direction = pabx_model::CallDirection::Outbound;
                }
                StoreWrite::EndCall(call)
            };
            (0..count).map(one).collect::<Vec<_>>()
        };
        let mut writes = calls(last_hour, NOW.0 - HOUR / 2);
        writes.extend(calls(busiest, NOW.0 - 30 * HOUR + HOUR / 4));
        bench.store.apply(&writes, NOW).unwrap();
        let rises = bench.store.outbound_rises(WholeBox, NOW).unwrap();
        rises.into_iter().map(|rise| (rise.calls, rise.before)).collect::<Vec<_>>()
    };
    assert_eq!(rises(41, 20, false), [(41, 20)]);
    assert_eq!(rises(40, 20, false), [], "twice the busiest hour is no rise yet");
    assert_eq!(rises(29, 1, false), [], "few calls are none");
    assert_eq!(rises(99, 0, false), [], "there is nothing to compare with");
    assert_eq!(rises(100, 0, false), [(100, 0)]);
    assert_eq!(rises(100, 0, true), [], "calls inside the account");
}
