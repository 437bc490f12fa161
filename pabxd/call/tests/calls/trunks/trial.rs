//! A trunk, or an extension's phones, are tried with a call of the box itself.

use pabx_call::{Input, Report, Trial, Tried};
use pabx_model::{
    CallDirection, CallStatus, DialString, DigestSecrets, Directory, ExtensionId, Routing, TraceStep, TrunkId,
};

use super::bench::*;
use crate::common::{ACME, BOLT, CallState, Phone, Policy, SELF_TEST, World, ms, secs, with_routing};

/// ACME's trunks and routes, and the box itself on loopback.
fn with_itself(with: Routing) -> (World, usize) {
    let (mut world, _mind) = world(with.clone());
    let username = Directory::SELF_TEST_USERNAME;
    let secret = pabx_sip::digest::ha1(username, "pabx", &SELF_TEST.password(username));
    let secrets = DigestSecrets { md5: secret.md5, sha256: secret.sha256 };
    let directory = std::sync::Arc::into_inner(with_routing(with)).unwrap().with_self_test(secrets).unwrap();
    world.input(Input::Directory(std::sync::Arc::new(directory)));
    let (own, box_) = ("127.0.0.1:40000".parse().unwrap(), "127.0.0.1:5060".parse().unwrap());
    let flow = Phone::flow(pabx_sip::flow::Transport::Udp, own, box_);
    let itself =
        world.add(Phone::with_password(SELF_TEST, username, &SELF_TEST.password(username), flow, 77));
    (world, itself)
}

const WORD: &str = "*12345678901234567890";

fn trial(number: &str) -> Input {
    let dialled = |text: &str| DialString::parse(text).unwrap();
    Input::Trial(Trial {
        word: dialled(WORD),
        account_id: ACME.account_id(),
        tried: Tried::Trunk { trunk_id: TrunkId::new(1, [1; 10]), number: dialled(number) },
    })
}

#[test]
fn the_box_tries_a_trunk_without_a_route_and_the_account_has_the_record() {
    let (mut world, itself) =
        with_itself(routing(vec![trunk(1, ONE, true), trunk(2, TWO, true)], Vec::new()));
    world.input(trial("01133334444"));
    let alice = world.registered(ACME, "1001");
    world.call(alice, WORD);
    world.run(secs(1));
    assert_eq!(world.phones[alice].state(), CallState::Failed(404), "the word is the box's alone");
    let call = world.call(itself, WORD);
    world.run(secs(2));
    assert_eq!(world.phones[itself].state(), CallState::Answered, "{}", world.trace.join("\n"));
    world.with(itself, |phone, now| phone.bye(now, call));
    world.run(secs(2));
    let record = world.records.last().unwrap();
    assert_eq!((record.account_id, record.extension_id), (ACME.account_id(), None));
    assert_eq!(record.callee, "+551133334444", "the word is kept nowhere");
    assert_eq!((record.trunk_id, record.status), (Some(TrunkId::new(1, [1; 10])), CallStatus::Answered));
    let by = |report: &Report| match report {
        Report::CallRouted(record) => record.trunk_id,
        _ => None,
    };
    let told: Vec<_> = world.reports.iter().filter_map(by).collect();
    assert_eq!(told, [TrunkId::new(1, [1; 10])], "who watches is told the trunk before somebody answers");
    world.call(itself, WORD);
    world.run(secs(1));
    assert_eq!(world.phones[itself].state(), CallState::Failed(404), "the word is good once");
    world.input(trial("01133334444"));
    world.run(secs(61));
    world.call(itself, WORD);
    world.run(secs(1));
    assert_eq!(world.phones[itself].state(), CallState::Failed(404), "the word is old");
}

#[test]
fn the_box_calls_no_further_than_its_account() {
    let (mut world, itself) = with_itself(routing(vec![trunk(1, ONE, true)], vec![outbound("0!", &[1])]));
    for number in ["00351211234567", "190"] {
        world.input(trial(number));
        world.call(itself, WORD);
        world.run(secs(1));
        assert_eq!(world.phones[itself].state(), CallState::Failed(403), "{number}");
    }
    assert!(sent(&world, "INVITE").is_empty());
}

#[test]
fn the_box_rings_an_extension_of_that_account_and_no_other() {
    let (mut world, itself) = with_itself(routing(vec![trunk(1, ONE, true)], Vec::new()));
    let alice = world.registered(ACME, "1001");
    world.phones[alice].policy = Policy::Answer(ms(10));
    let extension = ExtensionId::new(1, [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    let trial = |account_id| {
        let word = DialString::parse(WORD).unwrap();
        Input::Trial(Trial { word, account_id, tried: Tried::Extension(extension) })
    };
    world.input(trial(BOLT.account_id()));
    world.call(itself, WORD);
    world.run(secs(1));
    assert_eq!(world.phones[itself].state(), CallState::Failed(404), "another account's");
    world.input(trial(ACME.account_id()));
    let call = world.call(itself, WORD);
    world.run(secs(2));
    assert_eq!(world.phones[itself].state(), CallState::Answered, "{}", world.trace.join("\n"));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    world.with(itself, |phone, now| phone.bye(now, call));
    world.run(secs(2));
    let record = world.records.last().unwrap();
    assert_eq!((record.account_id, record.extension_id), (ACME.account_id(), Some(extension)));
    assert_eq!((record.callee.as_str(), record.direction), ("1001", CallDirection::Internal));
    assert_eq!(record.trace, [TraceStep::TestCall], "the word is kept nowhere, and what it was is told");
}
