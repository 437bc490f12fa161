//! Writing messages. Nothing that is handed in can end a line: control characters are dropped from values.

use std::fmt::{self, Display, Write};

use bytes::Bytes;

use super::edit::push_raw;
use super::headers::split_commas;
use super::{HeaderName, Method, Request, Response, StatusCode};
use crate::header::grammar::is_token;
use crate::header::name_addr;
use crate::header::via::ViaRef;
use crate::uri::Uri;

/// Room that most messages without body fit in.
const USUAL_HEAD: usize = 768;
/// Room that the fields which most responses add fit in.
const USUAL_ADDED: usize = 256;

/// Writes text without its control characters (HTAB becomes a space).
struct Clean<'a>(&'a mut Vec<u8>);

impl Write for Clean<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.bytes().any(|b| b < b' ' || b == 0x7f) {
            let octets = text.bytes().map(|b| if b == b'\t' { b' ' } else { b });
            self.0.extend(octets.filter(|b| *b >= b' ' && *b != 0x7f));
        } else {
            self.0.extend_from_slice(text.as_bytes());
        }
        Ok(())
    }
}

fn push_clean(out: &mut Vec<u8>, value: impl Display) {
    // Only a Display that itself fails can fail here; what it wrote until then stays.
    let _ = write!(Clean(out), "{value}");
}

/// Writes one field line. A name that is no token is left out whole.
pub(super) fn push_field(out: &mut Vec<u8>, name: &HeaderName, value: impl Display) {
    if !is_token(name.as_str()) {
        return;
    }
    out.extend_from_slice(name.as_str().as_bytes());
    out.extend_from_slice(b": ");
    push_clean(out, value);
    out.extend_from_slice(b"\r\n");
}

/// The fields and body that both builders collect.
#[derive(Clone, Debug, Default)]
struct Parts {
    first: Vec<u8>,
    fields: Vec<u8>,
    max_forwards: bool,
    body: Bytes,
}

impl Parts {
    fn header(&mut self, name: &HeaderName, value: impl Display) {
        self.max_forwards |= *name == HeaderName::MaxForwards;
        if *name != HeaderName::ContentLength {
            push_field(&mut self.fields, name, value);
        }
    }

    fn header_first(&mut self, name: &HeaderName, value: impl Display) {
        let mut first = Vec::with_capacity(self.first.len() + 64);
        push_field(&mut first, name, value);
        first.extend_from_slice(&self.first);
        self.first = first;
    }

    fn body(&mut self, content_type: &str, body: Bytes) {
        if !body.is_empty() {
            push_field(&mut self.fields, &HeaderName::ContentType, content_type);
        }
        self.body = body;
    }

    /// Content-Length, the empty line and the body. Gives back where the body starts.
    fn finish(&self, mut out: Vec<u8>) -> (Bytes, usize) {
        push_field(&mut out, &HeaderName::ContentLength, self.body.len());
        out.extend_from_slice(b"\r\n");
        let body = out.len();
        out.extend_from_slice(&self.body);
        (out.into(), body)
    }
}

/// Writes a request. Fields come out in the order they are added; Max-Forwards and Content-Length are added
/// when they are missing, Via is the endpoint's to add.
#[derive(Clone, Debug)]
pub struct RequestBuilder {
    method: Method,
    uri: String,
    parts: Parts,
}

#[expect(clippy::needless_pass_by_value, reason = "what is handed in is mostly made for it")]
impl RequestBuilder {
    /// Starts a request; `?headers` of the URI are left out (RFC 3261 §19.1.1).
    pub fn new(method: Method, uri: &Uri) -> Self {
        let mut text = String::with_capacity(96);
        let bare = uri.has_headers().then(|| uri.clone().without_headers());
        let _ = write!(text, "{}", bare.as_ref().unwrap_or(uri)); // a String takes all
        let fields = Vec::with_capacity(USUAL_HEAD);
        Self { method, uri: text, parts: Parts { fields, ..Parts::default() } }
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Adds a field after the others.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Display) -> Self {
        self.parts.header(&name, value);
        self
    }

    /// Adds a field before all others.
    #[must_use]
    pub fn header_first(mut self, name: HeaderName, value: impl Display) -> Self {
        self.parts.header_first(&name, value);
        self
    }

    /// Sets the body and its Content-Type; an empty body has no type.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.parts.body(content_type, body.into());
        self
    }

    /// Writes the request.
    pub fn build(self) -> Request {
        let Self { method, uri, parts } = self;
        let length = parts.first.len() + parts.fields.len() + parts.body.len() + uri.len();
        let mut out = Vec::with_capacity(length + 96);
        out.extend_from_slice(method.as_str().as_bytes());
        out.push(b' ');
        out.extend_from_slice(uri.as_bytes());
        out.extend_from_slice(b" SIP/2.0\r\n");
        out.extend_from_slice(&parts.first);
        if !parts.max_forwards {
            out.extend_from_slice(b"Max-Forwards: 70\r\n"); // RFC 3261 §8.1.1.6
        }
        out.extend_from_slice(&parts.fields);
        let uri_at = method.as_str().len() + 1;
        let (bytes, body) = parts.finish(out);
        Request::from_built(bytes, method, uri_at..uri_at + uri.len(), body)
    }
}

/// Writes the response to a request.
#[derive(Clone, Debug)]
pub struct ResponseBuilder {
    request: Request,
    status: StatusCode,
    reason: Option<String>,
    to_tag: Option<String>,
    parts: Parts,
}

#[expect(clippy::needless_pass_by_value, reason = "what is handed in is mostly made for it")]
impl ResponseBuilder {
    /// RFC 3261 §8.2.6.2: Via, From, To, Call-ID and CSeq are those of the request; responses that make a
    /// dialog carry its Record-Route (§12.1.1).
    pub fn to(request: &Request, status: StatusCode) -> Self {
        let parts = Parts { fields: Vec::with_capacity(USUAL_ADDED), ..Parts::default() };
        Self { request: request.clone(), status, reason: None, to_tag: None, parts }
    }

    /// The status that was chosen.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Another reason phrase than the usual one.
    #[must_use]
    pub fn reason(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }

    /// The tag of To, when the request brought none. Not added to a 100 (RFC 3261 §8.2.6.2).
    #[must_use]
    pub fn to_tag(mut self, tag: &str) -> Self {
        self.to_tag = Some(tag.to_owned()).filter(|t| is_token(t));
        self
    }

    /// Adds a field after the others.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Display) -> Self {
        self.parts.header(&name, value);
        self
    }

    /// Adds a field before all others but Via.
    #[must_use]
    pub fn header_first(mut self, name: HeaderName, value: impl Display) -> Self {
        self.parts.header_first(&name, value);
        self
    }

    /// Sets the body and its Content-Type; an empty body has no type.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.parts.body(content_type, body.into());
        self
    }

    /// Writes the response.
    pub fn build(self) -> Response {
        let copied = self.request.as_bytes().len().min(USUAL_HEAD);
        let mut out = Vec::with_capacity(copied + self.parts.fields.len() + self.parts.body.len() + 128);
        push_clean(&mut out, format_args!("SIP/2.0 {} ", self.status));
        let reason = out.len();
        push_clean(&mut out, self.reason.as_deref().unwrap_or(self.status.reason()));
        let reason = reason..out.len();
        out.extend_from_slice(b"\r\n");
        self.copy_via(&mut out);
        out.extend_from_slice(&self.parts.first);
        if self.makes_dialog() {
            self.copy(&mut out, &HeaderName::RecordRoute);
        }
        self.copy(&mut out, &HeaderName::From);
        self.copy_to(&mut out);
        self.copy(&mut out, &HeaderName::CallId);
        self.copy(&mut out, &HeaderName::CSeq);
        out.extend_from_slice(&self.parts.fields);
        let (bytes, body) = self.parts.finish(out);
        Response::from_built(bytes, self.status, reason, body)
    }

    fn makes_dialog(&self) -> bool {
        let status = self.status;
        let method = matches!(
            self.request.method(),
            Method::Invite | Method::Subscribe | Method::Refer | Method::Notify
        );
        method && status != StatusCode::TRYING && (status.is_provisional() || status.is_success())
    }

    fn copy(&self, out: &mut Vec<u8>, name: &HeaderName) {
        for value in self.request.headers().fields(name) {
            push_raw(out, name.as_str(), value);
        }
    }

    /// The Vias in their order, the topmost with the noted source.
    fn copy_via(&self, out: &mut Vec<u8>) {
        let headers = self.request.headers();
        let top = headers.values(&HeaderName::Via).next().and_then(|top| ViaRef::parse(top).ok());
        let Some((source, via)) = self.request.source().zip(top) else {
            return self.copy(out, &HeaderName::Via);
        };
        out.extend_from_slice(b"Via: ");
        via.write_noted(source, out);
        out.extend_from_slice(b"\r\n");
        let mut fields = headers.fields(&HeaderName::Via);
        for value in fields.next().into_iter().flat_map(split_commas).skip(1) {
            push_raw(out, "Via", value);
        }
        for value in fields {
            push_raw(out, "Via", value);
        }
    }

    fn copy_to(&self, out: &mut Vec<u8>) {
        let Some(to) = self.request.headers().first(&HeaderName::To) else { return };
        out.extend_from_slice(b"To: ");
        out.extend_from_slice(to);
        let tagged = std::str::from_utf8(to).is_ok_and(|to| name_addr::param(to, "tag").is_some());
        if let Some(tag) = self.to_tag.as_deref().filter(|_| !tagged && self.status != StatusCode::TRYING) {
            out.extend_from_slice(b";tag=");
            out.extend_from_slice(tag.as_bytes());
        }
        out.extend_from_slice(b"\r\n");
    }
}
