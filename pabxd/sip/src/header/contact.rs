//! Contact (RFC 3261 §20.10, RFC 5626 §5): where a peer wants to be reached, or `*` in a REGISTER.

use std::fmt;

use super::grammar::{number, unquote};
use super::{HeaderError, NameAddr, TypedHeader, text};
use crate::message::HeaderName;
use crate::uri::Uri;

/// One value of Contact.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Contact {
    /// `*`: all bindings; only in a REGISTER with `Expires: 0`.
    Star,
    /// An address.
    Address(ContactEntry),
}

/// An address with what a registrar wants to know of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContactEntry(pub NameAddr);

impl Contact {
    /// An address.
    pub fn new(uri: Uri) -> Self {
        Self::Address(ContactEntry::new(uri))
    }

    /// The address, unless this is `*`.
    pub fn address(&self) -> Option<&ContactEntry> {
        match self {
            Self::Star => None,
            Self::Address(entry) => Some(entry),
        }
    }

    /// The URI, unless this is `*`.
    pub fn uri(&self) -> Option<&Uri> {
        self.address().map(ContactEntry::uri)
    }
}

impl ContactEntry {
    /// A bare address.
    pub fn new(uri: Uri) -> Self {
        Self(NameAddr::new(uri))
    }

    /// The URI.
    pub fn uri(&self) -> &Uri {
        self.0.uri()
    }

    /// `expires` in seconds. What is no number or too large is 3600, as RFC 3261 §10.2.1.1 wants it.
    pub fn expires(&self) -> Option<u32> {
        self.0.params().get("expires").map(|text| number(text).unwrap_or(3600))
    }

    /// `q` in thousandths, 0 to 1000; what is no qvalue is absent.
    pub fn q(&self) -> Option<u16> {
        qvalue(self.0.params().get("q")?)
    }

    /// `+sip.instance` without quotes and angle brackets: `urn:uuid:…` (RFC 5626 §4.1).
    pub fn instance(&self) -> Option<String> {
        let value = unquote(self.0.params().get("+sip.instance")?);
        let urn = value.strip_prefix('<')?.strip_suffix('>')?;
        (!urn.is_empty()).then(|| urn.to_owned())
    }

    /// `reg-id`: 1 to 2^31−1 (RFC 5626 §4.2).
    pub fn reg_id(&self) -> Option<u32> {
        number(self.0.params().get("reg-id")?).filter(|id| (1..=0x7fff_ffff).contains(id))
    }

    /// With `expires` in seconds.
    #[must_use]
    pub fn with_expires(mut self, seconds: u32) -> Self {
        self.0.params_mut().set_raw("expires", Some(&seconds.to_string()));
        self
    }
}

/// `( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )` in thousandths.
fn qvalue(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = number(&format!("{fraction:0<3}"))?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

impl TypedHeader for Contact {
    const NAME: HeaderName = HeaderName::Contact;
    const LIST: bool = true;

    fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        if text(value)? == "*" {
            return Ok(Self::Star);
        }
        NameAddr::parse(value, false).map(|address| Self::Address(ContactEntry(address)))
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Star => f.write_str("*"),
            Self::Address(entry) => entry.0.fmt(f),
        }
    }
}

impl fmt::Display for ContactEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> ContactEntry {
        match Contact::parse(text.as_bytes()).unwrap() {
            Contact::Address(entry) => entry,
            Contact::Star => panic!("{text} is no star"),
        }
    }

    #[test]
    fn what_a_registrar_reads() {
        let contact = entry(
            "<sip:line1@192.0.2.2;transport=tcp>;reg-id=1;q=0.7;expires=60\
             ;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\"",
        );
        assert_eq!(contact.reg_id(), Some(1));
        assert_eq!(contact.q(), Some(700));
        assert_eq!(contact.expires(), Some(60));
        assert_eq!(contact.instance().as_deref(), Some("urn:uuid:00000000-0000-1000-8000-000A95A0E128"));
        assert_eq!(contact.with_expires(300).0.params().get("expires"), Some("300"));
    }

    #[test]
    fn odd_expires_count_as_an_hour_and_odd_q_as_absent() {
        assert_eq!(entry("<sip:a@b>;expires=280297596632815").expires(), Some(3600));
        assert_eq!(entry("<sip:a@b>;expires=soon").expires(), Some(3600));
        for (text, q) in [
            ("1", Some(1000)),
            ("1.000", Some(1000)),
            ("0.5", Some(500)),
            ("1.1", None),
            ("0.5555", None),
            ("2", None),
            ("x", None),
        ] {
            assert_eq!(qvalue(text), q, "{text}");
        }
    }

    #[test]
    fn a_star_stands_alone() {
        assert_eq!(Contact::parse(b" * "), Ok(Contact::Star));
        assert!(Contact::parse(b"*;expires=0").is_err());
        assert!(Contact::parse(b"\"Joe\" <sip:joe@example.org>;;;;").is_err());
    }
}
