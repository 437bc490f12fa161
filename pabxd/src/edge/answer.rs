//! What is sent to a client: a body that is here, or one that comes as it is made.

use super::places::Busy;
use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::{Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A body.
pub(super) struct Body {
    octets: Either<Full<Bytes>, Incoming>,
    /// An answer without end keeps its place.
    _busy: Option<Busy>,
}

impl Body {
    /// One that is here.
    pub(super) fn whole(octets: impl Into<Bytes>) -> Self {
        Self { octets: Either::Left(Full::new(octets.into())), _busy: None }
    }

    /// One that comes as it is made, such as events.
    pub(super) fn coming(octets: Incoming, busy: Busy) -> Self {
        Self { octets: Either::Right(octets), _busy: Some(busy) }
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.octets).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.octets.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.octets.size_hint()
    }
}
