//! Typed header values, one per file: what it is, how it is read, how it is written.
//!
//! Reading is strict where RFC 4475 asks for a 400 and lenient where phones in the field need it. Every type
//! prints what it parses: `parse(print(x)) == x`.

mod addresses;
mod contact;
mod credentials;
mod cseq;
mod date;
mod event;
mod from_to;
pub(crate) mod grammar;
mod integers;
mod media_types;
pub(crate) mod name_addr;
mod rack;
mod reason;
mod replaces;
mod retry_after;
mod route;
mod session_expires;
mod texts;
mod token_lists;
pub(crate) mod via;
mod warning;

pub use self::addresses::{Diversion, PAssertedIdentity, PPreferredIdentity, ReferTo, ReferredBy, ReplyTo};
pub use self::contact::{Contact, ContactEntry};
pub use self::credentials::{
    AuthValue, AuthenticationInfo, Authorization, ProxyAuthenticate, ProxyAuthorization, Quoted,
    WwwAuthenticate,
};
pub use self::cseq::CSeq;
pub use self::date::Date;
pub use self::event::{ContentDisposition, Event, SubscriptionState};
pub use self::from_to::{From, To};
pub use self::integers::{ContentLength, Expires, MaxForwards, MinExpires, RSeq};
pub use self::media_types::{Accept, ContentType, MediaType};
pub use self::name_addr::NameAddr;
pub use self::rack::RAck;
pub use self::reason::Reason;
pub use self::replaces::Replaces;
pub use self::retry_after::RetryAfter;
pub use self::route::{Path, RecordRoute, RouteHeader, ServiceRoute};
pub use self::session_expires::{MinSe, Refresher, SessionExpires};
pub use self::texts::{MAX_TEXT, Organization, Server, Subject, UserAgent};
pub use self::token_lists::{Allow, AllowEvents, ProxyRequire, Require, Supported, Unsupported};
pub use self::via::{MAGIC_COOKIE, Via};
pub use self::warning::Warning;

use crate::message::HeaderName;
use crate::uri::UriError;

/// Why a header value is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The header is not there although it must be.
    #[error("header missing")]
    Missing,
    /// The value does not follow its grammar.
    #[error("malformed header value")]
    Syntax,
    /// A number is out of its range.
    #[error("number out of range")]
    Range,
    /// The URI in the value is malformed.
    #[error("malformed URI: {0}")]
    Uri(#[from] UriError),
}

/// A header value that can be parsed; it is printed by its `Display`.
pub trait TypedHeader: Sized {
    /// The name of the field it is the value of.
    const NAME: HeaderName;
    /// True when one line may hold several values, split at commas.
    const LIST: bool = false;

    /// Parses one value.
    fn parse(value: &[u8]) -> Result<Self, HeaderError>;

    /// Parses what a message has under this name: the first value, unless the type gathers them all.
    fn collect(fields: &mut dyn Iterator<Item = &[u8]>) -> Result<Option<Self>, HeaderError> {
        let Some(field) = fields.next() else { return Ok(None) };
        let first = if Self::LIST { crate::message::split_commas(field).next() } else { Some(field) };
        first.map(Self::parse).transpose()
    }
}

/// The text of a value, without white space around it.
pub(crate) fn text(value: &[u8]) -> Result<&str, HeaderError> {
    std::str::from_utf8(value).map(str::trim_ascii).map_err(|_| HeaderError::Syntax)
}
