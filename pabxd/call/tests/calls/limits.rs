//! Limits, and what happens at them.

use crate::common::{ACME, BOLT, CallState, Policy, World, ms, secs};
use pabx_call::{Alarm, EngineConfig, Limits, Report};
use pabx_model::{CallStatus, EndReason};
use std::time::Duration;

fn world_with(limits: Limits) -> World {
    World::with_config(EngineConfig { keep_alive: Duration::ZERO, limits, ..EngineConfig::default() })
}

#[test]
fn without_rtp_ports_a_call_is_refused_for_now_and_recorded() {
    for ports in [0, 1] {
        let mut world = World::new();
        let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
        world.limit_ports(ports);
        world.call(alice, "1002");
        assert_eq!(world.phones[alice].state(), CallState::Failed(503));
        assert!(world.phones[bob].calls.is_empty());
        let record = &world.records[0];
        assert_eq!((record.status, record.reason), (CallStatus::Limit, Some(EndReason::NoMediaPort)));
        assert!(world.reports.iter().any(|report| matches!(report, Report::Alarm(Alarm::NoMediaPorts))));
        world.assert_clean();
        assert_eq!(world.records.len(), 1);
    }
}

#[test]
fn one_call_too_many_of_the_box_is_refused_for_now() {
    let mut world = world_with(Limits { max_calls: 1, ..Limits::default() });
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(BOLT, "1001"));
    let carol = world.registered(ACME, "1002");
    world.registered(BOLT, "1002");
    world.phones[carol].policy = Policy::Ring;
    world.call(alice, "1002");
    assert_eq!(world.phones[alice].state(), CallState::Ringing);
    world.call(bob, "1002");
    assert_eq!(world.phones[bob].state(), CallState::Failed(503));
    assert_eq!(world.records[0].reason, Some(EndReason::CallLimit));
    world.with(alice, |phone, now| phone.cancel(now, 0));
    world.run(ms(200));
    world.call(bob, "1002");
    assert_eq!(world.phones[bob].state(), CallState::Ringing, "there is room again");
    world.with(bob, |phone, now| phone.cancel(now, 1));
    world.assert_clean();
}

#[test]
fn an_account_at_its_limit_does_not_touch_another() {
    let mut world = world_with(Limits { max_calls_per_account: 1, ..Limits::default() });
    let (alice, dave) = (world.registered(ACME, "1001"), world.registered(ACME, "1003"));
    let bob = world.registered(BOLT, "1001");
    for account in [ACME, BOLT] {
        let callee = world.registered(account, "1002");
        world.phones[callee].policy = Policy::Ring;
    }
    world.call(alice, "1002");
    world.call(dave, "1002");
    assert_eq!(world.phones[dave].state(), CallState::Failed(503));
    world.call(bob, "1002");
    assert_eq!(world.phones[bob].state(), CallState::Ringing);
}

#[test]
fn an_extension_with_too_many_calls_is_busy() {
    let mut world = world_with(Limits { max_calls_per_extension: 2, ..Limits::default() });
    let alice = world.registered(ACME, "1001");
    let callee = world.registered(ACME, "1002");
    world.phones[callee].policy = Policy::Ring;
    for _ in 0..2 {
        world.call(alice, "1002");
        assert_eq!(world.phones[alice].state(), CallState::Ringing);
    }
    world.call(alice, "1002");
    assert_eq!(world.phones[alice].state(), CallState::Failed(486));
}

#[test]
fn no_more_devices_ring_than_the_limit_says() {
    let mut world = world_with(Limits { max_forks: 2, ..Limits::default() });
    let alice = world.registered(ACME, "1001");
    let devices = [(); 4].map(|()| world.registered(ACME, "1002"));
    world.call(alice, "1002");
    let rung = devices.iter().filter(|device| !world.phones[**device].calls.is_empty()).count();
    assert_eq!(rung, 2);
}

#[test]
fn a_register_beyond_the_pending_writes_comes_back_later() {
    let mut world = world_with(Limits { max_pending_writes: 1, ..Limits::default() });
    world.store = None;
    let (alice, bob) = (world.phone(ACME, "1001"), world.phone(ACME, "1002"));
    for phone in [alice, bob] {
        world.with(phone, |phone, now| phone.register(now, 300));
        world.run(ms(100));
    }
    assert_eq!(world.phones[bob].answers.last().map(|(_, status)| *status), Some(503));
    assert!(world.phones[alice].answers.is_empty());
}

#[test]
fn without_room_for_transactions_new_calls_are_refused_and_running_ones_end_well() {
    let mut world = world_with(Limits { max_transactions: 12, ..Limits::default() });
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.run(secs(40));
    world.phones[bob].policy = Policy::Ring;
    for _ in 0..10 {
        world.with(alice, |phone, now| phone.call(now, "1002"));
    }
    world.run(secs(30));
    let refused = world.phones[alice]
        .calls
        .iter()
        .filter(|call| matches!(call.state, CallState::Failed(503 | 480)))
        .count();
    assert!(refused > 0, "{}", world.trace.join("\n"));
    assert!(world.reports.iter().any(|report| matches!(report, Report::Alarm(Alarm::TransactionLimit))));
    world.run(secs(60));
    world.assert_clean();
}
