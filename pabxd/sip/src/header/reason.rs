//! Reason (RFC 3326): why a call ends, in the words of a protocol.

use std::fmt;

use super::grammar::{Scan, number, quote, unquote};
use super::{HeaderError, TypedHeader, text};
use crate::message::HeaderName;
use crate::uri::Params;

/// One reason: `SIP;cause=200;text="Call completed elsewhere"`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reason {
    protocol: Box<str>,
    params: Params,
}

impl Reason {
    /// A reason of ours. `cause` is a SIP status or a Q.850 cause, as the protocol says.
    pub fn new(protocol: &str, cause: u16, text: &str) -> Self {
        let mut params = Params::new();
        params.set_raw("cause", Some(&cause.to_string()));
        if !text.is_empty() {
            params.set_raw("text", Some(&quote(text)));
        }
        Self { protocol: protocol.into(), params }
    }

    /// `SIP`, `Q.850` or another, as written.
    pub fn protocol(&self) -> &str {
        &self.protocol
    }

    /// The cause, when it is a number.
    pub fn cause(&self) -> Option<u16> {
        number(self.params.get("cause")?)
    }

    /// The text, unquoted.
    pub fn text(&self) -> Option<std::borrow::Cow<'_, str>> {
        self.params.get("text").map(unquote)
    }
}

impl TypedHeader for Reason {
    const NAME: HeaderName = HeaderName::Reason;
    const LIST: bool = true;

    fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        let mut scan = Scan::new(text(value)?);
        let protocol = scan.token().ok_or(HeaderError::Syntax)?;
        let params = Params::scan_header(&mut scan).filter(|_| scan.finished()).ok_or(HeaderError::Syntax)?;
        Ok(Self { protocol: protocol.into(), params })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.protocol, self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_of_sip_and_isdn() {
        let reason = Reason::parse(b"Q.850 ;cause=16 ;text=\"Terminated\"").unwrap();
        assert_eq!(
            (reason.protocol(), reason.cause(), reason.text().as_deref()),
            ("Q.850", Some(16), Some("Terminated"))
        );
        let ours = Reason::new("SIP", 200, "Call completed elsewhere");
        assert_eq!(ours.to_string(), "SIP;cause=200;text=\"Call completed elsewhere\"");
        assert_eq!(Reason::parse(ours.to_string().as_bytes()), Ok(ours));
        assert_eq!(Reason::new("SIP", 487, "").to_string(), "SIP;cause=487");
        assert_eq!(Reason::parse(b"SIP").unwrap().cause(), None);
        for bad in ["", ";cause=1", "SIP cause=1", "SIP;"] {
            assert!(Reason::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
