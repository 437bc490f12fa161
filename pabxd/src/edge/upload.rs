//! The body of a request on its way to the API: one that was taken in, or a file that is passed on as it comes.
//!
//! A file waits until the API asks for it (`100 Continue`, RFC 9110 §10.1.1): who may not send one is told before any of it is
//! read, and no answer is lost because we were still writing.

use super::pace::Pace;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::StatusCode;
use hyper::body::{Body, Frame, Incoming};
use hyper::header::{EXPECT, HeaderValue};
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, Sleep};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// What is sent to the API.
pub(super) enum Sent {
    /// It is here.
    Whole(Full<Bytes>),
    /// It comes.
    Coming(Upload),
}

/// A file that comes, at a pace that it must keep.
pub(super) struct Upload {
    file: Rc<Shared>,
    /// Until the API asks for it.
    asked_for: Option<oneshot::Receiver<()>>,
    pace: Pace,
    /// Since when we wait for octets.
    waits: Option<Instant>,
    late: Pin<Box<Sleep>>,
}

struct Shared {
    body: RefCell<Incoming>,
    begun: Cell<bool>,
    too_slow: Cell<bool>,
}

/// The client's end of a file, whatever becomes of the request.
pub(super) struct File {
    shared: Rc<Shared>,
    /// The client itself waits for `100 Continue`.
    waits: bool,
}

/// Octets of a refused file that are still read, and for how long (as for a body that is too large).
pub(super) struct Rest {
    pub(super) most: usize,
    pub(super) time: Duration,
}

impl Upload {
    fn next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(asked_for) = &mut self.asked_for {
            let asked = ready!(Pin::new(asked_for).poll(cx));
            self.asked_for = None;
            if asked.is_err() {
                return Poll::Ready(Some(Err("nobody asks for it".into())));
            }
        }
        self.file.begun.set(true);
        let Poll::Ready(frame) = self.file.poll(cx) else {
            if self.waits.is_none() {
                let now = Instant::now();
                self.waits = Some(now);
                self.late.as_mut().reset(now + self.pace.left());
            }
            ready!(self.late.as_mut().poll(cx));
            self.file.too_slow.set(true);
            return Poll::Ready(Some(Err("it comes too slowly".into())));
        };
        let waited = self.waits.take().map_or(Duration::ZERO, |since| since.elapsed());
        let octets = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()).map_or(0, Bytes::len);
        self.pace.moved(octets, waited);
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }
}

impl Shared {
    fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        Pin::new(&mut *self.body.borrow_mut()).poll_frame(cx)
    }
}

impl File {
    /// Puts a file into a request for the API.
    pub(super) fn pass(body: Incoming, pace: Pace, waits: bool) -> (Self, Request<Sent>) {
        let shared =
            Rc::new(Shared { body: RefCell::new(body), begun: Cell::new(false), too_slow: Cell::new(false) });
        let (ask, asked_for) = oneshot::channel();
        let late = Box::pin(tokio::time::sleep(Duration::ZERO));
        let upload = Upload { file: Rc::clone(&shared), asked_for: Some(asked_for), pace, waits: None, late };
        let mut request = Request::new(Sent::Coming(upload));
        let ask = Mutex::new(Some(ask));
        hyper::ext::on_informational(&mut request, move |answer| {
            if answer.status() == StatusCode::CONTINUE
                && let Some(ask) = ask.lock().unwrap_or_else(PoisonError::into_inner).take()
            {
                let _ = ask.send(());
            }
        });
        (Self { shared, waits }, request)
    }

    /// What says to the API that the file waits.
    pub(super) fn expectation() -> (hyper::header::HeaderName, HeaderValue) {
        (EXPECT, HeaderValue::from_static("100-continue"))
    }

    /// Whether it was given up for coming too slowly.
    pub(super) fn was_too_slow(&self) -> bool {
        self.shared.too_slow.get()
    }

    /// Reads what a client sends on after its file was refused: it would not see the answer otherwise (RFC 9112 §9.6).
    pub(super) async fn drain(&self, rest: Rest) {
        if self.waits && !self.shared.begun.get() {
            return;
        }
        let read_all = async {
            let mut read = 0_usize;
            while let Some(Ok(frame)) = poll_fn(|cx| self.shared.poll(cx)).await {
                read = read.saturating_add(frame.data_ref().map_or(0, Bytes::len));
                if read > rest.most {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(rest.time, read_all).await;
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match &mut *self {
            Self::Whole(body) => Pin::new(body).poll_frame(cx).map_err(|never| match never {}),
            Self::Coming(upload) => upload.next(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_end_stream(),
            Self::Coming(_) => false,
        }
    }
}
