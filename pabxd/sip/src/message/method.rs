//! Request methods.

use std::fmt;

use crate::header::grammar::is_token;

/// Longest method name that is understood; a longer one makes the message malformed.
pub const MAX_METHOD: usize = 64;

macro_rules! methods {
    ($($(#[$doc:meta])* $variant:ident $text:literal,)*) => {
        /// A request method. Names are case-sensitive (RFC 3261 §7.1).
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum Method {
            $($(#[$doc])* $variant,)*
            /// Any other token.
            Other(Box<str>),
        }

        impl Method {
            /// Parses a method name; `None` when it is no token or longer than [`MAX_METHOD`].
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)*
                    other => (other.len() <= MAX_METHOD && is_token(other)).then(|| Self::Other(other.into())),
                }
            }

            /// The name as it is written.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(name) => name,
                }
            }
        }
    };
}

methods! {
    /// RFC 3261 §13
    Invite "INVITE",
    /// RFC 3261 §13, §17
    Ack "ACK",
    /// RFC 3261 §15
    Bye "BYE",
    /// RFC 3261 §9
    Cancel "CANCEL",
    /// RFC 3261 §10
    Register "REGISTER",
    /// RFC 3261 §11
    Options "OPTIONS",
    /// RFC 6086
    Info "INFO",
    /// RFC 3262
    Prack "PRACK",
    /// RFC 3311
    Update "UPDATE",
    /// RFC 3515
    Refer "REFER",
    /// RFC 6665
    Subscribe "SUBSCRIBE",
    /// RFC 6665
    Notify "NOTIFY",
    /// RFC 3428
    Message "MESSAGE",
    /// RFC 3903
    Publish "PUBLISH",
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_case_sensitive_tokens() {
        assert_eq!(Method::parse("INVITE"), Some(Method::Invite));
        assert_eq!(Method::parse("invite"), Some(Method::Other("invite".into())));
        assert_eq!(Method::parse("RE%47IST%45R"), Some(Method::Other("RE%47IST%45R".into())));
        for bad in ["", "IN VITE", "INVITE\r\n", "é", &"A".repeat(MAX_METHOD + 1)] {
            assert_eq!(Method::parse(bad), None, "{bad}");
        }
    }
}
