//! Lines to providers, and calls over them: registrations, failover, what comes in, and what is never done.

mod bench;
mod bounds;
mod hours;
mod profile;
mod trial;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use pabx_call::{ContactSeen, Input, Report};
use pabx_model::{
    CallDirection, CallStatus, EndReason, TraceStep, Trunk, TrunkId, TrunkLogin, TrunkProblem, TrunkState,
    TrunkTransport,
};

use crate::common::{ACME, CallState, Direction, World, ms, sdp, secs, with_routing};

use self::bench::*;

#[test]
fn a_trunk_registers_and_renews_before_it_runs_out() {
    let (mut world, mind) = world(routing(vec![trunk(1, ONE, true)], Vec::new()));
    let line = view(&world, 1);
    assert_eq!((line.state, line.problem), (TrunkState::Registered, None), "{}", world.trace.join("\n"));
    assert_eq!(seen(&mind, "REGISTER"), 2, "one is challenged");
    world.run(secs(3600));
    assert_eq!(view(&world, 1).state, TrunkState::Registered);
    let renewed = seen(&mind, "REGISTER") - 2;
    assert!((6..=9).contains(&renewed), "{renewed} renewals in an hour");
    assert!(seen(&mind, "OPTIONS") >= 55);
}

#[test]
fn what_a_provider_sees_of_us_is_kept_from_its_answers() {
    let seen_by = |alter: fn(String) -> String| {
        let mut world = World::new();
        let mind = Rc::new(RefCell::new(Mind::default()));
        let mut answers = provider(&mind);
        world.provider =
            Some(Box::new(move |flow, text| answers(flow, text).into_iter().map(alter).collect()));
        world.input(Input::Directory(with_routing(routing(vec![trunk(1, ONE, true)], Vec::new()))));
        world.run(secs(5));
        view(&world, 1).seen.unwrap()
    };
    let plain = seen_by(|answer| answer);
    assert_eq!((plain.received, plain.contact, plain.encrypted), (None, ContactSeen::Kept, false));
    let translated = seen_by(|answer| answer.replace(";rport", ";rport=41000;received=198.51.100.7"));
    assert_eq!(translated.received.unwrap().to_string(), "198.51.100.7:41000");
    assert_eq!(translated.contact, ContactSeen::Kept);
    // A gateway that thinks it understands SIP writes itself into what was registered.
    let altered = seen_by(|answer| {
        let at = answer.find("Contact: <sip:acme@").map(|at| at + "Contact: <sip:acme@".len());
        let Some((head, rest)) = at.map(|at| answer.split_at(at)) else { return answer };
        format!("{head}198.51.100.7:1024{}", &rest[rest.find(';').unwrap()..])
    });
    assert_eq!(altered.contact, ContactSeen::Altered("198.51.100.7:1024".into()));
}

#[test]
fn a_wrong_password_is_tried_twice_and_then_only_rarely() {
    let (mut world, mind) = world(routing(vec![trunk(1, ONE, true)], Vec::new()));
    mind.borrow_mut().challenges = true;
    let mut other = trunk(1, ONE, true);
    other.login = TrunkLogin::Digest { username: "acme".into(), password: "wrong".to_owned().into() };
    mind.borrow_mut().seen.clear();
    world.input(Input::Directory(with_routing(routing(vec![other], Vec::new()))));
    world.run(secs(3));
    let line = view(&world, 1);
    assert_eq!((line.state, line.problem), (TrunkState::Down, Some(TrunkProblem::WrongCredentials)));
    assert!(line.problem.unwrap().advice().contains("password"));
    world.run(secs(600));
    let tries = seen(&mind, "REGISTER");
    assert!((10..=24).contains(&tries), "{tries} in ten minutes");
}

#[test]
fn an_interval_that_is_too_brief_is_asked_for_again() {
    let (mut world, mind) = world(routing(Vec::new(), Vec::new()));
    mind.borrow_mut().register.insert(format!("{ONE}:5060"), 423);
    world.input(Input::Directory(with_routing(routing(vec![trunk(1, ONE, true)], Vec::new()))));
    world.run(ms(200));
    mind.borrow_mut().register.clear();
    world.run(secs(3));
    assert!(world.wire_asked("REGISTER", "Expires: 1200"), "{}", world.trace.join("\n"));
    assert_eq!(view(&world, 1).problem, Some(TrunkProblem::Refused), "asked for once, not for ever");
    world.run(secs(130));
    assert_eq!(view(&world, 1).state, TrunkState::Registered);
}

#[test]
fn a_server_that_does_not_answer_is_followed_by_the_next_and_back_again() {
    let mut world = World::new();
    let mind = Rc::new(RefCell::new(Mind::default()));
    world.provider = Some(Box::new(provider(&mind)));
    world.dns.insert("provider.test".into(), vec![ONE.parse().unwrap(), TWO.parse().unwrap()]);
    mind.borrow_mut().register.insert(format!("{ONE}:5060"), 0);
    world.input(Input::Directory(with_routing(routing(vec![trunk(1, "provider.test", true)], Vec::new()))));
    world.run(secs(40));
    let line = view(&world, 1);
    assert_eq!((line.state, line.servers), (TrunkState::Degraded, 2), "{}", world.trace.join("\n"));
    assert_eq!(line.server.unwrap().to_string(), format!("{TWO}:5060"));
}

#[test]
fn a_name_that_dns_does_not_know_is_told_and_asked_for_again() {
    let (mut world, _mind) = world(routing(vec![trunk(1, "provider.test", true)], Vec::new()));
    assert_eq!(view(&world, 1).problem, Some(TrunkProblem::NoAddress));
    world.dns.insert("provider.test".into(), vec![ONE.parse().unwrap()]);
    world.run(secs(60));
    assert_eq!(view(&world, 1).state, TrunkState::Registered);
}

#[test]
fn two_hundred_trunks_come_back_within_two_minutes_and_without_a_storm() {
    let trunks: Vec<Trunk> = (0..200u8).map(|n| trunk(n, &format!("203.0.113.{n}"), true)).collect();
    let (mut world, mind) = world(routing(trunks, Vec::new()));
    world.run(secs(10));
    let registered = |world: &World| {
        let views = world.engine.trunks(world.now, Some(ACME.account_id()));
        views.iter().filter(|view| view.state == TrunkState::Registered).count()
    };
    assert_eq!(registered(&world), 200);
    for n in 0..200 {
        mind.borrow_mut().register.insert(format!("203.0.113.{n}:5060"), 0);
    }
    // Silent to OPTIONS as well.
    world.provider = None;
    world.run(secs(3600));
    assert_eq!(registered(&world), 0);
    mind.borrow_mut().register.clear();
    world.provider = Some(Box::new(provider(&mind)));
    world.sent_outside.clear();
    let back = world.now.mono;
    world.run(secs(120));
    assert_eq!(registered(&world), 200);
    let mut by_second: HashMap<u64, usize> = HashMap::new();
    for (at, _, text) in world.sent_outside.iter().filter(|(_, _, text)| text.starts_with("REGISTER")) {
        let _ = text;
        *by_second.entry(at.duration_since(back).as_secs()).or_default() += 1;
    }
    let most = by_second.values().max().copied().unwrap_or_default();
    assert!(most <= 60, "{most} requests in one second of 200 trunks: {by_second:?}");
}

#[test]
fn a_call_goes_out_with_credentials_and_ends() {
    let (mut world, mind) = world(routing(vec![trunk(1, ONE, true)], vec![outbound("0XXXXXXXXXX", &[1])]));
    let alice = world.registered(ACME, "1001");
    let call = world.call(alice, "01133334444");
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered, "{}", world.trace.join("\n"));
    assert!(world.is_bridged());
    assert_eq!(view(&world, 1).calls, 1);
    world.run(secs(10));
    world.with(alice, |phone, now| phone.bye(now, call));
    world.run(secs(1));
    assert_eq!(seen(&mind, "BYE"), 1);
    let record = world.records.last().unwrap();
    assert_eq!((record.direction, record.status), (CallDirection::Outbound, CallStatus::Answered));
    assert_eq!(record.trunk_id, Some(TrunkId::new(1, [1; 10])));
    assert_eq!((record.caller.as_str(), record.callee.as_str()), ("1001", "01133334444"));
    assert!(
        record.trace.iter().any(|step| matches!(step, TraceStep::RouteTaken { .. })),
        "{:?}",
        record.trace
    );
    assert_eq!(view(&world, 1).calls, 0);
    world.assert_clean();
}

/// How a call to 01133334444 comes out when the first provider's INVITE gets this.
fn call_with(first: Vec<u16>) -> (World, Rc<RefCell<Mind>>, usize) {
    let trunks = vec![trunk(1, ONE, false), trunk(2, TWO, true)];
    let (mut world, mind) = world(routing(trunks, vec![outbound("0XXXXXXXXXX", &[1, 2])]));
    mind.borrow_mut().invite.insert(format!("{ONE}:5060"), first);
    let alice = world.registered(ACME, "1001");
    world.call(alice, "01133334444");
    world.run(secs(30));
    (world, mind, alice)
}

#[test]
fn a_provider_that_fails_is_followed_by_the_next() {
    for first in [vec![503], vec![500], vec![0], vec![100], vec![302], vec![403]] {
        let (mut world, _mind, alice) = call_with(first.clone());
        assert_eq!(world.phones[alice].state(), CallState::Answered, "{first:?}\n{}", world.trace.join("\n"));
        assert!(!world.trace.iter().any(|line| line.contains("premium")), "a redirection was followed");
        world.with(alice, |phone, now| phone.bye(now, 0));
        world.run(secs(70));
        let record = world.records.last().unwrap();
        assert_eq!(record.trunk_id, Some(TrunkId::new(1, [2; 10])), "{first:?}");
        assert!(
            record.trace.iter().any(|step| matches!(step, TraceStep::TrunkFailed { .. })),
            "{:?}",
            record.trace
        );
        world.assert_clean();
    }
}

#[test]
fn a_refusal_that_is_about_who_is_called_is_told_and_not_tried_elsewhere() {
    for (status, told) in [(404, 404), (486, 486), (480, 480), (603, 603)] {
        let (world, mind, alice) = call_with(vec![status]);
        assert_eq!(world.phones[alice].state(), CallState::Failed(told), "{status}");
        let tried = mind
            .borrow()
            .seen
            .iter()
            .filter(|(method, at)| method == "INVITE" && at.starts_with(TWO))
            .count();
        assert_eq!(tried, 0, "{status}");
    }
}

#[test]
fn once_it_rings_no_other_provider_is_asked() {
    let (mut world, mind, alice) = call_with(vec![180]);
    world.run(secs(200));
    assert!(
        matches!(world.phones[alice].state(), CallState::Failed(480)),
        "{:?}",
        world.phones[alice].state()
    );
    let tried =
        mind.borrow().seen.iter().filter(|(method, at)| method == "INVITE" && at.starts_with(TWO)).count();
    assert_eq!(tried, 0);
}

#[test]
fn a_provider_that_challenges_for_ever_gets_two_answers() {
    let (mut world, mind) = world(routing(vec![trunk(1, ONE, true)], vec![outbound("0XXXXXXXXXX", &[1])]));
    mind.borrow_mut().challenges = true;
    let alice = world.registered(ACME, "1001");
    world.call(alice, "01133334444");
    world.run(secs(5));
    assert_eq!(world.phones[alice].state(), CallState::Failed(503));
    assert_eq!(seen(&mind, "INVITE"), 2);
    assert_eq!(world.records.last().unwrap().reason, Some(EndReason::NoTrunk));
    world.run(secs(40));
    world.assert_clean();
}

#[test]
fn abroad_is_blocked_until_the_country_is_allowed_and_an_emergency_never() {
    let mut with = routing(vec![trunk(1, ONE, true)], vec![outbound("0!", &[1])]);
    let (mut world, mind) = world(with.clone());
    let alice = world.registered(ACME, "1001");
    world.call(alice, "00351211234567");
    assert_eq!(world.phones[alice].state(), CallState::Failed(403), "{}", world.trace.join("\n"));
    assert_eq!(world.records.last().unwrap().reason, Some(EndReason::NotPermitted));
    assert_eq!(seen(&mind, "INVITE"), 0);
    with.dialling.international = vec!["351".into()];
    world.input(Input::Directory(with_routing(with)));
    world.call(alice, "00351211234567");
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    world.call(alice, "190");
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered, "no route names it");
    // All channels are taken now, and an emergency gets one all the same.
    world.call(alice, "193");
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered, "{}", world.trace.join("\n"));
    world.call(alice, "01133334444");
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Failed(503));
}

#[test]
fn a_call_comes_in_to_the_extension_of_the_closest_route() {
    for (to, uri, more, rings) in [
        ("551133330001", "sip:551133330001@198.51.100.1", "", 0),
        ("551133330002", "sip:551133330002@198.51.100.1", "", 1),
        ("551133330001", "sip:acme@198.51.100.1:5060", "", 0),
        ("x", "sip:acme@198.51.100.1:5060", "P-Called-Party-ID: <sip:+551133330001@provider.test>\r\n", 0),
    ] {
        let (mut world, _mind) = world(routing(vec![trunk(1, ONE, true)], Vec::new()));
        let phones = [world.registered(ACME, "1001"), world.registered(ACME, "1002")];
        world.raw("203.0.113.1:5060", &invite(to, uri, more));
        world.run(secs(2));
        let there = world.sent_outside.iter().filter(|(_, _, text)| text.starts_with("SIP/2.0 200")).count();
        assert!(there >= 1, "{uri}\n{}", world.trace.join("\n"));
        assert_eq!(world.phones[phones[rings]].state(), CallState::Answered);
        let record = world.begun.last().unwrap();
        assert_eq!((record.direction, record.caller.as_str()), (CallDirection::Inbound, "+5511987654321"));
        assert!(record.extension_id.is_some() && record.trunk_id.is_some());
    }
}

#[test]
fn who_is_no_provider_is_challenged_and_an_unknown_number_is_404() {
    let (mut world, _mind) = world(routing(vec![trunk(1, ONE, true)], Vec::new()));
    let status = |world: &World, status: &str| {
        world.sent_outside.iter().filter(|(_, _, text)| text.starts_with(status)).count()
    };
    for from in ["203.0.113.77:5060", "203.0.113.1:5099"] {
        world.raw(from, &invite("551133330001", "sip:551133330001@198.51.100.1", ""));
        world.run(ms(100));
    }
    assert_eq!((status(&world, "SIP/2.0 401"), world.records.len()), (2, 0));
    world.raw("203.0.113.1:5060", &invite("552233330001", "sip:552233330001@198.51.100.1", ""));
    world.run(ms(100));
    assert_eq!(status(&world, "SIP/2.0 404"), 1);
    let record = world.records.last().unwrap();
    assert_eq!((record.status, record.direction), (CallStatus::Unknown, CallDirection::Inbound));
}

#[test]
fn a_provider_gets_no_way_out_again() {
    let (mut world, mind) = world(routing(vec![trunk(1, ONE, true)], vec![outbound("0!", &[1])]));
    world.raw("203.0.113.1:5060", &invite("02133334444", "sip:02133334444@198.51.100.1", ""));
    world.raw("203.0.113.1:5060", &invite("1001", "sip:1001@198.51.100.1", ""));
    world.run(secs(1));
    assert_eq!(seen(&mind, "INVITE"), 0, "neither out again nor to an extension that no route names");
    assert!(world.records.iter().all(|record| record.reason == Some(EndReason::UnknownNumber)));
}

#[test]
fn a_changed_trunk_begins_anew_and_a_deleted_one_says_good_bye() {
    let (mut world, mind) = world(routing(vec![trunk(1, ONE, true)], Vec::new()));
    mind.borrow_mut().seen.clear();
    world.input(Input::Directory(with_routing(routing(Vec::new(), Vec::new()))));
    world.run(secs(1));
    assert!(
        world
            .sent_outside
            .iter()
            .any(|(_, _, text)| text.starts_with("REGISTER") && text.contains("Expires: 0"))
    );
    assert!(world.engine.trunks(world.now, Some(ACME.account_id())).is_empty());
    world.run(secs(3600));
    assert!(seen(&mind, "OPTIONS") == 0 && seen(&mind, "REGISTER") <= 2);
    world.assert_clean();
}

#[test]
fn states_are_reported_once_each() {
    let (mut world, _mind) = world(routing(vec![trunk(1, ONE, true)], Vec::new()));
    world.run(secs(600));
    let states: Vec<TrunkState> = world
        .reports
        .iter()
        .filter_map(|report| match report {
            Report::Trunk { state, .. } => Some(*state),
            _ => None,
        })
        .collect();
    assert_eq!(states, [TrunkState::Down, TrunkState::Registered]);
}

#[test]
fn a_provider_that_challenges_bye_gets_it_again_with_credentials() {
    let (mut world, mind) = world(routing(vec![trunk(1, ONE, true)], vec![outbound("0XXXXXXXXXX", &[1])]));
    let alice = world.registered(ACME, "1001");
    let call = world.call(alice, "01133334444");
    world.run(secs(2));
    mind.borrow_mut().challenges_bye = true;
    world.with(alice, |phone, now| phone.bye(now, call));
    world.run(secs(1));
    assert_eq!(seen(&mind, "BYE"), 2, "{}", world.trace.join("\n"));
    world.run(secs(40));
    world.assert_clean();
}

#[test]
fn garbage_in_place_of_an_answer_is_silence() {
    for garbage in [
        "",
        "SIP/2.0 200 OK\r\n\r\n",
        "\0\u{1}garbage",
        "SIP/2.0 999 X\r\nVia: x\r\n\r\n",
        "INVITE sip:x SIP/2.0\r\n\r\n",
    ] {
        let trunks = vec![trunk(1, ONE, true)];
        let (mut world, mind) = world(routing(trunks, vec![outbound("0XXXXXXXXXX", &[1])]));
        mind.borrow_mut().garbage = Some(garbage.to_owned());
        let alice = world.registered(ACME, "1001");
        world.call(alice, "01133334444");
        world.run(secs(10));
        assert_eq!(world.phones[alice].state(), CallState::Failed(503), "{garbage:?}");
        world.run(secs(60));
        world.assert_clean();
    }
}

#[test]
fn a_connection_that_breaks_in_a_call_is_made_again_and_ends_the_call_there() {
    let mut line = trunk(1, ONE, true);
    line.transport = TrunkTransport::Tcp;
    let (mut world, mind) = world(routing(vec![line], vec![outbound("0XXXXXXXXXX", &[1])]));
    assert_eq!(view(&world, 1).state, TrunkState::Registered, "{}", world.trace.join("\n"));
    let alice = world.registered(ACME, "1001");
    let call = world.call(alice, "01133334444");
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    let flow = world.sent_outside.last().unwrap().1;
    world.input(Input::FlowFailed(flow));
    world.breaks(flow.conn.unwrap());
    world.run(secs(10));
    assert_eq!(world.phones[alice].state(), CallState::Answered, "sound goes on");
    assert_eq!(view(&world, 1).state, TrunkState::Registered);
    world.with(alice, |phone, now| phone.bye(now, call));
    world.run(secs(1));
    assert_eq!(seen(&mind, "BYE"), 1, "{}", world.trace.join("\n"));
    world.run(secs(40));
    world.assert_clean();
}

#[test]
fn a_storm_of_offers_inside_a_call_is_answered_and_leaves_nothing() {
    let (mut world, _mind) = world(routing(vec![trunk(1, ONE, true)], vec![outbound("0XXXXXXXXXX", &[1])]));
    let alice = world.registered(ACME, "1001");
    let call = world.call(alice, "01133334444");
    world.run(secs(2));
    let sent =
        world.sent_outside.iter().rev().find(|(_, _, text)| text.starts_with("ACK")).unwrap().2.clone();
    let (from, to, call_id) = (header(&sent, "To"), header(&sent, "From"), header(&sent, "Call-ID"));
    let body = sdp([203, 0, 113, 9].into(), 2, Direction::SendOnly, &[(8, "PCMA/8000")]);
    for n in 1..=500 {
        let request = format!(
            "INVITE sip:acme@198.51.100.1 SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.1:5060;branch=z9hG4bKstorm{n}\r\n\
             Max-Forwards: 70\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call_id}\r\nCSeq: {n} INVITE\r\n\
             Contact: <sip:far@203.0.113.1:5060>\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        world.raw("203.0.113.1:5060", &request);
    }
    world.run(secs(5));
    assert!(
        world.phones[alice].last().count(&pabx_sip::message::Method::Invite) <= 10,
        "the phone is spared"
    );
    world.with(alice, |phone, now| phone.bye(now, call));
    world.run(secs(80));
    assert_eq!(world.records.len(), 1);
    // A line asks whether its provider is there, and remembers the question for five seconds.
    world.provider = None;
    world.input(Input::Directory(with_routing(routing(Vec::new(), Vec::new()))));
    world.run(secs(40));
    world.assert_clean();
}

#[test]
fn a_line_that_is_tried_begins_anew_and_its_calls_go_on() {
    let (mut world, mind) = world(routing(vec![trunk(1, ONE, true)], vec![outbound("0XXXXXXXXXX", &[1])]));
    let alice = world.registered(ACME, "1001");
    let call = world.call(alice, "01133334444");
    world.run(secs(2));
    mind.borrow_mut().seen.clear();
    world.command(pabx_call::Command::TryTrunk(TrunkId::new(1, [1; 10])));
    assert_eq!(view(&world, 1).problem, Some(TrunkProblem::Starting));
    world.run(secs(1));
    assert_eq!((view(&world, 1).state, view(&world, 1).calls), (TrunkState::Registered, 1));
    assert!(seen(&mind, "REGISTER") >= 2);
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    world.with(alice, |phone, now| phone.bye(now, call));
    world.run(secs(1));
    assert_eq!((seen(&mind, "BYE"), view(&world, 1).calls), (1, 0));
}

#[test]
fn a_provider_that_was_given_up_has_nothing_to_say_any_more() {
    let mut second = trunk(2, TWO, true);
    second.transport = TrunkTransport::Tcp;
    let trunks = vec![trunk(1, ONE, false), second];
    let (mut world, mind) = world(routing(trunks, vec![outbound("0XXXXXXXXXX", &[1, 2])]));
    mind.borrow_mut().invite.insert(format!("{ONE}:5060"), vec![100]);
    let alice = world.registered(ACME, "1001");
    world.call(alice, "01133334444");
    world.run(secs(10));
    // The connection to the second is opened when it is needed, while the first answers CANCEL.
    let flow =
        world.sent_outside.iter().find(|(_, flow, _)| flow.remote.to_string().starts_with(TWO)).unwrap().1;
    world.run(ms(9_500));
    world.input(Input::FlowFailed(flow));
    world.run(secs(5));
    assert_eq!(world.phones[alice].state(), CallState::Answered, "{}", world.trace.join("\n"));
}

#[test]
fn a_call_that_is_not_permitted_is_recorded_as_one_that_wanted_out() {
    let (mut world, _mind) = world(routing(vec![trunk(1, ONE, true)], vec![outbound("0!", &[1])]));
    let alice = world.registered(ACME, "1001");
    world.call(alice, "00351211234567");
    let record = world.records.last().unwrap();
    assert_eq!((record.direction, record.status), (CallDirection::Outbound, CallStatus::Forbidden));
}

#[test]
fn callers_that_the_account_does_not_take_are_refused_and_recorded() {
    let mut with = routing(vec![trunk(1, ONE, true)], Vec::new());
    with.dialling.blocked_callers = vec!["+551198765432!".parse().unwrap()];
    with.dialling.refuses_anonymous = true;
    let (mut world, _mind) = world(with);
    world.registered(ACME, "1001");
    for (more, status) in [("", "SIP/2.0 607"), ("Privacy: id\r\n", "SIP/2.0 433")] {
        let request = invite("551133330001", "sip:551133330001@198.51.100.1", more);
        world.raw("203.0.113.1:5060", &request.replace("Call-ID: in", &format!("Call-ID: {}", more.len())));
        world.run(ms(100));
        let last = world.sent_outside.last().unwrap();
        assert!(last.2.starts_with(status), "{}", last.2);
        let record = world.records.last().unwrap();
        assert_eq!((record.direction, record.status), (CallDirection::Inbound, CallStatus::Forbidden));
    }
    let other =
        invite("551133330001", "sip:551133330001@198.51.100.1", "").replace("11987654321", "11912345678");
    world.raw("203.0.113.1:5060", &other.replace("in-551133330001", "again").replace("z9hG4bK", "z9hG4bKx"));
    world.run(secs(2));
    assert_eq!(world.begun.len(), 1, "anybody else is taken");
}

#[test]
fn an_extension_shows_its_own_number_else_the_trunks_else_the_user_name() {
    for (number, of_trunk, shown) in [
        ("1003", Some("+551133330000"), "+551133330003"),
        ("1001", Some("+551133330000"), "+551133330000"),
        ("1001", None, "acme"),
    ] {
        let mut line = trunk(1, ONE, false);
        line.login = TrunkLogin::Digest { username: "acme".into(), password: "secret".to_owned().into() };
        line.caller_id = of_trunk.map(|id| pabx_model::CallerId::parse(id).unwrap());
        let (mut world, _mind) = world(routing(vec![line], vec![outbound("0!", &[1])]));
        let phone = world.registered(ACME, number);
        world.call(phone, "01133334444");
        world.run(secs(1));
        let invite = &world.sent_outside.iter().find(|(_, _, text)| text.starts_with("INVITE")).unwrap().2;
        assert!(header(invite, "From").contains(&format!("<sip:{shown}@{ONE}:5060>")), "{invite}");
        let asserted = if shown == "acme" { String::new() } else { format!("<sip:{shown}@{ONE}:5060>") };
        assert_eq!(header(invite, "P-Asserted-Identity"), asserted);
    }
}
