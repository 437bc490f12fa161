//! Percent escapes (RFC 3261 §19.1.2).

use std::borrow::Cow;

pub(super) fn is_unreserved(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
        || matches!(octet, b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')')
}

/// Octets that stand unescaped in a user part.
pub(super) fn is_user(octet: u8) -> bool {
    is_unreserved(octet) || matches!(octet, b'&' | b'=' | b'+' | b'$' | b',' | b';' | b'?' | b'/')
}

pub(super) fn is_password(octet: u8) -> bool {
    is_unreserved(octet) || matches!(octet, b'&' | b'=' | b'+' | b'$' | b',')
}

pub(super) fn is_param(octet: u8) -> bool {
    is_unreserved(octet) || matches!(octet, b'[' | b']' | b'/' | b':' | b'&' | b'+' | b'$')
}

pub(super) fn is_header(octet: u8) -> bool {
    is_unreserved(octet) || matches!(octet, b'[' | b']' | b'/' | b'?' | b':' | b'+' | b'$')
}

/// True when the text is made of the given octets and well-formed escapes.
pub(super) fn fits(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    let mut octets = text.bytes();
    while let Some(octet) = octets.next() {
        let fine = if octet == b'%' {
            hex(octets.next()).is_some() && hex(octets.next()).is_some()
        } else {
            allowed(octet)
        };
        if !fine {
            return false;
        }
    }
    true
}

/// Escapes every octet that may not stand as it is.
pub(super) fn escape(text: &str, allowed: impl Fn(u8) -> bool) -> String {
    use std::fmt::Write;
    let mut escaped = String::with_capacity(text.len());
    for octet in text.bytes() {
        if allowed(octet) {
            escaped.push(char::from(octet));
        } else {
            let _ = write!(escaped, "%{octet:02X}"); // writing to a String cannot fail
        }
    }
    escaped
}

/// Turns escapes into what they stand for; gives back the text as it is when the result is no UTF-8.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    let octets: Vec<u8> = decoded(text).map(|(octet, _)| octet).collect();
    String::from_utf8(octets).map_or(text.into(), Cow::Owned)
}

/// The octets that the text stands for, each with whether it was escaped.
pub(super) fn decoded(text: &str) -> impl Iterator<Item = (u8, bool)> {
    let mut octets = text.bytes();
    std::iter::from_fn(move || {
        let octet = octets.next()?;
        if octet != b'%' {
            return Some((octet, false));
        }
        let mut ahead = octets.clone();
        match (hex(ahead.next()), hex(ahead.next())) {
            (Some(high), Some(low)) => {
                octets = ahead;
                Some((high << 4 | low, true))
            }
            _ => Some((octet, false)),
        }
    })
}

fn hex(octet: Option<u8>) -> Option<u8> {
    match octet? {
        digit @ b'0'..=b'9' => Some(digit - b'0'),
        letter @ b'a'..=b'f' => Some(letter - b'a' + 10),
        letter @ b'A'..=b'F' => Some(letter - b'A' + 10),
        _ => None,
    }
}
