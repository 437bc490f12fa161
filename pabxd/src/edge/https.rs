//! One HTTPS connection, from its handshake to its end. HTTP/1.1 is hyper's; limits and deadlines are set here.

use super::doors::{Arrival, Inside};
use super::places::Place;
use super::{answer, request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_io_timeout::TimeoutStream;

/// For a request's head, from the last answer on: whoever is silent for longer connects anew.
const HEAD: Duration = Duration::from_secs(10);
/// A client that takes nothing of its answer for so long is gone.
const STALLED: Duration = Duration::from_secs(20);
/// What a stop leaves for answers that are on their way.
const LAST_ANSWER: Duration = Duration::from_secs(2);
/// Octets of a request's head.
const MAX_HEAD: usize = 16 * 1024;
/// Fields of a request.
const MAX_FIELDS: usize = 64;

/// Who is at the other end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
}

pub(super) async fn serve(inside: &Rc<Inside>, arrival: Arrival) {
    let Arrival { tcp, local, remote, place } = arrival;
    let Some(tls) = inside.tls.accept(tcp, &inside.tls.web, &place).await else { return };
    let (place, peer) = (Rc::new(place), Peer { local, remote });
    let handler = async |request| request::answer(inside, &place, peer, request).await;
    speak(inside, tls, &place, handler).await;
}

/// HTTP/1.1 on any stream, until it ends, its place is needed, or the edge stops.
pub(super) async fn speak<S>(
    inside: &Inside,
    stream: S,
    place: &Place,
    handler: impl AsyncFn(Request<Incoming>) -> Response<answer::Body>,
) where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(STALLED));
    let handler = &handler;
    let service = service_fn(move |request| async move { Ok::<_, Infallible>(handler(request).await) });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(MAX_HEAD)
            .max_headers(MAX_FIELDS)
            .serve_connection(TokioIo::new(Box::pin(stream)), service)
            .with_upgrades()
    );
    let mut stopping = inside.stopping.clone();
    tokio::select! {
        ended = connection.as_mut() => {
            if let Err(error) = ended { log::debug!("a connection ended: {error}") }
        }
        () = place.given_up() => {}
        _ = stopping.wait_for(|stopping| *stopping) => {
            connection.as_mut().graceful_shutdown();
            let _ = tokio::time::timeout(LAST_ANSWER, connection).await;
        }
    }
}
