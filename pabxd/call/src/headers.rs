//! The headers that are ours: what we can do, who we are, and how texts of ours stand in a header.

use std::fmt::Display;

use pabx_sip::flow::{Flow, Transport};
use pabx_sip::message::{
    HeaderName, Headers, Request, RequestBuilder, Response, ResponseBuilder, StatusCode,
};
use pabx_sip::uri::{Host, Uri};

use crate::config::EngineConfig;

/// Methods that are understood inside a call and out of it (RFC 3261 §20.5).
pub(crate) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE, REGISTER";
/// Extensions that are supported (RFC 4028, RFC 3262).
pub(crate) const SUPPORTED: &str = "timer, 100rel";
/// Bodies that are understood.
pub(crate) const ACCEPT: &str = "application/sdp, application/dtmf-relay, application/dtmf";
/// The only session description.
pub(crate) const SDP: &str = "application/sdp";

/// A status code that is a constant of ours.
pub(crate) fn status(code: u16) -> StatusCode {
    StatusCode::new(code).unwrap_or(StatusCode::SERVER_INTERNAL_ERROR)
}

/// Our Contact for the peer of `flow`; `user` is the party that we stand for.
pub(crate) fn contact(config: &EngineConfig, flow: &Flow, user: &str) -> Uri {
    let address = config.sip_address(flow);
    let uri = Uri::sip(Some(user), Host::from(address.ip()), Some(address.port()));
    match flow.transport {
        Transport::Udp => uri,
        other => uri.with_param("transport", Some(other.uri_name())),
    }
}

/// A display name in quotes and a URI in angle brackets, for From and To (RFC 3261 §25.1).
pub(crate) fn name_addr(name: &str, uri: &Uri) -> String {
    if name.is_empty() {
        return format!("<{uri}>");
    }
    let mut quoted = String::with_capacity(name.len() + 2);
    for c in name.chars().filter(|c| !c.is_control()) {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    format!("\"{quoted}\" <{uri}>")
}

/// Whether a list header (Supported, Require, Allow, …) names a token, in any case.
pub(crate) fn lists(headers: &Headers, name: &HeaderName, token: &str) -> bool {
    headers.values(name).any(|value| value.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}

/// The media type of a body, without parameters; `None` when there is no body or no type.
pub(crate) fn body_type<'a>(headers: &'a Headers, body: &[u8]) -> Option<&'a str> {
    if body.is_empty() {
        return None;
    }
    let value = headers.text(&HeaderName::ContentType)?;
    Some(value.split(';').next().unwrap_or_default().trim())
}

/// Whether a body is a session description.
pub(crate) fn is_sdp(headers: &Headers, body: &[u8]) -> bool {
    body_type(headers, body).is_some_and(|media_type| media_type.eq_ignore_ascii_case(SDP))
}

/// The session description of a response, if it has one.
pub(crate) fn sdp_of(response: &Response) -> Option<bytes::Bytes> {
    let body = response.body();
    is_sdp(response.headers(), &body).then_some(body)
}

/// What a request's body is, as far as a call is concerned.
pub(crate) enum Offer {
    /// No body.
    None,
    /// A session description.
    Sdp(bytes::Bytes),
    /// Something else: 415 (RFC 3261 §8.2.3).
    Foreign,
}

impl Offer {
    pub(crate) fn of(request: &Request) -> Self {
        let body = request.body();
        let encoded = request.headers().has(&HeaderName::ContentEncoding)
            && !lists(request.headers(), &HeaderName::ContentEncoding, "identity");
        if body.is_empty() {
            Self::None
        } else if !encoded && is_sdp(request.headers(), &body) {
            Self::Sdp(body)
        } else {
            Self::Foreign
        }
    }
}

/// Adds a header where there is one to add.
pub(crate) trait MaybeHeader: Sized {
    /// Adds the header when there is a value.
    fn maybe(self, name: HeaderName, value: Option<impl Display>) -> Self;
}

impl MaybeHeader for RequestBuilder {
    fn maybe(self, name: HeaderName, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }
}

impl MaybeHeader for ResponseBuilder {
    fn maybe(self, name: HeaderName, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.header(name, value),
            None => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        let uri = Uri::parse("sip:1001@acme.test").unwrap();
        let text = name_addr("Eve\" <sip:evil@x>\r\nX: y\\", &uri);
        assert_eq!(text, "\"Eve\\\" <sip:evil@x>X: y\\\\\" <sip:1001@acme.test>");
        assert_eq!(name_addr("", &uri), "<sip:1001@acme.test>");
    }
}
