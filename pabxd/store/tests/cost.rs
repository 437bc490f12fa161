//! What writes cost in CPU time. Figures, printed; run by hand:
//! `cargo test --release -p pabx-store --test cost -- --ignored --nocapture`

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_model::{ExtensionId, StoreWrite};
use pabx_store::AccountScope;

const PHONES: usize = 20_000;
const BATCH: usize = 2_000;

/// Nanoseconds this thread has been on a processor.
fn cpu_ns() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

fn per_write(count: usize, work: impl FnOnce()) -> f64 {
    let before = cpu_ns();
    work();
    let spent = u32::try_from((cpu_ns() - before) / 1_000).unwrap();
    f64::from(spent) / f64::from(u32::try_from(count).unwrap())
}

fn phones(bench: &mut Bench) -> Vec<(AccountScope, ExtensionId)> {
    let scope = bench.account("acme", 100_000);
    let outside = rusqlite::Connection::open(bench.path()).unwrap();
    let mut ids = Vec::new();
    outside.execute_batch("BEGIN").unwrap();
    for n in 0..PHONES {
        let n = u64::try_from(n).unwrap();
        let scattered = n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
        let id = ExtensionId::new(NOW.0 + n, [scattered.as_slice(), &[0, 0]].concat().try_into().unwrap());
        outside
            .execute(
                "INSERT INTO extensions VALUES (?1, ?2, ?3, 'x', ?4, x'00', 5, 25, 'active', NULL, 0, 0)",
                [id.to_string(), scope.account_id().to_string(), format!("{n:06}"), format!("{n:06}-acme")],
            )
            .unwrap();
        ids.push((scope, id));
    }
    outside.execute_batch("COMMIT").unwrap();
    ids
}

#[test]
#[ignore = "prints figures, judges nothing"]
fn cost_of_a_write_in_a_batch() {
    let mut bench = bench();
    let phones = phones(&mut bench);
    let nothing = per_write(1_000, || {
        for n in 0..1_000 {
            // An alive note only: what a transaction costs by itself.
            bench.store.apply(&[], NOW.plus_millis(n * 20_000)).unwrap();
        }
    });
    println!("a transaction by itself: {nothing:.1} µs");
    for round in ["first registration", "refresh"] {
        let cost = per_write(PHONES, || {
            for chunk in phones.chunks(BATCH) {
                let batch: Vec<_> = chunk
                    .iter()
                    .map(|(scope, id)| {
                        StoreWrite::SaveBinding(binding(*scope, *id, "sip:1001@192.0.2.7:5060"))
                    })
                    .collect();
                bench.store.apply(&batch, NOW).unwrap();
            }
        });
        println!("{round}: {cost:.1} µs a binding in batches of {BATCH}, {PHONES} phones");
    }
    let calls = 10_000_usize;
    let cost = per_write(calls, || {
        for batch in 0..calls / 100 {
            let start = NOW.0 + u64::try_from(batch).unwrap() * 1_000;
            let records: Vec<_> = (0..100)
                .map(|n| StoreWrite::EndCall(ended_call(phones[0].0, start + u64::from(n), n)))
                .collect();
            bench.store.apply(&records, NOW).unwrap();
        }
    });
    println!("ended call: {cost:.1} µs a record in batches of 100");
}
