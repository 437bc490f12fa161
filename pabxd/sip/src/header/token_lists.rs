//! Headers that are a list of tokens: Supported, Require, Proxy-Require, Unsupported, Allow, Allow-Events.

use std::fmt;

use super::grammar::is_token;
use super::{HeaderError, TypedHeader, text};
use crate::message::{HeaderName, MAX_SAME, split_commas};

/// Reads a list of tokens. Empty elements are passed over; Supported and Allow may be empty altogether.
fn tokens(value: &[u8], into: &mut Vec<Box<str>>) -> Result<(), HeaderError> {
    for piece in split_commas(value).filter(|p| !p.is_empty()) {
        let token = text(piece)?;
        if !is_token(token) || into.len() >= MAX_SAME {
            return Err(HeaderError::Syntax);
        }
        into.push(token.into());
    }
    Ok(())
}

macro_rules! list {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name(pub Vec<Box<str>>);

        impl $name {
            /// A list of ours.
            pub fn new<'a>(tokens: impl IntoIterator<Item = &'a str>) -> Self {
                Self(tokens.into_iter().filter(|t| is_token(t)).map(Into::into).collect())
            }

            /// True when the token is in the list, in any case.
            pub fn contains(&self, token: &str) -> bool {
                self.iter().any(|t| t.eq_ignore_ascii_case(token))
            }

            /// The tokens, as written.
            pub fn iter(&self) -> impl Iterator<Item = &str> {
                self.0.iter().map(|t| &**t)
            }
        }

        impl TypedHeader for $name {
            const NAME: HeaderName = HeaderName::$name;

            fn parse(value: &[u8]) -> Result<Self, HeaderError> {
                let mut list = Vec::new();
                tokens(value, &mut list)?;
                Ok(Self(list))
            }

            fn collect(fields: &mut dyn Iterator<Item = &[u8]>) -> Result<Option<Self>, HeaderError> {
                let mut list = None;
                for field in fields {
                    tokens(field, list.get_or_insert_default())?;
                }
                Ok(list.map(Self))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0.join(", "))
            }
        }
    };
}

list! {
    /// Extensions that the sender understands (RFC 3261 §20.37).
    Supported
}
list! {
    /// Extensions that the other side must understand (RFC 3261 §20.32).
    Require
}
list! {
    /// Extensions that proxies on the way must understand (RFC 3261 §20.29).
    ProxyRequire
}
list! {
    /// Extensions of a Require that are not understood (RFC 3261 §20.40).
    Unsupported
}
list! {
    /// Methods that are understood (RFC 3261 §20.5).
    Allow
}
list! {
    /// Event packages that are understood (RFC 6665 §8.2.2).
    AllowEvents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_fields_make_one_list() {
        let fields: [&[u8]; 3] = [b"100rel , timer", b"", b"Replaces"];
        let supported = Supported::collect(&mut fields.into_iter()).unwrap().unwrap();
        assert!(supported.contains("replaces") && supported.contains("100rel") && !supported.contains("rel"));
        assert_eq!(supported.to_string(), "100rel, timer, Replaces");
        assert_eq!(Supported::collect(&mut std::iter::empty()), Ok(None));
    }

    #[test]
    fn what_is_no_token_and_what_is_too_much_is_refused() {
        assert!(Require::parse(b"a b").is_err());
        assert!(Require::parse(b"\"a\"").is_err());
        assert!(Allow::parse("A,".repeat(MAX_SAME + 1).as_bytes()).is_err());
        assert_eq!(Allow::new(["INVITE", "B\r\nD"]).to_string(), "INVITE");
    }
}
