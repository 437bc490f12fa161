//! When two URIs mean the same (RFC 3261 §19.1.4; RFC 3966 §4 for `tel:`).

use super::escape::decoded;
use super::{Host, Scheme, Uri};

/// Parameters that must be equal or absent on both sides.
const SIGNIFICANT: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];

pub(super) fn equivalent(a: &Uri, b: &Uri) -> bool {
    if a.scheme != b.scheme {
        return false; // sip: and sips: are never equivalent
    }
    match a.scheme {
        Scheme::Sip | Scheme::Sips => {
            same_text(a.user(), b.user(), false)
                && same_text(a.password(), b.password(), false)
                && same_host(a.host(), b.host())
                && a.port == b.port // an omitted port is not the default port
                && same_params(a, b)
                && same_headers(a, b)
        }
        Scheme::Tel => same_number(a, b) && same_params(a, b) && same_params(b, a),
        Scheme::Other(_) => a.tail == b.tail,
    }
}

fn same_host(a: Option<&Host>, b: Option<&Host>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.equivalent(b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

fn same_number(a: &Uri, b: &Uri) -> bool {
    let digits = |uri: &Uri| -> Vec<u8> {
        let number = uri.user().unwrap_or_default().bytes();
        number.filter(|b| !matches!(b, b'-' | b'.' | b'(' | b')')).map(|b| b.to_ascii_lowercase()).collect()
    };
    digits(a) == digits(b)
}

fn same_params(a: &Uri, b: &Uri) -> bool {
    let significant = SIGNIFICANT.iter().all(|name| same_text(a.params.get(name), b.params.get(name), true));
    // The others count only where both have them.
    significant
        && a.params.iter().all(|(name, value)| match b.params.get(name) {
            Some(other) => same_text(value.or(Some("")), Some(other), true),
            None => !matches!(a.scheme, Scheme::Tel),
        })
}

fn same_headers(a: &Uri, b: &Uri) -> bool {
    let covered = |x: &Uri, y: &Uri| {
        x.headers().all(|(name, value)| {
            y.headers().any(|(other, theirs)| {
                same_text(Some(name), Some(other), true) && same_text(Some(value), Some(theirs), false)
            })
        })
    };
    a.headers().count() == b.headers().count() && covered(a, b) && covered(b, a)
}

/// Compares escaped text. An escape equals its character unless the character is reserved.
fn same_text(a: Option<&str>, b: Option<&str>, fold_case: bool) -> bool {
    let normal = |(octet, escaped): (u8, bool)| {
        let octet = if fold_case { octet.to_ascii_lowercase() } else { octet };
        (octet, escaped && is_reserved(octet))
    };
    match (a, b) {
        (Some(a), Some(b)) => a == b || decoded(a).map(normal).eq(decoded(b).map(normal)),
        (a, b) => a.is_none() && b.is_none(),
    }
}

fn is_reserved(octet: u8) -> bool {
    matches!(octet, b';' | b'/' | b'?' | b':' | b'@' | b'&' | b'=' | b'+' | b'$' | b',')
}
