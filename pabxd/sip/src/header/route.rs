//! Route, Record-Route, Path and Service-Route: lists of addresses in angle brackets
//! (RFC 3261 §20.30, §20.34; RFC 3327; RFC 3608).

use std::fmt;

use super::{HeaderError, NameAddr, TypedHeader};
use crate::message::HeaderName;
use crate::uri::Uri;

macro_rules! route {
    ($(#[$doc:meta])* $type:ident $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $type(pub NameAddr);

        impl $type {
            /// A route to a URI.
            pub fn new(uri: Uri) -> Self {
                Self(NameAddr::new(uri))
            }

            /// The URI.
            pub fn uri(&self) -> &Uri {
                self.0.uri()
            }

            /// True for a loose router (RFC 3261 §19.1.1 `lr`).
            pub fn is_loose(&self) -> bool {
                self.0.uri().params().has("lr")
            }
        }

        impl TypedHeader for $type {
            const NAME: HeaderName = HeaderName::$name;
            const LIST: bool = true;

            fn parse(value: &[u8]) -> Result<Self, HeaderError> {
                NameAddr::parse(value, true).map(Self)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

route! {
    /// One hop that a request still has to visit.
    RouteHeader Route
}
route! {
    /// One proxy that wants to stay on the path of the dialog.
    RecordRoute RecordRoute
}
route! {
    /// One hop between registrar and phone (RFC 3327).
    Path Path
}
route! {
    /// One hop that the registrar wants outgoing requests to take (RFC 3608).
    ServiceRoute ServiceRoute
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_need_brackets_and_know_whether_they_are_loose() {
        let route = RouteHeader::parse(b"<sip:p1.example.com;lr>;x=y").unwrap();
        assert!(route.is_loose());
        assert_eq!(route.to_string(), "<sip:p1.example.com;lr>;x=y");
        assert!(!RecordRoute::parse(b"<sip:UserB@example.com;maddr=ss1.example.com>").unwrap().is_loose());
        assert!(RouteHeader::parse(b"sip:p1.example.com;lr").is_err());
    }
}
