//! What the builders write.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail so"
)]

use bytes::Bytes;
use pabx_sip::header::{CSeq, From, To, Via};
use pabx_sip::message::{HeaderName, Message, Method, Request, RequestBuilder, ResponseBuilder, StatusCode};
use pabx_sip::uri::{Host, Uri};
use proptest::prelude::*;

fn uri(text: &str) -> Uri {
    Uri::parse(text).unwrap()
}

fn reparsed(request: &Request) -> Request {
    match Message::parse(request.as_bytes().clone()).unwrap() {
        Message::Request(request) => request,
        Message::Response(_) => panic!("a request became a response"),
    }
}

fn invite() -> Request {
    RequestBuilder::new(Method::Invite, &uri("sip:bob@biloxi.com?Subject=x"))
        .header_first(HeaderName::Via, "SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds;rport")
        .header(HeaderName::From, From::new(uri("sip:alice@atlanta.com")).with_tag("1928301774"))
        .header(HeaderName::To, To::new(uri("sip:bob@biloxi.com")))
        .header(HeaderName::CallId, "a84b4c76e66710")
        .header(HeaderName::CSeq, CSeq::new(314_159, Method::Invite))
        .header(HeaderName::RecordRoute, "<sip:p2.example.com;lr>")
        .header(HeaderName::RecordRoute, "<sip:p1.example.com;lr>")
        .body("application/sdp", "v=0\r\n")
        .build()
}

#[test]
fn a_request_is_written_as_rfc_3261_draws_it() {
    let expected = "INVITE sip:bob@biloxi.com SIP/2.0\r\n\
        Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds;rport\r\n\
        Max-Forwards: 70\r\n\
        From: <sip:alice@atlanta.com>;tag=1928301774\r\n\
        To: <sip:bob@biloxi.com>\r\n\
        Call-ID: a84b4c76e66710\r\n\
        CSeq: 314159 INVITE\r\n\
        Record-Route: <sip:p2.example.com;lr>\r\n\
        Record-Route: <sip:p1.example.com;lr>\r\n\
        Content-Type: application/sdp\r\n\
        Content-Length: 5\r\n\r\nv=0\r\n";
    let request = invite();
    assert_eq!(std::str::from_utf8(request.as_bytes()).unwrap(), expected);
    assert_eq!(request.uri_text(), "sip:bob@biloxi.com");
    assert_eq!(&request.body()[..], b"v=0\r\n");
    assert_eq!(reparsed(&request).uri_text(), request.uri_text());
}

#[test]
fn a_response_copies_what_it_must_and_tells_the_source() {
    let mut request = invite();
    request.note_source("192.0.2.9:40000".parse().unwrap());
    let response = ResponseBuilder::to(&request, StatusCode::RINGING).to_tag("314159").build();
    let expected = "SIP/2.0 180 Ringing\r\n\
        Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds;rport=40000;received=192.0.2.9\r\n\
        Record-Route: <sip:p2.example.com;lr>\r\n\
        Record-Route: <sip:p1.example.com;lr>\r\n\
        From: <sip:alice@atlanta.com>;tag=1928301774\r\n\
        To: <sip:bob@biloxi.com>;tag=314159\r\n\
        Call-ID: a84b4c76e66710\r\n\
        CSeq: 314159 INVITE\r\n\
        Content-Length: 0\r\n\r\n";
    assert_eq!(std::str::from_utf8(response.as_bytes()).unwrap(), expected);
    assert_eq!((response.status(), &*response.reason()), (StatusCode::RINGING, "Ringing"));
    assert_eq!(response.to_tag(), Some("314159"));
}

#[test]
fn trying_has_no_tag_and_failures_no_record_route() {
    let request = invite();
    let trying = ResponseBuilder::to(&request, StatusCode::TRYING).to_tag("x").build();
    assert_eq!(trying.to_tag(), None);
    assert!(!trying.headers().has(&HeaderName::RecordRoute));
    let busy =
        ResponseBuilder::to(&request, StatusCode::BUSY_HERE).to_tag("x").reason("Not\r\nNow: 1").build();
    assert!(!busy.headers().has(&HeaderName::RecordRoute));
    assert_eq!(busy.reason(), "NotNow: 1");
}

#[test]
fn a_tag_that_is_there_is_kept() {
    let request = RequestBuilder::new(Method::Bye, &uri("sip:a@b"))
        .header(HeaderName::Via, "SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP b;branch=z9hG4bK2")
        .header(HeaderName::To, "<sip:a@b>;tag=theirs")
        .build();
    let response = ResponseBuilder::to(&request, StatusCode::OK).to_tag("ours").build();
    assert_eq!(response.to_tag(), Some("theirs"));
    assert_eq!(response.headers().values(&HeaderName::Via).count(), 2);
}

#[test]
fn a_via_is_pushed_and_replaced() {
    let via = Via::new("TCP", Host::parse("192.0.2.1").unwrap(), Some(5060), "z9hG4bKnew");
    let pushed = invite().push_via(&via);
    let vias: Vec<Via> = pushed.headers().get_all().unwrap();
    assert_eq!(
        vias.iter().map(|v| v.branch().unwrap()).collect::<Vec<_>>(),
        ["z9hG4bKnew", "z9hG4bK776asdhds"]
    );
    assert_eq!(&pushed.body()[..], b"v=0\r\n");
    let replaced = pushed.with_top_via(&Via::new("UDP", Host::parse("a.b").unwrap(), None, "z9hG4bKother"));
    let vias: Vec<Via> = replaced.headers().get_all().unwrap();
    assert_eq!(
        vias.iter().map(|v| v.branch().unwrap()).collect::<Vec<_>>(),
        ["z9hG4bKother", "z9hG4bK776asdhds"]
    );
    assert_eq!(reparsed(&replaced).headers().len(), replaced.headers().len());
}

#[test]
fn content_length_is_the_builders_own() {
    let request = RequestBuilder::new(Method::Info, &uri("sip:a@b"))
        .header(HeaderName::ContentLength, 99)
        .header(HeaderName::MaxForwards, 3)
        .header(HeaderName::other("X y\r\nEvil"), 1)
        .build();
    let text = std::str::from_utf8(request.as_bytes()).unwrap();
    assert_eq!(text, "INFO sip:a@b SIP/2.0\r\nMax-Forwards: 3\r\nContent-Length: 0\r\n\r\n");
}

#[test]
fn credentials_are_not_shown_in_debug_output() {
    let request = RequestBuilder::new(Method::Register, &uri("sip:a.b"))
        .header(HeaderName::Authorization, "Digest response=\"5ecre7\"")
        .build();
    let shown = format!("{request:?} {:?}", request.headers());
    assert_eq!(
        shown,
        "Request(REGISTER \"sip:a.b\", 106 octets) [\"Max-Forwards\", \"Authorization\", \"Content-Length\"]"
    );
}

proptest! {
    /// Whatever stands in a value, a name, a tag or a reason, the fields that come out are those that went in.
    #[test]
    fn nothing_that_is_handed_in_makes_another_line(value in "[\\x00-\\x7fé\\r\\n:]{0,40}", name in "[\\x00-\\x7f]{0,9}") {
        let known = HeaderName::Subject;
        let named = HeaderName::new(&name);
        let plain = !matches!(named, HeaderName::Other(_));
        let request = RequestBuilder::new(Method::Message, &Uri::sip(Some(&value), Host::parse("a").unwrap(), None))
            .header(HeaderName::Via, "SIP/2.0/UDP a;branch=z9hG4bK1")
            .header(HeaderName::From, From::new(uri("sip:a@b")).with_display(&value).with_tag(&value))
            .header(HeaderName::To, "<sip:a@b>")
            .header(HeaderName::CallId, "1")
            .header(HeaderName::CSeq, "1 MESSAGE")
            .header(known, &value)
            .body(&value, Bytes::from_static(b"x"))
            .build();
        prop_assert_eq!(request.headers().len(), 9);
        prop_assert_eq!(reparsed(&request).headers().len(), 9);
        let parsed = request.headers().get::<From>();
        prop_assert!(parsed.is_ok(), "{:?}", request);
        let response = ResponseBuilder::to(&request, StatusCode::OK).reason(&value).to_tag(&value).build();
        prop_assert_eq!(response.headers().len(), 6);
        prop_assert!(Message::parse(response.as_bytes().clone()).is_ok());
        if !plain {
            let odd = RequestBuilder::new(Method::Message, &uri("sip:a@b")).header(named, &value).build();
            prop_assert!(odd.headers().len() <= 3);
        }
    }
}
