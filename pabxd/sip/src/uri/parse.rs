//! Text to [`UriRef`], which is checked and borrowed, and on to [`Uri`].

use super::escape::{fits, is_header, is_param, is_password, is_user};
use super::host::HostRef;
use super::params::{MAX_PARAMS, Params};
use super::{Scheme, Uri, UriError, host_port};

/// Longest URI in octets; longer ones are refused.
pub const MAX_URI: usize = 2048;

/// A URI as it stands in a text, checked. Takes no memory of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UriRef<'a> {
    scheme: SchemeRef<'a>,
    user: Option<&'a str>,
    password: Option<&'a str>,
    host: Option<HostRef<'a>>,
    port: Option<u16>,
    params: &'a str,
    tail: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SchemeRef<'a> {
    Sip,
    Sips,
    Tel,
    Other(&'a str),
}

impl<'a> UriRef<'a> {
    /// Checks octets as the text of a URI.
    pub(crate) fn parse_octets(octets: &'a [u8]) -> Result<Self, UriError> {
        if octets.len() > MAX_URI {
            return Err(UriError::TooLong);
        }
        Self::parse(std::str::from_utf8(octets).map_err(|_| UriError::Characters)?)
    }

    /// Checks the text of a URI; nothing may stand around it.
    pub(crate) fn parse(text: &'a str) -> Result<Self, UriError> {
        if text.len() > MAX_URI {
            return Err(UriError::TooLong);
        }
        if text.bytes().any(|b| matches!(b, 0..=b' ' | 0x7f | b'<' | b'>' | b'"')) {
            return Err(UriError::Characters);
        }
        let (scheme, rest) = split_once(text, b':').ok_or(UriError::Scheme)?;
        match parse_scheme(scheme)? {
            SchemeRef::Tel => parse_tel(rest),
            SchemeRef::Other(name) => Ok(blank(SchemeRef::Other(name), rest)),
            sip => parse_sip(sip, rest),
        }
    }

    pub(crate) fn to_uri(self) -> Uri {
        let scheme = match self.scheme {
            SchemeRef::Sip => Scheme::Sip,
            SchemeRef::Sips => Scheme::Sips,
            SchemeRef::Tel => Scheme::Tel,
            SchemeRef::Other(name) => Scheme::Other(name.to_ascii_lowercase().into()),
        };
        Uri {
            scheme,
            user: self.user.map(Into::into),
            password: self.password.map(Into::into),
            host: self.host.map(HostRef::to_host),
            port: self.port,
            params: Params::from_checked(self.params),
            tail: self.tail.into(),
        }
    }

    /// True for `sip:` and `sips:`.
    pub(crate) fn is_sip(&self) -> bool {
        matches!(self.scheme, SchemeRef::Sip | SchemeRef::Sips)
    }

    /// True for a scheme that we only carry.
    pub(crate) fn is_other(&self) -> bool {
        matches!(self.scheme, SchemeRef::Other(_))
    }

    /// True when the URI has `?headers`.
    pub(crate) fn has_headers(&self) -> bool {
        self.is_sip() && !self.tail.is_empty()
    }
}

fn parse_scheme(text: &str) -> Result<SchemeRef<'_>, UriError> {
    if text.eq_ignore_ascii_case("sip") {
        return Ok(SchemeRef::Sip);
    }
    if text.eq_ignore_ascii_case("sips") {
        return Ok(SchemeRef::Sips);
    }
    if text.eq_ignore_ascii_case("tel") {
        return Ok(SchemeRef::Tel);
    }
    // RFC 3986 §3.1
    let plausible = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    if plausible { Ok(SchemeRef::Other(text)) } else { Err(UriError::Scheme) }
}

fn blank<'a>(scheme: SchemeRef<'a>, tail: &'a str) -> UriRef<'a> {
    UriRef { scheme, user: None, password: None, host: None, port: None, params: "", tail }
}

fn parse_sip<'a>(scheme: SchemeRef<'a>, rest: &'a str) -> Result<UriRef<'a>, UriError> {
    let mut uri = blank(scheme, "");
    let mut rest = rest;
    // Neither host, parameters nor headers may contain `@`, so the first one ends the user part,
    // whatever `;` and `?` stand before it (RFC 4475 §3.1.1.9).
    if let Some((userinfo, after)) = split_once(rest, b'@') {
        (uri.user, uri.password) = parse_userinfo(userinfo)?;
        rest = after;
    }
    if let Some((before, headers)) = split_once(rest, b'?') {
        check_headers(headers)?;
        uri.tail = headers;
        rest = before;
    }
    let end = memchr::memchr(b';', rest.as_bytes()).unwrap_or(rest.len());
    let (hostport, params) = rest.split_at_checked(end).ok_or(UriError::Host)?;
    (uri.host, uri.port) = host_port(hostport).map(|(h, p)| (Some(h), p)).ok_or(UriError::Host)?;
    check_params(params)?;
    uri.params = params;
    Ok(uri)
}

/// What stands before and after the first such octet, which is an ASCII one.
fn split_once(text: &str, octet: u8) -> Option<(&str, &str)> {
    let at = memchr::memchr(octet, text.as_bytes())?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

fn parse_userinfo(text: &str) -> Result<(Option<&str>, Option<&str>), UriError> {
    let (user, password) = match split_once(text, b':') {
        Some((user, password)) => (user, Some(password)),
        None => (text, None),
    };
    // `#` and raw UTF-8 ought to be escaped; phones that dial `*21#` do not always know.
    let user_octet = |b| is_user(b) || b == b'#' || b >= 0x80;
    if user.is_empty() || !fits(user, user_octet) || !password.is_none_or(|p| fits(p, is_password)) {
        return Err(UriError::User);
    }
    Ok((Some(user), password))
}

/// RFC 3261 §19.1.1: `;name=value`, each name once.
fn check_params(text: &str) -> Result<(), UriError> {
    if text.is_empty() {
        return Ok(());
    }
    let octet = |b| is_param(b) || b >= 0x80;
    let names = |text| str::split(text, ';').skip(1).map(|p| p.split_once('=').map_or(p, |(name, _)| name));
    for (count, param) in text.split(';').skip(1).enumerate() {
        let (name, value) = param.split_once('=').unwrap_or((param, "-"));
        let repeated = names(text).take(count).any(|before| before.eq_ignore_ascii_case(name));
        let fine = !name.is_empty() && !value.is_empty() && fits(name, octet) && fits(value, octet);
        if count >= MAX_PARAMS || repeated || !fine {
            return Err(UriError::Params);
        }
    }
    Ok(())
}

fn check_headers(text: &str) -> Result<(), UriError> {
    let fine = text.split('&').all(|pair| {
        pair.split_once('=')
            .is_some_and(|(name, value)| !name.is_empty() && fits(name, is_header) && fits(value, is_header))
    });
    if fine { Ok(()) } else { Err(UriError::Headers) }
}

/// RFC 3966 §3: a global number (`+` and digits) or a local one, then parameters.
fn parse_tel(rest: &str) -> Result<UriRef<'_>, UriError> {
    let end = memchr::memchr(b';', rest.as_bytes()).unwrap_or(rest.len());
    let (number, params) = rest.split_at_checked(end).ok_or(UriError::User)?;
    let digits = number.strip_prefix('+').unwrap_or(number);
    let global = digits.len() < number.len();
    let fits_number = |b: u8| {
        b.is_ascii_digit()
            || matches!(b, b'-' | b'.' | b'(' | b')')
            || (!global && (b.is_ascii_hexdigit() || matches!(b, b'*' | b'#')))
    };
    let some_digit = digits.bytes().any(|b| b.is_ascii_hexdigit() || matches!(b, b'*' | b'#'));
    if !some_digit || !digits.bytes().all(fits_number) {
        return Err(UriError::User);
    }
    check_params(params)?;
    Ok(UriRef { user: Some(number), params, ..blank(SchemeRef::Tel, "") })
}
