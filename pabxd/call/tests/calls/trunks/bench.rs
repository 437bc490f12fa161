//! Trunks and routes, and a provider that answers as it is told.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::rc::Rc;

use pabx_call::{Input, TrunkView};
use pabx_model::{
    CallerId, Destination, Dialling, DisplayName, ExtensionId, InboundRoute, NumberPattern, OutboundRoute,
    Override, RouteId, Routed, Routing, SipDomain, Status, TimeCondition, TimeConditionId, TimeRule, Trunk,
    TrunkId, TrunkLogin, TrunkOrder, TrunkProfile, TrunkTransport, Zone,
};
use pabx_sip::flow::Flow;

use crate::common::{ACME, Direction, World, sdp, secs, with_routing};

/// What a provider answers; shared with the test, which changes its mind.
#[derive(Default)]
pub(super) struct Mind {
    /// Status of REGISTER by the server's address; 0: silence. Without: 200.
    pub(super) register: HashMap<String, u16>,
    /// Statuses of INVITE, one after another, by the server's address; the last stays. 0: silence.
    pub(super) invite: HashMap<String, Vec<u16>>,
    /// This server rings and then fails with this.
    pub(super) after_ringing: Option<(String, u16)>,
    /// Everything is challenged, for ever.
    pub(super) challenges: bool,
    /// BYE is challenged.
    pub(super) challenges_bye: bool,
    /// What is sent in place of an answer to INVITE.
    pub(super) garbage: Option<String>,
    /// Requests seen: method and server.
    pub(super) seen: Vec<(String, String)>,
}

pub(super) fn header<'a>(text: &'a str, name: &str) -> &'a str {
    let start = format!("{name}: ");
    text.lines().find_map(|line| line.strip_prefix(start.as_str())).unwrap_or_default()
}

pub(super) fn response(request: &str, status: u16, more: &str, body: &str) -> String {
    let mut out = format!("SIP/2.0 {status} Reason\r\n");
    for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
        let value = header(request, name);
        let tag = if name == "To" && status > 100 && !value.contains("tag=") { ";tag=provider" } else { "" };
        let _ = write!(out, "{name}: {value}{tag}\r\n");
    }
    out.push_str(more);
    if !body.is_empty() {
        out.push_str("Content-Type: application/sdp\r\n");
    }
    let _ = write!(out, "Content-Length: {}\r\n\r\n{body}", body.len());
    out
}

pub(super) const CHALLENGE: &str =
    "WWW-Authenticate: Digest realm=\"provider\", nonce=\"abc\", algorithm=MD5, qop=\"auth\"\r\n";

pub(super) fn provider(mind: &Rc<RefCell<Mind>>) -> impl FnMut(&Flow, &str) -> Vec<String> + 'static {
    let mind = Rc::clone(mind);
    move |flow, text| {
        let mut mind = mind.borrow_mut();
        let method = text.split(' ').next().unwrap_or_default().to_owned();
        let server = flow.remote.to_string();
        mind.seen.push((method.clone(), server.clone()));
        // Customers known by address have no name.
        let known = text.contains("Authorization: Digest ") || !text.contains("sip:acme@");
        match method.as_str() {
            "REGISTER" => match mind.register.get(&server).copied().unwrap_or(200) {
                0 => Vec::new(),
                _ if mind.challenges || !known => vec![response(text, 401, CHALLENGE, "")],
                423 => vec![response(text, 423, "Min-Expires: 1200\r\n", "")],
                status => {
                    vec![response(text, status, &format!("Contact: {}\r\n", header(text, "Contact")), "")]
                }
            },
            "INVITE" if mind.garbage.is_some() => mind.garbage.clone().into_iter().collect(),
            "BYE" if mind.challenges_bye && !text.contains("Authorization: Digest ") => {
                vec![response(text, 401, CHALLENGE, "")]
            }
            "INVITE" if mind.after_ringing.as_ref().is_some_and(|(at, _)| *at == server) => {
                let status = mind.after_ringing.as_ref().map_or(0, |(_, status)| *status);
                vec![response(text, 100, "", ""), response(text, 180, "", ""), response(text, status, "", "")]
            }
            "INVITE" => {
                let statuses = mind.invite.entry(server).or_insert_with(|| vec![200]);
                let status = if statuses.len() > 1 { statuses.remove(0) } else { statuses[0] };
                let body = sdp([203, 0, 113, 9].into(), 1, Direction::SendRecv, &[(8, "PCMA/8000")]);
                let contact = format!("Contact: <sip:far@{}>\r\n", flow.remote);
                match status {
                    0 => Vec::new(),
                    100 => vec![response(text, 100, "", "")],
                    _ if mind.challenges || (status < 300 && !known) => {
                        vec![response(text, 401, CHALLENGE, "")]
                    }
                    180 => vec![response(text, 100, "", ""), response(text, 180, &contact, "")],
                    302 => vec![response(text, 302, "Contact: <sip:+19005550123@premium.test>\r\n", "")],
                    200 => vec![
                        response(text, 100, "", ""),
                        response(text, 180, &contact, ""),
                        response(text, 200, &contact, &body),
                    ],
                    status => vec![response(text, status, "", "")],
                }
            }
            "ACK" | "SIP/2.0" => Vec::new(),
            "CANCEL" => {
                let invite = text.replace("CANCEL\r\n", "INVITE\r\n");
                vec![response(text, 200, "", ""), response(&invite, 487, "", "")]
            }
            _ => vec![response(text, 200, "", "")],
        }
    }
}

pub(super) fn trunk(n: u8, host: &str, login: bool) -> Trunk {
    Trunk {
        trunk_id: TrunkId::new(1, [n; 10]),
        account_id: ACME.account_id(),
        name: DisplayName::parse(&format!("Line {n}")).unwrap(),
        host: SipDomain::parse(host).unwrap(),
        port: Some(5060),
        transport: TrunkTransport::Udp,
        max_calls: 2,
        login: if login {
            TrunkLogin::Digest { username: "acme".into(), password: "secret".to_owned().into() }
        } else {
            TrunkLogin::Address
        },
        networks: Vec::new(),
        caller_id: None,
        profile: TrunkProfile::default(),
        status: Status::Active,
    }
}

pub(super) fn outbound(pattern: &str, trunks: &[u8]) -> Routed<OutboundRoute> {
    Routed {
        route_id: RouteId::new(1, [9; 10]),
        route: OutboundRoute {
            name: DisplayName::parse("Out").unwrap(),
            position: 1,
            pattern: NumberPattern::parse(pattern).unwrap(),
            strip: 0,
            prefix: String::new(),
            trunks: trunks.iter().map(|n| TrunkId::new(1, [*n; 10])).collect(),
            trunk_order: TrunkOrder::Listed,
            failover_after_ringing: false,
            status: Status::Active,
        },
    }
}

pub(super) fn extension_id(n: u8) -> ExtensionId {
    ExtensionId::new(1, [1, n, 0, 0, 0, 0, 0, 0, 0, 0])
}

pub(super) fn inbound(pattern: &str, extension: u8) -> Routed<InboundRoute> {
    Routed {
        route_id: RouteId::new(1, [8; 10]),
        route: InboundRoute {
            name: DisplayName::parse("In").unwrap(),
            position: 1,
            trunk_id: None,
            did_pattern: NumberPattern::parse(pattern).unwrap(),
            caller_pattern: None,
            destination: Some(Destination::Extension { extension_id: extension_id(extension) }),
            status: Status::Active,
        },
    }
}

pub(super) fn routing(trunks: Vec<Trunk>, outbound: Vec<Routed<OutboundRoute>>) -> Routing {
    let inbound = vec![inbound("+5511XXXX0001", 1), inbound("+5511XXXX.", 2)];
    Routing::new(Dialling::default(), trunks, inbound, outbound)
}

/// A world with these trunks, and a provider that is wherever they look for it.
pub(super) fn world(routing: Routing) -> (World, Rc<RefCell<Mind>>) {
    let mind = Rc::new(RefCell::new(Mind::default()));
    let mut world = World::new();
    world.provider = Some(Box::new(provider(&mind)));
    world.input(Input::Directory(with_routing(routing)));
    world.run(secs(3));
    (world, mind)
}

pub(super) fn view(world: &World, n: u8) -> TrunkView {
    let views = world.engine.trunks(world.now, Some(ACME.account_id()));
    views.into_iter().find(|view| view.trunk_id == TrunkId::new(1, [n; 10])).unwrap()
}

pub(super) fn seen(mind: &Rc<RefCell<Mind>>, method: &str) -> usize {
    mind.borrow().seen.iter().filter(|(one, _)| one == method).count()
}

pub(super) const ONE: &str = "203.0.113.1";
pub(super) const TWO: &str = "203.0.113.2";

pub(super) fn invite(to: &str, uri: &str, more: &str) -> String {
    let body = sdp([203, 0, 113, 9].into(), 1, Direction::SendRecv, &[(8, "PCMA/8000")]);
    format!(
        "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.1:5060;branch=z9hG4bK{}\r\nMax-Forwards: 70\r\n\
         From: \"Maria\" <sip:11987654321@provider.test>;tag=f1\r\nTo: <sip:{to}@provider.test>\r\nCall-ID: in-{to}-{}\r\n\
         CSeq: 1 INVITE\r\nContact: <sip:maria@203.0.113.1:5060>\r\n{more}Content-Type: application/sdp\r\n\
         Content-Length: {}\r\n\r\n{body}",
        to.len() + uri.len() * 7 + more.len(),
        uri.len(),
        body.len()
    )
}

pub(super) fn sent<'a>(world: &'a World, start: &str) -> Vec<&'a str> {
    let texts = world.sent_outside.iter().map(|(_, _, text)| text.as_str());
    texts.filter(|text| text.starts_with(start)).collect()
}

pub(super) fn changed(change: impl Fn(&mut Trunk)) -> Trunk {
    let mut trunk = trunk(1, ONE, true);
    trunk.caller_id = Some(CallerId::parse("+551133330000").unwrap());
    change(&mut trunk);
    trunk
}

/// The INVITE that leaves when 1001 dials this.
pub(super) fn invite_of(trunk: Trunk, dialled: &str) -> (World, String) {
    let (mut world, _mind) = world(routing(vec![trunk], vec![outbound("0!", &[1])]));
    let alice = world.registered(ACME, "1001");
    world.call(alice, dialled);
    world.run(secs(2));
    let invite = sent(&world, "INVITE").last().copied().unwrap_or_default().to_owned();
    (world, invite)
}

pub(super) const HOURS: u8 = 6;

pub(super) fn hours_id(n: u8) -> TimeConditionId {
    TimeConditionId::new(1, [n; 10])
}

pub(super) fn to_hours(n: u8) -> Destination {
    Destination::TimeCondition { time_condition_id: hours_id(n) }
}

pub(super) fn rule(overridden: Override, open: Destination, closed: Destination) -> TimeRule {
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

pub(super) fn to_extension(n: u8) -> Destination {
    Destination::Extension { extension_id: extension_id(n) }
}

pub(super) fn leading(to: Destination) -> Routed<InboundRoute> {
    let mut route = inbound("+5511XXXX.", 1);
    route.route.destination = Some(to);
    route
}
