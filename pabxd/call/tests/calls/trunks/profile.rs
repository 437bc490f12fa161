//! What trunks and routes can do besides carrying a call: forms of presentation, office hours, forwards, bounds, emergencies.

use pabx_model::{CalledHeader, CallerHeader, EndReason, SipDomain, TrunkCodec};

use super::bench::*;
use crate::common::{ACME, CallState, secs};

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
        trunk.host = SipDomain::parse("provider.test").unwrap();
        trunk.port = None;
        trunk.profile.outbound_proxy = Some(SipDomain::parse(TWO).unwrap());
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
