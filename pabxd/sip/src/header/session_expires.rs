//! Session-Expires and Min-SE (RFC 4028 §4, §5).

use std::fmt;

use super::grammar::{Scan, number};
use super::{HeaderError, TypedHeader, text};
use crate::message::HeaderName;
use crate::uri::Params;

/// Who refreshes the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refresher {
    /// The side that sent the request.
    Uac,
    /// The side that answered it.
    Uas,
}

/// How long a session lasts without a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionExpires {
    /// Seconds.
    pub seconds: u32,
    /// Who refreshes, when it is said.
    pub refresher: Option<Refresher>,
}

/// The shortest session interval a hop can stand, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinSe(pub u32);

/// `delta-seconds *( SEMI generic-param )`
fn seconds(value: &[u8]) -> Result<(u32, Params), HeaderError> {
    let mut scan = Scan::new(text(value)?);
    let digits = scan.take_while(|b| b.is_ascii_digit());
    let params = Params::scan_header(&mut scan).filter(|_| scan.finished()).ok_or(HeaderError::Syntax)?;
    if digits.is_empty() {
        return Err(HeaderError::Syntax);
    }
    Ok((number(digits).ok_or(HeaderError::Range)?, params))
}

impl TypedHeader for SessionExpires {
    const NAME: HeaderName = HeaderName::SessionExpires;

    fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        let (seconds, params) = seconds(value)?;
        let refresher = match params.get("refresher") {
            None => None,
            Some(side) if side.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
            Some(side) if side.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
            Some(_) => return Err(HeaderError::Syntax),
        };
        Ok(Self { seconds, refresher })
    }
}

impl TypedHeader for MinSe {
    const NAME: HeaderName = HeaderName::MinSe;

    fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        seconds(value).map(|(seconds, _)| Self(seconds))
    }
}

impl fmt::Display for SessionExpires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.seconds)?;
        match self.refresher {
            None => Ok(()),
            Some(Refresher::Uac) => f.write_str(";refresher=uac"),
            Some(Refresher::Uas) => f.write_str(";refresher=uas"),
        }
    }
}

impl fmt::Display for MinSe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_and_who_refreshes() {
        let parsed = SessionExpires::parse(b"1800 ; Refresher=UAC;x=1").unwrap();
        assert_eq!(parsed, SessionExpires { seconds: 1800, refresher: Some(Refresher::Uac) });
        assert_eq!(parsed.to_string(), "1800;refresher=uac");
        assert_eq!(SessionExpires::parse(b"90").unwrap().refresher, None);
        assert_eq!(MinSe::parse(b"90;lr"), Ok(MinSe(90)));
        for bad in ["", ";refresher=uac", "90;refresher=me", "90;", "90 s", "99999999999"] {
            assert!(SessionExpires::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
