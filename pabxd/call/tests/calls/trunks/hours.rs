//! Where a call goes by the time of the day, forwards, and what is known of who calls.

use std::collections::HashMap;

use pabx_call::{Command, Input};
use pabx_model::{
    Class, ClockState, Destination, DialString, Override, Reject, Routing, TimeConditionId, TimeRule,
    TraceStep, TrunkId,
};

use super::bench::*;
use crate::common::{ACME, CallState, World, secs, with_routing};

/// A call that comes in to a route that leads there.
fn comes_in(to: Destination, rules: HashMap<TimeConditionId, TimeRule>, more: &str) -> (World, [usize; 2]) {
    let mut routing = routing(vec![trunk(1, ONE, true)], vec![outbound("0!", &[1])]);
    routing.inbound = vec![leading(to)];
    let (mut world, _mind) = world(routing.with_time_rules(rules));
    let phones = [world.registered(ACME, "1001"), world.registered(ACME, "1002")];
    world.raw("203.0.113.1:5060", &invite("551133330001", "sip:551133330001@198.51.100.1", more));
    world.run(secs(2));
    (world, phones)
}

#[test]
fn office_hours_lead_to_one_place_or_the_other() {
    for (switch, rings) in [(Override::Open { until: None }, 0), (Override::Closed { until: None }, 1)] {
        let rules = [(hours_id(HOURS), rule(switch, to_extension(1), to_extension(2)))].into();
        let (world, phones) = comes_in(to_hours(HOURS), rules, "");
        assert_eq!(world.phones[phones[rings]].state(), CallState::Answered);
        let step = &world.begun.last().unwrap().trace[2];
        assert!(matches!(step, TraceStep::Hours { open, .. } if *open == (rings == 0)), "{step:?}");
    }
}

#[test]
fn hours_that_lead_in_a_circle_and_hours_that_are_gone_end_the_call() {
    let closed = Override::Closed { until: None };
    let circle = [
        (hours_id(1), rule(closed, to_extension(1), to_hours(2))),
        (hours_id(2), rule(closed, to_extension(1), to_hours(1))),
    ];
    for (rules, status, last) in
        [(circle.into(), 480, TraceStep::Endless), (HashMap::new(), 404, TraceStep::DestinationGone)]
    {
        let (world, _) = comes_in(to_hours(1), rules, "");
        let record = world.records.last().unwrap();
        assert_eq!((record.sip_status.0, record.trace.last()), (status, Some(&last)));
    }
}

#[test]
fn a_box_without_a_clock_takes_calls_as_by_day() {
    let mut routing = routing(vec![trunk(1, ONE, true)], Vec::new());
    routing.inbound = vec![leading(to_hours(HOURS))];
    let closed = Override::Closed { until: None };
    let rules = [(hours_id(HOURS), rule(closed, to_extension(1), to_extension(2)))].into();
    let (mut world, _mind) = world(routing.with_time_rules(rules));
    world.input(Input::Clock(ClockState::Untrusted));
    let alice = world.registered(ACME, "1001");
    world.raw("203.0.113.1:5060", &invite("551133330001", "sip:551133330001@198.51.100.1", ""));
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
}

#[test]
fn a_route_refuses_as_it_is_told() {
    for (reject, status) in [(Reject::Busy, 486), (Reject::Unavailable, 480), (Reject::Declined, 603)] {
        let (world, _) = comes_in(Destination::Reject { reject }, HashMap::new(), "");
        assert!(!sent(&world, &format!("SIP/2.0 {status}")).is_empty());
        assert_eq!(world.records.last().unwrap().trace.last(), Some(&TraceStep::Rejected { reject }));
    }
}

fn to_number(number: &str) -> Destination {
    Destination::Number { number: DialString::parse(number).unwrap() }
}

#[test]
fn a_forwarded_call_goes_out_as_the_account_s_and_says_by_whom() {
    let (mut world, _) = comes_in(to_number("02133334444"), HashMap::new(), "");
    let out = sent(&world, "INVITE").last().unwrap().to_string();
    assert!(out.starts_with("INVITE sip:02133334444@"), "{out}");
    assert!(header(&out, "From").starts_with("<sip:acme@"), "{out}");
    assert_eq!(
        header(&out, "Diversion"),
        format!("<sip:551133330001@{ONE}:5060>;reason=unconditional;counter=1")
    );
    assert!(header(&out, "History-Info").contains(";index=1.1"), "{out}");
    assert!(world.is_bridged());
    assert_eq!(view(&world, 1).calls, 2, "a channel each way");
    let call_id = world.begun.last().unwrap().call_id;
    world.input(Input::Command(Command::HangUp(call_id)));
    world.run(secs(70));
    let record = world.records.last().unwrap();
    assert_eq!(record.trunk_id, Some(TrunkId::new(1, [1; 10])));
    assert_eq!(record.class, Some(Class::LongDistance));
    assert_eq!(view(&world, 1).calls, 0);
    world.assert_clean();
}

#[test]
fn a_forward_shows_who_called_first_where_the_provider_lets_it_pass() {
    let mut routing =
        routing(vec![changed(|trunk| trunk.profile.passes_callers = true)], vec![outbound("0!", &[1])]);
    routing.inbound = vec![leading(to_number("02133334444"))];
    let (mut world, _mind) = world(routing);
    world.raw("203.0.113.1:5060", &invite("551133330001", "sip:551133330001@198.51.100.1", ""));
    world.run(secs(2));
    let out = sent(&world, "INVITE").last().unwrap().to_string();
    assert!(header(&out, "From").starts_with("\"Maria\" <sip:+5511987654321@"), "{out}");
}

#[test]
fn a_forward_is_asked_like_any_call_and_ends_after_too_many() {
    let (world, _) = comes_in(to_number("00351211234567"), HashMap::new(), "");
    assert!(!sent(&world, "SIP/2.0 403").is_empty(), "abroad is not allowed");
    let often = "Diversion: <sip:1@a>;counter=3\r\nDiversion: <sip:2@a>;reason=no-answer;counter=2\r\n";
    let (world, _) = comes_in(to_number("02133334444"), HashMap::new(), often);
    assert_eq!(sent(&world, "INVITE").len(), 0);
    assert_eq!(world.records.last().unwrap().trace.last(), Some(&TraceStep::ForwardedTooOften));
    // A number of the account's own is an extension.
    let (world, phones) = comes_in(to_number("1002"), HashMap::new(), "");
    assert_eq!(world.phones[phones[1]].state(), CallState::Answered);
}

#[test]
fn what_is_known_of_the_caller_is_passed_on_and_kept() {
    let identity = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln;info=<https://cert.test/a.pem>";
    let more = format!(
        "P-Asserted-Identity: <sip:+5511987654321;verstat=TN-Validation-Passed@provider.test>\r\nIdentity: {identity}\r\n"
    );
    let mut routing = routing(vec![trunk(1, ONE, true)], Vec::new());
    routing = routing.with_names([("+5511987654321".into(), "Maria Souza".into())].into());
    let (mut world, _mind) = world(routing);
    let alice = world.registered(ACME, "1001");
    world.raw("203.0.113.1:5060", &invite("551133330001", "sip:551133330001@198.51.100.1", &more));
    world.run(secs(2));
    let got =
        String::from_utf8(world.phones[alice].last().invite.as_ref().unwrap().as_bytes().to_vec()).unwrap();
    assert!(header(&got, "From").starts_with("\"Maria Souza\" <sip:+5511987654321@"), "{got}");
    assert!(header(&got, "From").contains(";verstat=TN-Validation-Passed"), "{got}");
    assert_eq!(header(&got, "Identity"), identity);
    let verified =
        TraceStep::CallerVerified { verstat: "TN-Validation-Passed".into(), identity: Some(identity.into()) };
    assert!(world.begun.last().unwrap().trace.contains(&verified));
}

#[test]
fn a_route_of_another_account_s_hours_is_none() {
    // Ids are looked up among the account's own rules alone.
    let (world, _) = comes_in(to_hours(9), HashMap::new(), "");
    assert_eq!(world.records.last().unwrap().trace.last(), Some(&TraceStep::DestinationGone));
    let other = with_routing(Routing::default());
    assert!(other.routing(ACME.account_id()).unwrap().time_rule(hours_id(9)).is_none());
}

#[test]
fn a_number_that_is_forwarded_to_itself_does_not_go_round() {
    let (world, _) = comes_in(to_number("01133330001"), HashMap::new(), "");
    assert_eq!(world.records.last().unwrap().trace.last(), Some(&TraceStep::ForwardedTooOften));
    let entries = |count: usize| {
        let all: Vec<String> = (0..count).map(|n| format!("<sip:1{n}@provider.test>;index=1.{n}")).collect();
        format!("History-Info: {}\r\n", all.join(", "))
    };
    for (count, forwarded) in [(5, true), (6, false)] {
        let (world, _) = comes_in(to_number("02133334444"), HashMap::new(), &entries(count));
        assert_eq!(!sent(&world, "INVITE").is_empty(), forwarded, "{count} entries");
    }
}

#[test]
fn a_provider_hears_nothing_of_the_account_s_rules() {
    let (world, _) = comes_in(to_number("00351211234567"), HashMap::new(), "");
    let refusal = sent(&world, "SIP/2.0 403").last().unwrap().to_string();
    assert_eq!(header(&refusal, "Reason"), "");
}
