//! CANCEL, and everything that can cross it.

use crate::common::{ACME, CallState, Policy, World, ms, secs};
use pabx_model::{CallStatus, EndReason};
use pabx_sip::message::Method;

fn ringing() -> (World, usize, usize, usize) {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Ring;
    let call = world.call(alice, "1002");
    assert_eq!(world.phones[alice].state(), CallState::Ringing);
    (world, alice, bob, call)
}

#[test]
fn a_cancelled_call_stops_ringing_and_is_recorded_as_cancelled() {
    let (mut world, alice, bob, call) = ringing();
    world.with(alice, |phone, now| phone.cancel(now, call));
    world.run(ms(200));
    assert_eq!(world.phones[alice].state(), CallState::Failed(487));
    assert_eq!(world.phones[bob].state(), CallState::Failed(487));
    let record = &world.records[0];
    assert_eq!((record.status, record.reason), (CallStatus::Cancelled, Some(EndReason::CallerCancelled)));
    world.assert_clean();
    assert_eq!(world.records.len(), 1);
}

/// CANCEL and 200 are sent within a window of each other, at every offset: whichever wins, both phones must agree
/// in the end, nothing must be left, and there is one record.
#[test]
fn at_whatever_moment_cancel_and_200_cross_both_sides_agree() {
    for offset in -30_i64..=30 {
        let (mut world, alice, bob, call) = ringing();
        let cancel = |world: &mut World| world.with(alice, |phone, now| phone.cancel(now, call));
        let answer = |world: &mut World| world.with(bob, |phone, now| phone.answer(now, 0));
        if offset < 0 {
            cancel(&mut world);
            world.run(ms(offset.unsigned_abs()));
            if world.phones[bob].state() == CallState::Ringing {
                answer(&mut world);
            }
        } else {
            answer(&mut world);
            world.run(ms(offset.unsigned_abs()));
            cancel(&mut world);
        }
        world.run(secs(2));
        let (a, b) = (world.phones[alice].state(), world.phones[bob].state());
        match a {
            // The 200 was faster on our side: the call stands.
            CallState::Answered => {
                assert_eq!(b, CallState::Answered, "{offset}");
                assert!(world.is_bridged());
                world.with(alice, |phone, now| phone.bye(now, call));
                world.run(ms(100));
            }
            CallState::Failed(487) => {
                assert!(
                    matches!(b, CallState::Ended | CallState::Failed(487)),
                    "{offset}: {b:?}\n{}",
                    world.trace.join("\n")
                );
                assert!(
                    world.phones[bob].last().acknowledged || b == CallState::Failed(487),
                    "the 200 is acknowledged"
                );
            }
            other => panic!("{offset}: {other:?}"),
        }
        world.assert_clean();
        assert_eq!(world.records.len(), 1, "{offset}");
    }
}

#[test]
fn a_200_that_crosses_cancel_is_acknowledged_and_then_ended_by_bye() {
    let (mut world, alice, bob, call) = ringing();
    world.with(alice, |phone, now| phone.cancel(now, call));
    world.with(bob, |phone, now| phone.answer(now, 0));
    world.run(secs(1));
    assert_eq!(world.phones[alice].state(), CallState::Failed(487));
    let bobs = world.phones[bob].last();
    assert!(bobs.acknowledged);
    assert_eq!(bobs.count(&Method::Bye), 1);
    assert_eq!(world.records[0].status, CallStatus::Cancelled, "nobody spoke");
    world.assert_clean();
}

#[test]
fn cancel_before_any_device_rings_waits_for_its_first_answer() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Silent;
    world.phones[bob].calls.clear();
    // Bob's phone sends its automatic 100 only after 200 ms: until then no CANCEL may go to it.
    let call = world.with(alice, |phone, now| phone.call(now, "1002"));
    world.run(ms(40));
    world.with(alice, |phone, now| phone.cancel(now, call));
    world.run(ms(50));
    assert_eq!(world.phones[alice].state(), CallState::Failed(487), "the caller does not wait");
    assert!(!world.trace.iter().any(|line| line.starts_with("1002 < CANCEL")), "{}", world.trace.join("\n"));
    world.run(secs(1));
    assert!(world.trace.iter().any(|line| line.starts_with("1002 < CANCEL")), "{}", world.trace.join("\n"));
    assert_eq!(world.phones[bob].state(), CallState::Failed(487));
    world.assert_clean();
}

#[test]
fn cancel_of_an_answered_call_changes_nothing() {
    let (mut world, alice, bob, call) = ringing();
    world.with(bob, |phone, now| phone.answer(now, 0));
    world.run(ms(200));
    world.with(alice, |phone, now| phone.cancel(now, call));
    world.run(secs(1));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    assert_eq!(world.phones[bob].state(), CallState::Answered);
    world.with(alice, |phone, now| phone.bye(now, call));
    world.assert_clean();
}

#[test]
fn a_call_is_cancelled_although_every_second_message_is_lost() {
    let (mut world, alice, _, call) = ringing();
    let mut count = 0;
    world.loses(move |_| {
        count += 1;
        count % 2 == 0
    });
    world.with(alice, |phone, now| phone.cancel(now, call));
    world.run(secs(40));
    world.loses_nothing();
    assert_eq!(world.phones[alice].state(), CallState::Failed(487));
    assert_eq!(world.records.len(), 1);
    world.assert_clean();
}

#[test]
fn without_any_ack_for_the_200_the_call_is_ended_after_64_times_t1() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[alice].acknowledges = false;
    world.call(alice, "1002");
    world.run(secs(20));
    assert_eq!(world.phones[bob].state(), CallState::Answered);
    let repeated = world.trace.iter().filter(|line| line.starts_with("1001 < SIP/2.0 200")).count();
    assert!(repeated > 4, "the 200 is sent again: {repeated}");
    world.run(secs(20));
    assert_eq!(world.phones[alice].state(), CallState::Ended, "by BYE");
    assert_eq!(world.phones[bob].state(), CallState::Ended);
    assert_eq!(world.records[0].reason, Some(EndReason::AckMissing));
    world.assert_clean();
}

#[test]
fn a_bye_of_the_callee_before_the_callers_ack_reaches_the_caller_after_it() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Ring;
    world.call(alice, "1002");
    world.loses(move |packet| packet.phone == alice && packet.text.starts_with("ACK"));
    world.with(bob, |phone, now| phone.answer(now, 0));
    world.run(ms(50));
    world.with(bob, |phone, now| phone.bye(now, 0));
    world.run(ms(50));
    assert_eq!(world.phones[alice].state(), CallState::Answered, "BYE waits for the ACK (RFC 3261 §15)");
    world.loses_nothing();
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Ended);
    assert_eq!(world.records[0].reason, Some(EndReason::CalleeHungUp));
    world.assert_clean();
}

#[test]
fn two_byes_that_cross_end_the_call_once() {
    let (mut world, alice, bob, call) = ringing();
    world.with(bob, |phone, now| phone.answer(now, 0));
    world.run(ms(200));
    world.with(alice, |phone, now| phone.bye(now, call));
    world.with(bob, |phone, now| phone.bye(now, 0));
    world.run(secs(1));
    assert_eq!(world.records.len(), 1);
    for phone in [alice, bob] {
        let byes: Vec<_> =
            world.phones[phone].last().in_dialog.iter().filter(|(m, _)| *m == Method::Bye).collect();
        assert_eq!(byes.len(), 1);
        assert!(matches!(byes[0].1, 200 | 481), "{byes:?}");
    }
    world.assert_clean();
}

#[test]
fn a_caller_may_also_end_a_ringing_call_by_bye() {
    let (mut world, alice, bob, call) = ringing();
    world.with(alice, |phone, now| phone.bye(now, call));
    world.run(ms(200));
    let caller = world.phones[alice].last();
    assert_eq!((caller.in_dialog.clone(), caller.statuses.last()), (vec![(Method::Bye, 200)], Some(&487)));
    assert_eq!(world.phones[bob].state(), CallState::Failed(487));
    assert_eq!(world.records[0].status, CallStatus::Cancelled);
    world.assert_clean();
}

#[test]
fn an_offer_by_update_before_the_answer_is_told_to_come_later() {
    let (mut world, alice, _, call) = ringing();
    let offer = world.phones[alice].sdp(crate::common::Direction::SendOnly);
    world.with(alice, |phone, now| phone.inside(now, call, Method::Update, Some(("application/sdp", offer))));
    world.run(ms(200));
    assert_eq!(world.phones[alice].last().in_dialog, [(Method::Update, 500)], "RFC 3311 §5.2");
    assert_eq!(world.phones[alice].state(), CallState::Ringing);
}

#[test]
fn a_second_invite_before_the_first_is_answered_is_told_to_come_later() {
    let (mut world, alice, _, call) = ringing();
    world.with(alice, |phone, now| phone.reinvite(now, call, crate::common::Direction::SendOnly));
    world.run(ms(200));
    assert_eq!(world.phones[alice].last().in_dialog, [(Method::Invite, 500)], "RFC 3261 §14.2");
    assert_eq!(world.phones[alice].state(), CallState::Ringing);
}

#[test]
fn a_caller_whose_connection_breaks_stops_the_ringing() {
    let mut world = World::new();
    let alice = world.registered_over(pabx_sip::flow::Transport::Tcp, ACME, "1001");
    let bob = world.registered(ACME, "1002");
    world.phones[bob].policy = Policy::Ring;
    world.call(alice, "1002");
    world.disconnect(alice);
    world.run(ms(200));
    assert_eq!(world.phones[bob].state(), CallState::Failed(487));
    assert_eq!(world.records[0].reason, Some(EndReason::Unreachable));
    world.assert_clean();
}

#[test]
fn a_phone_that_reconnects_during_a_call_can_still_end_it() {
    let mut world = World::new();
    let alice = world.registered_over(pabx_sip::flow::Transport::Tcp, ACME, "1001");
    let bob = world.registered(ACME, "1002");
    world.call(alice, "1002");
    world.run(secs(2));
    world.disconnect(alice);
    world.phones[alice].flow = world.next_flow(pabx_sip::flow::Transport::Tcp);
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.run(ms(200));
    assert_eq!(world.phones[alice].last().in_dialog, [(Method::Bye, 200)]);
    assert_eq!(world.phones[bob].state(), CallState::Ended);
    world.assert_clean();
}

#[test]
fn bye_reaches_a_phone_that_came_back_on_another_connection() {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    let bob = world.registered_over(pabx_sip::flow::Transport::Tcp, ACME, "1002");
    world.call(alice, "1002");
    world.run(secs(2));
    world.disconnect(bob);
    let old = world.phones[bob].flow.conn.unwrap();
    let mut again = world.phones[bob].flow;
    again.local.set_port(40_000);
    again.conn = Some(pabx_sip::flow::ConnId(40_000));
    world.phones[bob].flow = again;
    world.with(bob, |phone, now| phone.register(now, 300));
    world.run(ms(200));
    world.breaks(old);
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.run(ms(200));
    assert_eq!(world.phones[bob].state(), CallState::Ended, "{}", world.trace.join("\n"));
    world.assert_clean();
}
