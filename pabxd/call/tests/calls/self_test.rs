//! The box calling itself: from loopback, the echo test, and nothing else; and it leaves nothing behind.

use crate::common::{ACME, CallState, Phone, SELF_TEST, World, directory_with_self_test, ms, secs};
use pabx_call::Input;
use pabx_model::ClockState;
use pabx_sip::flow::{Flow, Transport};
use pabx_sip::message::Method;

const USERNAME: &str = pabx_model::Directory::SELF_TEST_USERNAME;

fn world() -> World {
    let mut world = World::new();
    world.input(Input::Directory(directory_with_self_test()));
    world.writes.clear();
    world
}

fn loopback() -> Flow {
    Phone::flow(Transport::Udp, "127.0.0.1:40000".parse().unwrap(), "127.0.0.1:5060".parse().unwrap())
}

fn itself(world: &mut World, flow: Flow) -> usize {
    world.add(Phone::with_password(SELF_TEST, USERNAME, &SELF_TEST.password(USERNAME), flow, 77))
}

#[test]
fn it_hears_itself_and_leaves_no_record_no_report_and_takes_no_place() {
    let mut world = world();
    let phone = itself(&mut world, loopback());
    world.call(phone, "*43");
    assert_eq!(world.phones[phone].state(), CallState::Answered);
    assert_eq!((world.counts().calls, world.engine.active_calls()), (1, 0));
    world.with(phone, |phone, now| phone.bye(now, 0));
    world.run(secs(40));
    assert!(world.records.is_empty() && world.begun.is_empty() && world.writes.is_empty());
    assert!(world.reports.is_empty(), "{:?}", world.reports);
    world.assert_clean();
}

#[test]
fn it_can_call_nobody_and_register_nothing() {
    let mut world = world();
    let bob = world.registered(ACME, "1002");
    let phone = itself(&mut world, loopback());
    for number in ["1002", "00", "*60"] {
        world.call(phone, number);
        assert_eq!(world.phones[phone].state(), CallState::Failed(404), "{number}");
    }
    world.with(phone, |phone, now| phone.invite(now, "sip:1002@acme.test", None));
    world.run(ms(100));
    assert_eq!(world.phones[phone].state(), CallState::Failed(404));
    world.with(phone, |phone, now| phone.register(now, 300));
    world.run(ms(200));
    assert_eq!(world.phones[phone].answers, [(Method::Register, 403)]);
    assert!(world.phones[bob].calls.is_empty() && world.records.is_empty());
    assert_eq!(world.counts().bindings, 1);
}

#[test]
fn from_elsewhere_its_name_is_one_that_nobody_has() {
    let mut world = world();
    let flow = world.next_flow(Transport::Udp);
    let thief = itself(&mut world, flow);
    world.call(thief, "*43");
    assert_eq!(world.phones[thief].state(), CallState::Failed(401));
    assert_eq!(world.counts().calls, 0);
}

#[test]
fn nobody_can_call_it() {
    let mut world = world();
    let alice = world.registered(ACME, "1001");
    for uri in ["sip:00@selftest.invalid", "sip:selftest@selftest.invalid", "sip:00@acme.test"] {
        world.with(alice, |phone, now| phone.invite(now, uri, None));
        world.run(ms(100));
        assert_eq!(world.phones[alice].state(), CallState::Failed(404), "{uri}");
    }
}

#[test]
fn it_works_on_a_box_that_has_all_the_calls_it_may_have() {
    let mut world = World::with_config(pabx_call::EngineConfig {
        limits: pabx_call::Limits { max_calls: 0, ..pabx_call::Limits::default() },
        ..pabx_call::EngineConfig::default()
    });
    world.input(Input::Directory(directory_with_self_test()));
    let phone = itself(&mut world, loopback());
    world.call(phone, "*43");
    assert_eq!(world.phones[phone].state(), CallState::Answered);
}

#[test]
fn a_record_says_what_the_clock_was_worth_and_lasts_as_long_as_the_call_did() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = crate::common::Policy::Answer(ms(10));
    world.input(Input::Clock(ClockState::Untrusted));
    world.call(alice, "1002");
    world.run(secs(5));
    // The network sets the clock, ten years on; the call goes on.
    world.input(Input::Clock(ClockState::Trusted));
    world.now.utc = world.now.utc.plus_millis(10 * 365 * 24 * 3_600 * 1_000);
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.run(secs(3));
    let record = &world.records[0];
    assert_eq!(record.clock, ClockState::Untrusted);
    assert!((4_000..6_000).contains(&record.duration), "{} ms", record.duration);
    world.call(alice, "1777");
    assert_eq!(world.records[1].clock, ClockState::Trusted);
}
