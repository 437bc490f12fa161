//! Calls that end by themselves or by order: silence, length, commands, shutdown; the echo test.

use crate::common::{ACME, BOLT, CallState, Direction, Policy, World, ms, secs};
use pabx_call::{Command, EngineConfig, Input};
use pabx_media::command::{MediaCommand, MediaEvent};
use pabx_model::{CallStatus, EndReason};
use std::time::Duration;

fn talking() -> (World, usize, usize) {
    talking_in(World::new())
}

fn talking_in(mut world: World) -> (World, usize, usize) {
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Answer(ms(10));
    world.call(alice, "1002");
    world.run(ms(200));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    (world, alice, bob)
}

fn assert_ended(world: &mut World, reason: EndReason) {
    world.run(secs(1));
    for phone in 0..2 {
        assert_eq!(world.phones[phone].state(), CallState::Ended, "{reason:?}");
    }
    assert_eq!(world.records[0].reason, Some(reason));
    assert_eq!(world.records[0].status, CallStatus::Answered);
    world.assert_clean();
    assert_eq!(world.records.len(), 1);
}

#[test]
fn a_call_in_which_nothing_is_heard_for_60_seconds_ends() {
    let (mut world, ..) = talking();
    world.silence(50);
    world.run(secs(1));
    assert_eq!(world.phones[0].state(), CallState::Answered);
    world.silence(60);
    assert_ended(&mut world, EndReason::MediaTimeout);
}

#[test]
fn where_silence_ends_no_call_it_ends_none() {
    let never =
        EngineConfig { keep_alive: Duration::ZERO, no_media: Duration::ZERO, ..EngineConfig::default() };
    let (mut world, ..) = talking_in(World::with_config(never));
    world.silence(10);
    world.silence(80_000);
    world.run(secs(1));
    assert_eq!(world.phones[0].state(), CallState::Answered);
}

#[test]
fn a_call_on_hold_may_be_silent_for_half_an_hour() {
    let (mut world, alice, _) = talking();
    world.with(alice, |phone, now| phone.reinvite(now, 0, Direction::SendOnly));
    world.run(ms(200));
    world.silence(60);
    world.silence(1790);
    world.run(secs(1));
    assert_eq!(world.phones[0].state(), CallState::Answered);
    world.silence(1800);
    assert_ended(&mut world, EndReason::MediaTimeout);
}

#[test]
fn after_a_resume_silence_counts_as_before() {
    let (mut world, alice, _) = talking();
    for direction in [Direction::Inactive, Direction::SendRecv] {
        world.with(alice, |phone, now| phone.reinvite(now, 0, direction));
        world.run(ms(200));
    }
    world.silence(60);
    assert_ended(&mut world, EndReason::MediaTimeout);
}

#[test]
fn no_call_is_longer_than_three_hours() {
    let (mut world, ..) = talking();
    world.run(secs(3 * 3600 - 10));
    assert_eq!(world.phones[0].state(), CallState::Answered);
    world.run(secs(10));
    assert_ended(&mut world, EndReason::MaxDuration);
}

#[test]
fn an_order_from_the_administrator_ends_one_call() {
    let (mut world, ..) = talking();
    let call_id = world.begun[0].call_id;
    world.command(Command::HangUp(pabx_model::CallId::new(1, [9; 10])));
    world.run(ms(100));
    assert_eq!(world.phones[0].state(), CallState::Answered);
    world.command(Command::HangUp(call_id));
    assert_ended(&mut world, EndReason::AdminHungUp);
}

#[test]
fn calls_of_a_suspended_or_deleted_account_end_and_those_of_others_go_on() {
    for gone in [false, true] {
        let (mut world, ..) = talking();
        let (carol, dave) = (world.registered(BOLT, "1001"), world.registered(BOLT, "1002"));
        world.phones[dave].policy = Policy::Answer(ms(10));
        world.call(carol, "1002");
        world.run(ms(200));
        world.input(Input::Directory(crate::common::without_acme(gone)));
        world.run(ms(200));
        assert_eq!(world.phones[0].state(), CallState::Ended);
        assert_eq!(world.phones[carol].state(), CallState::Answered);
        world.with(dave, |phone, now| phone.bye(now, 0));
        world.run(ms(200));
        let reasons: Vec<_> = world.records.iter().map(|record| record.reason).collect();
        assert!(reasons.contains(&Some(EndReason::Suspended)), "{reasons:?}");
        world.assert_clean();
    }
}

#[test]
fn broken_sockets_end_the_call() {
    let (mut world, ..) = talking();
    let leg = pabx_media::command::LegId(*world.plans().keys().next().unwrap());
    world.input(Input::Media(MediaEvent::Failed { leg }));
    assert_ended(&mut world, EndReason::InternalError);
}

#[test]
fn a_shutdown_ends_all_calls_keeps_registrations_and_says_when_it_is_done() {
    let (mut world, alice, bob) = talking();
    let carol = world.registered(ACME, "1003");
    let dave = world.registered(ACME, "1004");
    world.phones[dave].policy = Policy::Ring;
    world.call(carol, "1004");
    world.command(Command::Shutdown);
    assert!(!world.stopped);
    world.run(ms(100));
    assert!(world.stopped, "{:?}", world.counts());
    assert_eq!(world.phones[alice].state(), CallState::Ended);
    assert_eq!(world.phones[bob].state(), CallState::Ended);
    assert_eq!(world.phones[carol].state(), CallState::Failed(503));
    assert_eq!(world.phones[dave].state(), CallState::Failed(487));
    assert!(world.records.iter().all(|record| record.reason == Some(EndReason::Shutdown)));
    assert_eq!(world.counts().bindings, 4);
    world.call(alice, "1002");
    assert_eq!(world.phones[alice].state(), CallState::Failed(503), "no new calls");
    assert_eq!(world.records.len(), 3);
}

#[test]
fn a_shutdown_does_not_wait_longer_than_two_seconds_for_anybody() {
    let (mut world, ..) = talking();
    world.loses(|_| true);
    world.media_answers = false;
    world.command(Command::Shutdown);
    world.run(ms(1_900));
    assert!(!world.stopped);
    world.run(ms(200));
    assert!(world.stopped);
    assert_eq!(world.records.len(), 1);
}

#[test]
fn a_record_does_not_wait_for_counters_that_never_come() {
    let (mut world, alice, _) = talking();
    world.media_answers = false;
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.run(ms(900));
    assert!(world.records.is_empty());
    world.run(ms(300));
    assert_eq!(world.records.len(), 1);
    assert_eq!(world.records[0].quality, None);
}

#[test]
fn the_echo_test_answers_at_once_and_plays_back() {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    let call = world.call(alice, "*43");
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    assert!(world.media.iter().any(|command| matches!(command, MediaCommand::Echo { .. })));
    assert_eq!(world.open_legs(), 1);
    world.with(alice, |phone, now| phone.reinvite(now, call, Direction::SendOnly));
    world.run(ms(100));
    assert!(world.phones[alice].last().heard.last().unwrap().contains("a=recvonly"));
    world.with(alice, |phone, now| phone.bye(now, call));
    world.assert_clean();
    assert_eq!((world.records[0].callee.as_str(), world.records[0].status), ("*43", CallStatus::Answered));
}

#[test]
fn the_echo_test_takes_a_late_offer_and_is_ended_by_silence() {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    world.with(alice, |phone, now| phone.invite(now, "sip:*43@acme.test", None));
    world.run(secs(1));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    assert_eq!(world.plans().len(), 1);
    world.silence(60);
    world.run(secs(1));
    assert_eq!(world.phones[alice].state(), CallState::Ended);
    world.assert_clean();
}

#[test]
fn a_panic_costs_one_call_and_no_other() {
    let (mut world, alice, _) = talking();
    let carol = world.registered(ACME, "1003");
    world.with(carol, |phone, now| phone.call(now, "1002"));
    // Take the authenticated INVITE off the wire and hand it in by ourselves.
    world.run(ms(10));
    let taken = world.take_from_wire("INVITE");
    world.break_ports(true);
    let survived = taken.into_iter().all(|input| world.input_surviving(input));
    world.break_ports(false);
    assert!(!survived, "the test does not test what it says");
    world.run(secs(1));
    let record = &world.records[0];
    assert_eq!((record.caller.as_str(), record.reason), ("1003", Some(EndReason::InternalError)));
    assert!(world.reports.iter().any(|report| {
        matches!(report, pabx_call::Report::Alarm(pabx_call::Alarm::CallPanicked(id)) if *id == record.call_id)
    }));
    assert_eq!(world.phones[alice].state(), CallState::Answered, "the other call goes on");
    world.with(alice, |phone, now| phone.bye(now, 0));
    assert_eq!(world.phones[carol].state(), CallState::Failed(500));
    world.run(secs(300));
    world.assert_clean();
    assert_eq!(world.records.len(), 2);
}
