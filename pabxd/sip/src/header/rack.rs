//! RAck (RFC 3262 §7.2): which reliable provisional response a PRACK acknowledges.

use std::fmt;

use super::grammar::number;
use super::{CSeq, HeaderError, TypedHeader, text};
use crate::message::{HeaderName, Method};

/// The numbers of the response and of the request it answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RAck {
    /// RSeq of the response.
    pub rseq: u32,
    /// CSeq number of the INVITE.
    pub cseq: u32,
    /// CSeq method: INVITE.
    pub method: Method,
}

impl TypedHeader for RAck {
    const NAME: HeaderName = HeaderName::RAck;

    fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        let (rseq, cseq) = text(value)?.split_once([' ', '\t']).ok_or(HeaderError::Syntax)?;
        let CSeq { number: cseq, method } = CSeq::parse(cseq.as_bytes())?;
        Ok(Self { rseq: number(rseq).ok_or(HeaderError::Range)?, cseq, method })
    }
}

impl fmt::Display for RAck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.rseq, self.cseq, self.method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_numbers_and_a_method() {
        let rack = RAck::parse(b"776656  1 INVITE").unwrap();
        assert_eq!(rack, RAck { rseq: 776_656, cseq: 1, method: Method::Invite });
        assert_eq!(rack.to_string(), "776656 1 INVITE");
        for bad in ["", "1", "1 INVITE", "1 2", "x 1 INVITE", "4294967296 1 INVITE"] {
            assert!(RAck::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
