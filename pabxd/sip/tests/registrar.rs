//! The registrar in simulated time: RFC 3261 §10.3 and RFC 5626 §6, step by step.
#![expect(clippy::disallowed_methods, reason = "tests take one instant as their epoch")]
#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use bytes::Bytes;
use pabx_sip::flow::{ConnId, Flow, Transport};
use pabx_sip::message::{Message, Request, StatusCode};
use pabx_sip::registrar::{
    Binding, BindingChange, MAX_CONTACTS, RegisterError, Registered, Registrar, RegistrarLimits,
};
use proptest::prelude::*;
use std::time::{Duration, Instant};

type Key = u32;
const AOR: Key = 1001;

struct World {
    registrar: Registrar<Key>,
    limits: RegistrarLimits,
    now: Instant,
    cseq: u32,
}

fn udp(remote: &str) -> Flow {
    let local = "192.0.2.1:5060".parse().unwrap();
    Flow { transport: Transport::Udp, local, remote: remote.parse().unwrap(), conn: None }
}

fn tcp(remote: &str, connection: u64) -> Flow {
    Flow { transport: Transport::Tcp, conn: Some(ConnId(connection)), ..udp(remote) }
}

fn request(call_id: &str, cseq: u32, lines: &[&str]) -> Request {
    let lines = lines.iter().fold(String::new(), |lines, line| lines + line + "\r\n");
    let text = format!(
        "REGISTER sip:pabx.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK{cseq}\r\n\
         Max-Forwards: 70\r\nFrom: <sip:1001@pabx.example>;tag=a\r\nTo: <sip:1001@pabx.example>\r\n\
         Call-ID: {call_id}\r\nCSeq: {cseq} REGISTER\r\n{lines}Content-Length: 0\r\n\r\n"
    );
    match Message::parse(Bytes::from(text)).unwrap() {
        Message::Request(request) => request,
        Message::Response(_) => panic!("a request"),
    }
}

impl World {
    fn new() -> Self {
        Self { registrar: Registrar::new(), limits: RegistrarLimits::default(), now: Instant::now(), cseq: 0 }
    }

    fn from(&mut self, flow: Flow, lines: &[&str]) -> Result<Registered, RegisterError> {
        self.cseq += 1;
        let request = request("call", self.cseq, lines);
        self.registrar.register(self.now, &AOR, &request, flow, &self.limits)
    }

    /// From the address that the contacts in these tests name.
    fn register(&mut self, lines: &[&str]) -> Result<Registered, RegisterError> {
        self.from(udp("192.0.2.10:5060"), lines)
    }

    fn contacts(&self) -> Vec<String> {
        self.registrar.bindings(self.now, &AOR).map(|binding| binding.contact.to_string()).collect()
    }

    fn wait(&mut self, seconds: u64) -> Vec<(Key, std::sync::Arc<Binding>)> {
        self.now += Duration::from_secs(seconds);
        self.registrar.expire(self.now)
    }
}

const DESK: &str = "Contact: <sip:1001@192.0.2.10:5060>";

#[test]
fn a_registration_is_told_back_with_its_time_and_runs_out() {
    let mut world = World::new();
    let registered = world.register(&[DESK, "Expires: 600", "User-Agent: Phone 1.0"]).unwrap();
    assert_eq!(registered.contacts, ["<sip:1001@192.0.2.10:5060>;expires=600"]);
    assert!(
        matches!(&registered.changes[..], [BindingChange::Added(b)] if b.user_agent.as_deref() == Some("Phone 1.0"))
    );
    assert!(!registered.outbound);
    assert!(world.wait(599).is_empty());
    assert_eq!(world.register(&[]).unwrap().contacts, ["<sip:1001@192.0.2.10:5060>;expires=1"]);
    assert_eq!(world.registrar.next_expiry(), Some(world.now + Duration::from_secs(1)));
    let gone = world.wait(1);
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].0, AOR);
    assert!(world.registrar.is_empty() && world.registrar.next_expiry().is_none());
}

#[test]
fn the_time_is_that_of_the_contact_else_of_expires_else_the_default_within_the_limits() {
    for (lines, granted) in [
        (vec![DESK], 300),
        (vec![DESK, "Expires: 1200"], 1200),
        (vec![DESK, "Expires: 99999999999999"], 3600),
        (vec![DESK, "Expires: soon"], 3600),
        (vec!["Contact: <sip:1001@192.0.2.10:5060>;expires=90", "Expires: 1200"], 90),
        (vec![DESK, "Expires: 86400"], 3600),
        (vec!["Contact: <sip:1001@10.0.0.7:5060>", "Expires: 3600"], 120),
        (vec!["Contact: <sip:1001@phone.invalid>", "Expires: 3600"], 120),
        (vec!["Contact: <sip:1001@10.0.0.7:5060>", "Expires: 60"], 60),
    ] {
        let mut world = World::new();
        let contacts = world.register(&lines).unwrap().contacts;
        assert!(contacts[0].ends_with(&format!(";expires={granted}")), "{lines:?}: {contacts:?}");
    }
}

#[test]
fn a_wish_below_the_minimum_is_told_the_minimum_and_changes_nothing() {
    let mut world = World::new();
    let both = ["Contact: <sip:a@192.0.2.10>;expires=300, <sip:b@192.0.2.10>;expires=59"];
    let error = world.register(&both).unwrap_err();
    assert_eq!(error, RegisterError::TooBrief { min: 60 });
    assert_eq!((error.status(), error.min_expires()), (StatusCode::INTERVAL_TOO_BRIEF, Some(60)));
    assert!(world.contacts().is_empty());
}

#[test]
fn a_star_removes_all_and_only_with_expires_zero_and_alone() {
    let mut world = World::new();
    world.register(&["Contact: <sip:a@192.0.2.10>, <sip:b@192.0.2.10>"]).unwrap();
    for bad in [
        vec!["Contact: *"],
        vec!["Contact: *", "Expires: 300"],
        vec!["Contact: *, <sip:a@192.0.2.10>", "Expires: 0"],
        vec!["Contact: *", "Contact: *", "Expires: 0"],
    ] {
        assert_eq!(world.register(&bad).unwrap_err().status(), StatusCode::BAD_REQUEST, "{bad:?}");
    }
    assert_eq!(world.contacts().len(), 2);
    let registered = world.register(&["Contact: *", "Expires: 0"]).unwrap();
    assert!(registered.contacts.is_empty());
    assert_eq!(registered.changes.len(), 2);
    assert!(world.registrar.is_empty());
}

#[test]
fn expires_zero_removes_one_contact_and_leaves_the_other() {
    let mut world = World::new();
    world.register(&["Contact: <sip:a@192.0.2.10>, <sip:b@192.0.2.10>"]).unwrap();
    let registered = world.register(&["Contact: <sip:a@192.0.2.10>;expires=0"]).unwrap();
    assert!(matches!(&registered.changes[..], [BindingChange::Removed(_)]));
    assert_eq!(world.contacts(), ["sip:b@192.0.2.10"]);
    assert!(world.register(&["Contact: <sip:a@192.0.2.10>;expires=0"]).unwrap().changes.is_empty());
}

#[test]
fn an_older_request_of_the_same_call_changes_nothing() {
    let mut world = World::new();
    let flow = udp("192.0.2.10:5060");
    let mut send = |call: &str, cseq, lines: &[&str]| {
        world.registrar.register(world.now, &AOR, &request(call, cseq, lines), flow, &world.limits)
    };
    send("x", 5, &[DESK]).unwrap();
    for cseq in [4, 5] {
        assert_eq!(
            send("x", cseq, &["Contact: <sip:1001@192.0.2.10:5060>;expires=0"]),
            Err(RegisterError::OutOfOrder)
        );
        assert_eq!(send("x", cseq, &["Contact: *", "Expires: 0"]), Err(RegisterError::OutOfOrder));
        assert_eq!(send("x", cseq, &["Contact: <sip:new@192.0.2.10>", DESK]), Err(RegisterError::OutOfOrder));
    }
    assert_eq!(send("x", 1, &[]).unwrap().contacts.len(), 1, "asking is always in order");
    assert!(send("y", 1, &["Contact: <sip:1001@192.0.2.10:5060>;expires=0"]).unwrap().contacts.is_empty());
}

#[test]
fn one_device_too_many_is_refused_and_known_ones_may_still_refresh() {
    let mut world = World::new();
    let contact = |n: u32| format!("Contact: <sip:{n}@192.0.2.10>");
    for n in 0..5 {
        world.register(&[&contact(n)]).unwrap();
    }
    let error = world.register(&[&contact(5)]).unwrap_err();
    assert_eq!(error.status(), StatusCode::FORBIDDEN);
    assert_eq!(world.contacts().len(), 5);
    assert!(matches!(
        &world.register(&[&contact(3)]).unwrap().changes[..],
        [BindingChange::Refreshed { .. }]
    ));
    let swap = format!("{}, <sip:3@192.0.2.10>;expires=0", contact(6));
    assert_eq!(world.register(&[&swap]).unwrap().contacts.len(), 5, "one goes, one comes");
    world.now += Duration::from_mins(6);
    assert_eq!(world.register(&[&contact(7)]).unwrap().contacts.len(), 1, "those that ran out do not count");
}

const INSTANCE: &str = r#";+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>""#;

#[test]
fn a_phone_that_was_restarted_takes_its_own_place() {
    let mut world = World::new();
    world.register(&[&format!("Contact: <sip:1001-abc@192.0.2.10:40000>{INSTANCE}")]).unwrap();
    let registered =
        world.register(&[&format!("Contact: <sip:1001-xyz@192.0.2.10:50000>{INSTANCE}")]).unwrap();
    assert!(matches!(&registered.changes[..],
        [BindingChange::Refreshed { old, new }] if old.contact.port() == Some(40_000) && new.contact.port() == Some(50_000)));
    assert_eq!(world.contacts(), ["sip:1001-xyz@192.0.2.10:50000"]);
    assert_eq!(registered.contacts, [format!("<sip:1001-xyz@192.0.2.10:50000>;expires=300{INSTANCE}")]);
}

#[test]
fn a_phone_that_names_its_old_and_its_new_contact_at_once_ends_up_with_the_new() {
    let mut world = World::new();
    world.register(&[&format!("Contact: <sip:1001@192.0.2.10:1>{INSTANCE}")]).unwrap();
    let both =
        format!("Contact: <sip:1001@192.0.2.10:1>{INSTANCE};expires=0, <sip:1001@192.0.2.10:2>{INSTANCE}");
    world.register(&[&both]).unwrap();
    assert_eq!(world.contacts(), ["sip:1001@192.0.2.10:2"]);
}

#[test]
fn the_same_contact_from_another_path_moves_the_flow() {
    let mut world = World::new();
    world.from(udp("198.51.100.1:1000"), &[DESK]).unwrap();
    world.from(udp("198.51.100.1:2000"), &[DESK]).unwrap();
    let binding = world.registrar.bindings(world.now, &AOR).next().unwrap();
    assert_eq!(binding.flow.remote.port(), 2000);
    assert!(binding.is_behind_nat());
    assert_eq!(world.registrar.len(), 1);
}

mod outbound {
    use super::*;

    fn contact(port: u16, reg_id: u32) -> String {
        format!("Contact: <sip:1001@10.0.0.9:{port};transport=tcp;ob>{INSTANCE};reg-id={reg_id}")
    }

    #[test]
    fn each_flow_of_an_instance_is_a_binding_and_comes_back_in_its_place() {
        let mut world = World::new();
        let supported = "Supported: path, outbound";
        for (connection, reg_id) in [(1, 1), (2, 2)] {
            let registered =
                world.from(tcp("198.51.100.1:4000", connection), &[&contact(1, reg_id), supported]).unwrap();
            assert!(registered.outbound);
        }
        assert_eq!(world.contacts().len(), 2);
        let again = world.from(tcp("198.51.100.1:4001", 3), &[&contact(7, 1), supported]).unwrap();
        assert!(
            matches!(&again.changes[..], [BindingChange::Refreshed { new, .. }] if new.flow.conn == Some(ConnId(3)))
        );
        assert!(again.contacts.iter().any(|value| value.ends_with(";reg-id=1")));
        assert_eq!(world.contacts().len(), 2);
    }

    #[test]
    fn without_support_or_instance_there_is_no_outbound() {
        let mut world = World::new();
        assert!(!world.register(&[&contact(1, 1)]).unwrap().outbound);
        let anonymous = "Contact: <sip:1001@10.0.0.9>;reg-id=1";
        assert!(!world.register(&[anonymous, "Supported: outbound"]).unwrap().outbound);
        assert!(world.registrar.bindings(world.now, &AOR).all(|binding| binding.reg_id.is_none()));
    }

    #[test]
    fn a_hop_in_between_is_told_with_439() {
        let mut world = World::new();
        let lines = [&contact(1, 1), "Supported: outbound", "Via: SIP/2.0/TCP 10.0.0.9;branch=z9hG4bKz"];
        assert_eq!(
            world.register(&lines).unwrap_err().status(),
            StatusCode::FIRST_HOP_LACKS_OUTBOUND_SUPPORT
        );
    }

    #[test]
    fn a_flow_stands_alone_in_its_request() {
        let mut world = World::new();
        let lines = [&*contact(1, 1), &*contact(2, 2), "Supported: outbound"];
        assert_eq!(world.register(&lines).unwrap_err().status(), StatusCode::BAD_REQUEST);
    }
}

#[test]
fn a_closed_connection_takes_its_bindings_and_no_others() {
    let mut world = World::new();
    world.from(tcp("192.0.2.10:4000", 1), &["Contact: <sip:a@192.0.2.10;transport=tcp>"]).unwrap();
    world.from(tcp("192.0.2.10:4001", 2), &["Contact: <sip:b@192.0.2.10;transport=tcp>"]).unwrap();
    world.register(&[DESK]).unwrap();
    assert!(world.registrar.flow_closed(udp("192.0.2.10:5060")).is_empty());
    let gone = world.registrar.flow_closed(tcp("192.0.2.10:4000", 1));
    assert_eq!(gone.iter().map(|(_, b)| b.contact.user().unwrap()).collect::<Vec<_>>(), ["a"]);
    assert!(world.registrar.flow_closed(tcp("192.0.2.10:4000", 1)).is_empty());
    // b moves to a new connection; the old one closing afterwards must not take it away.
    world.from(tcp("192.0.2.10:4002", 3), &["Contact: <sip:b@192.0.2.10;transport=tcp>"]).unwrap();
    assert!(world.registrar.flow_closed(tcp("192.0.2.10:4001", 2)).is_empty());
    assert_eq!(world.registrar.len(), 2);
}

#[test]
fn hostile_contacts_are_refused() {
    let long = format!("Contact: <sip:{}@192.0.2.10>", "a".repeat(600));
    let instance = format!("{DESK};+sip.instance=\"<urn:{}>\"", "a".repeat(200));
    let many = format!("Contact: {}", ["<sip:a@192.0.2.10>"; MAX_CONTACTS + 1].join(","));
    for contact in [
        "Contact: <mailto:a@192.0.2.10>",
        "Contact: <tel:+551133334444>",
        "Contact: <sip:a@192.0.2.10?Route=%3Csip:evil%3E>",
        "Contact: <sip:a%0d%0aX@192.0.2.10>",
        "Contact: <sip:a%00@192.0.2.10>",
        "Contact: <sip:a@192.0.2.10:0>",
        "Contact: <sip:a@>",
        "Contact: \"unterminated <sip:a@192.0.2.10>",
        &long,
        &instance,
        &many,
    ] {
        let mut world = World::new();
        let error = world.register(&[contact]).unwrap_err();
        assert_eq!(error.status(), StatusCode::BAD_REQUEST, "{contact}");
        assert!(world.registrar.is_empty());
    }
}

#[test]
fn what_is_told_back_cannot_break_out_of_its_quotes() {
    let mut world = World::new();
    let lines = [r#"Contact: <sip:a@192.0.2.10>;q=0.25;+sip.instance="<urn:x\">;evil=1,\">""#];
    let contacts = world.register(&lines).unwrap().contacts;
    assert_eq!(contacts, [r#"<sip:a@192.0.2.10>;expires=300;q=0.250;+sip.instance="<urn:x\">;evil=1,\">""#]);
}

#[test]
fn the_user_agent_is_kept_short_and_on_character_boundaries() {
    let mut world = World::new();
    world.register(&[DESK, &format!("User-Agent: x{}", "é".repeat(100))]).unwrap();
    let binding = world.registrar.bindings(world.now, &AOR).next().unwrap();
    assert_eq!(binding.user_agent.as_deref().map(str::len), Some(63));
}

#[test]
fn bindings_come_back_after_a_restart_unless_their_time_is_over() {
    let mut world = World::new();
    world.register(&[DESK, "Expires: 600"]).unwrap();
    world.register(&["Contact: <sip:b@192.0.2.10>", "Expires: 60"]).unwrap();
    let kept: Vec<Binding> = world.registrar.iter().map(|(_, binding)| (**binding).clone()).collect();
    let mut later = World { now: world.now + Duration::from_secs(100), ..World::new() };
    let back = kept.into_iter().filter(|b| later.registrar.restore(later.now, &AOR, b.clone())).count();
    assert_eq!(back, 1);
    assert_eq!(later.contacts(), ["sip:1001@192.0.2.10:5060"]);
    assert_eq!(later.wait(500).len(), 1);
}

#[test]
fn two_addresses_of_record_do_not_see_each_other() {
    let mut world = World::new();
    world.register(&[DESK]).unwrap();
    let other = world.registrar.register(
        world.now,
        &2002,
        &request("z", 1, &[DESK]),
        udp("192.0.2.11:5060"),
        &world.limits,
    );
    assert_eq!(other.unwrap().contacts.len(), 1);
    assert_eq!(world.registrar.forget(&2002).len(), 1);
    assert_eq!(world.contacts().len(), 1);
}

#[derive(Debug, Clone)]
enum Act {
    Register { contact: u8, connection: Option<u64>, instance: Option<u8>, seconds: u32 },
    Star,
    Close(u64),
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    let seconds = prop_oneof![Just(0_u32), 60..400_u32];
    prop_oneof![
        6 => (0..8_u8, prop::option::of(0..3_u64), prop::option::of(0..3_u8), seconds)
            .prop_map(|(contact, connection, instance, seconds)| Act::Register { contact, connection, instance, seconds }),
        1 => Just(Act::Star),
        1 => (0..3_u64).prop_map(Act::Close),
        3 => (0..200_u64).prop_map(Act::Wait),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_the_table_agrees_with_its_changes_and_ends_empty(acts in prop::collection::vec(act(), 1..60)) {
        let mut world = World::new();
        let mut known: Vec<String> = Vec::new();
        for act in acts {
            let mut gone = Vec::new();
            match act {
                Act::Register { contact, connection, instance, seconds } => {
                    let instance = instance.map(|n| format!(";+sip.instance=\"<urn:{n}>\"")).unwrap_or_default();
                    let line = format!("Contact: <sip:{contact}@192.0.2.10>{instance};expires={seconds}");
                    let flow = connection.map_or(udp("192.0.2.10:5060"), |n| tcp("192.0.2.10:9", n));
                    for change in world.from(flow, &[&line]).map(|r| r.changes).unwrap_or_default() {
                        match change {
                            BindingChange::Added(new) => known.push(new.contact.to_string()),
                            BindingChange::Refreshed { old, new } => {
                                gone.push(old);
                                known.push(new.contact.to_string());
                            }
                            BindingChange::Removed(old) => gone.push(old),
                        }
                    }
                }
                Act::Star => {
                    let changes = world.register(&["Contact: *", "Expires: 0"]).unwrap().changes;
                    gone.extend(changes.into_iter().filter_map(|c| if let BindingChange::Removed(b) = c { Some(b) } else { None }));
                }
                Act::Close(n) => gone.extend(world.registrar.flow_closed(tcp("192.0.2.10:9", n)).into_iter().map(|(_, b)| b)),
                Act::Wait(seconds) => gone.extend(world.wait(seconds).into_iter().map(|(_, b)| b)),
            }
            for binding in gone {
                let at = known.iter().position(|contact| *contact == binding.contact.to_string());
                prop_assert!(at.is_some(), "told gone, never told there");
                known.remove(at.unwrap());
            }
            let mut here = world.contacts();
            here.sort();
            known.sort();
            prop_assert_eq!(&here, &known);
            prop_assert!(here.len() <= 5);
            prop_assert_eq!(world.registrar.len(), here.len());
        }
        world.wait(4_000);
        prop_assert!(world.registrar.is_empty() && world.registrar.next_expiry().is_none());
    }
}
