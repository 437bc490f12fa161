//! Registrations: on disk before they are acknowledged, back after a restart, gone when they must be.

use crate::common::{ACME, CallState, Policy, World, ms, secs};
use pabx_call::{EngineConfig, Input, Report, StoreWrite, UnregisterReason};
use pabx_model::SavedBinding;
use pabx_sip::flow::Transport;
use pabx_sip::message::{HeaderName, Method};
use std::time::Duration;

fn saved(world: &World) -> Vec<SavedBinding> {
    let save = |write: &StoreWrite| match write {
        StoreWrite::SaveBinding(binding) => Some(binding.clone()),
        _ => None,
    };
    world.writes.iter().filter_map(save).collect()
}

fn removed(world: &World) -> usize {
    world.writes.iter().filter(|write| matches!(write, StoreWrite::RemoveBinding(_))).count()
}

#[test]
fn the_200_waits_for_the_store() {
    let mut world = World::new();
    world.store = None;
    let alice = world.phone(ACME, "1001");
    world.with(alice, |phone, now| phone.register(now, 300));
    world.run(ms(300));
    assert_eq!(saved(&world).len(), 1);
    assert!(world.phones[alice].answers.is_empty(), "nothing is promised that is not on disk");
    assert_eq!(world.counts().pending_writes, 1);
    world.input(Input::Stored { ticket: pabx_call::Ticket(1), ok: true });
    world.run(ms(100));
    assert_eq!(world.phones[alice].answers, [(Method::Register, 200)]);
    assert_eq!(world.counts().pending_writes, 0);
}

#[test]
fn a_store_that_fails_is_a_500() {
    let mut world = World::new();
    world.store = Some(false);
    let alice = world.phone(ACME, "1001");
    world.with(alice, |phone, now| phone.register(now, 300));
    world.run(ms(300));
    assert_eq!(world.phones[alice].answers, [(Method::Register, 500)]);
    let response = world.phones[alice].last_response.clone().unwrap();
    assert!(response.headers().has(&HeaderName::RetryAfter));
}

#[test]
fn the_200_lists_the_bindings_with_their_time() {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    let response = world.phones[alice].last_response.clone().unwrap();
    let contact = response.headers().text(&HeaderName::Contact).unwrap();
    assert!(contact.contains("1001@192.0.2.") && contact.contains("expires=3600"), "{contact}");
}

#[test]
fn too_short_is_told_the_minimum() {
    let mut world = World::new();
    let alice = world.phone(ACME, "1001");
    world.with(alice, |phone, now| phone.register(now, 10));
    world.run(ms(200));
    assert_eq!(world.phones[alice].answers, [(Method::Register, 423)]);
    let response = world.phones[alice].last_response.clone().unwrap();
    assert_eq!(response.headers().text(&HeaderName::MinExpires), Some("60"));
}

#[test]
fn a_phone_that_unregisters_is_gone_at_once() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.with(bob, |phone, now| phone.register(now, 0));
    world.run(ms(200));
    assert_eq!(removed(&world), 1);
    world.call(alice, "1002");
    assert_eq!(world.phones[alice].state(), CallState::Failed(480));
}

#[test]
fn a_registration_that_is_not_refreshed_runs_out() {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    let bob = world.phone(ACME, "1002");
    world.with(bob, |phone, now| phone.register(now, 60));
    world.run(secs(61));
    assert!(
        world
            .reports
            .iter()
            .any(|report| { matches!(report, Report::Unregistered { why: UnregisterReason::Expired, .. }) })
    );
    assert_eq!(removed(&world), 1);
    world.call(alice, "1002");
    assert_eq!(world.phones[alice].state(), CallState::Failed(480));
}

#[test]
fn nobody_registers_for_another_number() {
    let mut world = World::new();
    let alice = world.phone(ACME, "1001");
    world.phones[alice].number = "1002".into();
    // Its credentials are still those of 1001.
    world.with(alice, |phone, now| phone.register(now, 300));
    world.run(ms(200));
    assert_eq!(world.phones[alice].answers, [(Method::Register, 403)]);
    assert_eq!(world.counts().bindings, 0);
}

#[test]
fn registrations_over_udp_survive_a_restart_and_can_be_called() {
    let mut first = World::new();
    let alice = first.registered(ACME, "1001");
    first.registered(ACME, "1002");
    first.registered_over(Transport::Tcp, ACME, "1003");
    let bindings = saved(&first);
    assert_eq!(bindings.len(), 3);
    let mut world = World::new();
    let (flow_a, flow_b) = (first.phones[alice].flow, first.phones[1].flow);
    let alice = world.phone(ACME, "1001");
    let bob = world.phone(ACME, "1002");
    world.phones[alice].flow = flow_a;
    world.phones[bob].flow = flow_b;
    world.input(Input::Restore(bindings));
    assert_eq!(world.counts().bindings, 2, "a connection does not survive");
    world.call(alice, "1002");
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    world.call(alice, "1003");
    assert_eq!(world.phones[alice].state(), CallState::Failed(480));
}

#[test]
fn a_closed_connection_takes_its_registration_with_it() {
    let mut world = World::new();
    let bob = world.registered_over(Transport::Tcp, ACME, "1002");
    world.disconnect(bob);
    assert_eq!(world.counts().bindings, 0);
    assert_eq!(removed(&world), 1);
    assert!(
        world.reports.iter().any(|report| {
            matches!(report, Report::Unregistered { why: UnregisterReason::FlowClosed, .. })
        })
    );
}

#[test]
fn a_suspended_extension_loses_its_devices_and_its_running_call_goes_on() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Answer(ms(10));
    world.call(alice, "1002");
    world.run(ms(200));
    world.input(Input::Directory(crate::common::suspended(2)));
    assert_eq!(world.counts().bindings, 1);
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    world.with(bob, |phone, now| phone.register(now, 300));
    world.run(ms(300));
    assert_eq!(world.phones[bob].answers.last(), Some(&(Method::Register, 401)), "as unknown as nobody");
    world.with(bob, |phone, now| phone.bye(now, 0));
    world.run(ms(200));
    assert_eq!(world.phones[alice].state(), CallState::Ended);
    world.call(alice, "1002");
    assert_eq!(world.phones[alice].state(), CallState::Failed(480));
    world.assert_clean();
}

#[test]
fn devices_are_asked_every_minute_and_the_lost_are_not_rung() {
    let mut world =
        World::with_config(EngineConfig { keep_alive: Duration::from_mins(1), ..EngineConfig::default() });
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.run(secs(200));
    let asked = world.phones[bob].requests.iter().filter(|r| *r.method() == Method::Options).count();
    assert!((3..=4).contains(&asked), "{asked}");
    world.phones[bob].answers_options = false;
    world.run(secs(200));
    let lost = |world: &World, now: bool| {
        world.reports.iter().any(|r| matches!(r, Report::Reachability { reachable, .. } if *reachable == now))
    };
    assert!(lost(&world, false));
    world.call(alice, "1002");
    assert_eq!(world.phones[alice].state(), CallState::Failed(480));
    world.phones[bob].answers_options = true;
    world.run(secs(100));
    assert!(lost(&world, true));
    world.call(alice, "1002");
    assert_eq!(world.phones[alice].state(), CallState::Ringing);
}

#[test]
fn a_phone_that_never_answers_options_is_called_all_the_same() {
    let mut world =
        World::with_config(EngineConfig { keep_alive: Duration::from_mins(1), ..EngineConfig::default() });
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].answers_options = false;
    world.run(secs(400));
    world.call(alice, "1002");
    assert_eq!(world.phones[alice].state(), CallState::Ringing);
}

#[test]
fn a_sixth_device_is_refused_and_pushes_nobody_out() {
    let mut world = World::new();
    for _ in 0..5 {
        world.registered(ACME, "1001");
    }
    let sixth = world.phone(ACME, "1001");
    world.with(sixth, |phone, now| phone.register(now, 300));
    world.run(ms(200));
    assert_eq!(world.phones[sixth].answers, [(Method::Register, 403)]);
    assert_eq!(world.counts().bindings, 5);
}
