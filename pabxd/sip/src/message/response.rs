//! Responses.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::accessors::accessors;
use super::scan::Scanned;
use super::{Headers, StatusCode};

/// A response as it came: its bytes and where things are in them. Cloning costs a reference count.
#[derive(Clone)]
pub struct Response(Arc<Inner>);

struct Inner {
    original: Bytes,
    status: StatusCode,
    reason: Range<usize>,
    headers: OnceLock<Headers>,
    body: Range<usize>,
}

impl Response {
    pub(super) fn new(scanned: Scanned, status: StatusCode, reason: Range<usize>) -> Self {
        let Scanned { original, headers, body, .. } = scanned;
        let headers = OnceLock::from(headers);
        Self(Arc::new(Inner { original, status, reason, headers, body }))
    }

    /// Bytes that a builder wrote and that are a response by construction. They are taken apart when somebody asks.
    pub(super) fn from_built(original: Bytes, status: StatusCode, reason: Range<usize>, body: usize) -> Self {
        let body = body..original.len();
        Self(Arc::new(Inner { original, status, reason, headers: OnceLock::new(), body }))
    }

    /// The status code.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The reason phrase, which may be empty; octets that are no UTF-8 are replaced.
    pub fn reason(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.0.original.get(self.0.reason.clone()).unwrap_or_default())
    }
}

/// Not the header fields: credentials and numbers of people are among them.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({} {:?}, {} octets)", self.status(), self.reason(), self.as_bytes().len())
    }
}

accessors!(Response);
