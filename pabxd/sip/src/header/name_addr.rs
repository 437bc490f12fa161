//! `"Display name" <uri>;params`: what To, From, Contact, Route and their like are made of (RFC 3261 §25.1).

use std::fmt;

use super::grammar::{Scan, is_token, quote, unquote};
use super::{HeaderError, text};
use crate::uri::{Params, ParamsRef, Uri, UriRef, find_param};

/// A URI with an optional display name and header parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NameAddr {
    /// Unquoted, without control characters; never empty.
    display: Option<Box<str>>,
    uri: Uri,
    params: Params,
}

impl NameAddr {
    /// A bare URI.
    pub fn new(uri: Uri) -> Self {
        Self { display: None, uri, params: Params::new() }
    }

    /// With a display name; control characters are dropped, an empty name is none.
    #[must_use]
    pub fn with_display(mut self, name: &str) -> Self {
        let clean: String = name.chars().filter(|c| !c.is_control()).collect();
        self.display = Some(clean.into_boxed_str()).filter(|n| !n.is_empty());
        self
    }

    /// With a header parameter; `None` makes a flag.
    #[must_use]
    pub fn with_param(mut self, name: &str, value: Option<&str>) -> Self {
        self.params.set(name, value);
        self
    }

    /// The display name, without its quotes.
    pub fn display(&self) -> Option<&str> {
        self.display.as_deref()
    }

    /// The URI.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The header parameters, which are not those of the URI.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// Changes the header parameters.
    pub fn params_mut(&mut self) -> &mut Params {
        &mut self.params
    }

    /// The URI, taken out.
    pub fn into_uri(self) -> Uri {
        self.uri
    }

    /// Parses one value. `brackets` says that `<>` must be there (Route and its like).
    pub fn parse(value: &[u8], brackets: bool) -> Result<Self, HeaderError> {
        NameAddrRef::parse(value, brackets).map(NameAddrRef::to_name_addr)
    }
}

/// An address as it stands in a text, checked. Takes no memory of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NameAddrRef<'a> {
    /// With its quotes, if any; empty when there is none.
    display: &'a str,
    pub(crate) uri: UriRef<'a>,
    pub(crate) params: ParamsRef<'a>,
}

impl<'a> NameAddrRef<'a> {
    pub(crate) fn parse(value: &'a [u8], brackets: bool) -> Result<Self, HeaderError> {
        let mut scan = Scan::new(text(value)?);
        let (display, uri) = match bracketed(&mut scan)? {
            Some(found) => found,
            None if brackets => return Err(HeaderError::Syntax),
            None => ("", bare(&mut scan)?),
        };
        let params = ParamsRef::scan(&mut scan).ok_or(HeaderError::Syntax)?;
        if !scan.finished() {
            return Err(HeaderError::Syntax);
        }
        Ok(Self { display, uri, params })
    }

    /// The tag; what is there and no token is an error (`tag-param = "tag" EQUAL token`).
    pub(crate) fn tag(&self) -> Result<Option<&'a str>, HeaderError> {
        match self.params.get("tag") {
            Some(tag) if !is_token(tag) => Err(HeaderError::Syntax),
            tag => Ok(tag),
        }
    }

    pub(crate) fn to_name_addr(self) -> NameAddr {
        let display = unquote(self.display);
        let display = (!display.is_empty()).then(|| Box::from(&*display));
        NameAddr { display, uri: self.uri.to_uri(), params: self.params.to_params() }
    }
}

/// `[ display-name ] LAQUOT addr-spec RAQUOT`
fn bracketed<'a>(scan: &mut Scan<'a>) -> Result<Option<(&'a str, UriRef<'a>)>, HeaderError> {
    let start = scan.clone();
    let display = match scan.skip_ws().first() {
        Some(b'"') => scan.quoted().ok_or(HeaderError::Syntax)?,
        _ => scan.take_while(is_display).trim_ascii(),
    };
    scan.skip_ws();
    if !scan.eat(b'<') {
        *scan = start;
        return Ok(None);
    }
    let uri = UriRef::parse(scan.until(b'>').ok_or(HeaderError::Syntax)?)?;
    Ok(Some((display, uri)))
}

/// `*( token LWS )`; raw UTF-8 ought to be quoted, and is not by every phone.
fn is_display(octet: u8) -> bool {
    super::grammar::is_token_byte(octet) || matches!(octet, b' ' | b'\t') || octet >= 0x80
}

/// An `addr-spec` without brackets: what follows `;` belongs to the header, and it has no `,` or `?`
/// (RFC 3261 §20, RFC 4475 §3.1.2.13).
fn bare<'a>(scan: &mut Scan<'a>) -> Result<UriRef<'a>, HeaderError> {
    scan.skip_ws();
    let uri = scan.take_while(|b| !matches!(b, b';' | b' ' | b'\t' | b',' | b'?'));
    Ok(UriRef::parse(uri)?)
}

/// A header parameter of a name-addr, found without parsing the URI. Empty when it has no value.
pub(crate) fn param<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let mut scan = Scan::new(value);
    if scan.skip_ws().first() == Some(&b'"') {
        scan.quoted()?;
    }
    let rest = scan.rest();
    let params = match rest.find('<') {
        Some(open) => rest.get(open..)?.split_once('>')?.1,
        None => rest.split_once(';')?.1,
    };
    find_param(params, name)
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = &self.display {
            f.write_str(&quote(display))?;
            f.write_str(" ")?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> NameAddr {
        NameAddr::parse(text.as_bytes(), false).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn forms_of_the_same_address() {
        let quoted = parse(r#""J Rosenberg \\\"" <sip:j@example.com> ; tag = 98asjd8"#);
        assert_eq!(quoted.display(), Some("J Rosenberg \\\""));
        assert_eq!(quoted.params().get("tag"), Some("98asjd8"));
        assert_eq!(quoted.to_string(), r#""J Rosenberg \\\"" <sip:j@example.com>;tag=98asjd8"#);
        assert_eq!(parse("caller<sip:c@d>").display(), Some("caller"));
        assert_eq!(parse("A. Bell  <sip:c@d>").display(), Some("A. Bell"));
        assert_eq!(parse("Zoë <sip:c@d>").display(), Some("Zoë"));
        assert_eq!(parse("\"\" <sip:c@d>").display(), None);
        assert_eq!(parse("<sip:c@d>;x").to_string(), "<sip:c@d>;x");
    }

    #[test]
    fn parameters_belong_to_the_header_without_brackets_and_to_the_uri_inside() {
        let bare = parse("sip:+19725552222@gw1.example.net;unknownparam");
        assert!(bare.params().has("unknownparam") && bare.uri().params().is_empty());
        let inside = parse("<sip:+19725552222@gw1.example.net;unknownparam>");
        assert!(inside.params().is_empty() && inside.uri().params().has("unknownparam"));
    }

    #[test]
    fn control_characters_in_quoted_pairs_are_read_and_dropped() {
        assert_eq!(parse("\"BEL:\\\u{7} NUL:\\\0\" <sip:c@d>").display(), Some("BEL: NUL:"));
    }

    #[test]
    fn malformed_addresses_are_refused() {
        for bad in [
            "",
            "<>",
            "\"a <sip:c@d>",
            "Bell, Alexander <sip:c@d>",
            "\"a\" < sip:c@d >",
            "sip:c@d?Route=%3Csip:e%3E",
            "<sip:c@d",
            "sip:c@d>",
            "<sip:c@d>;;",
            "<sip:c@d> x",
            "\"a\" sip:c@d",
            "a b <sip:c@d> <sip:e@f>",
            "c@d",
            "sip:c@d, sip:e@f",
            "(c) <sip:c@d>",
        ] {
            assert!(NameAddr::parse(bad.as_bytes(), false).is_err(), "{bad}");
        }
        assert!(NameAddr::parse(b"sip:c@d", true).is_err());
    }

    #[test]
    fn a_tag_is_found_without_parsing() {
        assert_eq!(param(r#""<;tag=no>" <sip:a@b;tag=no>;x="tag=no";tag=yes"#, "tag"), Some("yes"));
        assert_eq!(param("sip:a@b;tag=yes", "TAG"), Some("yes"));
        assert_eq!(param("sip:a@b", "tag"), None);
        assert_eq!(param("\"unterminated;tag=x", "tag"), None);
    }
}
