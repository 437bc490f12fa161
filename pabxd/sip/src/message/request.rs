//! Requests.

use std::fmt;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::accessors::accessors;
use super::scan::Scanned;
use super::{Headers, Method};
use crate::uri::{Uri, UriError};

/// A request as it came: its bytes and where things are in them. Cloning costs a reference count.
#[derive(Clone)]
pub struct Request(Arc<Inner>, Option<SocketAddr>);

struct Inner {
    original: Bytes,
    method: Method,
    uri: Range<usize>,
    headers: OnceLock<Headers>,
    body: Range<usize>,
}

impl Request {
    pub(super) fn new(scanned: Scanned, method: Method, uri: Range<usize>) -> Self {
        let Scanned { original, headers, body, .. } = scanned;
        let headers = OnceLock::from(headers);
        Self(Arc::new(Inner { original, method, uri, headers, body }), None)
    }

    /// Bytes that a builder wrote and that are a request by construction. They are taken apart when somebody asks.
    pub(super) fn from_built(original: Bytes, method: Method, uri: Range<usize>, body: usize) -> Self {
        let body = body..original.len();
        Self(Arc::new(Inner { original, method, uri, headers: OnceLock::new(), body }), None)
    }

    /// Remembers where the request really came from: its responses then say so in the topmost Via
    /// (RFC 3261 §18.2.1, RFC 3581 §4). The bytes stay as they came.
    pub fn note_source(&mut self, source: SocketAddr) {
        self.1 = Some(source);
    }

    /// Where the request came from, once noted.
    pub fn source(&self) -> Option<SocketAddr> {
        self.1
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.0.method
    }

    /// The Request-URI as it came.
    pub fn uri_text(&self) -> &str {
        self.0.original.get(self.0.uri.clone()).and_then(|t| std::str::from_utf8(t).ok()).unwrap_or_default()
    }

    /// The Request-URI, parsed.
    pub fn uri(&self) -> Result<Uri, UriError> {
        Uri::parse(self.uri_text())
    }
}

/// Not the header fields: credentials and numbers of people are among them.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {:?}, {} octets)", self.method(), self.uri_text(), self.as_bytes().len())
    }
}

accessors!(Request);
