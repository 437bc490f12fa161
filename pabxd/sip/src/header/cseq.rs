//! CSeq (RFC 3261 §20.16): the number of a request within its dialog or registration, and its method.

use std::fmt;

use super::grammar::{Scan, number};
use super::{HeaderError, TypedHeader, text};
use crate::message::{HeaderName, Method};

/// The sequence number and the method.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CSeq {
    /// Below 2^31 when we choose it (RFC 3261 §8.1.1.5); up to 2^32−1 is understood.
    pub number: u32,
    /// That of the request; a CANCEL and an ACK have the number of their INVITE.
    pub method: Method,
}

impl CSeq {
    /// A number and a method.
    pub fn new(number: u32, method: Method) -> Self {
        Self { number, method }
    }
}

impl TypedHeader for CSeq {
    const NAME: HeaderName = HeaderName::CSeq;

    fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        let mut scan = Scan::new(text(value)?);
        let digits = scan.take_while(|b| b.is_ascii_digit());
        if digits.is_empty() || !matches!(scan.peek(), Some(b' ' | b'\t')) {
            return Err(HeaderError::Syntax);
        }
        let number = number(digits).ok_or(HeaderError::Range)?;
        scan.skip_ws();
        let method = Method::parse(scan.rest()).ok_or(HeaderError::Syntax)?;
        Ok(Self { number, method })
    }
}

impl fmt::Display for CSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_method() {
        assert_eq!(CSeq::parse(b"0009    INVITE"), Ok(CSeq::new(9, Method::Invite)));
        assert_eq!(CSeq::parse(b"4294967295 X"), Ok(CSeq::new(u32::MAX, Method::Other("X".into()))));
        assert_eq!(CSeq::new(1, Method::Bye).to_string(), "1 BYE");
    }

    #[test]
    fn anything_else_is_refused() {
        assert_eq!(CSeq::parse(b"4294967296 INVITE"), Err(HeaderError::Range));
        assert_eq!(CSeq::parse(b"36893488147419103232 REGISTER"), Err(HeaderError::Range));
        for bad in ["", "1", "1 ", "INVITE", "INVITE 1", "-1 INVITE", "1INVITE", "1 IN VITE", "1 INVITE;x"] {
            assert_eq!(CSeq::parse(bad.as_bytes()), Err(HeaderError::Syntax), "{bad}");
        }
    }
}
