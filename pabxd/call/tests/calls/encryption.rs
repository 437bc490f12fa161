//! Encrypted sound: whose keys go where, and what is refused for lack of them.

use pabx_call::Input;
use pabx_media::srtp::{CryptoLine, Security};
use pabx_model::{EncryptionFault, EndReason, MediaEncryption, TraceStep};
use pabx_sip::flow::Transport;
use pabx_sip::message::Method;

use crate::common::{ACME, CallState, Direction, Policy, World, encrypting, ms};

const ALICE: &str = "1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
const ALICE_LATER: &str = "1 AES_CM_128_HMAC_SHA1_80 inline:YUJDZGVmZ2hpSktMbW9QUXJzVHVWd3l6MTIzNDU2";
/// Chosen of our four.
const BOB: &str = "4 AEAD_AES_128_GCM inline:AAECAwQFBgcICQoLDA0OD1F1aWQgcHJvIHF1bw==";

/// Alice (1001) and Bob (1002) over these transports; `wanted` is theirs. Nobody speaks SRTP yet.
fn office(wanted: [MediaEncryption; 2], transports: [Transport; 2]) -> (World, usize, usize) {
    let mut world = World::new();
    world.input(Input::Directory(encrypting(move |n| wanted[usize::from(n != 1)])));
    let alice = world.registered_over(transports[0], ACME, "1001");
    let bob = world.registered_over(transports[1], ACME, "1002");
    world.phones[bob].policy = Policy::Answer(ms(10));
    (world, alice, bob)
}

/// The same, and Alice has called Bob.
fn called(
    wanted: [MediaEncryption; 2],
    transports: [Transport; 2],
    speaks: [Option<(&'static str, &'static str)>; 2],
) -> (World, usize, usize) {
    let (mut world, alice, bob) = office(wanted, transports);
    (world.phones[alice].encrypts, world.phones[bob].encrypts) = (speaks[0], speaks[1]);
    world.call(alice, "1002");
    world.run(ms(300));
    (world, alice, bob)
}

const OFF: MediaEncryption = MediaEncryption::Off;
const OFFERED: MediaEncryption = MediaEncryption::Offered;
const REQUIRED: MediaEncryption = MediaEncryption::Required;
const TLS: Transport = Transport::Tls;
const UDP: Transport = Transport::Udp;

fn heard(world: &World, phone: usize) -> String {
    world.phones[phone].last().heard.last().cloned().unwrap_or_default()
}

/// The keys of the media threads' two legs, the caller's first.
fn keys(world: &World) -> Vec<Option<Security>> {
    world.plans().into_values().map(|plan| plan.security.map(|keys| *keys)).collect()
}

fn line_in(text: &str) -> CryptoLine {
    let lines: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("a=crypto:")).collect();
    assert_eq!(lines.len(), 1, "{text}");
    CryptoLine::parse(lines[0]).unwrap()
}

/// A refused call, and why.
fn refused(world: &World, phone: usize, why: EncryptionFault) {
    assert_eq!(world.phones[phone].state(), CallState::Failed(488));
    let record = world.records.last().unwrap();
    assert_eq!(record.sip_status.0, 488);
    let told = record.trace.iter().any(|step| {
        matches!(step, TraceStep::EncryptionRefused { why: told, party } if *told == why && !party.is_empty())
    });
    assert!(told, "{:?}", record.trace);
    world_is_clean(world);
}

fn world_is_clean(world: &World) {
    assert_eq!(world.open_legs(), 0);
}

#[test]
fn each_side_has_keys_and_a_suite_of_its_own() {
    for bob_speaks in [Some(("RTP/SAVP", BOB)), Some(("RTP/AVP", BOB)), None] {
        let (mut world, alice, bob) =
            called([OFFERED, OFFERED], [TLS, TLS], [Some(("RTP/SAVP", ALICE)), bob_speaks]);
        assert_eq!(world.phones[alice].state(), CallState::Answered);
        let keys = keys(&world);
        let of_alice = keys[0].as_ref().unwrap();
        assert_eq!(of_alice.receive, CryptoLine::parse(ALICE).unwrap().key);
        assert_eq!(of_alice.send, line_in(&heard(&world, alice)).key);
        assert!(heard(&world, alice).contains("m=audio 10398 RTP/SAVP "), "{}", heard(&world, alice));
        let offer = heard(&world, bob);
        assert!(offer.contains(" RTP/AVP "), "who does not know SRTP takes it too: {offer}");
        assert_eq!(offer.matches("a=crypto:").count(), 4);
        let expected = bob_speaks.map(|_| CryptoLine::parse(BOB).unwrap().key);
        assert_eq!(keys[1].as_ref().map(|keys| keys.receive.clone()), expected);
        assert!(keys[1].as_ref().is_none_or(|keys| keys.send != of_alice.send));
        world.with(alice, |phone, now| phone.bye(now, 0));
        world.assert_clean();
    }
}

#[test]
fn keys_are_never_in_messages_in_clear() {
    for transport in [UDP, Transport::Tcp, Transport::Ws] {
        let (mut world, alice, bob) =
            called([OFFERED, OFFERED], [transport; 2], [Some(("RTP/AVP", ALICE)), None]);
        assert_eq!(world.phones[alice].state(), CallState::Answered);
        for phone in [alice, bob] {
            assert!(!heard(&world, phone).contains("crypto"), "{}", heard(&world, phone));
        }
        assert_eq!(keys(&world), [None, None]);
        world.with(alice, |phone, now| phone.bye(now, 0));
        world.assert_clean();
    }
    // One side may be encrypted where the other is not.
    let (world, alice, bob) = called([OFFERED, OFFERED], [TLS, UDP], [Some(("RTP/SAVP", ALICE)), None]);
    assert!(heard(&world, alice).contains("a=crypto:1 ") && !heard(&world, bob).contains("crypto"));
    assert!(keys(&world)[0].is_some() && keys(&world)[1].is_none());
}

#[test]
fn a_phone_that_does_not_keep_what_is_required_is_refused_and_the_trace_says_why() {
    for (wanted, transport, speaks, why) in [
        (REQUIRED, TLS, None, EncryptionFault::NotSpoken),
        (REQUIRED, TLS, Some(("RTP/SAVP", "1 F8_128_HMAC_SHA1_80 inline:x")), EncryptionFault::NoSuite),
        (REQUIRED, UDP, None, EncryptionFault::ClearSignalling),
        (REQUIRED, UDP, Some(("RTP/SAVP", ALICE)), EncryptionFault::ClearSignalling),
        (OFFERED, UDP, Some(("RTP/SAVP", ALICE)), EncryptionFault::ClearSignalling),
        (OFF, TLS, Some(("RTP/SAVP", ALICE)), EncryptionFault::SwitchedOff),
    ] {
        let (world, alice, bob) = called([wanted, OFF], [transport, UDP], [speaks, None]);
        refused(&world, alice, why);
        assert!(world.phones[bob].calls.is_empty());
        let response = world.wire_text.iter().rev().find(|text| text.starts_with("SIP/2.0 488")).unwrap();
        assert!(response.contains("Warning: "), "{response}");
    }
    // Without an offer we would have to make one.
    let (mut world, alice, _) = office([REQUIRED, OFF], [UDP, UDP]);
    world.with(alice, |phone, now| phone.invite(now, "sip:1002@acme.test", None));
    world.run(ms(300));
    refused(&world, alice, EncryptionFault::ClearSignalling);
}

#[test]
fn a_called_phone_that_does_not_keep_what_is_required_is_not_connected() {
    // It is not even called where the keys would be read.
    let (world, alice, bob) = called([OFF, REQUIRED], [UDP, UDP], [None, None]);
    assert!(world.phones[bob].calls.is_empty());
    refused(&world, alice, EncryptionFault::ClearSignalling);
    // It answers in clear: hung up at once.
    let (world, alice, bob) = called([OFF, REQUIRED], [UDP, TLS], [None, None]);
    assert!(heard(&world, bob).contains(" RTP/SAVP "));
    assert_eq!(world.phones[bob].state(), CallState::Ended);
    refused(&world, alice, EncryptionFault::NotSpoken);
    // It refuses.
    let (mut world, alice, bob) = office([OFF, REQUIRED], [UDP, TLS]);
    world.phones[bob].policy = Policy::Refuse(488);
    world.call(alice, "1002");
    world.run(ms(300));
    refused(&world, alice, EncryptionFault::NotSpoken);
    // And one that does is.
    let (world, alice, _) = called([OFF, REQUIRED], [UDP, TLS], [None, Some(("RTP/SAVP", BOB))]);
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    assert!(keys(&world)[0].is_none() && keys(&world)[1].is_some());
}

#[test]
fn a_phone_that_refuses_keys_in_the_plain_profile_is_asked_once_more_with_the_other() {
    for (wanted, asked) in [(OFFERED, 2), (OFF, 1), (REQUIRED, 1)] {
        let (mut world, alice, bob) = office([OFF, wanted], [UDP, TLS]);
        world.phones[bob].policy = Policy::Refuse(488);
        world.call(alice, "1002");
        world.run(ms(300));
        let offers: Vec<String> =
            world.phones[bob].calls.iter().flat_map(|call| call.heard.clone()).collect();
        assert_eq!(offers.len(), asked, "{wanted:?}");
        let (first, last) = (&offers[0], &offers[asked - 1]);
        assert_eq!(last.contains(" RTP/SAVP "), wanted != OFF, "{last}");
        assert_eq!(first.matches("a=crypto").count(), last.matches("a=crypto").count());
        assert_eq!(world.phones[alice].state(), CallState::Failed(488));
        world.assert_clean();
    }
}

#[test]
fn hold_keeps_the_keys_and_new_keys_are_answered_with_new_keys() {
    let (mut world, alice, bob) =
        called([REQUIRED, REQUIRED], [TLS, TLS], [Some(("RTP/SAVP", ALICE)), Some(("RTP/SAVP", BOB))]);
    let before = keys(&world);
    let invites = |world: &World| world.phones[bob].last().count(&Method::Invite);
    for direction in [Direction::SendOnly, Direction::SendRecv] {
        world.with(alice, |phone, now| phone.reinvite(now, 0, direction));
        world.run(ms(300));
        assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Invite, 200)));
        assert_eq!(keys(&world), before);
        let offer = heard(&world, bob);
        assert!(
            offer.contains("a=crypto:4 AEAD_AES_128_GCM ") && offer.matches("a=crypto").count() == 1,
            "{offer}"
        );
    }
    let asked = invites(&world);
    world.phones[alice].encrypts = Some(("RTP/SAVP", ALICE_LATER));
    world.with(alice, |phone, now| phone.reinvite(now, 0, Direction::SendRecv));
    world.run(ms(300));
    let after = keys(&world);
    assert_eq!(after[1], before[1], "the other side has nothing to do with it");
    assert_eq!(invites(&world), asked);
    let (before, after) = (before[0].as_ref().unwrap(), after[0].as_ref().unwrap());
    assert!(before.receive != after.receive && before.send != after.send);
    // Nobody falls back to clear sound.
    world.phones[alice].encrypts = None;
    world.with(alice, |phone, now| phone.reinvite(now, 0, Direction::SendRecv));
    world.run(ms(300));
    assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Invite, 488)));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.assert_clean();
    assert_eq!(world.records[0].reason, Some(EndReason::CallerHungUp));
}

#[test]
fn the_echo_test_is_encrypted_too() {
    let (mut world, alice, _) = office([REQUIRED, OFF], [TLS, UDP]);
    world.phones[alice].encrypts = Some(("RTP/SAVP", ALICE));
    world.call(alice, "*43");
    world.run(ms(300));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    assert!(keys(&world)[0].is_some());
}
