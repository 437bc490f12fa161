//! What trunks and routes can do besides carrying a call: forms of presentation, office hours, forwards, bounds, emergencies.

use std::collections::HashMap;

use pabx_call::{Input, Report, Used, UsedBefore};
use pabx_model::{
    Budget, Burst, CallStatus, CalledHeader, CallerHeader, CallerId, Destination, DialString, DisplayName,
    EndReason, Guard, InboundRoute, Override, Price, RateTable, Reject, Routed, Routing, Spent,
    TimeCondition, TimeConditionId, TimeRule, TraceStep, Trunk, TrunkCodec, TrunkId, Whose, Zone,
};

use super::bench::*;
use crate::common::{ACME, CallState, Phone, SELF_TEST, World, secs, with_routing};

fn sent<'a>(world: &'a World, start: &str) -> Vec<&'a str> {
    let texts = world.sent_outside.iter().map(|(_, _, text)| text.as_str());
    texts.filter(|text| text.starts_with(start)).collect()
}

fn changed(change: impl Fn(&mut Trunk)) -> Trunk {
    let mut trunk = trunk(1, ONE, true);
    trunk.caller_id = Some(CallerId::parse("+551133330000").unwrap());
    change(&mut trunk);
    trunk
}

/// The INVITE that leaves when 1001 dials this.
fn invite_of(trunk: Trunk, dialled: &str) -> (World, String) {
    let (mut world, _mind) = world(routing(vec![trunk], vec![outbound("0!", &[1])]));
    let alice = world.registered(ACME, "1001");
    world.call(alice, dialled);
    world.run(secs(2));
    let invite = sent(&world, "INVITE").last().copied().unwrap_or_default().to_owned();
    (world, invite)
}

#[test]
fn the_caller_is_asserted_where_the_provider_looks_and_withheld_on_request() {
    let number = "+551133330000";
    for (header_of, name, value) in [
        (CallerHeader::PAsserted, "P-Asserted-Identity", format!("<sip:{number}@{ONE}:5060>")),
        (CallerHeader::PPreferred, "P-Preferred-Identity", format!("<sip:{number}@{ONE}:5060>")),
        (
            CallerHeader::RemotePartyId,
            "Remote-Party-ID",
            format!("<sip:{number}@{ONE}:5060>;party=calling;screen=no;privacy=off"),
        ),
        (CallerHeader::From, "P-Asserted-Identity", String::new()),
    ] {
        let with = || changed(|trunk| trunk.profile.caller_header = header_of);
        let (_, invite) = invite_of(with(), "01133334444");
        assert_eq!(header(&invite, name), value, "{invite}");
        let (_, hidden) = invite_of(with(), "#31#01133334444");
        assert!(hidden.starts_with("INVITE sip:01133334444@"), "{hidden}");
        let from = header(&hidden, "From");
        assert!(from.starts_with("\"Anonymous\" <sip:anonymous@anonymous.invalid>"), "{from}");
        assert_eq!(header(&hidden, "Privacy"), "id");
        assert_eq!(header(&hidden, name), value.replace("privacy=off", "privacy=full"));
        assert!(!from.contains(number) && !header(&hidden, "Contact").contains(number));
    }
}

#[test]
fn a_trunk_has_another_name_for_digests_its_own_codecs_and_no_session_timer() {
    let (_, invite) = invite_of(
        changed(|trunk| {
            trunk.profile.auth_username = Some("digest-name".into());
            trunk.profile.codecs = vec![TrunkCodec::Pcmu, TrunkCodec::Pcma];
            trunk.profile.session_timer = false;
        }),
        "01133334444",
    );
    assert!(header(&invite, "Authorization").contains("username=\"digest-name\""), "{invite}");
    assert!(header(&invite, "Contact").contains("sip:acme@"), "the provider knows us by the user name");
    assert_eq!((header(&invite, "Session-Expires"), header(&invite, "Supported")), ("", "100rel"));
    let formats = invite.lines().find(|line| line.starts_with("m=audio")).unwrap();
    assert!(formats.contains(" RTP/AVP 0 8 ") || formats.ends_with(" RTP/AVP 0 8"), "{formats}");
}

#[test]
fn a_trunk_whose_codecs_no_phone_has_is_passed_over() {
    let only_opus = changed(|trunk| trunk.profile.codecs = vec![TrunkCodec::Opus]);
    let (world, invite) = invite_of(only_opus, "01133334444");
    assert_eq!(invite, "");
    let record = world.records.last().unwrap();
    assert_eq!((record.sip_status.0, record.reason), (488, Some(EndReason::MediaNegotiation)));
    assert!(record.trace.last().unwrap().to_string().contains("codecs"), "{:?}", record.trace);
}

#[test]
fn everything_goes_to_the_outbound_proxy() {
    let proxied = changed(|trunk| {
        trunk.host = pabx_model::SipDomain::parse("provider.test").unwrap();
        trunk.port = None;
        trunk.profile.outbound_proxy = Some(pabx_model::SipDomain::parse(TWO).unwrap());
        trunk.profile.outbound_proxy_port = Some(5080);
    });
    let (world, invite) = invite_of(proxied, "01133334444");
    assert!(invite.starts_with("INVITE sip:01133334444@provider.test SIP/2.0"), "{invite}");
    let to: Vec<String> = world.sent_outside.iter().map(|(_, flow, _)| flow.remote.to_string()).collect();
    assert!(!to.is_empty() && to.iter().all(|to| to == "203.0.113.2:5080"), "{to:?}");
}

#[test]
fn the_called_number_is_where_the_profile_says() {
    for (place, rings) in
        [(CalledHeader::To, 0), (CalledHeader::PCalledPartyId, 1), (CalledHeader::RequestUri, 2)]
    {
        let with = changed(|trunk| trunk.profile.called_header = place);
        let mut routing = routing(vec![with], Vec::new());
        routing.inbound = vec![inbound("1", 1), inbound("2", 2), inbound("3", 3)];
        let (mut world, _mind) = world(routing);
        let phones = ["1001", "1002", "1003"].map(|number| world.registered(ACME, number));
        let more = "P-Called-Party-ID: <sip:2@provider.test>\r\n";
        world.raw("203.0.113.1:5060", &invite("1", "sip:3@198.51.100.1", more));
        world.run(secs(2));
        assert_eq!(world.phones[phones[rings]].state(), CallState::Answered, "{place}");
    }
}

#[test]
fn after_ringing_the_next_trunk_is_tried_where_the_route_wants_it() {
    for (wanted, state) in [(true, CallState::Answered), (false, CallState::Failed(503))] {
        let mut out = outbound("0!", &[1, 2]);
        out.route.failover_after_ringing = wanted;
        let (mut world, mind) = world(routing(vec![trunk(1, ONE, false), trunk(2, TWO, true)], vec![out]));
        mind.borrow_mut().after_ringing = Some((format!("{ONE}:5060"), 503));
        let alice = world.registered(ACME, "1001");
        let call = world.call(alice, "01133334444");
        world.run(secs(10));
        assert_eq!(world.phones[alice].state(), state, "{wanted}\n{}", world.trace.join("\n"));
        if wanted {
            assert!(world.is_bridged());
            world.with(alice, |phone, now| phone.bye(now, call));
        }
        world.run(secs(40));
        world.assert_clean();
    }
}

const HOURS: u8 = 6;

fn hours_id(n: u8) -> TimeConditionId {
    TimeConditionId::new(1, [n; 10])
}

fn to_hours(n: u8) -> Destination {
    Destination::TimeCondition { time_condition_id: hours_id(n) }
}

fn rule(overridden: Override, open: Destination, closed: Destination) -> TimeRule {
    TimeRule {
        condition: TimeCondition {
            name: DisplayName::parse("Office").unwrap(),
            zone: Zone::default(),
            weekly: Vec::new(),
            holidays: Vec::new(),
            holiday_sets: None,
            overridden,
        },
        open: Some(open),
        closed: Some(closed),
    }
}

fn to_extension(n: u8) -> Destination {
    Destination::Extension { extension_id: extension_id(n) }
}

fn leading(to: Destination) -> Routed<InboundRoute> {
    let mut route = inbound("+5511XXXX.", 1);
    route.route.destination = Some(to);
    route
}

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
    world.input(Input::Clock(pabx_model::ClockState::Untrusted));
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
    world.input(Input::Command(pabx_call::Command::HangUp(call_id)));
    world.run(secs(70));
    let record = world.records.last().unwrap();
    assert_eq!(record.trunk_id, Some(TrunkId::new(1, [1; 10])));
    assert_eq!(record.class, Some(pabx_model::Class::LongDistance));
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
    let verified = TraceStep::CallerVerified { verstat: "TN-Validation-Passed".into() };
    assert!(world.begun.last().unwrap().trace.contains(&verified));
}

fn guarded(guard: Guard) -> Routing {
    let mut with = routing(vec![trunk(1, ONE, true)], vec![outbound("0!", &[1])]);
    with.trunks[0].max_calls = 10;
    with.dialling.guard = guard;
    with.dialling.international = vec!["351".into()];
    let table = RateTable::new(vec![("5521".into(), Price::parse("0.60").unwrap())]);
    with.with_rates([(TrunkId::new(1, [1; 10]), table)].into())
}

fn stops(world: &World) -> Vec<TraceStep> {
    let stopped = |report: &Report| match report {
        Report::Stopped { step, .. } => Some(step.clone()),
        _ => None,
    };
    world.reports.iter().filter_map(stopped).collect()
}

#[test]
fn a_call_ends_with_the_minutes_of_the_day_and_the_next_begins_with_the_next_day() {
    let minutes = |minutes| Budget { minutes: Some(minutes), money: None };
    for (guard, whose) in [
        (Guard { extension_budget: minutes(5), ..Guard::default() }, Whose::Extension),
        (Guard { account_budget: minutes(5), ..Guard::default() }, Whose::Account),
    ] {
        let (mut world, _mind) = world(guarded(guard));
        let alice = world.registered(ACME, "1001");
        world.call(alice, "01133334444");
        world.run(secs(299));
        assert_eq!(world.phones[alice].state(), CallState::Answered);
        world.run(secs(3));
        let spent = TraceStep::BudgetSpent { whose, what: Spent::Minutes };
        assert_eq!(world.phones[alice].state(), CallState::Ended, "{whose:?}");
        world.run(secs(2));
        let record = world.records.last().unwrap();
        assert_eq!((record.reason, record.status), (Some(EndReason::BudgetSpent), CallStatus::Answered));
        assert!((300_000..302_000).contains(&record.duration), "{}", record.duration);
        assert_eq!(record.trace.last(), Some(&spent));
        world.call(alice, "01133334444");
        world.run(secs(2));
        assert_eq!(world.phones[alice].state(), CallState::Failed(403));
        assert_eq!(world.records.last().unwrap().status, CallStatus::Forbidden);
        assert_eq!(stops(&world), [spent.clone(), spent]);
        // Help is called at any time, and free numbers too.
        for number in ["190", "08001234567"] {
            world.call(alice, number);
            world.run(secs(2));
            assert_eq!(world.phones[alice].state(), CallState::Answered, "{number}");
        }
        world.run(secs(25 * 3600));
        world.call(alice, "01133334444");
        world.run(secs(2));
        assert_eq!(world.phones[alice].state(), CallState::Answered, "it is another day");
    }
}

#[test]
fn calls_at_once_share_what_is_left() {
    let budget = Budget { minutes: Some(10), money: None };
    let (mut world, _mind) = world(guarded(Guard { account_budget: budget, ..Guard::default() }));
    let phones = ["1001", "1002", "1004", "1005"].map(|number| world.registered(ACME, number));
    for phone in phones {
        world.call(phone, "01133334444");
    }
    world.run(secs(160));
    let states = phones.map(|phone| world.phones[phone].state());
    assert_eq!(states, [CallState::Ended; 4]);
    let used: u64 = world.records.iter().map(|record| record.duration).sum();
    assert!((600_000..=606_000).contains(&used), "{used} ms of 600,000");
}

#[test]
fn money_is_spent_by_the_trunk_s_prices_and_kept_with_the_record() {
    let budget = Budget { minutes: None, money: Some(1_200_000) };
    let (mut world, _mind) = world(guarded(Guard { extension_budget: budget, ..Guard::default() }));
    let alice = world.registered(ACME, "1001");
    // No price is known for the own area: it costs nothing.
    let call = world.call(alice, "01133334444");
    world.run(secs(600));
    world.with(alice, |phone, now| phone.bye(now, call));
    world.run(secs(2));
    assert_eq!(world.records.last().unwrap().cost, None);
    let call = world.call(alice, "02133334444");
    world.run(secs(61));
    world.with(alice, |phone, now| phone.bye(now, call));
    world.run(secs(2));
    let cost = world.records.last().unwrap().cost.unwrap();
    assert!((600_000..=620_000).contains(&cost), "{cost} for a minute at 0.60");
    world.call(alice, "02133334444");
    world.run(secs(62));
    assert_eq!(world.phones[alice].state(), CallState::Ended);
    world.run(secs(2));
    assert_eq!(
        world.records.last().unwrap().trace.last(),
        Some(&TraceStep::BudgetSpent { whose: Whose::Extension, what: Spent::Money })
    );
}

#[test]
fn what_was_used_up_before_a_restart_counts() {
    let budget = Budget { minutes: Some(5), money: None };
    let (mut world, _mind) = world(guarded(Guard { extension_budget: budget, ..Guard::default() }));
    let (account_id, used) = (ACME.account_id(), Used { ms: 300_000, money: 0 });
    world.input(Input::Spent(vec![UsedBefore { account_id, extension_id: Some(extension_id(1)), used }]));
    let phones = [world.registered(ACME, "1001"), world.registered(ACME, "1002")];
    for (phone, state) in phones.into_iter().zip([CallState::Failed(403), CallState::Answered]) {
        world.call(phone, "01133334444");
        world.run(secs(2));
        assert_eq!(world.phones[phone].state(), state);
    }
}

#[test]
fn a_burst_of_calls_abroad_is_stopped_for_a_while() {
    let burst = Burst { calls: 3, minutes: 10 };
    let (mut world, mind) = world(guarded(Guard { burst, ..Guard::default() }));
    let alice = world.registered(ACME, "1001");
    let abroad = |world: &mut World, phone: usize, n: u32| {
        let call = world.call(phone, &format!("0035121123456{n}"));
        world.run(secs(2));
        let state = world.phones[phone].state();
        if state == CallState::Answered {
            world.with(phone, |phone, now| phone.bye(now, call));
            world.run(secs(2));
        }
        state
    };
    let states: Vec<CallState> = (0..4).map(|n| abroad(&mut world, alice, n)).collect();
    assert_eq!(
        states,
        [CallState::Answered, CallState::Answered, CallState::Answered, CallState::Failed(403)]
    );
    let asked = mind.borrow().seen.iter().filter(|(method, _)| method == "INVITE").count();
    assert_eq!(asked, 6, "three calls, each challenged once");
    assert_eq!(stops(&world), [TraceStep::Burst { calls: 3, minutes: 10 }]);
    // At home nothing is counted, others are others, and ten minutes later it is over.
    world.call(alice, "01133334444");
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    let bob = world.registered(ACME, "1002");
    assert_eq!(abroad(&mut world, bob, 7), CallState::Answered);
    world.run(secs(600));
    assert_eq!(abroad(&mut world, alice, 8), CallState::Answered);
    // One number again and again is a burst of the account, whoever calls it.
    for phone in [alice, bob] {
        assert_eq!(abroad(&mut world, phone, 8), CallState::Answered);
    }
    let carol = world.registered(ACME, "1004");
    assert_eq!(abroad(&mut world, carol, 8), CallState::Failed(403));
}

#[test]
fn an_emergency_is_told_of_and_ends_the_youngest_call_of_a_full_trunk() {
    let (mut world, _mind) = world(routing(vec![trunk(1, ONE, true)], vec![outbound("0!", &[1])]));
    let phones = ["1001", "1002", "1004"].map(|number| world.registered(ACME, number));
    world.call(phones[0], "01133334444");
    world.run(secs(2));
    world.call(phones[1], "01133335555");
    world.run(secs(2));
    world.call(phones[2], "190");
    world.run(secs(2));
    let states = phones.map(|phone| world.phones[phone].state());
    assert_eq!(states, [CallState::Answered, CallState::Ended, CallState::Answered]);
    let yielded = world.records.last().unwrap();
    assert_eq!(
        (yielded.reason, yielded.trace.last()),
        (Some(EndReason::Preempted), Some(&TraceStep::Preempted))
    );
    assert_eq!(view(&world, 1).calls, 2, "no more than it has channels");
    let order: Vec<&str> =
        world.sent_outside.iter().map(|(_, _, text)| text.split(' ').next().unwrap()).collect();
    let bye = order.iter().rposition(|method| *method == "BYE").unwrap();
    assert!(order[bye..].contains(&"INVITE"), "the channel is free before the call comes: {order:?}");
    let told = world.reports.iter().filter(|report| {
        matches!(report, Report::Emergency { record, caller } if record.callee == "190" && **caller == *"1004")
    });
    assert_eq!(told.count(), 1);
    // Two emergencies have all channels: a third gets one more, and nobody is cut off.
    world.call(phones[1], "192");
    world.run(secs(2));
    world.call(phones[0], "193");
    world.run(secs(2));
    assert_eq!(world.phones[phones[2]].state(), CallState::Answered);
    assert_eq!(world.phones[phones[1]].state(), CallState::Answered);
}

#[test]
fn a_route_of_another_account_s_hours_is_none() {
    // Ids are looked up among the account's own rules alone.
    let (world, _) = comes_in(to_hours(9), HashMap::new(), "");
    assert_eq!(world.records.last().unwrap().trace.last(), Some(&TraceStep::DestinationGone));
    let other = with_routing(Routing::default());
    assert!(other.routing(ACME.account_id()).unwrap().time_rule(hours_id(9)).is_none());
}

/// ACME's trunks and routes, and the box itself on loopback.
fn with_itself(with: Routing) -> (World, usize) {
    let (mut world, _mind) = world(with.clone());
    let username = pabx_model::Directory::SELF_TEST_USERNAME;
    let secret = pabx_sip::digest::ha1(username, "pabx", &SELF_TEST.password(username));
    let secrets = pabx_model::DigestSecrets { md5: secret.md5, sha256: secret.sha256 };
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
    Input::Trial(pabx_call::Trial {
        word: dialled(WORD),
        account_id: ACME.account_id(),
        trunk_id: TrunkId::new(1, [1; 10]),
        number: dialled(number),
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
    assert_eq!((record.trunk_id, record.status), (Some(TrunkId::new(1, [1; 10])), CallStatus::Answered));
    world.run(secs(61));
    world.call(itself, WORD);
    world.run(secs(1));
    assert_eq!(world.phones[itself].state(), CallState::Failed(404), "the word is old");
}

#[test]
fn the_box_calls_no_further_than_its_account() {
    let (mut world, itself) = with_itself(routing(vec![trunk(1, ONE, true)], vec![outbound("0!", &[1])]));
    world.input(trial("00351211234567"));
    world.call(itself, WORD);
    world.run(secs(1));
    assert_eq!(world.phones[itself].state(), CallState::Failed(403));
    assert!(sent(&world, "INVITE").is_empty());
}

#[test]
fn a_pin_lets_somebody_call_farther_and_three_wrong_ones_lock_it() {
    let pin = |word: &str, calling_class, status| pabx_model::CallPin {
        pin_id: pabx_model::PinId::new(1, [9; 10]),
        name: DisplayName::parse("Ana").unwrap(),
        pin: pabx_model::Pin::parse(word).unwrap(),
        calling_class,
        status,
    };
    let (active, suspended) = (pabx_model::Status::Active, pabx_model::Status::Suspended);
    let far = pabx_model::CallingClass::International;
    let mut with = routing(vec![trunk(1, ONE, true)], vec![outbound("0!", &[1])]);
    with.dialling.guard.off_hours = Some(pabx_model::OffHours {
        time_condition_id: hours_id(HOURS),
        calling_class: pabx_model::CallingClass::Internal,
    });
    let closed = rule(Override::Closed { until: None }, to_extension(1), to_extension(1));
    with = with.with_time_rules([(hours_id(HOURS), closed)].into());
    with = with.with_pins(vec![pin("4321", far, active), pin("5555", far, suspended)]);
    let (mut world, _mind) = world(with);
    let alice = world.registered(ACME, "1001");
    let mut dial = |number: &str| {
        world.call(alice, number);
        world.run(secs(2));
        let record = world.begun.last().or(world.records.last()).unwrap();
        (
            world.phones[alice].state(),
            world.records.last().map(|last| last.callee.clone()),
            record.trace.clone(),
        )
    };
    assert_eq!(dial("01133334444").0, CallState::Failed(403), "at night nobody calls out");
    let (state, _, trace) = dial("*594321*01133334444");
    assert_eq!(state, CallState::Answered);
    assert!(
        trace.iter().any(|step| step.to_string() == "The PIN of Ana allows international numbers."),
        "{trace:?}"
    );
    assert_eq!(dial("*594321*00351211234567").0, CallState::Failed(403), "the account's rules stay");
    for wrong in ["*595555*01133334444", "*590000*01133334444", "*591111*01133334444"] {
        let (state, kept, _) = dial(wrong);
        assert_eq!((state, kept.as_deref()), (CallState::Failed(403), Some("01133334444")), "no PIN is kept");
    }
    assert_eq!(dial("*594321*01133334444").0, CallState::Failed(403), "locked, even for the right one");
    assert_eq!(stops(&world), [TraceStep::PinLocked]);
    assert!(!world.trace.iter().any(|line| line.contains("sip:*59") && line.starts_with("outside")));
    world.run(secs(600));
    world.call(alice, "*594321*01133334444");
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
}
