//! Reliable provisional answers (RFC 3262), on both legs.

use crate::common::{ACME, CallState, Direction, Policy, World, ms, secs};
use pabx_model::EndReason;
use pabx_sip::message::{HeaderName, Method};

fn ringing(require: Option<HeaderName>) -> (World, usize, usize) {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Ring;
    world.phones[alice].reliable = require;
    world.call(alice, "1002");
    (world, alice, bob)
}

#[test]
fn a_caller_that_requires_it_gets_every_ringing_reliably() {
    let (mut world, alice, bob) = ringing(Some(HeaderName::Require));
    assert_eq!(world.phones[alice].state(), CallState::Ringing);
    let pracks = world.trace.iter().filter(|line| line.starts_with("1001 > PRACK")).count();
    assert_eq!(pracks, 1);
    world.with(bob, |phone, now| phone.answer(now, 0));
    world.run(ms(200));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.assert_clean();
}

#[test]
fn a_ringing_that_is_lost_is_sent_again_until_its_prack() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Ring;
    world.phones[alice].reliable = Some(HeaderName::Require);
    let mut lost = 0;
    world.loses(move |packet| {
        let ringing = packet.phone == alice && packet.text.starts_with("SIP/2.0 180");
        lost += usize::from(ringing);
        ringing && lost <= 2
    });
    world.call(alice, "1002");
    assert_ne!(world.phones[alice].state(), CallState::Ringing);
    world.run(secs(3));
    assert_eq!(world.phones[alice].state(), CallState::Ringing);
    world.with(alice, |phone, now| phone.cancel(now, 0));
    world.assert_clean();
}

#[test]
fn early_media_is_reliable_for_a_caller_that_supports_it_and_holds_the_answer_back() {
    let (mut world, alice, bob) = ringing(Some(HeaderName::Supported));
    assert!(!world.trace.iter().any(|line| line.starts_with("1001 > PRACK")), "a bare 180 needs none");
    world.phones[alice].sends_prack = false;
    let early = world.phones[bob].sdp(Direction::SendRecv);
    world.with(bob, |phone, now| phone.ring(now, 0, 183, Some(early)));
    world.run(ms(100));
    world.with(bob, |phone, now| phone.answer(now, 0));
    world.run(ms(100));
    assert_eq!(world.phones[alice].state(), CallState::Ringing, "the 200 waits for the PRACK (RFC 3262 §3)");
    world.phones[alice].sends_prack = true;
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.assert_clean();
}

#[test]
fn without_a_prack_the_call_is_refused_after_64_times_t1() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Ring;
    world.phones[alice].reliable = Some(HeaderName::Supported);
    world.phones[alice].sends_prack = false;
    world.call(alice, "1002");
    let early = world.phones[bob].sdp(Direction::SendRecv);
    world.with(bob, |phone, now| phone.ring(now, 0, 183, Some(early)));
    world.run(ms(100));
    world.with(bob, |phone, now| phone.answer(now, 0));
    world.run(secs(40));
    assert_eq!(world.phones[alice].state(), CallState::Failed(504));
    assert_eq!(world.phones[bob].state(), CallState::Ended);
    assert_eq!(world.records[0].reason, Some(EndReason::PrackMissing));
    world.assert_clean();
}

#[test]
fn a_device_that_rings_reliably_gets_its_prack_once() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Silent;
    world.call(alice, "1002");
    world.with(bob, |phone, now| phone.ring_reliably(now, 0, 180, None));
    world.run(secs(2));
    assert_eq!(world.phones[bob].last().count(&Method::Prack), 1);
    assert_eq!(world.phones[alice].state(), CallState::Ringing);
    world.with(bob, |phone, now| phone.ring_reliably(now, 0, 183, None));
    world.run(secs(1));
    assert_eq!(world.phones[bob].last().count(&Method::Prack), 2);
    world.with(bob, |phone, now| phone.answer(now, 0));
    world.run(ms(200));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.assert_clean();
}

#[test]
fn cancel_wins_over_an_answer_that_is_held_back() {
    let (mut world, alice, bob) = ringing(Some(HeaderName::Supported));
    world.phones[alice].sends_prack = false;
    let early = world.phones[bob].sdp(Direction::SendRecv);
    world.with(bob, |phone, now| phone.ring(now, 0, 183, Some(early)));
    world.run(ms(100));
    world.with(bob, |phone, now| phone.answer(now, 0));
    world.run(ms(100));
    world.with(alice, |phone, now| phone.cancel(now, 0));
    world.run(ms(200));
    assert_eq!(world.phones[alice].state(), CallState::Failed(487));
    assert_eq!(world.phones[bob].state(), CallState::Ended);
    world.assert_clean();
    assert_eq!(world.records.len(), 1);
}
