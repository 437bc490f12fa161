//! The lexical rules that header values share (RFC 3261 §25.1).

/// Which octets may stand in a token: alphanumerics and ``-.!%*_+`'~``.
const TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = 0u8;
    loop {
        #[expect(
            clippy::indexing_slicing,
            clippy::as_conversions,
            reason = "every u8 indexes 256 entries; const"
        )]
        {
            table[octet as usize] = octet.is_ascii_alphanumeric()
                || matches!(octet, b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~');
        }
        if octet == u8::MAX {
            break;
        }
        octet += 1;
    }
    table
};

/// True for an octet that may stand in a token.
pub(crate) fn is_token_byte(octet: u8) -> bool {
    TOKEN.get(usize::from(octet)).copied().unwrap_or(false)
}

/// True for a non-empty token.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Writes text as a quoted string. Control characters are dropped: nothing may end the line or hide in it.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars().filter(|c| !c.is_control()) {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

/// The text of a quoted string (or of tokens, which stand for themselves), without control characters. A tab is a
/// space: white space of any kind means the same (RFC 3261 §7.3.1).
pub(crate) fn unquote(raw: &str) -> std::borrow::Cow<'_, str> {
    let inner = raw.strip_prefix('"').and_then(|r| r.strip_suffix('"'));
    let text = inner.unwrap_or(raw);
    if !text.contains(|c: char| c == '\\' || c.is_control()) {
        return text.into();
    }
    let mut clean = String::with_capacity(text.len());
    let mut escaped = false;
    for character in text.chars() {
        if inner.is_some() && !escaped && character == '\\' {
            escaped = true;
            continue;
        }
        escaped = false;
        match character {
            '\t' => clean.push(' '),
            character if character.is_control() => {}
            character => clean.push(character),
        }
    }
    clean.into()
}

/// Parses `1*DIGIT`, bounded by the type. `+1`, `-1` and an empty string are no numbers.
pub(crate) fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Reads a value from left to right.
#[derive(Clone, Debug)]
pub(crate) struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// What has not been read yet.
    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// What was read since a position that [`Scan::at`] gave.
    pub(crate) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(crate) fn peek_after_ws(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at..)?.iter().copied().find(|b| !matches!(b, b' ' | b'\t'))
    }

    /// Skips white space and shows what follows.
    pub(crate) fn skip_ws(&mut self) -> &'a [u8] {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        self.rest().as_bytes()
    }

    /// True at the end, trailing white space aside.
    pub(crate) fn finished(&mut self) -> bool {
        self.skip_ws().is_empty()
    }

    pub(crate) fn eat(&mut self, octet: u8) -> bool {
        let found = self.peek() == Some(octet);
        if found {
            self.at += 1;
        }
        found
    }

    /// A separator with white space allowed on both sides (`SEMI`, `EQUAL`, `SLASH`, `COMMA`).
    /// Leaves the position alone when the separator is not there.
    pub(crate) fn eat_spaced(&mut self, octet: u8) -> bool {
        let start = self.at;
        self.skip_ws();
        if !self.eat(octet) {
            self.at = start;
            return false;
        }
        self.skip_ws();
        true
    }

    /// Reads octets while they fit. The predicate must take or leave all of a multi-octet character.
    pub(crate) fn take_while(&mut self, fits: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        let length = self.rest().bytes().take_while(|b| fits(*b)).count();
        self.at += length;
        self.since(start)
    }

    pub(crate) fn token(&mut self) -> Option<&'a str> {
        let token = self.take_while(is_token_byte);
        (!token.is_empty()).then_some(token)
    }

    /// A quoted string, with its quotes.
    pub(crate) fn quoted(&mut self) -> Option<&'a str> {
        let start = self.at;
        if !self.eat(b'"') {
            return None;
        }
        let mut escaped = false;
        while let Some(octet) = self.peek() {
            self.at += 1;
            match octet {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => return Some(self.since(start)),
                _ => {}
            }
        }
        self.at = start;
        None
    }

    /// `gen-value`: token, host or quoted string. IPv6 references come with and without brackets (RFC 5118 §4.5).
    pub(crate) fn param_value(&mut self) -> Option<&'a str> {
        if self.peek() == Some(b'"') {
            return self.quoted();
        }
        let value = self.take_while(|b| is_token_byte(b) || matches!(b, b'[' | b']' | b':') || b >= 0x80);
        (!value.is_empty()).then_some(value)
    }

    /// Everything up to the given octet, which is consumed and not returned.
    pub(crate) fn until(&mut self, octet: u8) -> Option<&'a str> {
        let start = self.at;
        let length = memchr::memchr(octet, self.rest().as_bytes())?;
        let text = self.text.get(start..start + length)?;
        self.at = start + length + 1;
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_escapes_and_unquoting_gives_it_back() {
        for text in ["", "plain", "with \"quotes\" and \\", "π ωδή"] {
            assert_eq!(unquote(&quote(text)), text);
        }
        assert_eq!(quote("a\r\nb\0"), "\"ab\"");
        assert_eq!(unquote("\"a\\\u{7}b\""), "ab");
        assert_eq!(unquote("\"a\tb\""), "a b");
        assert_eq!(unquote("a \tb\u{85}"), "a  b");
    }

    #[test]
    fn numbers_are_digits_only_and_bounded() {
        assert_eq!(number::<u8>("255"), Some(255));
        assert_eq!(number::<u8>("0068"), Some(68));
        for bad in ["", "+1", "-1", "1 ", "256", "0x1", "٣"] {
            assert_eq!(number::<u8>(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_unterminated_quoted_string_is_none() {
        assert_eq!(Scan::new("\"abc").quoted(), None);
        assert_eq!(Scan::new("\"abc\\\"").quoted(), None);
        assert_eq!(Scan::new("\"abc\" x").quoted(), Some("\"abc\""));
    }
}
