//! The few changes that are made to a message in place: to its Via.

use bytes::Bytes;

use super::build::push_field;
use super::{HeaderName, Request};
use crate::header::Via;
use crate::message::headers::split_commas;

impl Request {
    /// The same request with another topmost Via: `received` and `rport` noted (RFC 3261 §18.2.1, RFC 3581 §4).
    #[must_use]
    pub fn with_top_via(&self, via: &Via) -> Self {
        self.rewritten(Some(via), true)
    }

    /// The same request with a Via put on top (RFC 3261 §8.1.1.7).
    #[must_use]
    pub fn push_via(&self, via: &Via) -> Self {
        self.rewritten(Some(via), false)
    }

    /// The same request once more, with the next CSeq and credentials (RFC 3261 §22.2), in the place of earlier ones of
    /// the same kind. `None`: it has no CSeq.
    pub fn again(&self, name: &HeaderName, credentials: &str) -> Option<Self> {
        let next = self.cseq()?.number.checked_add(1)?;
        let method = self.method().as_str();
        let mut out = Vec::with_capacity(self.as_bytes().len() + credentials.len() + 64);
        out.extend_from_slice(format!("{method} {} SIP/2.0\r\n", self.uri_text()).as_bytes());
        for field in self.headers().iter().filter(|field| !field.is(name)) {
            if field.is(&HeaderName::CSeq) {
                push_field(&mut out, &HeaderName::CSeq, format_args!("{next} {method}"));
                push_field(&mut out, name, credentials);
            } else {
                push_raw(&mut out, field.name, field.value);
            }
        }
        out.extend_from_slice(b"\r\n");
        let body = out.len();
        out.extend_from_slice(&self.body());
        let uri_at = method.len() + 1;
        let uri = uri_at..uri_at + self.uri_text().len();
        Some(Self::from_built(Bytes::from(out), self.method().clone(), uri, body))
    }

    /// The same request once more, with the next CSeq and another body of the same type (RFC 3261 §8.1.3.5). `None`: it has
    /// no CSeq.
    pub fn again_with(&self, body: &str) -> Option<Self> {
        let next = self.cseq()?.number.checked_add(1)?;
        let method = self.method().as_str();
        let mut out = Vec::with_capacity(self.as_bytes().len() + body.len() + 64);
        out.extend_from_slice(format!("{method} {} SIP/2.0\r\n", self.uri_text()).as_bytes());
        for field in self.headers().iter() {
            if field.is(&HeaderName::CSeq) {
                push_field(&mut out, &HeaderName::CSeq, format_args!("{next} {method}"));
            } else if field.is(&HeaderName::ContentLength) {
                push_field(&mut out, &HeaderName::ContentLength, body.len());
            } else {
                push_raw(&mut out, field.name, field.value);
            }
        }
        out.extend_from_slice(b"\r\n");
        let at = out.len();
        out.extend_from_slice(body.as_bytes());
        let uri_at = method.len() + 1;
        let uri = uri_at..uri_at + self.uri_text().len();
        Some(Self::from_built(Bytes::from(out), self.method().clone(), uri, at))
    }

    fn rewritten(&self, via: Option<&Via>, replace_top: bool) -> Self {
        let mut out = Vec::with_capacity(self.as_bytes().len() + 64);
        out.extend_from_slice(self.method().as_str().as_bytes());
        out.push(b' ');
        out.extend_from_slice(self.uri_text().as_bytes());
        out.extend_from_slice(b" SIP/2.0\r\n");
        if let Some(via) = via {
            push_field(&mut out, &HeaderName::Via, via);
        }
        let mut replaced = !replace_top;
        for field in self.headers().iter() {
            if !replaced && field.is(&HeaderName::Via) {
                replaced = true;
                for kept in split_commas(field.value).skip(1) {
                    push_raw(&mut out, "Via", kept);
                }
            } else {
                push_raw(&mut out, field.name, field.value);
            }
        }
        out.extend_from_slice(b"\r\n");
        let body = out.len();
        out.extend_from_slice(&self.body());
        let uri_at = self.method().as_str().len() + 1;
        let uri = uri_at..uri_at + self.uri_text().len();
        Self::from_built(Bytes::from(out), self.method().clone(), uri, body)
    }
}

/// A field whose value came from a parsed message and so has no line end in it.
pub(super) fn push_raw(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}
