//! Authorization, WWW-Authenticate and their proxy twins (RFC 3261 §20.7, §20.44; RFC 7616; RFC 8760).

use std::borrow::Cow;
use std::fmt;

use super::grammar::{Scan, quote, unquote};
use super::{HeaderError, TypedHeader, text};
use crate::message::HeaderName;

/// Most parameters of a challenge or of credentials.
const MAX_AUTH_PARAMS: usize = 32;

/// A scheme and `name=value` pairs separated by commas, checked and kept as text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AuthValue {
    text: Box<str>,
    scheme: usize,
}

/// Never shows the parameters: a digest response is as good as a password to who can guess offline.
impl fmt::Debug for AuthValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthValue({} …)", self.scheme())
    }
}

impl AuthValue {
    /// Reads `scheme SP 1#auth-param`. Schemes other than Digest may carry anything printable.
    pub fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        let text = text(value)?;
        let mut scan = Scan::new(text);
        let scheme = scan.token().ok_or(HeaderError::Syntax)?;
        if scheme.eq_ignore_ascii_case("Digest") {
            check_pairs(scan)?;
        }
        Ok(Self { text: text.into(), scheme: scheme.len() })
    }

    /// A value of ours. Values of `quoted` parameters are written as quoted strings, others as they are.
    pub fn digest<'a>(params: impl IntoIterator<Item = (&'a str, Quoted<'a>)>) -> Self {
        let mut text = String::from("Digest");
        for (at, (name, value)) in params.into_iter().enumerate() {
            text.push_str(if at == 0 { " " } else { ", " });
            text.push_str(name);
            text.push('=');
            match value {
                Quoted::Yes(value) => text.push_str(&quote(value)),
                Quoted::No(value) => text.extend(value.chars().filter(|c| !c.is_control())),
            }
        }
        Self { text: text.into(), scheme: "Digest".len() }
    }

    /// The scheme as written.
    pub fn scheme(&self) -> &str {
        self.text.get(..self.scheme).unwrap_or_default()
    }

    /// True for the Digest scheme.
    pub fn is_digest(&self) -> bool {
        self.scheme().eq_ignore_ascii_case("Digest")
    }

    /// A parameter, unquoted.
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.raw(name).map(unquote)
    }

    /// A parameter as written, with its quotes.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The parameters as written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut scan = Scan::new(self.text.get(self.scheme..).unwrap_or_default());
        std::iter::from_fn(move || pair(&mut scan))
    }
}

/// How a parameter is written.
#[derive(Clone, Copy, Debug)]
pub enum Quoted<'a> {
    /// As a quoted string.
    Yes(&'a str),
    /// As it is.
    No(&'a str),
}

/// `1#( name = ( token / quoted-string ) )`
fn check_pairs(mut scan: Scan<'_>) -> Result<(), HeaderError> {
    let mut count = 0;
    while pair(&mut scan).is_some() {
        count += 1;
    }
    if scan.finished() && (1..=MAX_AUTH_PARAMS).contains(&count) { Ok(()) } else { Err(HeaderError::Syntax) }
}

/// The next pair; leaves the position at what is none.
fn pair<'a>(scan: &mut Scan<'a>) -> Option<(&'a str, &'a str)> {
    while let Some(separator @ (b' ' | b'\t' | b',')) = scan.peek() {
        scan.eat(separator);
    }
    let mut ahead = scan.clone();
    let name = ahead.token()?;
    if !ahead.eat_spaced(b'=') {
        return None;
    }
    let value = match ahead.peek()? {
        b'"' => ahead.quoted()?,
        // `uri=sip:a@b` without quotes is seen in the field.
        _ => ahead.take_while(|b| !matches!(b, b',' | b' ' | b'\t' | b'"')),
    };
    *scan = ahead;
    Some((name, value))
}

impl fmt::Display for AuthValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

macro_rules! auth {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub AuthValue);

        impl TypedHeader for $name {
            const NAME: HeaderName = HeaderName::$name;

            fn parse(value: &[u8]) -> Result<Self, HeaderError> {
                AuthValue::parse(value).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

auth! {
    /// Credentials for a user agent or registrar; one field line each (RFC 3261 §7.3.1).
    Authorization
}
auth! {
    /// Credentials for a proxy.
    ProxyAuthorization
}
auth! {
    /// What a user agent or registrar wants to be convinced with.
    WwwAuthenticate
}
auth! {
    /// What a proxy wants to be convinced with.
    ProxyAuthenticate
}

/// What follows a successful authentication: `nextnonce`, `rspauth` and so on (RFC 7616 §3.5).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AuthenticationInfo(AuthValue);

impl AuthenticationInfo {
    /// A parameter, unquoted.
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.0.get(name)
    }
}

impl TypedHeader for AuthenticationInfo {
    const NAME: HeaderName = HeaderName::AuthenticationInfo;

    fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        let text = text(value)?;
        check_pairs(Scan::new(text))?;
        Ok(Self(AuthValue { text: text.into(), scheme: 0 }))
    }
}

impl fmt::Display for AuthenticationInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_parameters_are_found_quoted_or_not() {
        let value = Authorization::parse(
            b"digest  username=\"bo\\\"b\", realm = \"a, b\",uri=sip:x@y;z=1, nc=00000001 ,qop=auth,response=\"\"",
        )
        .unwrap()
        .0;
        assert!(value.is_digest());
        assert_eq!(value.get("Username").unwrap(), "bo\"b");
        assert_eq!(value.get("realm").unwrap(), "a, b");
        assert_eq!(value.get("uri").unwrap(), "sip:x@y;z=1");
        assert_eq!(value.get("nc").unwrap(), "00000001");
        assert_eq!(value.get("qop").unwrap(), "auth");
        assert_eq!(value.get("response").unwrap(), "");
        assert_eq!(value.get("opaque"), None);
    }

    #[test]
    fn other_schemes_are_carried_and_broken_digests_refused() {
        assert!(!Authorization::parse(b"NoOneKnowsThisScheme opaque-data=here").unwrap().0.is_digest());
        assert!(!Authorization::parse(b"Basic dXNlcjpwYXNz==").unwrap().0.is_digest());
        for bad in
            ["", "Digest", "Digest realm", "Digest realm=\"x", "Digest =x", "Digest a=b c", ", Digest a=b"]
        {
            assert!(Authorization::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        let many = format!("Digest {}", "a=b,".repeat(MAX_AUTH_PARAMS + 1));
        assert!(Authorization::parse(many.as_bytes()).is_err());
    }

    #[test]
    fn a_challenge_is_written_and_never_shown() {
        let value = AuthValue::digest([("realm", Quoted::Yes("p\"x\r\n")), ("stale", Quoted::No("true"))]);
        assert_eq!(value.to_string(), r#"Digest realm="p\"x", stale=true"#);
        assert_eq!(AuthValue::parse(value.to_string().as_bytes()), Ok(value.clone()));
        assert_eq!(format!("{value:?}"), "AuthValue(Digest …)");
    }

    #[test]
    fn authentication_info_has_no_scheme() {
        let info = AuthenticationInfo::parse(b"nextnonce=\"47364c23432d2e131a5fb210812c\", nc=1").unwrap();
        assert_eq!(info.get("nextnonce").unwrap(), "47364c23432d2e131a5fb210812c");
        assert_eq!(info.to_string(), "nextnonce=\"47364c23432d2e131a5fb210812c\", nc=1");
    }
}
