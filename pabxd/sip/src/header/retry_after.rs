//! Retry-After (RFC 3261 §20.33): when to try again.

use std::fmt;

use super::grammar::{Scan, number};
use super::{HeaderError, TypedHeader, text};
use crate::message::HeaderName;
use crate::uri::Params;

/// Seconds to wait. A comment and parameters are read over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RetryAfter(pub u32);

impl TypedHeader for RetryAfter {
    const NAME: HeaderName = HeaderName::RetryAfter;

    fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        let mut scan = Scan::new(text(value)?);
        let digits = scan.take_while(|b| b.is_ascii_digit());
        if digits.is_empty() {
            return Err(HeaderError::Syntax);
        }
        scan.skip_ws();
        if scan.peek() == Some(b'(') {
            comment(&mut scan).ok_or(HeaderError::Syntax)?;
        }
        Params::scan_header(&mut scan).filter(|_| scan.finished()).ok_or(HeaderError::Syntax)?;
        number(digits).map(Self).ok_or(HeaderError::Range)
    }
}

/// `LPAREN *( ctext / quoted-pair / comment ) RPAREN`
fn comment(scan: &mut Scan<'_>) -> Option<()> {
    let mut depth = 0u32;
    let mut escaped = false;
    while let Some(octet) = scan.peek() {
        scan.eat(octet);
        match octet {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(());
        }
    }
    None
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_with_comment_and_parameters() {
        for text in ["18000;duration=3600", "18000 (I'm in a \\( (nested) meeting) ;duration=1", "18000"] {
            assert_eq!(RetryAfter::parse(text.as_bytes()), Ok(RetryAfter(18000)), "{text}");
        }
        assert_eq!(RetryAfter::parse(b"949302838503028349304023988"), Err(HeaderError::Range));
        for bad in ["", "soon", "1 (open", "1 ) x", "1;"] {
            assert_eq!(RetryAfter::parse(bad.as_bytes()), Err(HeaderError::Syntax), "{bad}");
        }
    }
}
