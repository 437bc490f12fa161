//! Calls that nobody answers: what the caller is told, and what is recorded.

use crate::common::{ACME, BOLT, CallState, Policy, World, ms, secs};
use pabx_model::{CallStatus, EndReason, SipStatus};
use pabx_sip::message::HeaderName;

/// Lets 1001 call; the caller must get `status`, and the one record must say so.
fn refused(world: &mut World, alice: usize, number: &str, status: u16) -> (CallStatus, Option<EndReason>) {
    world.call(alice, number);
    world.run(secs(40));
    assert_eq!(world.phones[alice].state(), CallState::Failed(status), "{}", world.trace.join("\n"));
    assert_eq!(world.records.len(), 1);
    let record = &world.records[0];
    assert_eq!((record.sip_status, record.duration, record.answer_time), (SipStatus(status), 0, None));
    assert!(record.end_time.is_some());
    let outcome = (record.status, record.reason);
    world.assert_clean();
    assert_eq!(world.records.len(), 1);
    outcome
}

#[test]
fn a_busy_phone_is_told_as_busy() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Refuse(486);
    let outcome = refused(&mut world, alice, "1002", 486);
    assert_eq!(outcome, (CallStatus::Busy, Some(EndReason::CalleeRejected)));
}

#[test]
fn a_declined_call_is_told_as_declined() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Refuse(603);
    let outcome = refused(&mut world, alice, "1002", 603);
    assert_eq!(outcome, (CallStatus::Declined, Some(EndReason::CalleeRejected)));
}

#[test]
fn what_a_device_says_about_itself_is_not_told_to_the_caller() {
    for status in [302, 401, 404, 407, 500, 503] {
        let mut world = World::new();
        let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
        world.phones[bob].policy = Policy::Refuse(status);
        refused(&mut world, alice, "1002", 480);
    }
}

#[test]
fn an_unknown_number_is_not_found() {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    let outcome = refused(&mut world, alice, "1234", 404);
    assert_eq!(outcome, (CallStatus::Unknown, Some(EndReason::UnknownNumber)));
}

#[test]
fn what_is_no_number_is_not_found_either() {
    for number in ["alice", "10;01", "*99", "%31%30%30%32%00", "1001-bolt"] {
        let mut world = World::new();
        let alice = world.registered(ACME, "1001");
        refused(&mut world, alice, number, 404);
    }
}

#[test]
fn an_extension_without_a_device_is_unavailable() {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    let outcome = refused(&mut world, alice, "1002", 480);
    assert_eq!(outcome, (CallStatus::Unavailable, Some(EndReason::NotRegistered)));
}

#[test]
fn after_25_seconds_of_ringing_the_device_is_cancelled_and_the_caller_told_why() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Ring;
    world.call(alice, "1002");
    world.run(ms(24_800));
    assert_eq!(world.phones[alice].state(), CallState::Ringing);
    world.run(ms(400));
    assert_eq!(world.phones[alice].state(), CallState::Failed(480));
    assert_eq!(world.phones[bob].state(), CallState::Failed(487));
    assert_eq!(
        (world.records[0].status, world.records[0].reason),
        (CallStatus::NoAnswer, Some(EndReason::RingTimeout))
    );
    world.assert_clean();
}

#[test]
fn a_device_that_says_nothing_at_all_is_given_up_when_the_ringing_is_over() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.loses(move |packet| packet.to_phone && packet.phone == bob && packet.text.starts_with("INVITE"));
    let outcome = refused(&mut world, alice, "1002", 480);
    assert_eq!(outcome.0, CallStatus::NoAnswer);
}

#[test]
fn a_device_whose_connection_breaks_while_it_rings_is_unreachable() {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    let bob = world.registered_over(pabx_sip::flow::Transport::Tcp, ACME, "1002");
    world.phones[bob].policy = Policy::Ring;
    world.call(alice, "1002");
    world.disconnect(bob);
    world.run(ms(100));
    assert_eq!(world.phones[alice].state(), CallState::Failed(480));
    assert_eq!(world.records[0].status, CallStatus::Unavailable);
    world.call(alice, "1002");
    assert_eq!(
        world.phones[alice].state(),
        CallState::Failed(480),
        "its binding is gone with its connection"
    );
    assert_eq!(world.records[1].reason, Some(EndReason::NotRegistered));
    world.assert_clean();
}

#[test]
fn a_call_that_has_gone_too_far_is_too_many_hops() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[alice].extra = vec![(HeaderName::MaxForwards, "0".into())];
    refused(&mut world, alice, "1002", 483);
    assert!(world.phones[bob].calls.is_empty());
}

#[test]
fn hops_are_counted_down_over_the_pbx() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[alice].extra = vec![(HeaderName::MaxForwards, "7".into())];
    world.call(alice, "1002");
    let invite = world.phones[bob].last().invite.clone().unwrap();
    assert_eq!(invite.headers().text(&HeaderName::MaxForwards), Some("6"));
}

#[test]
fn an_extension_of_sip_that_is_required_and_unknown_is_named() {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    world.registered(ACME, "1002");
    world.phones[alice].extra = vec![(HeaderName::Require, "timer, frobnicate".into())];
    refused(&mut world, alice, "1002", 420);
}

#[test]
fn a_body_that_is_no_description_is_an_unsupported_media_type() {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    world.registered(ACME, "1002");
    world.phones[alice].extra = vec![(HeaderName::ContentEncoding, "gzip".into())];
    refused(&mut world, alice, "1002", 415);
}

#[test]
fn an_offer_without_a_known_format_is_not_acceptable() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    let ip = world.phones[alice].flow.local.ip();
    let offer = crate::common::sdp(ip, 1, crate::common::Direction::SendRecv, &[(96, "speex/8000")]);
    world.with(alice, |phone, now| phone.invite(now, "sip:1002@acme.test", Some(offer)));
    world.run(secs(1));
    assert_eq!(world.phones[alice].state(), CallState::Failed(488));
    assert!(world.phones[bob].calls.is_empty());
    let record = &world.records[0];
    assert_eq!((record.status, record.reason), (CallStatus::Unacceptable, Some(EndReason::MediaNegotiation)));
    world.assert_clean();
}

#[test]
fn an_unreadable_offer_is_a_bad_request() {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    world.registered(ACME, "1002");
    world.with(alice, |phone, now| phone.invite(now, "sip:1002@acme.test", Some("v=0\r\nnonsense".into())));
    world.run(secs(1));
    assert_eq!(world.phones[alice].state(), CallState::Failed(400));
    world.assert_clean();
}

#[test]
fn a_foreign_host_is_not_found_and_an_alien_scheme_not_supported() {
    for (uri, status) in [
        ("sip:1002@elsewhere.test", 404),
        ("sip:1002@203.0.113.9", 404),
        ("http:1002", 416),
        ("sips:1002@acme.test", 416),
    ] {
        let mut world = World::new();
        let alice = world.registered(ACME, "1001");
        world.registered(ACME, "1002");
        world.with(alice, |phone, now| phone.invite(now, uri, None));
        world.run(secs(1));
        assert_eq!(world.phones[alice].state(), CallState::Failed(status), "{uri}");
        // A scheme that no SIP element knows is refused before anybody is asked who they are: no record.
        assert_eq!(world.records.len(), usize::from(!uri.starts_with("http")), "{uri}");
    }
}

#[test]
fn another_accounts_domain_is_as_unknown_as_any_other() {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    let victim = world.registered(BOLT, "1002");
    world.registered(ACME, "1002");
    for uri in ["sip:1002@bolt.test", "sip:1002@nowhere.test"] {
        world.with(alice, |phone, now| phone.invite(now, uri, None));
        world.run(secs(1));
        assert_eq!(world.phones[alice].state(), CallState::Failed(404), "{uri}");
    }
    assert!(world.phones[victim].calls.is_empty());
    let told = |n: usize| world.phones[alice].calls[n].statuses.clone();
    assert_eq!(told(0), told(1), "the same answers, in the same order");
}

#[test]
fn a_dialled_address_of_the_box_means_the_callers_own_account() {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    let bob = world.registered(ACME, "1002");
    let other = world.registered(BOLT, "1002");
    let body = world.phones[alice].sdp(crate::common::Direction::SendRecv);
    world.with(alice, |phone, now| phone.invite(now, "sip:1002@198.51.100.1", Some(body)));
    world.run(ms(500));
    assert_eq!(world.phones[alice].state(), CallState::Ringing);
    assert_eq!((world.phones[bob].calls.len(), world.phones[other].calls.len()), (1, 0));
}
