//! Headers that are one number and nothing else.

use std::fmt;

use super::grammar::number;
use super::{HeaderError, TypedHeader, text};
use crate::message::HeaderName;

macro_rules! integer {
    ($(#[$doc:meta])* $name:ident $int:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $int);

        impl TypedHeader for $name {
            const NAME: HeaderName = HeaderName::$name;

            fn parse(value: &[u8]) -> Result<Self, HeaderError> {
                let text = text(value)?;
                let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                let fault = if digits { HeaderError::Range } else { HeaderError::Syntax };
                number(text).map(Self).ok_or(fault)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

integer! {
    /// How many more hops a request may take (RFC 3261 §20.22).
    MaxForwards u8
}
integer! {
    /// Octets of the body (RFC 3261 §20.14).
    ContentLength u32
}
integer! {
    /// Lifetime of a registration or subscription in seconds (RFC 3261 §20.19).
    Expires u32
}
integer! {
    /// Shortest registration that is taken, in seconds (RFC 3261 §20.23).
    MinExpires u32
}
integer! {
    /// The number of a reliable provisional response (RFC 3262 §7.1).
    RSeq u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_within_their_range() {
        assert_eq!(MaxForwards::parse(b"0068"), Ok(MaxForwards(68)));
        assert_eq!(MaxForwards::parse(b"300"), Err(HeaderError::Range));
        assert_eq!(ContentLength::parse(b"-999"), Err(HeaderError::Syntax));
        assert_eq!(Expires::parse(b"4294967295"), Ok(Expires(u32::MAX)));
        assert_eq!(Expires::parse(b"10000000000000000000000"), Err(HeaderError::Range));
        assert_eq!(MinExpires(60).to_string(), "60");
        assert_eq!(RSeq::parse(b""), Err(HeaderError::Syntax));
    }
}
