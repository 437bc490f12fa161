//! Dialogs (RFC 3261 §12) from both sides.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::net::SocketAddr;

use bytes::Bytes;
use pabx_sip::dialog::{Dialog, DialogError, DialogId, DialogState, MAX_ROUTE_SET};
use pabx_sip::flow::{Flow, Transport};
use pabx_sip::message::{HeaderName, Message, Method, Request, Response, StatusCode};

fn flow(transport: Transport) -> Flow {
    let address: SocketAddr = "192.0.2.1:5060".parse().unwrap();
    Flow { transport, local: address, remote: "192.0.2.2:5060".parse().unwrap(), conn: None }
}

fn bytes(lines: &[&str]) -> Bytes {
    format!("{}\r\nContent-Length: 0\r\n\r\n", lines.join("\r\n")).into()
}

fn request(method: &str, cseq: u32, extra: &[&str]) -> Request {
    let line = format!("{method} sip:bob@b.example SIP/2.0");
    let cseq = format!("CSeq: {cseq} {method}");
    let mut lines = vec![
        line.as_str(),
        "Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1",
        "Max-Forwards: 70",
        "From: \"Alice\" <sip:alice@a.example>;tag=at",
        "Call-ID: c1",
        &cseq,
    ];
    lines.extend_from_slice(extra);
    match Message::parse(bytes(&lines)) {
        Ok(Message::Request(request)) => request,
        other => panic!("{other:?}"),
    }
}

fn invite(extra: &[&str]) -> Request {
    let mut lines = vec!["To: <sip:bob@b.example>", "Contact: <sip:alice@192.0.2.2:5070>"];
    lines.extend_from_slice(extra);
    request("INVITE", 10, &lines)
}

fn response(status: &str, tag: &str, extra: &[&str]) -> Response {
    let (line, to) = (format!("SIP/2.0 {status}"), format!("To: <sip:bob@b.example>;tag={tag}"));
    let mut lines = vec![
        line.as_str(),
        "Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1",
        "From: \"Alice\" <sip:alice@a.example>;tag=at",
        &to,
        "Call-ID: c1",
        "CSeq: 10 INVITE",
    ];
    lines.extend_from_slice(extra);
    match Message::parse(bytes(&lines)) {
        Ok(Message::Response(response)) => response,
        other => panic!("{other:?}"),
    }
}

fn header(request: &Request, name: &HeaderName) -> String {
    let values: Vec<_> =
        request.headers().fields(name).map(|v| String::from_utf8_lossy(v).into_owned()).collect();
    values.join(", ")
}

const ROUTES: &[&str] =
    &["Record-Route: <sip:p1.example;lr>, <sip:p2.example;lr>", "Record-Route: <sip:p3.example;lr>"];

fn uas() -> Dialog {
    Dialog::uas(&invite(ROUTES), "bt", &flow(Transport::Udp)).unwrap()
}

fn uac(extra: &[&str]) -> Dialog {
    let mut lines = vec!["Contact: <sip:bob@192.0.2.9:5080>"];
    lines.extend_from_slice(extra);
    Dialog::uac(&invite(&[]), &response("180 Ringing", "bt", &lines), &flow(Transport::Udp)).unwrap()
}

#[test]
fn the_called_side_keeps_the_route_and_swaps_from_and_to() {
    let mut dialog = uas();
    assert_eq!(dialog.state(), DialogState::Early);
    dialog.establish();
    assert_eq!(dialog.state(), DialogState::Confirmed);
    let bye = dialog.request(Method::Bye).build();
    assert_eq!(bye.uri_text(), "sip:alice@192.0.2.2:5070");
    assert_eq!(
        header(&bye, &HeaderName::Route),
        "<sip:p1.example;lr>, <sip:p2.example;lr>, <sip:p3.example;lr>"
    );
    assert_eq!(header(&bye, &HeaderName::From), "<sip:bob@b.example>;tag=bt");
    assert_eq!(header(&bye, &HeaderName::To), "\"Alice\" <sip:alice@a.example>;tag=at");
    assert_eq!(header(&bye, &HeaderName::CSeq), "1 BYE");
    assert_eq!(dialog.next_hop().to_string(), "sip:p1.example;lr");
    assert_eq!(
        DialogId::of_request(&request("BYE", 11, &["To: <sip:bob@b.example>;tag=bt"])).as_ref(),
        Some(dialog.id())
    );
}

#[test]
fn the_calling_side_reverses_the_route_and_counts_on() {
    let mut dialog = uac(ROUTES);
    let info = dialog.request(Method::Info).build();
    assert_eq!(info.uri_text(), "sip:bob@192.0.2.9:5080");
    assert_eq!(
        header(&info, &HeaderName::Route),
        "<sip:p3.example;lr>, <sip:p2.example;lr>, <sip:p1.example;lr>"
    );
    assert_eq!(header(&info, &HeaderName::CSeq), "11 INFO");
    assert_eq!(header(&dialog.ack(10).build(), &HeaderName::CSeq), "10 ACK");
    assert_eq!(header(&dialog.request(Method::Bye).build(), &HeaderName::CSeq), "12 BYE");
}

#[test]
fn a_strict_router_takes_the_place_of_the_target() {
    let mut dialog = uac(&["Record-Route: <sip:loose.example;lr>, <sip:strict.example>"]);
    let bye = dialog.request(Method::Bye).build();
    assert_eq!(bye.uri_text(), "sip:strict.example");
    assert_eq!(header(&bye, &HeaderName::Route), "<sip:loose.example;lr>, <sip:bob@192.0.2.9:5080>");
}

#[test]
fn the_2xx_brings_its_own_route_and_target() {
    let mut dialog = uac(ROUTES);
    let ok =
        response("200 OK", "bt", &["Contact: <sip:bob@192.0.2.77>", "Record-Route: <sip:p9.example;lr>"]);
    dialog.confirm(&ok).unwrap();
    assert_eq!(dialog.state(), DialogState::Confirmed);
    assert_eq!(dialog.remote_target().to_string(), "sip:bob@192.0.2.77");
    assert_eq!(dialog.route_set().len(), 1);
    let again = response("200 OK", "bt", &["Contact: <sip:bob@192.0.2.78>"]);
    dialog.confirm(&again).unwrap();
    assert_eq!(dialog.route_set().len(), 1, "the route set of a confirmed dialog stays (§12.2)");
    assert_eq!(dialog.remote_target().to_string(), "sip:bob@192.0.2.78");
}

#[test]
fn each_fork_is_a_dialog_of_its_own() {
    let first = uac(&[]);
    let other = response("200 OK", "other", &["Contact: <sip:bob@192.0.2.10>"]);
    assert_eq!(first.clone().confirm(&other), Err(DialogError::NoDialog));
    let second = Dialog::uac(&invite(&[]), &other, &flow(Transport::Udp)).unwrap();
    assert_ne!(first.id(), second.id());
    assert_eq!(second.state(), DialogState::Confirmed);
    let mut late = first.forked(&other, &flow(Transport::Udp)).unwrap();
    assert_eq!(late.id(), second.id());
    assert_eq!(header(&late.ack(10).build(), &HeaderName::To), "<sip:bob@b.example>;tag=other");
    let bye = late.request(Method::Bye).build();
    assert_eq!(
        (bye.uri_text(), header(&bye, &HeaderName::CSeq)),
        ("sip:bob@192.0.2.10", "11 BYE".to_owned())
    );
}

#[test]
fn an_early_answer_without_contact_uses_the_address_that_was_called() {
    let dialog =
        Dialog::uac(&invite(&[]), &response("180 Ringing", "bt", &[]), &flow(Transport::Udp)).unwrap();
    assert_eq!(dialog.remote_target().to_string(), "sip:bob@b.example");
}

#[test]
fn requests_of_the_peer_have_to_count_up() {
    let mut dialog = uas();
    let to = "To: <sip:bob@b.example>;tag=bt";
    assert_eq!(dialog.receive(&request("INFO", 11, &[to])), Ok(()));
    assert_eq!(dialog.receive(&request("INFO", 11, &[to])), Err(DialogError::OutOfOrder));
    assert_eq!(dialog.receive(&request("INFO", 9, &[to])), Err(DialogError::OutOfOrder));
    assert_eq!(DialogError::OutOfOrder.status(), StatusCode::SERVER_INTERNAL_ERROR);
    assert_eq!(dialog.receive(&request("ACK", 10, &[to])), Ok(()), "an ACK has the number of its INVITE");
    assert_eq!(dialog.receive(&request("INFO", 13, &[to])), Ok(()), "gaps are allowed");
}

#[test]
fn requests_with_other_tags_and_after_the_end_get_481() {
    let mut dialog = uas();
    for to in ["To: <sip:bob@b.example>;tag=xx", "To: <sip:bob@b.example>"] {
        assert_eq!(dialog.receive(&request("INFO", 11, &[to])), Err(DialogError::NoDialog));
    }
    let to = "To: <sip:bob@b.example>;tag=bt";
    assert_eq!(dialog.receive(&request("BYE", 12, &[to])), Ok(()));
    assert_eq!(dialog.state(), DialogState::Terminated);
    assert_eq!(dialog.receive(&request("INFO", 13, &[to])), Err(DialogError::NoDialog));
    assert_eq!(DialogError::NoDialog.status(), StatusCode::CALL_DOES_NOT_EXIST);
}

#[test]
fn a_reinvite_refreshes_the_target_and_an_info_does_not() {
    let mut dialog = uas();
    let (to, contact) = ("To: <sip:bob@b.example>;tag=bt", "Contact: <sip:alice@203.0.113.5>");
    dialog.receive(&request("INFO", 11, &[to, contact])).unwrap();
    assert_eq!(dialog.remote_target().to_string(), "sip:alice@192.0.2.2:5070");
    dialog.receive(&request("INVITE", 12, &[to, contact])).unwrap();
    assert_eq!(dialog.remote_target().to_string(), "sip:alice@203.0.113.5");
}

#[test]
fn a_dialog_is_secure_only_by_sips_over_tls() {
    let secure = |transport| uas_secure(transport).is_secure();
    assert!(secure(Transport::Tls) && !secure(Transport::Udp));
    assert!(!uas().is_secure());
}

fn uas_secure(transport: Transport) -> Dialog {
    let text = String::from_utf8(invite(&[]).as_bytes().to_vec()).unwrap().replace("sip:bob@b", "sips:bob@b");
    let Ok(Message::Request(invite)) = Message::parse(text.into()) else { panic!("an INVITE") };
    Dialog::uas(&invite, "bt", &flow(transport)).unwrap()
}

#[test]
fn what_no_dialog_can_be_made_of_is_refused() {
    let no_contact = request("INVITE", 1, &["To: <sip:bob@b.example>"]);
    assert!(matches!(Dialog::uas(&no_contact, "bt", &flow(Transport::Udp)), Err(DialogError::Header(_))));
    let star = request("INVITE", 1, &["To: <sip:bob@b.example>", "Contact: *"]);
    assert!(matches!(Dialog::uas(&star, "bt", &flow(Transport::Udp)), Err(DialogError::Header(_))));
    let hops = vec!["<sip:p.example;lr>"; MAX_ROUTE_SET + 1].join(", ");
    let long = invite(&[&format!("Record-Route: {hops}")]);
    assert_eq!(Dialog::uas(&long, "bt", &flow(Transport::Udp)).unwrap_err(), DialogError::RouteSet);
    let trying = response("100 Trying", "", &[]);
    assert!(Dialog::uac(&invite(&[]), &trying, &flow(Transport::Udp)).is_err());
}

#[test]
fn reliable_provisionals_are_acknowledged_once_and_in_order() {
    let mut dialog = uac(&[]);
    let reliable = |rseq: u32| response("183 Progress", "bt", &["Require: 100rel", &format!("RSeq: {rseq}")]);
    let prack = dialog.prack(&reliable(500)).unwrap().build();
    assert_eq!(header(&prack, &HeaderName::RAck), "500 10 INVITE");
    assert_eq!(header(&prack, &HeaderName::CSeq), "11 PRACK");
    assert!(dialog.prack(&reliable(500)).is_none(), "a repetition");
    assert!(dialog.prack(&reliable(502)).is_none(), "out of order");
    assert!(dialog.prack(&reliable(501)).is_some());
    assert!(dialog.prack(&response("183 Progress", "bt", &["RSeq: 502"])).is_none(), "not reliable");
}
