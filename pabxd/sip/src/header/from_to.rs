//! From and To (RFC 3261 §20.20, §20.39): an address and the tag of a dialog's side.

use std::fmt;

use super::name_addr::NameAddrRef;
use super::{HeaderError, NameAddr, TypedHeader};
use crate::message::HeaderName;
use crate::uri::Uri;

macro_rules! party {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub NameAddr);

        impl $name {
            /// An address without tag.
            pub fn new(uri: Uri) -> Self {
                Self(NameAddr::new(uri))
            }

            /// With a tag; what is no token is left out.
            #[must_use]
            pub fn with_tag(self, tag: &str) -> Self {
                if !super::grammar::is_token(tag) {
                    return self;
                }
                Self(self.0.with_param("tag", Some(tag)))
            }

            /// With a display name.
            #[must_use]
            pub fn with_display(self, name: &str) -> Self {
                Self(self.0.with_display(name))
            }

            /// The tag; an RFC 2543 peer may leave it out.
            pub fn tag(&self) -> Option<&str> {
                self.0.params().get("tag").filter(|tag| !tag.is_empty())
            }

            /// The display name.
            pub fn display(&self) -> Option<&str> {
                self.0.display()
            }

            /// The URI.
            pub fn uri(&self) -> &Uri {
                self.0.uri()
            }
        }

        impl TypedHeader for $name {
            const NAME: HeaderName = HeaderName::$name;

            fn parse(value: &[u8]) -> Result<Self, HeaderError> {
                let address = NameAddrRef::parse(value, false)?;
                address.tag()?;
                Ok(Self(address.to_name_addr()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

party! {
    /// Who sent the request that began this.
    From
}
party! {
    /// Whom that request was meant for.
    To
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_tokens_and_may_be_missing() {
        let from = From::parse(b"Bob <sip:bob@biloxi.com> ;tag=a6c85cf").unwrap();
        assert_eq!((from.tag(), from.display()), (Some("a6c85cf"), Some("Bob")));
        assert_eq!(To::parse(b"sip:a@b").unwrap().tag(), None);
        assert!(To::parse(b"<sip:a@b>;tag=\"x\"").is_err());
        assert!(To::parse(b"<sip:a@b>;tag").is_err());
    }

    #[test]
    fn a_tag_is_set_on_printing() {
        let to = To::new(Uri::parse("sip:a@b;user=phone").unwrap()).with_display("A \"B\"").with_tag("1928");
        assert_eq!(to.to_string(), r#""A \"B\"" <sip:a@b;user=phone>;tag=1928"#);
        assert_eq!(To::parse(to.to_string().as_bytes()), Ok(to));
    }
}
