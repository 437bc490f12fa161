//! New offers in a call: hold and resume in both styles, late offers, glare.

use crate::common::{ACME, CallState, Direction, Policy, World, ms, sdp, secs};
use pabx_model::EndReason;
use pabx_sip::message::{HeaderName, Method};

fn talking() -> (World, usize, usize) {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Answer(ms(10));
    world.call(alice, "1002");
    world.run(ms(200));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    (world, alice, bob)
}

fn last_heard(world: &World, phone: usize) -> String {
    world.phones[phone].last().heard.last().cloned().unwrap_or_default()
}

fn hang_up(world: &mut World, phone: usize) {
    world.with(phone, |phone, now| phone.bye(now, 0));
    world.assert_clean();
    assert_eq!(world.records.len(), 1);
}

#[test]
fn hold_and_resume_by_reinvite_reach_the_other_side() {
    for holder_is_caller in [true, false] {
        let (mut world, alice, bob) = talking();
        let (holder, held) = if holder_is_caller { (alice, bob) } else { (bob, alice) };
        world.with(holder, |phone, now| phone.reinvite(now, 0, Direction::SendOnly));
        world.run(ms(200));
        assert_eq!(world.phones[holder].last().in_dialog.last(), Some(&(Method::Invite, 200)));
        assert!(last_heard(&world, held).contains("a=sendonly"), "{}", last_heard(&world, held));
        assert!(last_heard(&world, holder).contains("a=recvonly"), "{}", last_heard(&world, holder));
        world.with(holder, |phone, now| phone.reinvite(now, 0, Direction::SendRecv));
        world.run(ms(200));
        assert!(last_heard(&world, held).contains("a=sendrecv"));
        assert!(last_heard(&world, holder).contains("a=sendrecv"));
        hang_up(&mut world, alice);
    }
}

#[test]
fn hold_by_a_null_address_reaches_the_other_side_too() {
    let (mut world, alice, bob) = talking();
    let held = sdp([0, 0, 0, 0].into(), 9, Direction::SendRecv, &[(0, "PCMU/8000")]);
    world.with(alice, |phone, now| phone.inside(now, 0, Method::Invite, Some(("application/sdp", held))));
    world.run(ms(200));
    assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Invite, 200)));
    let offer = last_heard(&world, bob);
    assert!(offer.contains("a=sendonly") || offer.contains("a=inactive"), "{offer}");
    assert!(!offer.contains("c=IN IP4 0.0.0.0"), "we are still there: {offer}");
    hang_up(&mut world, alice);
}

#[test]
fn hold_by_update_is_relayed() {
    let (mut world, alice, bob) = talking();
    let offer = world.phones[alice].sdp(Direction::SendOnly);
    world.with(alice, |phone, now| phone.inside(now, 0, Method::Update, Some(("application/sdp", offer))));
    world.run(ms(200));
    assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Update, 200)));
    assert!(last_heard(&world, bob).contains("a=sendonly"));
    assert!(last_heard(&world, alice).contains("a=recvonly"));
    hang_up(&mut world, alice);
}

#[test]
fn an_offer_that_changes_nothing_is_answered_here() {
    let (mut world, alice, bob) = talking();
    let before = world.phones[bob].last().count(&Method::Invite);
    world.with(alice, |phone, now| phone.reinvite(now, 0, Direction::SendRecv));
    world.run(ms(200));
    assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Invite, 200)));
    assert_eq!(world.phones[bob].last().count(&Method::Invite), before, "the other side hears nothing of it");
    hang_up(&mut world, alice);
}

#[test]
fn an_offer_the_other_side_refuses_leaves_the_session_as_it_was() {
    let (mut world, alice, bob) = talking();
    let before = world.plans();
    world.phones[bob].refuses_offers = Some(488);
    world.with(alice, |phone, now| phone.reinvite(now, 0, Direction::SendOnly));
    world.run(ms(200));
    assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Invite, 488)));
    assert_eq!(world.plans(), before);
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    world.phones[bob].refuses_offers = None;
    world.with(alice, |phone, now| phone.reinvite(now, 0, Direction::SendOnly));
    world.run(ms(200));
    assert_eq!(
        world.phones[alice].last().in_dialog.last(),
        Some(&(Method::Invite, 200)),
        "and it can be tried again"
    );
    hang_up(&mut world, alice);
}

#[test]
fn when_the_other_side_no_longer_knows_the_dialog_the_call_ends() {
    let (mut world, alice, bob) = talking();
    world.phones[bob].refuses_offers = Some(481);
    world.with(alice, |phone, now| phone.reinvite(now, 0, Direction::SendOnly));
    world.run(ms(500));
    assert_eq!(world.phones[alice].state(), CallState::Ended);
    assert_eq!(world.records[0].reason, Some(EndReason::Unreachable));
    world.assert_clean();
}

#[test]
fn an_offer_without_a_known_format_inside_a_call_is_not_acceptable() {
    let (mut world, alice, _) = talking();
    let offer = sdp([192, 0, 2, 11].into(), 9, Direction::SendRecv, &[(96, "speex/8000")]);
    world.with(alice, |phone, now| phone.inside(now, 0, Method::Invite, Some(("application/sdp", offer))));
    world.run(ms(200));
    assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Invite, 488)));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    hang_up(&mut world, alice);
}

#[test]
fn offers_of_both_sides_that_cross_are_both_refused_with_491() {
    let (mut world, alice, bob) = talking();
    // Both phones are in the middle of their own offer, so both refuse ours.
    world.phones[alice].refuses_offers = Some(491);
    world.phones[bob].refuses_offers = Some(491);
    world.with(alice, |phone, now| phone.reinvite(now, 0, Direction::SendOnly));
    world.with(bob, |phone, now| phone.reinvite(now, 0, Direction::SendOnly));
    world.run(ms(500));
    assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Invite, 491)));
    assert_eq!(world.phones[bob].last().in_dialog.last(), Some(&(Method::Invite, 491)));
    world.phones[alice].refuses_offers = None;
    world.phones[bob].refuses_offers = None;
    world.with(bob, |phone, now| phone.reinvite(now, 0, Direction::SendOnly));
    world.run(ms(200));
    assert_eq!(
        world.phones[bob].last().in_dialog.last(),
        Some(&(Method::Invite, 200)),
        "the retry goes through"
    );
    hang_up(&mut world, alice);
}

#[test]
fn a_second_offer_before_the_first_is_answered_is_told_to_come_later() {
    let (mut world, alice, bob) = talking();
    world.loses(move |packet| packet.to_phone && packet.phone == bob && packet.text.starts_with("INVITE"));
    world.with(alice, |phone, now| phone.reinvite(now, 0, Direction::SendOnly));
    world.run(ms(50));
    world.with(alice, |phone, now| phone.reinvite(now, 0, Direction::Inactive));
    world.run(ms(50));
    assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Invite, 500)), "RFC 3261 §14.2");
    world.loses_nothing();
    world.run(secs(2));
    assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Invite, 200)));
    hang_up(&mut world, alice);
}

#[test]
fn an_offer_without_any_answer_from_the_other_side_ends_the_call() {
    let (mut world, alice, bob) = talking();
    world.loses(move |packet| packet.phone == bob);
    world.with(alice, |phone, now| phone.reinvite(now, 0, Direction::SendOnly));
    world.run(secs(40));
    world.loses_nothing();
    world.run(secs(1));
    assert_eq!(world.phones[alice].state(), CallState::Ended);
    assert_eq!(world.records.len(), 1);
    world.assert_clean();
}

#[test]
fn a_cancelled_reinvite_leaves_the_session_as_it_was() {
    let (mut world, alice, bob) = talking();
    world.loses(move |packet| packet.to_phone && packet.phone == bob && packet.text.starts_with("INVITE"));
    world.with(alice, |phone, now| phone.reinvite(now, 0, Direction::SendOnly));
    world.run(ms(50));
    world.with(alice, |phone, now| phone.cancel(now, 0));
    world.run(ms(100));
    assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Invite, 487)));
    world.loses_nothing();
    // Bob gets the repeated re-INVITE, and then one that puts things right.
    world.run(secs(20));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    assert!(last_heard(&world, bob).contains("a=sendrecv"), "{}", world.trace.join("\n"));
    hang_up(&mut world, alice);
}

#[test]
fn a_call_without_an_offer_gets_ours_and_answers_it_in_the_ack() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.with(alice, |phone, now| phone.invite(now, "sip:1002@acme.test", None));
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    assert!(last_heard(&world, alice).contains("m=audio"), "the 200 has an offer");
    let acked = world.trace.iter().any(|line| line.starts_with("1001 > ACK"));
    assert!(acked && world.phones[bob].last().acknowledged);
    assert_eq!(world.plans().len(), 2, "both sides have a plan");
    assert!(world.plans().values().all(|plan| plan.remote_rtp.is_some()));
    hang_up(&mut world, alice);
}

#[test]
fn a_late_offer_that_is_never_answered_ends_the_call() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[alice].acknowledges = false;
    world.with(alice, |phone, now| phone.invite(now, "sip:1002@acme.test", None));
    world.run(secs(2));
    // An ACK without a body.
    let ack = {
        let call = world.phones[alice].last();
        let seq = call.invite.as_ref().unwrap().cseq().unwrap().number;
        let via = "Via: SIP/2.0/UDP 192.0.2.11:5071;branch=z9hG4bKlate\r\n";
        let ack = call.dialog.as_ref().unwrap().ack(seq).build();
        String::from_utf8(ack.as_bytes().to_vec()).unwrap().replacen("\r\n", &format!("\r\n{via}"), 1)
    };
    let from = world.phones[alice].flow.local.to_string();
    world.raw(&from, &ack);
    world.run(ms(200));
    assert_eq!(world.phones[alice].state(), CallState::Ended);
    assert_eq!(world.phones[bob].state(), CallState::Ended);
    assert_eq!(world.records[0].reason, Some(EndReason::MediaNegotiation));
    world.assert_clean();
}

#[test]
fn a_reinvite_without_an_offer_gets_ours() {
    let (mut world, alice, bob) = talking();
    let before = world.phones[bob].last().count(&Method::Invite);
    world.with(alice, |phone, now| phone.inside(now, 0, Method::Invite, None));
    world.run(ms(200));
    assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Invite, 200)));
    assert!(last_heard(&world, alice).contains("m=audio"));
    assert_eq!(world.phones[bob].last().count(&Method::Invite), before, "the answer changed nothing");
    hang_up(&mut world, alice);
}

#[test]
fn an_answer_in_the_ack_that_changes_things_is_offered_to_the_other_side_until_it_takes_it() {
    let (mut world, alice, bob) = talking();
    world.phones[alice].ack_direction = Direction::SendOnly;
    world.phones[bob].refuses_offers = Some(491);
    let before = world.phones[bob].last().count(&Method::Invite);
    world.with(alice, |phone, now| phone.inside(now, 0, Method::Invite, None));
    world.run(ms(200));
    assert_eq!(world.phones[bob].last().count(&Method::Invite), before + 1);
    world.phones[bob].refuses_offers = None;
    world.run(ms(1_900));
    assert_eq!(
        world.phones[bob].last().count(&Method::Invite),
        before + 1,
        "not before 2.1 s: the Call-ID is ours"
    );
    world.run(ms(2_100));
    assert_eq!(world.phones[bob].last().count(&Method::Invite), before + 2);
    assert!(last_heard(&world, bob).contains("a=sendonly"), "{}", last_heard(&world, bob));
    hang_up(&mut world, alice);
}

#[test]
fn an_extension_of_sip_that_is_required_inside_a_call_and_unknown_is_refused() {
    let (mut world, alice, _) = talking();
    world.phones[alice].extra = vec![(HeaderName::Require, "frobnicate".into())];
    world.with(alice, |phone, now| phone.reinvite(now, 0, Direction::SendOnly));
    world.run(ms(100));
    assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Invite, 420)));
    hang_up(&mut world, alice);
}

#[test]
fn requests_out_of_order_are_refused() {
    let (mut world, alice, _) = talking();
    let stale = world.phones[alice].last().dialog.clone();
    world.with(alice, |phone, now| phone.inside(now, 0, Method::Options, None));
    world.run(ms(100));
    assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Options, 200)));
    world.phones[alice].calls[0].dialog = stale;
    world.with(alice, |phone, now| phone.inside(now, 0, Method::Info, None));
    world.run(ms(100));
    assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Info, 500)), "RFC 3261 §12.2.2");
    world.phones[alice].extra = vec![(HeaderName::Subject, "again".into())];
    hang_up(&mut world, alice);
}

#[test]
fn methods_without_a_place_in_a_call_are_refused() {
    let (mut world, alice, _) = talking();
    for (method, status) in [(Method::Message, 405), (Method::Other("FROB".into()), 501)] {
        world.with(alice, |phone, now| phone.inside(now, 0, method.clone(), None));
        world.run(ms(100));
        assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(method, status)));
    }
    hang_up(&mut world, alice);
}
