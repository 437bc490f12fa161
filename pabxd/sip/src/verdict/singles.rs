//! Header fields that a message has at most once (RFC 3261 §7.3.1; RFC 4475 §3.3.8).

use crate::message::{HeaderName, Headers};

/// Two of one of these and nobody knows which the next reader takes.
const SINGLE: &[HeaderName] = &[
    HeaderName::From,
    HeaderName::To,
    HeaderName::CallId,
    HeaderName::CSeq,
    HeaderName::MaxForwards,
    HeaderName::ContentLength,
    HeaderName::ContentType,
    HeaderName::ContentDisposition,
    HeaderName::Expires,
    HeaderName::MinExpires,
    HeaderName::SessionExpires,
    HeaderName::MinSe,
    HeaderName::Event,
    HeaderName::SubscriptionState,
    HeaderName::ReferTo,
    HeaderName::ReferredBy,
    HeaderName::Replaces,
    HeaderName::RSeq,
    HeaderName::RAck,
    HeaderName::Date,
    HeaderName::RetryAfter,
];

/// [`SINGLE`], one bit each.
const SINGLES: u128 = {
    let mut bits = 0;
    let mut at = 0;
    while at < SINGLE.len() {
        #[expect(clippy::indexing_slicing, reason = "const")]
        {
            bits |= SINGLE[at].bit();
        }
        at += 1;
    }
    bits
};

/// True when a field that may be there once is there twice.
pub(super) fn repeated(headers: &Headers) -> bool {
    let mut seen = 0u128;
    let mut twice = 0u128;
    for bit in headers.bits() {
        twice |= seen & bit;
        seen |= bit;
    }
    twice & SINGLES != 0
}
