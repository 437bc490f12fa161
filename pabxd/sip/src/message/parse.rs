//! Start lines, and the verdict whether bytes are a message at all.

use std::ops::Range;

use bytes::Bytes;

use super::scan::{Scanned, scan};
use super::{Malformed, MalformedReason as Fault, Message, Method, Request, Response, StatusCode};
use crate::header::grammar::number;
use crate::uri::UriRef;

const VERSION: &[u8] = b"SIP/2.0";

pub(super) fn parse(bytes: Bytes) -> Result<Message, Malformed> {
    let scanned = scan(bytes);
    let line = scanned.original.get(scanned.start.clone()).unwrap_or_default();
    if line.is_empty() {
        return Err(dropped(scanned.fault.unwrap_or(Fault::StartLine)));
    }
    if is_version(line.get(..4).unwrap_or_default()) {
        parse_response(scanned)
    } else {
        parse_request(scanned)
    }
}

/// A fault that nobody is told of.
fn dropped(reason: Fault) -> Malformed {
    Malformed { reason, status: None, partial: None }
}

fn is_version(word: &[u8]) -> bool {
    word.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"SIP/"))
}

/// `SIP/2.0 SP 3DIGIT SP reason`; the reason may be empty (RFC 4475 §3.1.1.13). Bad responses are dropped.
fn parse_response(scanned: Scanned) -> Result<Message, Malformed> {
    let line = scanned.original.get(scanned.start.clone()).unwrap_or_default();
    if let Some(fault) = scanned.fault {
        return Err(dropped(fault));
    }
    let (version, rest) = split_word(line);
    if !version.eq_ignore_ascii_case(VERSION) {
        return Err(dropped(Fault::Version));
    }
    let (code, reason) = split_word(rest);
    let code =
        std::str::from_utf8(code).ok().filter(|c| c.len() == 3).and_then(number).and_then(StatusCode::new);
    let Some(code) = code else { return Err(dropped(Fault::Status)) };
    let reason = scanned.start.end - reason.len()..scanned.start.end;
    Ok(Message::Response(Response::new(scanned, code, reason)))
}

fn split_word(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b' ', text) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
        None => (text, &[]),
    }
}

/// `Method SP Request-URI SP SIP/2.0`, with single spaces (RFC 3261 §7.1).
fn parse_request(scanned: Scanned) -> Result<Message, Malformed> {
    let line = scanned.original.get(scanned.start.clone()).unwrap_or_default();
    let (word, rest) = split_word(line);
    let method = std::str::from_utf8(word).ok().and_then(Method::parse);
    let uri_start = scanned.start.start + word.len() + 1;
    let (uri, version) = match memchr::memrchr(b' ', rest) {
        Some(at) => (uri_start..uri_start + at, rest.get(at + 1..).unwrap_or_default()),
        None => (uri_start.min(scanned.start.end)..scanned.start.end, &[][..]),
    };
    // What was wrong first is what is reported: the start line comes before the fields.
    let fault = line_fault(&scanned, method.as_ref(), uri.clone(), version).or(scanned.fault);
    // A partial view needs some method; that of CSeq or any other would be a guess.
    let known = method.unwrap_or_else(|| Method::Other(Box::default()));
    let Some(reason) = fault else { return Ok(Message::Request(Request::new(scanned, known, uri))) };
    // RFC 3261 §17.1.1.3: ACK is never answered.
    let status = (known != Method::Ack).then(|| reason.status());
    Err(Malformed { reason, status, partial: Some(Request::new(scanned, known, uri)) })
}

fn line_fault(
    scanned: &Scanned,
    method: Option<&Method>,
    uri: Range<usize>,
    version: &[u8],
) -> Option<Fault> {
    if method.is_none() {
        return Some(Fault::Method);
    }
    if !is_version(version) {
        return Some(Fault::RequestLine);
    }
    if !version.eq_ignore_ascii_case(VERSION) {
        return Some(Fault::Version);
    }
    let text = scanned.original.get(uri).unwrap_or_default();
    if text.is_empty() || memchr::memchr(b' ', text).is_some() {
        return Some(Fault::RequestLine);
    }
    UriRef::parse_octets(text).err().map(Fault::RequestUri)
}
