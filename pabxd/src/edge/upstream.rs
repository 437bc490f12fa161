//! Passing a request on: to `tiny_http` on its Unix socket, on a connection of its own.
//!
//! An answer whose length is told is taken in whole before any of it is sent: a client that reads slowly must not hold a
//! worker of the API. One without a length (events) is passed on as it comes.

use super::answer::Body;
use super::headers;
use super::places::Busy;
use super::refusal::Refusal;
use super::turns::Turn;
use super::upload::Sent;
use crate::api::server::STREAMED;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::CONTENT_LENGTH;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::UnixStream;
use tokio::task::{JoinHandle, spawn_local};

/// How long the API may take for an answer.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
/// Octets of an answer with a length: more than the API ever gives.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// The API's socket.
pub(super) struct Upstream {
    socket: PathBuf,
    /// What the path goes through.
    _folder: File,
}

impl Upstream {
    /// A socket in this folder, which must be closed to strangers: whoever reaches the socket is believed.
    pub(super) fn in_folder(folder: &Path) -> io::Result<Self> {
        // The folder by a short name: a socket's path has 107 octets at most (unix(7)).
        let folder = File::open(folder)?;
        let socket = format!("/proc/self/fd/{}/{}", folder.as_raw_fd(), crate::api::server::SOCKET).into();
        Ok(Self { socket, _folder: folder })
    }

    /// Asks the API. The turn ends with the answer's head where events follow, else with its last octet.
    pub(super) async fn ask(
        &self,
        turn: Turn,
        request: Request<Sent>,
        patience: Duration,
        busy: Busy,
    ) -> Result<Response<Body>, Refusal> {
        let answer = tokio::time::timeout(patience, self.exchange(request)).await;
        let (answer, exchange) = answer.map_err(|_| Refusal::UpstreamTooSlow)??;
        let (mut head, body) = answer.into_parts();
        let has_length = head.headers.contains_key(CONTENT_LENGTH);
        let streamed = head.headers.remove(STREAMED).is_some();
        headers::of_answer(&mut head.headers);
        if streamed || !has_length {
            return Ok(Response::from_parts(head, Body::coming(body, busy)));
        }
        let body = tokio::time::timeout(PATIENCE, Limited::new(body, MAX_ANSWER).collect()).await;
        let body = body.map_err(|_| Refusal::UpstreamTooSlow)?.map_err(|error| bad(&error))?;
        drop(turn);
        // Nobody reads any more of a file that was refused.
        exchange.abort();
        Ok(Response::from_parts(head, Body::whole(body.to_bytes())))
    }

    async fn exchange(
        &self,
        request: Request<Sent>,
    ) -> Result<(Response<Incoming>, JoinHandle<()>), Refusal> {
        let socket = UnixStream::connect(&self.socket).await.map_err(|error| bad(&error))?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.map_err(|error| bad(&error))?;
        // It ends by itself: with the answer's last octet, or when nobody wants the answer any more.
        let exchange = spawn_local(async move { drop(connection.await) });
        Ok((sender.send_request(request).await.map_err(|error| bad(&error))?, exchange))
    }
}

fn bad(error: &dyn std::fmt::Display) -> Refusal {
    log::warn!("the API gave no proper answer: {error}");
    Refusal::BadUpstream
}
