//! Headers that are free text: User-Agent, Server, Subject, Organization. Text of strangers: show it escaped.

use std::fmt;

use super::{HeaderError, TypedHeader};
use crate::message::HeaderName;

/// Most octets that are kept of such a text.
pub const MAX_TEXT: usize = 256;

fn clean(text: &str) -> Box<str> {
    let kept = text.trim().chars().filter(|c| !c.is_control());
    let mut length = 0;
    kept.take_while(|c| {
        length += c.len_utf8();
        length <= MAX_TEXT
    })
    .collect::<String>()
    .trim_end()
    .into()
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// Without control characters, cut at [`MAX_TEXT`].
            pub fn new(text: &str) -> Self {
                Self(clean(text))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TypedHeader for $name {
            const NAME: HeaderName = HeaderName::$name;

            /// Never fails: octets that are no UTF-8 are replaced.
            fn parse(value: &[u8]) -> Result<Self, HeaderError> {
                Ok(Self::new(&String::from_utf8_lossy(value)))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text! {
    /// The software that sent a request (RFC 3261 §20.41).
    UserAgent
}
text! {
    /// The software that answered it (RFC 3261 §20.35).
    Server
}
text! {
    /// What a call is about (RFC 3261 §20.36).
    Subject
}
text! {
    /// Where the caller belongs (RFC 3261 §20.25).
    Organization
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cleaned_and_cut() {
        assert_eq!(UserAgent::parse(b" Phone/1.0 (\x07x) \xff ").unwrap().as_str(), "Phone/1.0 (x) \u{fffd}");
        assert_eq!(Server::new(&"é".repeat(MAX_TEXT)).as_str().len(), MAX_TEXT);
        assert_eq!(Subject::new("a\r\nb").to_string(), "ab");
    }
}
