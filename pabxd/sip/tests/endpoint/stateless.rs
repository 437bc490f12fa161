//! What strangers send costs no memory, and is answered at most once and not at length.

use std::time::Instant;

use bytes::Bytes;
use pabx_sip::endpoint::{Endpoint, EndpointConfig, Event};
use pabx_sip::flow::{Flow, Transport};
use pabx_sip::message::{HeaderName, ResponseBuilder, StatusCode};
use proptest::prelude::*;

use crate::messages::{answer, raw};

#[expect(clippy::disallowed_methods, reason = "an epoch for simulated time")]
fn epoch() -> Instant {
    Instant::now()
}

fn flow(remote: &str) -> Flow {
    let local = "192.0.2.2:5060".parse().unwrap();
    Flow { transport: Transport::Udp, local, remote: remote.parse().unwrap(), conn: None }
}

fn endpoint() -> Endpoint {
    Endpoint::new(EndpointConfig::default(), [5; 32])
}

fn options() -> Bytes {
    raw(&[
        "OPTIONS sip:bob@192.0.2.2 SIP/2.0",
        "Via: SIP/2.0/UDP 198.51.100.9:5060;branch=z9hG4bK1;rport",
        "Max-Forwards: 70",
        "From: <sip:alice@a.example>;tag=a",
        "To: <sip:bob@192.0.2.2>",
        "Call-ID: c1",
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
    ])
}

#[test]
fn an_answer_without_acceptance_leaves_nothing_behind() {
    let (mut endpoint, now) = (endpoint(), epoch());
    for _ in 0..1000 {
        endpoint.receive(now, flow("198.51.100.9:5060"), options());
        let Some(Event::Request(incoming)) = endpoint.poll_event() else { panic!("a request is told") };
        let response = answer(&incoming.request, StatusCode::NOT_FOUND);
        assert!(endpoint.respond_stateless(&incoming, response));
        assert!(endpoint.poll_transmit().is_some() && endpoint.poll_transmit().is_none());
    }
    assert!(endpoint.counts().is_zero() && endpoint.next_wakeup().is_none());
}

#[test]
fn an_answer_over_one_and_a_half_times_the_request_is_not_sent() {
    let (mut endpoint, now) = (endpoint(), epoch());
    endpoint.receive(now, flow("198.51.100.9:5060"), options());
    let Some(Event::Request(incoming)) = endpoint.poll_event() else { panic!("a request is told") };
    let long = ResponseBuilder::to(&incoming.request, StatusCode::UNAUTHORIZED)
        .header(HeaderName::other("X-Long"), "x".repeat(options().len()))
        .build();
    assert!(!endpoint.respond_stateless(&incoming, long));
    assert!(endpoint.poll_transmit().is_none());
}

#[test]
fn nobody_is_answered_at_port_zero_or_a_broadcast_address() {
    for source in ["198.51.100.9:0", "255.255.255.255:5060", "224.0.1.75:5060"] {
        let (mut endpoint, now) = (endpoint(), epoch());
        endpoint.receive(now, flow(source), options());
        while let Some(event) = endpoint.poll_event() {
            if let Event::Request(incoming) = event {
                let response = answer(&incoming.request, StatusCode::OK);
                assert!(!endpoint.respond_stateless(&incoming, response));
            }
        }
        assert!(endpoint.poll_transmit().is_none(), "{source}");
    }
}

#[test]
fn a_bad_request_is_answered_and_a_bad_response_or_ack_is_not() {
    let text = String::from_utf8(options().to_vec()).unwrap();
    let cases = [
        (text.replace("CSeq: 1 OPTIONS", "CSeq: 1 INVITE"), true),
        (text.replace("Max-Forwards: 70", "Max-Forwards: 0"), false),
        (text.replace("CSeq: 1 OPTIONS", "CSeq: 1 INVITE").replace("OPTIONS sip", "ACK sip"), false),
        (
            text.replace("OPTIONS sip:bob@192.0.2.2 SIP/2.0", "SIP/2.0 200 OK")
                .replace("Call-ID: c1\r\n", ""),
            false,
        ),
        ("\r\n\r\n".to_owned(), false),
        ("hello".to_owned(), false),
    ];
    for (text, answered) in cases {
        let (mut endpoint, now) = (endpoint(), epoch());
        endpoint.receive(now, flow("198.51.100.9:5060"), text.clone().into());
        let sent = endpoint.poll_transmit();
        if answered {
            let sent = sent.expect("an answer").bytes;
            assert!(sent.starts_with(b"SIP/2.0 400"), "{text}: {sent:?}");
        }
        assert!(endpoint.poll_transmit().is_none() && endpoint.counts().is_zero());
    }
}

proptest! {
    #[test]
    fn mutilated_requests_are_answered_at_most_once_and_never_remembered(
        cuts in prop::collection::vec((0usize..400, any::<u8>()), 1..6),
        length in 0usize..400,
    ) {
        let mut bytes = options().to_vec();
        for (place, octet) in cuts {
            let place = place % bytes.len();
            bytes[place] = octet;
        }
        bytes.truncate(length.max(40));
        let (mut endpoint, now) = (endpoint(), epoch());
        let size = bytes.len();
        endpoint.receive(now, flow("198.51.100.9:5060"), bytes.into());
        if let Some(sent) = endpoint.poll_transmit() {
            prop_assert!(sent.bytes.len() * 2 <= size * 3);
            prop_assert!(sent.bytes.starts_with(b"SIP/2.0 "));
        }
        prop_assert!(endpoint.poll_transmit().is_none());
        prop_assert!(endpoint.counts().is_zero());
    }
}
