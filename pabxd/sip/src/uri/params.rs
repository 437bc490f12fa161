//! `;name=value` lists, as they follow URIs and header values.
//!
//! A list is kept as one string in its printed form, so that a list of any length costs one allocation and
//! an absent one none. A name is found by walking the text.

use std::fmt;

use crate::header::grammar::{Scan, is_token};

/// Most parameters in one list; a longer list is refused.
pub const MAX_PARAMS: usize = 64;

/// Parameters in the order they came. Names compare without regard to case; of a repeated name the first counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Params {
    /// `;name=value;flag`, without white space around the separators.
    text: Box<str>,
}

impl Params {
    /// No parameters.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads header parameters; see [`ParamsRef::scan`].
    pub(crate) fn scan_header(scan: &mut Scan<'_>) -> Option<Self> {
        ParamsRef::scan(scan).map(ParamsRef::to_params)
    }

    /// Takes URI parameters that were already checked against the URI's own character set.
    pub(super) fn from_checked(text: &str) -> Self {
        Self { text: text.into() }
    }

    /// True when there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The printed form: empty, or starting with `;`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Each name with its value as written (a quoted string keeps its quotes).
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        pairs(&self.text)
    }

    /// The value of a parameter as written; an empty string for a parameter without value.
    pub fn get(&self, name: &str) -> Option<&str> {
        find(&self.text, name)
    }

    /// True when the parameter is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets a parameter, replacing one of that name in its place. A value that is no token, host or number is
    /// written as a quoted string; `None` makes a flag.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        let quoted = value.map(quote_if_needed);
        self.set_raw(name, quoted.as_deref());
    }

    /// Sets a parameter whose value is already in its printed form.
    pub(crate) fn set_raw(&mut self, name: &str, value: Option<&str>) {
        if !is_token(name) {
            return;
        }
        let mut text = String::with_capacity(self.text.len() + name.len() + value.map_or(0, str::len) + 2);
        let mut placed = false;
        for (old, kept) in pairs(&self.text) {
            if !old.eq_ignore_ascii_case(name) {
                push_pair(&mut text, old, kept);
            } else if !placed {
                push_pair(&mut text, name, value);
                placed = true;
            }
        }
        if !placed {
            push_pair(&mut text, name, value);
        }
        self.text = text.into();
    }

    /// Removes a parameter.
    pub fn remove(&mut self, name: &str) {
        if !self.has(name) {
            return;
        }
        let mut text = String::with_capacity(self.text.len());
        for (old, value) in pairs(&self.text) {
            if !old.eq_ignore_ascii_case(name) {
                push_pair(&mut text, old, value);
            }
        }
        self.text = text.into();
    }
}

/// Header parameters as they stand in a text, checked. Takes no memory of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ParamsRef<'a> {
    /// Empty, or from the first `;` on.
    raw: &'a str,
    /// No white space around the separators.
    compact: bool,
}

impl<'a> ParamsRef<'a> {
    /// Reads header parameters up to the end of the input or an octet that is no part of them:
    /// `*( SEMI generic-param )` (RFC 3261 §25.1).
    pub(crate) fn scan(scan: &mut Scan<'a>) -> Option<Self> {
        if scan.peek_after_ws() != Some(b';') {
            return Some(Self { raw: "", compact: true });
        }
        scan.skip_ws();
        let start = scan.at();
        let mut length = 0;
        let mut count = 0;
        while scan.eat_spaced(b';') {
            length += 1 + scan.token()?.len();
            if scan.peek_after_ws() == Some(b'=') {
                scan.eat_spaced(b'=');
                length += 1 + scan.param_value()?.len();
            }
            count += 1;
            if count > MAX_PARAMS {
                return None;
            }
        }
        let raw = scan.since(start);
        Some(Self { raw, compact: length == raw.len() })
    }

    pub(crate) fn get(self, name: &str) -> Option<&'a str> {
        find(self.raw, name)
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
        pairs(self.raw)
    }

    pub(crate) fn to_params(self) -> Params {
        if self.compact {
            return Params { text: self.raw.into() };
        }
        let mut text = String::with_capacity(self.raw.len());
        for (name, value) in pairs(self.raw) {
            push_pair(&mut text, name, value);
        }
        Params { text: text.into() }
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn push_pair(text: &mut String, name: &str, value: Option<&str>) {
    text.push(';');
    text.push_str(name);
    if let Some(value) = value {
        text.push('=');
        text.push_str(value);
    }
}

/// Finds a parameter in `;name=value` text, tolerating white space around the separators.
pub(crate) fn find<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    pairs(text).find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.unwrap_or_default())
}

/// Walks `;name=value` text. A `;` inside a quoted string does not separate.
fn pairs(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            while let Some(after) = rest.strip_prefix([';', ' ', '\t']) {
                rest = after;
            }
            if rest.is_empty() {
                return None;
            }
            let end = end_of_param(rest);
            let (piece, after) = rest.split_at_checked(end)?;
            rest = after;
            let (name, value) = match piece.split_once('=') {
                Some((name, value)) => (name.trim_ascii(), Some(value.trim_ascii())),
                None => (piece.trim_ascii(), None),
            };
            if !name.is_empty() {
                return Some((name, value));
            }
        }
    })
}

fn end_of_param(text: &str) -> usize {
    // Few values are quoted.
    let end = memchr::memchr(b';', text.as_bytes()).unwrap_or(text.len());
    if memchr::memchr(b'"', text.as_bytes()).is_none_or(|quote| quote > end) {
        return end;
    }
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b';' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

/// A value for after `=`: as it is when it is a token or a host, else a quoted string.
fn quote_if_needed(value: &str) -> std::borrow::Cow<'_, str> {
    let plain = !value.is_empty()
        && value.bytes().all(|b| crate::header::grammar::is_token_byte(b) || matches!(b, b'[' | b']' | b':'));
    if plain { value.into() } else { crate::header::grammar::quote(value).into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Params> {
        Params::scan_header(&mut Scan::new(text))
    }

    #[test]
    fn white_space_around_separators_is_dropped() {
        let params = parse(" ;\ttag = 98asjd8 ; lr").unwrap();
        assert_eq!(params.as_str(), ";tag=98asjd8;lr");
        assert_eq!(params.get("TAG"), Some("98asjd8"));
        assert_eq!(params.get("lr"), Some(""));
        assert_eq!(params.get("l"), None);
    }

    #[test]
    fn a_semicolon_in_quotes_does_not_separate() {
        let params = parse(r#";a="x;b=\"1";b=2"#).unwrap();
        assert_eq!(params.get("a"), Some(r#""x;b=\"1""#));
        assert_eq!(params.get("b"), Some("2"));
    }

    #[test]
    fn empty_parameters_are_refused() {
        assert_eq!(parse(";;"), None);
        assert_eq!(parse(";a=;b"), None);
        assert_eq!(parse(";"), None);
    }

    #[test]
    fn set_replaces_in_place_and_quotes_what_is_no_token() {
        let mut params = parse(";rport;branch=z9hG4bK1").unwrap();
        params.set("rport", Some("5060"));
        params.set("note", Some("a \"b\"\r\nX: y"));
        assert_eq!(params.as_str(), r#";rport=5060;branch=z9hG4bK1;note="a \"b\"X: y""#);
        params.remove("RPORT");
        assert_eq!(params.get("rport"), None);
    }

    #[test]
    fn a_list_longer_than_the_limit_is_refused() {
        assert!(parse(&";a".repeat(MAX_PARAMS)).is_some());
        assert!(parse(&";a".repeat(MAX_PARAMS + 1)).is_none());
    }
}
