//! The messages of these tests.

use bytes::Bytes;
use pabx_sip::header::{CSeq, Contact, From, To};
use pabx_sip::message::{
    HeaderName, Message, Method, Request, RequestBuilder, Response, ResponseBuilder, StatusCode,
};
use pabx_sip::uri::Uri;

pub(crate) fn uri(text: &str) -> Uri {
    Uri::parse(text).unwrap()
}

/// A request of Alice (side A) to Bob (side B), outside a dialog.
pub(crate) fn builder(method: Method, call: &str) -> RequestBuilder {
    let cseq = CSeq::new(1, method.clone());
    RequestBuilder::new(method, &uri("sip:bob@192.0.2.2"))
        .header(HeaderName::From, From::new(uri("sip:alice@192.0.2.1")).with_tag("alice"))
        .header(HeaderName::To, To::new(uri("sip:bob@192.0.2.2")))
        .header(HeaderName::CallId, call)
        .header(HeaderName::CSeq, cseq)
        .header(HeaderName::Contact, Contact::new(uri("sip:alice@192.0.2.1:5060")))
}

pub(crate) fn request(method: Method) -> Request {
    builder(method, "call-1").build()
}

pub(crate) fn answer(request: &Request, status: StatusCode) -> Response {
    ResponseBuilder::to(request, status)
        .to_tag("bob")
        .header(HeaderName::Contact, Contact::new(uri("sip:bob@192.0.2.2:5060")))
        .build()
}

/// A request as it comes from the wire; lines are joined by CRLF.
pub(crate) fn raw(lines: &[&str]) -> Bytes {
    let mut text = lines.join("\r\n");
    text.push_str("\r\n\r\n");
    text.into()
}

pub(crate) fn parse_response(bytes: &Bytes) -> Response {
    match Message::parse(bytes.clone()) {
        Ok(Message::Response(response)) => response,
        other => panic!("no response: {other:?}"),
    }
}
