//! SIP messages (RFC 3261 §7): lossless, taken apart lazily, over the bytes that came.
//!
//! [`Message::parse`] finds the lines of a message and nothing more; what a header means is read when it is
//! asked for, by [`Headers::get`]. What is wrong with a well-formed message is said by [`crate::verdict`].

mod accessors;
mod build;
mod edit;
mod headers;
mod malformed;
mod method;
mod name;
mod parse;
mod request;
mod response;
mod scan;
mod status;

use bytes::Bytes;

pub use self::build::{RequestBuilder, ResponseBuilder};
pub use self::headers::{Field, Headers, split_commas};
pub use self::malformed::{Malformed, MalformedReason};
pub use self::method::{MAX_METHOD, Method};
pub use self::name::{HeaderName, MAX_NAME};
pub use self::request::Request;
pub use self::response::Response;
pub use self::scan::{MAX_BODY, MAX_FIELDS, MAX_HEAD, MAX_MESSAGE, MAX_SAME, MAX_VALUE};
pub use self::status::StatusCode;

/// A request or a response.
#[derive(Clone, Debug)]
pub enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

impl Message {
    /// Parses one datagram, or one message that [`crate::frame::Framer`] cut from a stream.
    pub fn parse(datagram: Bytes) -> Result<Self, Malformed> {
        parse::parse(datagram)
    }

    /// The header fields.
    pub fn headers(&self) -> &Headers {
        match self {
            Self::Request(request) => request.headers(),
            Self::Response(response) => response.headers(),
        }
    }

    /// The bytes as they came.
    pub fn as_bytes(&self) -> &Bytes {
        match self {
            Self::Request(request) => request.as_bytes(),
            Self::Response(response) => response.as_bytes(),
        }
    }
}
