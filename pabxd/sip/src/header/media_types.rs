//! Content-Type and Accept (RFC 3261 §20.15, §20.1).

use std::fmt;

use super::grammar::Scan;
use super::{HeaderError, TypedHeader, text};
use crate::message::{HeaderName, MAX_SAME, split_commas};
use crate::uri::Params;

/// `type/subtype;parameters`; in Accept either part may be `*`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MediaType {
    kind: Box<str>,
    subtype: Box<str>,
    params: Params,
}

impl MediaType {
    fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        let mut scan = Scan::new(text(value)?);
        let kind = scan.token().ok_or(HeaderError::Syntax)?;
        if !scan.eat_spaced(b'/') {
            return Err(HeaderError::Syntax);
        }
        let subtype = scan.token().ok_or(HeaderError::Syntax)?;
        let params = Params::scan_header(&mut scan).filter(|_| scan.finished()).ok_or(HeaderError::Syntax)?;
        Ok(Self { kind: kind.into(), subtype: subtype.into(), params })
    }

    /// True for `type/subtype`, in any case, whatever the parameters.
    pub fn is(&self, name: &str) -> bool {
        name.split_once('/').is_some_and(|(kind, subtype)| {
            self.kind.eq_ignore_ascii_case(kind) && self.subtype.eq_ignore_ascii_case(subtype)
        })
    }

    /// True when this range of an Accept takes `type/subtype`.
    pub fn accepts(&self, name: &str) -> bool {
        let any = &*self.kind == "*" && &*self.subtype == "*";
        let same_kind = name.split_once('/').is_some_and(|(kind, _)| self.kind.eq_ignore_ascii_case(kind));
        any || (same_kind && &*self.subtype == "*") || self.is(name)
    }

    /// The parameters.
    pub fn params(&self) -> &Params {
        &self.params
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}{}", self.kind, self.subtype, self.params)
    }
}

/// What the body is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContentType(pub MediaType);

impl ContentType {
    /// True for `type/subtype`, in any case, whatever the parameters.
    pub fn is(&self, name: &str) -> bool {
        self.0.is(name)
    }
}

impl TypedHeader for ContentType {
    const NAME: HeaderName = HeaderName::ContentType;

    fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        MediaType::parse(value).map(Self)
    }
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which bodies the sender takes. Absent means SDP; empty means none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Accept(pub Vec<MediaType>);

impl Accept {
    /// True when one of the ranges takes `type/subtype`.
    pub fn accepts(&self, name: &str) -> bool {
        self.0.iter().any(|range| range.accepts(name))
    }
}

impl TypedHeader for Accept {
    const NAME: HeaderName = HeaderName::Accept;

    fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        Ok(Self::collect(&mut std::iter::once(value))?.unwrap_or_default())
    }

    fn collect(fields: &mut dyn Iterator<Item = &[u8]>) -> Result<Option<Self>, HeaderError> {
        let mut accept = None;
        for field in fields {
            let list: &mut Vec<_> = accept.get_or_insert_default();
            for range in split_commas(field).filter(|r| !r.is_empty()) {
                if list.len() >= MAX_SAME {
                    return Err(HeaderError::Syntax);
                }
                list.push(MediaType::parse(range)?);
            }
        }
        Ok(accept.map(Self))
    }
}

impl fmt::Display for Accept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, range) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            range.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_compare_without_case_and_parameters() {
        let sdp = ContentType::parse(b"Application / SDP ; charset=\"utf-8\"").unwrap();
        assert!(sdp.is("application/sdp") && !sdp.is("application/sdpx") && !sdp.is("text/sdp"));
        assert_eq!(sdp.to_string(), "Application/SDP;charset=\"utf-8\"");
        for bad in ["", "text", "text/", "/plain", "text/plain;", "text/plain x"] {
            assert!(ContentType::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn accept_has_ranges_over_several_fields() {
        let fields: [&[u8]; 2] = [b"application/sdp;level=1, application/*", b"text/html"];
        let accept = Accept::collect(&mut fields.into_iter()).unwrap().unwrap();
        assert!(accept.accepts("application/dtmf-relay") && accept.accepts("text/html"));
        assert!(!accept.accepts("text/plain"));
        assert!(Accept::parse(b"*/*").unwrap().accepts("a/b"));
        assert!(!Accept::parse(b"").unwrap().accepts("a/b"));
        assert!(Accept::parse("a/b,".repeat(MAX_SAME + 1).as_bytes()).is_err());
    }
}
