//! Well-formed, and still wrong: what RFC 3261 §8.2 and RFC 4475 want refused before anybody looks at what a
//! request is for. Extensions, media types and credentials are for the one who knows what is supported.

mod request;
mod response;
mod singles;

pub use self::request::check_request;
pub use self::response::{Discard, check_response};

use crate::message::StatusCode;

/// The answer that a request is refused with. The words are fixed: nothing that came is sent back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{status} {reason}")]
pub struct Verdict {
    /// The status.
    pub status: StatusCode,
    /// The reason phrase.
    pub reason: &'static str,
}

impl Verdict {
    const fn bad(reason: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, reason }
    }
}
