//! Header names: the known ones as an enum, compact forms folded in.

use std::borrow::Cow;
use std::fmt;

/// Longest header name in octets. RFC 4475 §3.1.1.7 has one of more than two hundred.
pub const MAX_NAME: usize = 512;

/// The code of names that are not in the table.
pub(super) const OTHER: u8 = u8::MAX;

macro_rules! known {
    ($($(#[$doc:meta])* $variant:ident $text:literal $($compact:literal)?,)*) => {
        /// The name of a header field. Compares without regard to case; compact forms are the full form.
        #[derive(Clone, Debug)]
        pub enum HeaderName {
            $($(#[$doc])* $variant,)*
            /// A name that is not in this list.
            Other(Cow<'static, str>),
        }

        /// The full form of each known name, by its code.
        const FULL: &[&str] = &[$($text),*];

        /// Each known name and compact form with its code.
        const SPELLINGS: &[(&str, u8)] = {
            &[$(($text, Code::$variant as u8), $(($compact, Code::$variant as u8),)?)*]
        };

        #[repr(u8)]
        enum Code { $($variant,)* }

        impl HeaderName {
            pub(super) const fn code(&self) -> u8 {
                match self {
                    $(Self::$variant => Code::$variant as u8,)*
                    Self::Other(_) => OTHER,
                }
            }

            pub(super) fn from_code(code: u8) -> Option<Self> {
                $(if code == Code::$variant as u8 { return Some(Self::$variant); })*
                None
            }
        }
    };
}

known! {
    /// RFC 3261 §20.1
    Accept "Accept",
    /// RFC 3841
    AcceptContact "Accept-Contact" "a",
    /// RFC 3261 §20.2
    AcceptEncoding "Accept-Encoding",
    /// RFC 3261 §20.3
    AcceptLanguage "Accept-Language",
    /// RFC 3261 §20.4
    AlertInfo "Alert-Info",
    /// RFC 3261 §20.5
    Allow "Allow",
    /// RFC 6665
    AllowEvents "Allow-Events" "u",
    /// RFC 3261 §20.6
    AuthenticationInfo "Authentication-Info",
    /// RFC 3261 §20.7
    Authorization "Authorization",
    /// RFC 3261 §20.8
    CallId "Call-ID" "i",
    /// RFC 3261 §20.9
    CallInfo "Call-Info",
    /// RFC 3261 §20.10
    Contact "Contact" "m",
    /// RFC 3261 §20.11
    ContentDisposition "Content-Disposition",
    /// RFC 3261 §20.12
    ContentEncoding "Content-Encoding" "e",
    /// RFC 3261 §20.13
    ContentLanguage "Content-Language",
    /// RFC 3261 §20.14
    ContentLength "Content-Length" "l",
    /// RFC 3261 §20.15
    ContentType "Content-Type" "c",
    /// RFC 3261 §20.16
    CSeq "CSeq",
    /// RFC 3261 §20.17
    Date "Date",
    /// RFC 5806
    Diversion "Diversion",
    /// RFC 3261 §20.18
    ErrorInfo "Error-Info",
    /// RFC 6665
    Event "Event" "o",
    /// RFC 3261 §20.19
    Expires "Expires",
    /// RFC 3261 §20.20
    From "From" "f",
    /// RFC 7044
    HistoryInfo "History-Info",
    /// RFC 8224
    Identity "Identity" "y",
    /// RFC 3261 §20.21
    InReplyTo "In-Reply-To",
    /// RFC 3261 §20.22
    MaxForwards "Max-Forwards",
    /// RFC 3261 §20.23
    MinExpires "Min-Expires",
    /// RFC 4028
    MinSe "Min-SE",
    /// RFC 3261 §20.24
    MimeVersion "MIME-Version",
    /// RFC 3261 §20.25
    Organization "Organization",
    /// RFC 3325
    PAssertedIdentity "P-Asserted-Identity",
    /// RFC 3325
    PPreferredIdentity "P-Preferred-Identity",
    /// RFC 3327
    Path "Path",
    /// RFC 3261 §20.26
    Priority "Priority",
    /// RFC 3323
    Privacy "Privacy",
    /// RFC 3261 §20.27
    ProxyAuthenticate "Proxy-Authenticate",
    /// RFC 3261 §20.28
    ProxyAuthorization "Proxy-Authorization",
    /// RFC 3261 §20.29
    ProxyRequire "Proxy-Require",
    /// RFC 3262
    RAck "RAck",
    /// RFC 3326
    Reason "Reason",
    /// RFC 3261 §20.30
    RecordRoute "Record-Route",
    /// RFC 3515
    ReferTo "Refer-To" "r",
    /// RFC 3892
    ReferredBy "Referred-By" "b",
    /// RFC 3841
    RejectContact "Reject-Contact" "j",
    /// The Cisco and early IETF draft way to say who calls.
    RemotePartyId "Remote-Party-ID",
    /// RFC 3891
    Replaces "Replaces",
    /// RFC 3261 §20.31
    ReplyTo "Reply-To",
    /// RFC 3841
    RequestDisposition "Request-Disposition" "d",
    /// RFC 3261 §20.32
    Require "Require",
    /// RFC 3261 §20.33
    RetryAfter "Retry-After",
    /// RFC 3261 §20.34
    Route "Route",
    /// RFC 3262
    RSeq "RSeq",
    /// RFC 3261 §20.35
    Server "Server",
    /// RFC 3608
    ServiceRoute "Service-Route",
    /// RFC 4028
    SessionExpires "Session-Expires" "x",
    /// RFC 3903
    SipETag "SIP-ETag",
    /// RFC 3903
    SipIfMatch "SIP-If-Match",
    /// RFC 3261 §20.36
    Subject "Subject" "s",
    /// RFC 6665
    SubscriptionState "Subscription-State",
    /// RFC 3261 §20.37
    Supported "Supported" "k",
    /// RFC 3261 §20.38
    Timestamp "Timestamp",
    /// RFC 3261 §20.39
    To "To" "t",
    /// RFC 3261 §20.40
    Unsupported "Unsupported",
    /// RFC 3261 §20.41
    UserAgent "User-Agent",
    /// RFC 3261 §20.42
    Via "Via" "v",
    /// RFC 3261 §20.43
    Warning "Warning",
    /// RFC 3261 §20.44
    WwwAuthenticate "WWW-Authenticate",
}

/// One bit for each known name, none for the others.
pub(super) const fn bit(code: u8) -> u128 {
    if code < 128 { 1 << code } else { 0 }
}

/// Places in [`BY_HASH`]: enough that nearly every known name has its own.
const PLACES: usize = 512;

/// Where the search for a name begins. Upper and lower case give the same.
const fn hash(name: &[u8]) -> usize {
    let (Some(first), Some(last)) = (name.first(), name.last()) else { return 0 };
    #[expect(clippy::as_conversions, reason = "u8 to usize; const")]
    let (first, last) = ((*first | 0x20) as usize, (*last | 0x20) as usize);
    (first * 31 + last * 7 + name.len() * 67) % PLACES
}

/// Indices into [`SPELLINGS`] by hash, each at its place or at the next free one.
const BY_HASH: [u8; PLACES] = {
    let mut table = [OTHER; PLACES];
    let mut at = 0;
    #[expect(
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "const: a mistake fails the build"
    )]
    while at < SPELLINGS.len() {
        let mut place = hash(SPELLINGS[at].0.as_bytes());
        while table[place] != OTHER {
            place = (place + 1) % PLACES;
        }
        table[place] = at as u8;
        at += 1;
    }
    table
};

/// The code of a name, [`OTHER`] when it is not in the table.
pub(super) fn code_of(name: &[u8]) -> u8 {
    let mut place = hash(name);
    while let Some((text, code)) = BY_HASH.get(place).and_then(|at| SPELLINGS.get(usize::from(*at))) {
        let text = text.as_bytes();
        // Most names come in the case of the RFC.
        if text == name || text.eq_ignore_ascii_case(name) {
            return *code;
        }
        place = (place + 1) % PLACES;
    }
    OTHER
}

impl HeaderName {
    /// A name from text; compact forms become the full name.
    pub fn new(name: &str) -> Self {
        Self::from_code(code_of(name.as_bytes())).unwrap_or_else(|| Self::Other(name.to_owned().into()))
    }

    /// A name outside the table, for a constant.
    pub const fn other(name: &'static str) -> Self {
        Self::Other(Cow::Borrowed(name))
    }

    /// One bit for each known name, none for the others.
    pub(crate) const fn bit(&self) -> u128 {
        bit(self.code())
    }

    /// The full form.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(name) => name,
            known => FULL.get(usize::from(known.code())).copied().unwrap_or_default(),
        }
    }
}

impl PartialEq for HeaderName {
    fn eq(&self, other: &Self) -> bool {
        self.code() == other.code()
            && (self.code() != OTHER || self.as_str().eq_ignore_ascii_case(other.as_str()))
    }
}

impl Eq for HeaderName {}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_found_in_any_case() {
        for (text, code) in SPELLINGS {
            assert_eq!(code_of(text.as_bytes()), *code, "{text}");
            assert_eq!(code_of(text.to_uppercase().as_bytes()), *code, "{text}");
            let full = HeaderName::from_code(*code).unwrap();
            assert_eq!(HeaderName::new(text), full);
            assert_eq!(full.as_str(), FULL[usize::from(*code)]);
        }
    }

    #[test]
    fn unknown_names_keep_their_text_and_compare_without_case() {
        assert_eq!(HeaderName::new("X-Thing"), HeaderName::other("x-thing"));
        assert_ne!(HeaderName::new("X-Thing"), HeaderName::other("x-thin"));
        assert_ne!(HeaderName::new("C%6Fntact"), HeaderName::Contact);
        assert_eq!(code_of(b""), OTHER);
    }
}
