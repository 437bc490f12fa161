//! What can still be said about bytes that are no SIP message.

use super::{Request, StatusCode};
use crate::uri::UriError;

/// Why bytes are no SIP message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedReason {
    /// Nothing but line ends.
    #[error("empty")]
    Empty,
    /// Longer than [`super::MAX_HEAD`] or [`super::MAX_MESSAGE`].
    #[error("message too large")]
    TooLarge,
    /// Neither a request line nor a status line.
    #[error("start line is not SIP")]
    StartLine,
    /// The method is no token, or longer than [`super::MAX_METHOD`].
    #[error("malformed method")]
    Method,
    /// A request line with too many or too few parts, or more than one space between them (RFC 4475 §3.1.2.8 to .10).
    #[error("malformed request line")]
    RequestLine,
    /// The Request-URI cannot be parsed.
    #[error("malformed Request-URI: {0}")]
    RequestUri(UriError),
    /// Not SIP/2.0.
    #[error("SIP version not supported")]
    Version,
    /// A status code that is not three digits between 100 and 699.
    #[error("malformed status code")]
    Status,
    /// A header line without colon, or whose name is no token followed by white space at most.
    #[error("malformed header line")]
    HeaderLine,
    /// A CR or LF that does not stand in a CRLF.
    #[error("CR or LF alone")]
    LineEnd,
    /// A control character outside a quoted pair.
    #[error("control character")]
    Control,
    /// No empty line after the header fields.
    #[error("header section does not end")]
    NoEnd,
    /// More than [`super::MAX_FIELDS`] fields, or more than [`super::MAX_SAME`] of one name.
    #[error("too many header fields")]
    TooManyFields,
    /// Content-Length is no number, out of range, or there several times.
    #[error("malformed Content-Length")]
    ContentLength,
    /// Content-Length says more than the datagram holds (RFC 3261 §18.3).
    #[error("body shorter than Content-Length")]
    ShortBody,
}

impl MalformedReason {
    /// The status that a request with this fault is answered with.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Version => StatusCode::VERSION_NOT_SUPPORTED,
            Self::TooLarge => StatusCode::MESSAGE_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The words of that answer, fixed so that an answer never carries what came.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Version => "Version Not Supported",
            Self::TooLarge => "Message Too Large",
            Self::RequestLine | Self::Method | Self::StartLine => "Bad Request Line",
            Self::RequestUri(_) => "Bad Request-URI",
            Self::ContentLength | Self::ShortBody => "Bad Content-Length",
            _ => "Bad Request",
        }
    }
}

/// Bytes that are no SIP message, with enough to answer statelessly when they were a request.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Malformed {
    /// The first fault.
    pub reason: MalformedReason,
    /// What to answer; `None` for responses, ACK and what is not SIP at all: those are dropped.
    pub status: Option<StatusCode>,
    /// The request as far as it could be read: header fields that were whole are usable.
    pub partial: Option<Request>,
}
