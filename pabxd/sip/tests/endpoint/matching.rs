//! How messages find their transaction, and how they do not.

use std::time::Instant;

use bytes::Bytes;
use pabx_sip::endpoint::{Advertised, Endpoint, EndpointConfig, Event, Incoming, Rejected, ServerTx};
use pabx_sip::flow::{ConnId, Flow, Transport};
use pabx_sip::message::{Method, StatusCode};
use pabx_sip::uri::Host;

use crate::messages::{answer, builder, parse_response, raw, request};

struct Alone {
    now: Instant,
    flow: Flow,
    endpoint: Endpoint,
}

impl Alone {
    #[expect(clippy::disallowed_methods, reason = "an epoch for simulated time")]
    fn new(transport: Transport) -> Self {
        let conn = transport.is_reliable().then_some(ConnId(7));
        let (local, remote) = ("192.0.2.2:5060".parse().unwrap(), "198.51.100.9:40000".parse().unwrap());
        let flow = Flow { transport, local, remote, conn };
        Self { now: Instant::now(), flow, endpoint: Endpoint::new(EndpointConfig::default(), [9; 32]) }
    }

    fn receive(&mut self, bytes: Bytes) {
        self.endpoint.receive(self.now, self.flow, bytes);
    }

    fn incoming(&mut self) -> Option<Incoming> {
        loop {
            if let Event::Request(incoming) = self.endpoint.poll_event()? {
                return Some(incoming);
            }
        }
    }

    fn accept(&mut self) -> (ServerTx, Incoming) {
        let incoming = self.incoming().expect("a request");
        (self.endpoint.accept(self.now, incoming.clone()).unwrap(), incoming)
    }

    fn sent(&mut self) -> Option<(Flow, String)> {
        let transmit = self.endpoint.poll_transmit()?;
        Some((transmit.flow, String::from_utf8(transmit.bytes.to_vec()).unwrap()))
    }

    fn rejected(&mut self) -> Option<Rejected> {
        std::iter::from_fn(|| self.endpoint.poll_event()).find_map(|event| match event {
            Event::Rejected { reason, .. } => Some(reason),
            _ => None,
        })
    }
}

fn message(method: &str, via: &str, extra: &[&str]) -> Bytes {
    let (line, via, cseq) =
        (format!("{method} sip:bob@192.0.2.2 SIP/2.0"), format!("Via: {via}"), format!("CSeq: 7 {method}"));
    let mut lines: Vec<&str> =
        vec![&line, &via, "Max-Forwards: 70", "From: <sip:alice@a.example>;tag=a", "Call-ID: c1", &cseq];
    lines.extend_from_slice(extra);
    if !extra.iter().any(|line| line.starts_with("To:")) {
        lines.push("To: <sip:bob@192.0.2.2>");
    }
    lines.push("Contact: <sip:alice@198.51.100.9:40000>");
    lines.push("Content-Length: 0");
    raw(&lines)
}

#[test]
fn answers_go_to_the_source_port_when_rport_asks_for_it() {
    let mut alone = Alone::new(Transport::Udp);
    alone.receive(message("OPTIONS", "SIP/2.0/UDP 10.0.0.1:5066;branch=z9hG4bK1;rport", &[]));
    let (tx, incoming) = alone.accept();
    alone.endpoint.respond(alone.now, tx, answer(&incoming.request, StatusCode::OK));
    let (flow, text) = alone.sent().unwrap();
    assert_eq!(flow, alone.flow);
    assert!(text.contains(";rport=40000"), "{text}");
    assert!(text.contains(";received=198.51.100.9"), "{text}");
}

#[test]
fn without_rport_answers_go_to_the_source_address_and_the_port_of_sent_by() {
    for (via, port) in [("10.0.0.1:5066", 5066), ("10.0.0.1", 5060), ("evil.example:53", 53)] {
        let mut alone = Alone::new(Transport::Udp);
        alone.receive(message(
            "OPTIONS",
            &format!("SIP/2.0/UDP {via};branch=z9hG4bK1;maddr=203.0.113.1"),
            &[],
        ));
        let (tx, incoming) = alone.accept();
        alone.endpoint.respond(alone.now, tx, answer(&incoming.request, StatusCode::OK));
        let (flow, text) = alone.sent().unwrap();
        assert_eq!(flow.remote.to_string(), format!("198.51.100.9:{port}"));
        assert!(text.contains(";received=198.51.100.9"), "{text}");
    }
}

#[test]
fn on_streams_answers_take_the_connection_that_asked() {
    let mut alone = Alone::new(Transport::Tls);
    alone.receive(message("OPTIONS", "SIP/2.0/TLS 10.0.0.1:5066;branch=z9hG4bK1", &[]));
    let (tx, incoming) = alone.accept();
    alone.endpoint.respond(alone.now, tx, answer(&incoming.request, StatusCode::OK));
    assert_eq!(alone.sent().unwrap().0, alone.flow);
    assert!(alone.endpoint.counts().is_zero(), "Timer J is zero on streams");
}

#[test]
fn a_repeated_request_gets_the_same_bytes_again_and_is_told_once() {
    let mut alone = Alone::new(Transport::Udp);
    let bytes = message("OPTIONS", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport", &[]);
    alone.receive(bytes.clone());
    alone.receive(bytes.clone());
    let (tx, incoming) = alone.accept();
    assert!(alone.incoming().is_none(), "the repetition that waited is absorbed");
    assert!(alone.sent().is_none());
    alone.endpoint.respond(alone.now, tx, answer(&incoming.request, StatusCode::OK));
    let first = alone.sent().unwrap();
    alone.receive(bytes);
    assert_eq!(alone.sent(), Some(first));
    assert!(alone.incoming().is_none());
}

#[test]
fn the_same_branch_from_another_address_or_sent_by_is_another_transaction() {
    let mut alone = Alone::new(Transport::Udp);
    alone.receive(message("INVITE", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport", &[]));
    let (_, incoming) = alone.accept();
    alone.receive(message("CANCEL", "SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK1;rport", &[]));
    assert!(alone.sent().unwrap().1.starts_with("SIP/2.0 481"));
    alone.flow.remote = "203.0.113.66:40000".parse().unwrap();
    alone.receive(message("CANCEL", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport", &[]));
    assert!(alone.sent().unwrap().1.starts_with("SIP/2.0 481"), "a stranger cancels nothing");
    alone.flow = incoming.flow;
    alone.receive(message("CANCEL", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport", &[]));
    assert!(alone.sent().unwrap().1.starts_with("SIP/2.0 200"));
    assert!(
        std::iter::from_fn(|| alone.endpoint.poll_event())
            .any(|event| matches!(event, Event::Cancelled { .. }))
    );
}

#[test]
fn the_200_to_a_cancel_has_the_to_tag_of_the_invite_and_repeats_without_telling_again() {
    let mut alone = Alone::new(Transport::Udp);
    alone.receive(message("INVITE", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport", &[]));
    let (tx, incoming) = alone.accept();
    alone.endpoint.respond(alone.now, tx, answer(&incoming.request, StatusCode::RINGING));
    alone.sent();
    for round in 0..3 {
        alone.receive(message("CANCEL", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport", &[]));
        let (_, text) = alone.sent().unwrap();
        assert!(
            text.starts_with("SIP/2.0 200") && text.contains("To: <sip:bob@192.0.2.2>;tag=bob"),
            "{text}"
        );
        let told = matches!(alone.endpoint.poll_event(), Some(Event::Cancelled { invite }) if invite == tx);
        assert_eq!(told, round == 0);
    }
}

#[test]
fn requests_of_rfc_2543_peers_are_told_apart_without_the_cookie() {
    let mut alone = Alone::new(Transport::Udp);
    let old = |call: &str| {
        let via = "Via: SIP/2.0/UDP 10.0.0.1;branch=1";
        let call = format!("Call-ID: {call}");
        raw(&[
            "OPTIONS sip:bob@192.0.2.2 SIP/2.0",
            via,
            "Max-Forwards: 70",
            "From: <sip:alice@a.example>;tag=a",
            "To: <sip:bob@192.0.2.2>",
            &call,
            "CSeq: 1 OPTIONS",
            "Content-Length: 0",
        ])
    };
    alone.receive(old("one"));
    alone.accept();
    alone.receive(old("one"));
    assert!(alone.incoming().is_none(), "a repetition");
    alone.receive(old("two"));
    assert!(alone.incoming().is_some(), "the same branch, another call");
}

#[test]
fn an_old_style_ack_and_cancel_find_their_invite() {
    let mut alone = Alone::new(Transport::Udp);
    let via = "SIP/2.0/UDP 10.0.0.1:5060";
    alone.receive(message("INVITE", via, &[]));
    let (tx, incoming) = alone.accept();
    alone.receive(message("CANCEL", via, &[]));
    assert!(alone.sent().unwrap().1.starts_with("SIP/2.0 200"));
    alone.endpoint.respond(alone.now, tx, answer(&incoming.request, StatusCode::REQUEST_TERMINATED));
    alone.receive(message("ACK", via, &["To: <sip:bob@192.0.2.2>;tag=bob"]));
    while alone.endpoint.poll_transmit().is_some() {}
    alone.endpoint.wake(alone.now + std::time::Duration::from_secs(4));
    assert!(alone.sent().is_none(), "confirmed: the 487 is not sent again");
}

#[test]
fn the_same_request_by_another_path_gets_482() {
    let mut alone = Alone::new(Transport::Udp);
    alone.receive(message("INVITE", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport", &[]));
    alone.accept();
    alone.receive(message("INVITE", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK2;rport", &[]));
    assert!(alone.incoming().is_none());
    assert!(alone.sent().unwrap().1.starts_with("SIP/2.0 482"));
    alone.receive(message(
        "INVITE",
        "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK3;rport",
        &["To: <sip:bob@192.0.2.2>;tag=x"],
    ));
    assert!(alone.incoming().is_some(), "inside a dialog nothing is merged");
}

#[test]
fn an_ack_to_a_2xx_is_found_by_its_dialog_and_told_once() {
    let mut alone = Alone::new(Transport::Udp);
    alone.receive(message("INVITE", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport", &[]));
    let (tx, incoming) = alone.accept();
    alone.endpoint.respond(alone.now, tx, answer(&incoming.request, StatusCode::OK));
    alone.receive(message(
        "ACK",
        "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKack;rport",
        &["To: <sip:bob@192.0.2.2>;tag=other"],
    ));
    assert_eq!(alone.rejected(), Some(Rejected::StrayAck));
    for round in 0..2 {
        let to = ["To: <sip:bob@192.0.2.2>;tag=bob"];
        alone.receive(message("ACK", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKack;rport", &to));
        let told = matches!(alone.endpoint.poll_event(), Some(Event::Ack { invite, .. }) if invite == tx);
        assert_eq!(told, round == 0);
    }
}

#[test]
fn responses_are_taken_only_with_our_via_and_nothing_but_our_via() {
    let mut alone = Alone::new(Transport::Udp);
    let tx = alone.endpoint.request(alone.now, alone.flow, request(Method::Options)).unwrap();
    let (_, text) = alone.sent().unwrap();
    let via = text.lines().find(|line| line.starts_with("Via: ")).unwrap().to_owned();
    let good = [
        "SIP/2.0 200 OK",
        &via,
        "From: <sip:alice@192.0.2.1>;tag=alice",
        "To: <sip:bob@192.0.2.2>;tag=b",
        "Call-ID: call-1",
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
    ];
    let with = |place: usize, line: &str| {
        let mut lines: Vec<&str> = good.to_vec();
        lines[place] = line;
        raw(&lines)
    };
    let foreign = via.replace("192.0.2.2:5060", "192.0.2.99:5060");
    let guessed = "Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK0123456789abcdef";
    let two = format!("{via}\r\n{via}");
    for bad in [
        with(1, &foreign),
        with(1, guessed),
        with(5, "CSeq: 1 INVITE"),
        with(1, &via.replace("/UDP", "/TCP")),
    ] {
        alone.receive(bad);
        assert_eq!(alone.rejected(), Some(Rejected::StrayResponse));
    }
    alone.receive(with(1, &two));
    assert_eq!(alone.rejected(), Some(Rejected::BadResponse));
    alone.receive(raw(&good));
    assert!(matches!(alone.endpoint.poll_event(), Some(Event::Response { tx: of, .. }) if of == tx));
}

#[test]
fn the_advertised_address_stands_in_via_and_is_recognised() {
    let mut alone = Alone::new(Transport::Udp);
    let advertised = Advertised {
        transport: Transport::Udp,
        local: None,
        host: Host::parse("pbx.example.com").unwrap(),
        port: None,
    };
    let config = EndpointConfig { advertised: vec![advertised], ..EndpointConfig::default() };
    alone.endpoint = Endpoint::new(config, [3; 32]);
    alone.endpoint.request(alone.now, alone.flow, builder(Method::Options, "c").build()).unwrap();
    let (_, text) = alone.sent().unwrap();
    assert!(text.contains("Via: SIP/2.0/UDP pbx.example.com;branch=z9hG4bK"), "{text}");
    let via = text.lines().find(|line| line.starts_with("Via: ")).unwrap();
    alone.receive(raw(&[
        "SIP/2.0 200 OK",
        via,
        "From: <sip:alice@192.0.2.1>;tag=alice",
        "To: <sip:bob@192.0.2.2>;tag=b",
        "Call-ID: c",
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
    ]));
    assert!(matches!(alone.endpoint.poll_event(), Some(Event::Response { .. })));
}

#[test]
fn at_the_limit_nothing_more_is_accepted_and_503_still_goes_out() {
    let mut alone = Alone::new(Transport::Udp);
    let config = EndpointConfig { max_transactions: 1, ..EndpointConfig::default() };
    alone.endpoint = Endpoint::new(config, [3; 32]);
    alone.receive(message("OPTIONS", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport", &[]));
    alone.accept();
    let other = message("MESSAGE", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK2;rport", &[]);
    alone.receive(other);
    let incoming = alone.incoming().unwrap();
    assert!(alone.endpoint.accept(alone.now, incoming.clone()).is_err());
    assert!(alone.endpoint.request(alone.now, alone.flow, request(Method::Options)).is_err());
    let response = answer(&incoming.request, StatusCode::SERVICE_UNAVAILABLE);
    assert!(alone.endpoint.respond_stateless(&incoming, response));
    assert!(
        parse_response(&alone.endpoint.poll_transmit().unwrap().bytes).status()
            == StatusCode::SERVICE_UNAVAILABLE
    );
}
