//! A busy office in simulated time: two accounts, many phones, a provider-like peer with many calls at once, and the
//! real engine, over a network that loses, repeats and reorders. Everything follows from one seed.
//!
//! After each run (`invariants`): every call ended in exactly one record, and its caller was told what the record
//! says; whoever is in a call has somebody at the other end; nothing outlives its call.
//!
//! `PABX_SIM_SEEDS=n` runs the first n seeds, `PABX_SIM_SEED=n` that one alone with its trace.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod company;
mod invariants;
mod media;
mod network;
mod noise;
mod office;
mod plan;
mod staff;

use plan::Plan;

/// Seeds of an ordinary test run.
const ORDINARY_SEEDS: u64 = 6;

/// Says how to see a failure again.
struct Announce(u64);

impl Drop for Announce {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("again, with a trace: PABX_SIM_SEED={} cargo test -p pabx-call --test sim", self.0);
        }
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn run(seed: u64, plan: &Plan, trace: bool) -> office::Totals {
    let announce = Announce(seed);
    let totals = office::Office::open(seed, plan, trace).day();
    std::mem::forget(announce);
    totals
}

#[test]
fn a_busy_day_leaves_nothing_behind_and_one_record_for_each_call() {
    let alone = number("PABX_SIM_SEED");
    let seeds = alone.map_or(0..number("PABX_SIM_SEEDS").unwrap_or(ORDINARY_SEEDS), |seed| seed..seed + 1);
    let started = started();
    let (mut calls, mut answered, mut runs) = (0, 0, 0);
    for seed in seeds {
        let totals = run(seed, &Plan::of(seed), alone.is_some());
        calls += totals.calls;
        answered += totals.answered;
        runs += 1;
    }
    assert!(answered * 3 > calls, "the days were too dull: {answered} of {calls} calls answered");
    println!("{runs} days, {calls} calls, {answered} answered, in {:?}", started.elapsed());
}

#[test]
fn the_same_seed_gives_the_same_day() {
    let day = || {
        let plan = Plan { calls: 60, ..Plan::of(1) };
        run(1, &plan, false)
    };
    assert_eq!(day(), day());
}

#[expect(clippy::disallowed_methods, reason = "how long the test itself took")]
fn started() -> std::time::Instant {
    std::time::Instant::now()
}
