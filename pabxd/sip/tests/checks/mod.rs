//! What must hold for any octets. The fuzz targets and the ordinary tests call the same functions.

#![allow(dead_code, reason = "each binary uses its part")]

use std::fmt::Display;

use bytes::Bytes;
use pabx_sip::frame::{Frame, Framer, MAX_BUFFERED};
use pabx_sip::header::{
    Accept, Authorization, Contact, ContentType, Date, Event, From, Reason, RecordRoute, Replaces,
    RetryAfter, RouteHeader, SessionExpires, Supported, To, TypedHeader, Via, Warning, WwwAuthenticate,
};
use pabx_sip::message::{Headers, Message, Request, ResponseBuilder, StatusCode};
use pabx_sip::uri::Uri;
use pabx_sip::verdict::{check_request, check_response};

/// A datagram.
pub(crate) fn message(octets: &Bytes) {
    match Message::parse(octets.clone()) {
        Ok(Message::Request(request)) => {
            assert_eq!(request.as_bytes(), octets, "lossless");
            let fine = check_request(&request).is_ok();
            headers(request.headers());
            answer(request, fine);
        }
        Ok(Message::Response(response)) => {
            assert_eq!(response.as_bytes(), octets, "lossless");
            let _ = check_response(&response);
            headers(response.headers());
        }
        Err(malformed) => {
            if let Some(partial) = malformed.partial {
                headers(partial.headers());
                answer(partial, false);
            }
        }
    }
}

/// The answer to what passed our checks is itself a message; to anything else it does not panic.
fn answer(mut request: Request, fine: bool) {
    request.note_source(([192, 0, 2, 1], 5060).into());
    let answer = ResponseBuilder::to(&request, StatusCode::BAD_REQUEST).to_tag("ours").build();
    let parsed = Message::parse(answer.as_bytes().clone());
    // Copied fields and the noted source may exceed the limits when the request was near them.
    if fine && request.as_bytes().len() < 8000 && request.headers().len() < 200 {
        let Ok(Message::Response(parsed)) = parsed else { panic!("{answer:?}") };
        assert_eq!(parsed.cseq(), request.cseq());
        assert_eq!(parsed.call_id(), request.call_id());
        assert!(parsed.to_tag().is_some());
    }
    if let Ok(via) = request.top_via() {
        let _ = request.push_via(&via).with_top_via(&via);
    }
}

fn headers(headers: &Headers) {
    for field in headers.iter() {
        assert!(!field.value.contains(&b'\n') || !field.name.is_empty());
    }
    same::<Via>(headers);
    same::<From>(headers);
    same::<To>(headers);
    same::<Contact>(headers);
    same::<RouteHeader>(headers);
    same::<RecordRoute>(headers);
    same::<Authorization>(headers);
    same::<WwwAuthenticate>(headers);
    same::<ContentType>(headers);
    same::<Accept>(headers);
    same::<Supported>(headers);
    same::<SessionExpires>(headers);
    same::<Reason>(headers);
    same::<Replaces>(headers);
    same::<RetryAfter>(headers);
    same::<Warning>(headers);
    same::<Date>(headers);
    same::<Event>(headers);
}

/// parse(print(x)) == x
fn same<H: TypedHeader + Display + PartialEq + std::fmt::Debug>(headers: &Headers) {
    for value in headers.values(&H::NAME).chain(headers.fields(&H::NAME)) {
        if let Ok(parsed) = H::parse(value) {
            let printed = parsed.to_string();
            assert_eq!(H::parse(printed.as_bytes()).as_ref(), Ok(&parsed), "{printed}");
        }
    }
}

/// A URI.
pub(crate) fn uri(octets: &[u8]) {
    let Ok(uri) = Uri::parse(octets) else { return };
    let printed = uri.to_string();
    assert_eq!(Uri::parse(&printed).as_ref(), Ok(&uri), "{printed}");
    assert!(uri.equivalent(&uri), "{printed}");
    let _ = (uri.user_decoded(), uri.param("transport"), uri.headers().count());
    let decoded = uri.user_decoded().map(std::borrow::Cow::into_owned);
    if let (Some(user), true) = (decoded, uri.is_sip()) {
        let again = uri.with_user(Some(&user));
        assert_eq!(again.user_decoded().as_deref(), Some(&*user));
    }
}

/// A stream, pushed whole and in pieces of the size that its first octet says.
pub(crate) fn framer(octets: &[u8]) {
    let size = octets.first().map_or(1, |size| usize::from(*size).max(1));
    let whole = messages(octets, MAX_BUFFERED);
    let pieces = messages(octets, size);
    assert_eq!(whole, pieces);
}

fn messages(octets: &[u8], size: usize) -> Vec<Bytes> {
    let mut framer = Framer::new();
    let mut found = Vec::new();
    for piece in octets.chunks(size) {
        framer.push(piece);
        while let Ok(Some(frame)) = framer.next() {
            if let Frame::Message(bytes) = frame {
                found.push(bytes);
            }
        }
        assert!(framer.pending() <= MAX_BUFFERED);
    }
    found
}
