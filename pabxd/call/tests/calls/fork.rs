//! Several devices of one extension ring at once.

use crate::common::{ACME, CallState, Direction, Policy, World, ms, secs};
use pabx_model::CallStatus;
use pabx_sip::message::Method;

fn three_devices() -> (World, usize, [usize; 3]) {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    let devices = [(); 3].map(|()| world.registered(ACME, "1002"));
    for device in devices {
        world.phones[device].policy = Policy::Ring;
    }
    world.call(alice, "1002");
    (world, alice, devices)
}

#[test]
fn all_devices_ring_the_first_to_answer_wins_and_the_others_stop() {
    let (mut world, alice, [desk, mobile, laptop]) = three_devices();
    for device in [desk, mobile, laptop] {
        assert_eq!(world.phones[device].state(), CallState::Ringing);
    }
    world.with(mobile, |phone, now| phone.answer(now, 0));
    world.run(ms(200));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    assert_eq!(world.phones[mobile].state(), CallState::Answered);
    assert_eq!(world.phones[desk].state(), CallState::Failed(487));
    assert_eq!(world.phones[laptop].state(), CallState::Failed(487));
    let why = world.wire_text.iter().find(|text| text.starts_with("CANCEL")).cloned().unwrap();
    assert!(why.contains("Reason: SIP;cause=200;text=\"Call completed elsewhere\""), "{why}");
    assert_eq!(world.open_legs(), 2, "one leg for each side, however many devices rang");
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.run(ms(100));
    assert_eq!(world.phones[mobile].state(), CallState::Ended);
    world.assert_clean();
    assert_eq!(world.records.len(), 1);
}

#[test]
fn the_caller_hears_of_the_ringing_once() {
    let (world, alice, _) = three_devices();
    let ringing = world.phones[alice].last().statuses.iter().filter(|status| **status == 180).count();
    assert_eq!(ringing, 1);
}

#[test]
fn when_two_devices_answer_at_once_the_loser_is_acknowledged_and_ended() {
    for gap in [0, 1, 4, 5, 9] {
        let (mut world, alice, [desk, mobile, _]) = three_devices();
        world.with(desk, |phone, now| phone.answer(now, 0));
        world.run(ms(gap));
        if world.phones[mobile].state() == CallState::Ringing {
            world.with(mobile, |phone, now| phone.answer(now, 0));
        }
        world.run(secs(1));
        assert_eq!(world.phones[alice].state(), CallState::Answered);
        assert_eq!(world.phones[desk].state(), CallState::Answered);
        let loser = world.phones[mobile].last();
        assert_eq!(loser.state, CallState::Ended, "gap {gap}");
        assert!(loser.acknowledged);
        assert_eq!(loser.count(&Method::Bye), 1);
        world.with(alice, |phone, now| phone.bye(now, 0));
        world.assert_clean();
        assert_eq!(world.records.len(), 1);
    }
}

#[test]
fn busy_at_one_device_lets_the_others_ring_on_and_is_told_when_nobody_answers() {
    let (mut world, alice, [desk, mobile, laptop]) = three_devices();
    world.with(desk, |phone, now| phone.refuse(now, 0, 486));
    world.run(ms(100));
    assert_eq!(world.phones[alice].state(), CallState::Ringing);
    world.with(mobile, |phone, now| phone.refuse(now, 0, 480));
    world.with(laptop, |phone, now| phone.refuse(now, 0, 500));
    world.run(ms(100));
    assert_eq!(world.phones[alice].state(), CallState::Failed(486), "the best answer (RFC 3261 §16.7)");
    assert_eq!(world.records[0].status, CallStatus::Busy);
    world.assert_clean();
}

#[test]
fn a_decline_at_one_device_ends_the_ringing_of_all() {
    let (mut world, alice, [desk, mobile, laptop]) = three_devices();
    world.with(desk, |phone, now| phone.refuse(now, 0, 603));
    world.run(ms(200));
    assert_eq!(world.phones[alice].state(), CallState::Failed(603));
    for device in [mobile, laptop] {
        assert_eq!(world.phones[device].state(), CallState::Failed(487));
    }
    world.assert_clean();
}

#[test]
fn early_media_of_the_first_device_reaches_the_caller_and_the_winner_takes_over() {
    let (mut world, alice, [desk, mobile, _]) = three_devices();
    let early = world.phones[desk].sdp(Direction::SendRecv);
    world.with(desk, |phone, now| phone.ring(now, 0, 183, Some(early)));
    world.run(ms(100));
    assert!(world.phones[alice].last().statuses.contains(&183));
    assert!(world.is_bridged(), "the caller hears the device before it answers");
    let late = world.phones[mobile].sdp(Direction::SendRecv);
    world.with(mobile, |phone, now| phone.ring(now, 0, 183, Some(late)));
    world.run(ms(100));
    let heard = world.phones[alice].last().heard.len();
    assert_eq!(heard, 1, "only one device may be heard before the answer");
    let before = world.plans();
    world.with(mobile, |phone, now| phone.answer(now, 0));
    world.run(ms(200));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    let after = world.plans();
    let changed = after.iter().filter(|(leg, plan)| before[leg].remote_rtp != plan.remote_rtp).count();
    assert_eq!(changed, 1, "the callee's side is pointed at the winner");
    assert!(after.iter().all(|(leg, plan)| plan.generation > before[leg].generation || plan == &before[leg]));
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.assert_clean();
}

#[test]
fn who_calls_its_own_number_rings_its_other_devices_only() {
    let mut world = World::new();
    let (desk, mobile) = (world.registered(ACME, "1001"), world.registered(ACME, "1001"));
    world.phones[mobile].policy = Policy::Ring;
    world.call(desk, "1001");
    assert_eq!(world.phones[desk].calls.len(), 1, "only the call it made");
    assert_eq!(world.phones[mobile].calls.len(), 1);
}

#[test]
fn a_losing_devices_answer_that_comes_again_is_acknowledged_again() {
    let (mut world, alice, [desk, mobile, _]) = three_devices();
    world.with(desk, |phone, now| phone.answer(now, 0));
    let mut lost = 0;
    world.loses(move |packet| {
        let ack = packet.to_phone && packet.phone == desk && packet.text.starts_with("ACK");
        lost += usize::from(ack);
        ack && lost <= 2
    });
    world.run(secs(5));
    assert!(world.phones[desk].last().acknowledged, "the ACK is sent for each repetition of the 200");
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    assert_eq!(world.phones[mobile].state(), CallState::Failed(487));
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.assert_clean();
}

/// Behind one registered address stands a proxy that forks by itself: a second 200 comes under another tag.
#[test]
fn a_second_answer_from_behind_a_device_is_acknowledged_and_ended() {
    let (mut world, alice, [desk, ..]) = three_devices();
    world.with(desk, |phone, now| phone.answer(now, 0));
    world.run(ms(100));
    let first = world
        .wire_text
        .iter()
        .rev()
        .find(|text| text.starts_with("SIP/2.0 200") && text.contains("1 INVITE"));
    let tag = format!("tag={}to0", world.phones[desk].number);
    let second = first.unwrap().replace(&tag, &format!("tag=other{}to0", world.phones[desk].number));
    let from = world.phones[desk].flow.local.to_string();
    world.raw(&from, &second);
    world.run(ms(100));
    let sent = |method: &str| {
        world.wire_text.iter().any(|text| text.starts_with(method) && text.contains("tag=other1002to0"))
    };
    assert!(sent("ACK") && sent("BYE"));
    assert_eq!(world.phones[desk].state(), CallState::Answered, "the first is untouched");
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.assert_clean();
}
