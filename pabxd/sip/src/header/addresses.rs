//! Other headers that are addresses: Refer-To (RFC 3515), Referred-By (RFC 3892), P-Asserted-Identity and
//! P-Preferred-Identity (RFC 3325), Diversion (RFC 5806), Reply-To (RFC 3261 §20.31).
//!
//! What a stranger asserts is a claim: who may assert is not decided here.

use std::fmt;

use super::{HeaderError, NameAddr, TypedHeader};
use crate::message::HeaderName;
use crate::uri::Uri;

macro_rules! address {
    ($(#[$doc:meta])* $name:ident $list:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub NameAddr);

        impl $name {
            /// A bare address.
            pub fn new(uri: Uri) -> Self {
                Self(NameAddr::new(uri))
            }

            /// The URI.
            pub fn uri(&self) -> &Uri {
                self.0.uri()
            }
        }

        impl TypedHeader for $name {
            const NAME: HeaderName = HeaderName::$name;
            const LIST: bool = $list;

            fn parse(value: &[u8]) -> Result<Self, HeaderError> {
                NameAddr::parse(value, false).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

address! {
    /// Whom to call instead; its URI may carry a Replaces in its headers.
    ReferTo false
}
address! {
    /// Who asked for that.
    ReferredBy false
}
address! {
    /// Who calls, says a network that we trust.
    PAssertedIdentity true
}
address! {
    /// Who calls, wishes a phone.
    PPreferredIdentity true
}
address! {
    /// Who was called before the call came to us.
    Diversion true
}
address! {
    /// Whom to call back.
    ReplyTo false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_keeps_the_headers_of_its_uri() {
        let refer = ReferTo::parse(b"<sip:dave@denver.example.org?Replaces=12345%3Bto-tag%3D1>").unwrap();
        assert_eq!(refer.uri().headers().next(), Some(("Replaces", "12345%3Bto-tag%3D1")));
        assert_eq!(ReferTo::parse(refer.to_string().as_bytes()), Ok(refer));
        assert!(ReferTo::parse(b"sip:dave@denver.example.org?Replaces=1").is_err());
    }

    #[test]
    fn an_asserted_identity_may_be_a_telephone_number() {
        let tel = PAssertedIdentity::parse(b"tel:+14085264000").unwrap();
        assert_eq!(tel.uri().user(), Some("+14085264000"));
    }
}
