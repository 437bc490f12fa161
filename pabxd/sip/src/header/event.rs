//! Event and Subscription-State (RFC 6665 §8.2.1, §8.2.3).

use std::fmt;

use super::grammar::{Scan, number};
use super::{HeaderError, TypedHeader, text};
use crate::message::HeaderName;
use crate::uri::Params;

macro_rules! token_with_params {
    ($(#[$doc:meta])* $name:ident $header:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name {
            token: Box<str>,
            params: Params,
        }

        impl $name {
            /// The token alone; one that is none becomes `-`.
            pub fn new(token: &str) -> Self {
                let token = if super::grammar::is_token(token) { token } else { "-" };
                Self { token: token.into(), params: Params::new() }
            }

            /// With a parameter; `None` makes a flag.
            #[must_use]
            pub fn with_param(mut self, name: &str, value: Option<&str>) -> Self {
                self.params.set(name, value);
                self
            }

            /// The token, as written.
            pub fn as_str(&self) -> &str {
                &self.token
            }

            /// The parameters.
            pub fn params(&self) -> &Params {
                &self.params
            }
        }

        impl TypedHeader for $name {
            const NAME: HeaderName = HeaderName::$header;

            fn parse(value: &[u8]) -> Result<Self, HeaderError> {
                let mut scan = Scan::new(text(value)?);
                let token = scan.token().ok_or(HeaderError::Syntax)?;
                let params = Params::scan_header(&mut scan).filter(|_| scan.finished());
                Ok(Self { token: token.into(), params: params.ok_or(HeaderError::Syntax)? })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", self.token, self.params)
            }
        }
    };
}

token_with_params! {
    /// An event package, with templates: `message-summary`, `presence.winfo`.
    Event Event
}
token_with_params! {
    /// `active`, `pending` or `terminated`, and for how long or why.
    SubscriptionState SubscriptionState
}
token_with_params! {
    /// What a body is for: `session`, `render` (RFC 3261 §20.11).
    ContentDisposition ContentDisposition
}

impl Event {
    /// The `id` that tells subscriptions of one dialog apart.
    pub fn id(&self) -> Option<&str> {
        self.params.get("id")
    }
}

impl SubscriptionState {
    /// Seconds that are left.
    pub fn expires(&self) -> Option<u32> {
        number(self.params.get("expires")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_and_states() {
        let event = Event::parse(b"presence.winfo ; id=7").unwrap();
        assert_eq!((event.as_str(), event.id()), ("presence.winfo", Some("7")));
        let state = SubscriptionState::parse(b"active;expires=600").unwrap();
        assert_eq!((state.as_str(), state.expires()), ("active", Some(600)));
        assert_eq!(
            SubscriptionState::new("terminated").with_param("reason", Some("timeout")).to_string(),
            "terminated;reason=timeout"
        );
        for bad in ["", ";id=7", "a b", "a;"] {
            assert!(Event::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
