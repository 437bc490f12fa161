//! `sip:`, `sips:` and `tel:` URIs (RFC 3261 §19.1, RFC 3966), and the schemes we only carry.
//!
//! A [`Uri`] keeps what it was made of in escaped form, so printing gives back what was read; only the case
//! of the scheme and the notation of IP addresses are normalised. `user_decoded` is for looking things up.

mod equality;
mod escape;
mod host;
mod params;
mod parse;

use std::borrow::Cow;
use std::fmt;

pub(crate) use self::host::HostRef;
pub(crate) use self::host::host_port;
pub use self::host::{Host, MAX_HOST_NAME};
pub(crate) use self::params::ParamsRef;
pub(crate) use self::params::find as find_param;
pub use self::params::{MAX_PARAMS, Params};
pub use self::parse::MAX_URI;
pub(crate) use self::parse::UriRef;

/// The scheme of a URI.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `sip:`
    Sip,
    /// `sips:`
    Sips,
    /// `tel:`
    Tel,
    /// Any other, in lower case.
    Other(Box<str>),
}

impl Scheme {
    /// The name, without the colon.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Sip => "sip",
            Self::Sips => "sips",
            Self::Tel => "tel",
            Self::Other(name) => name,
        }
    }
}

/// Why text is no URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    /// Longer than [`MAX_URI`].
    #[error("URI too long")]
    TooLong,
    /// No scheme, or an impossible one.
    #[error("URI without scheme")]
    Scheme,
    /// The part before `@`, or a telephone number, has characters it must not have.
    #[error("malformed user part")]
    User,
    /// Not a host and port.
    #[error("malformed host")]
    Host,
    /// Malformed `;parameters`, or more than [`MAX_PARAMS`].
    #[error("malformed URI parameters")]
    Params,
    /// Malformed `?headers`.
    #[error("malformed URI headers")]
    Headers,
    /// Not UTF-8, or white space or a control character inside.
    #[error("characters that no URI has")]
    Characters,
}

/// A URI, checked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Uri {
    scheme: Scheme,
    /// Escaped, as it came. The number of a `tel:` URI.
    user: Option<Box<str>>,
    password: Option<Box<str>>,
    host: Option<Host>,
    port: Option<u16>,
    params: Params,
    /// What follows `?` in a SIP URI; all that follows the colon in other schemes.
    tail: Box<str>,
}

impl Uri {
    /// Parses the text of a URI; nothing may stand around it.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, UriError> {
        UriRef::parse_octets(text.as_ref()).map(UriRef::to_uri)
    }

    /// A `sip:` URI. The user is escaped as needed.
    pub fn sip(user: Option<&str>, host: Host, port: Option<u16>) -> Self {
        Self {
            scheme: Scheme::Sip,
            user: user.filter(|u| !u.is_empty()).map(|u| escape::escape(u, escape::is_user).into()),
            password: None,
            host: Some(host),
            port,
            params: Params::new(),
            tail: Box::default(),
        }
    }

    /// The scheme.
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// True for `sip:` and `sips:`.
    pub fn is_sip(&self) -> bool {
        matches!(self.scheme, Scheme::Sip | Scheme::Sips)
    }

    /// The user part, escaped as it came; the number of a `tel:` URI.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The user part with `%41` turned into `A`. May contain any character, NUL too. Where the octets are no
    /// UTF-8 the escaped form is given back.
    pub fn user_decoded(&self) -> Option<Cow<'_, str>> {
        self.user.as_deref().map(escape::unescape)
    }

    /// The password part, escaped as it came.
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// The host; `None` for schemes other than `sip:` and `sips:`.
    pub fn host(&self) -> Option<&Host> {
        self.host.as_ref()
    }

    /// The port, when it is written.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// `;parameters`, escaped as they came.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// The value of a parameter, unescaped; empty for a parameter without value.
    pub fn param(&self, name: &str) -> Option<Cow<'_, str>> {
        self.params.get(name).map(escape::unescape)
    }

    /// The `?headers` of a SIP URI as `name=value` pairs, escaped as they came.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let text = if self.is_sip() { &*self.tail } else { "" };
        text.split('&').filter_map(|pair| pair.split_once('='))
    }

    /// True when the URI has `?headers`.
    pub fn has_headers(&self) -> bool {
        self.is_sip() && !self.tail.is_empty()
    }

    /// Without `?headers`, which have no place in a request line, To, From or Contact (RFC 3261 §19.1.1).
    #[must_use]
    pub fn without_headers(mut self) -> Self {
        if self.is_sip() {
            self.tail = Box::default();
        }
        self
    }

    /// Sets or replaces a parameter; the value is escaped as needed. `None` makes a flag such as `lr`.
    #[must_use]
    pub fn with_param(mut self, name: &str, value: Option<&str>) -> Self {
        let value = value.map(|v| escape::escape(v, escape::is_param));
        self.params.set_raw(name, value.as_deref());
        self
    }

    /// Without a parameter.
    #[must_use]
    pub fn without_param(mut self, name: &str) -> Self {
        self.params.remove(name);
        self
    }

    /// With another user part, escaped as needed; `None` or an empty string removes it.
    #[must_use]
    pub fn with_user(mut self, user: Option<&str>) -> Self {
        self.user = user.filter(|u| !u.is_empty()).map(|u| escape::escape(u, escape::is_user).into());
        self
    }

    /// With another host and port.
    #[must_use]
    pub fn with_host(mut self, host: Host, port: Option<u16>) -> Self {
        self.host = Some(host);
        self.port = port;
        self
    }

    /// RFC 3261 §19.1.4: same resource, although the text may differ.
    pub fn equivalent(&self, other: &Self) -> bool {
        equality::equivalent(self, other)
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scheme.as_str())?;
        f.write_str(":")?;
        if let Scheme::Other(_) = self.scheme {
            return f.write_str(&self.tail);
        }
        if let Some(user) = &self.user {
            f.write_str(user)?;
            if let Some(password) = &self.password {
                write!(f, ":{password}")?;
            }
            if self.host.is_some() {
                f.write_str("@")?;
            }
        }
        if let Some(host) = &self.host {
            write!(f, "{host}")?;
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(self.params.as_str())?;
        if !self.tail.is_empty() {
            write!(f, "?{}", self.tail)?;
        }
        Ok(())
    }
}

impl std::str::FromStr for Uri {
    type Err = UriError;
    fn from_str(text: &str) -> Result<Self, UriError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests;
