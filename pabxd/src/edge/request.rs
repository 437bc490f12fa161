//! One request: looked at, taken in whole, and passed on.

use super::answer::Body;
use super::doors::Inside;
use super::https::Peer;
use super::pace::Pace;
use super::places::Place;
use super::refusal::Refusal;
use super::upload::{self, Sent};
use super::upstream::PATIENCE;
use super::{headers, websocket};
use crate::api::core::{body as limit, transfer};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, EXPECT, HOST, HeaderMap, TRANSFER_ENCODING};
use hyper::http::request::Parts;
use hyper::{Request, Response, Version};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// A client has so long for free, and then sends at least this many octets of its body a second.
const GRACE: Duration = Duration::from_secs(10);
const RATE: u64 = 16 * 1024;
/// How long a request waits for its turn.
const TURN: Duration = Duration::from_secs(10);
/// What a file may take, with what is done with it.
const FILE: Duration = Duration::from_hours(1);
/// What is still read of a body that is too large, and for how long: a client that sends on does not see an answer on a
/// connection that is closed meanwhile (RFC 9112 §9.6).
const DRAIN_MOST: usize = 8 * 1024 * 1024;
const DRAIN: Duration = Duration::from_secs(5);

/// The answer, whatever it is.
pub(super) async fn answer(
    inside: &Rc<Inside>,
    place: &Rc<Place>,
    peer: Peer,
    request: Request<Incoming>,
) -> Response<Body> {
    let answered = match look_at(&request) {
        Err(refusal) => Err(refusal),
        Ok(()) if websocket::is_asked_for(&request) => websocket::accept(inside, place, peer, request),
        Ok(()) => pass_on(inside, place, peer, request).await,
    };
    answered.unwrap_or_else(|refusal| {
        let mut answer = refusal.answer();
        headers::complete(answer.headers_mut());
        answer
    })
}

/// What hyper leaves to us: only what can be read in one way goes on (RFC 9112 §3.2, §6.3).
fn look_at(request: &Request<Incoming>) -> Result<(), Refusal> {
    let (uri, fields) = (request.uri(), request.headers());
    if uri.scheme().is_some() || uri.authority().is_some() || !uri.path().starts_with('/') {
        return Err(Refusal::Malformed("the target"));
    }
    let hosts = fields.get_all(HOST).iter().count();
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        return Err(Refusal::Malformed("not exactly one Host"));
    }
    if fields.contains_key(TRANSFER_ENCODING) && fields.contains_key(CONTENT_LENGTH) {
        return Err(Refusal::Malformed("Content-Length and Transfer-Encoding"));
    }
    are_plain(fields)
}

/// Other octets than visible ASCII are read differently by different programs.
fn are_plain(fields: &HeaderMap) -> Result<(), Refusal> {
    if fields.values().all(|value| value.to_str().is_ok()) {
        Ok(())
    } else {
        Err(Refusal::Malformed("a field with other characters than ASCII"))
    }
}

async fn pass_on(
    inside: &Rc<Inside>,
    place: &Rc<Place>,
    peer: Peer,
    request: Request<Incoming>,
) -> Result<Response<Body>, Refusal> {
    let (head, body) = request.into_parts();
    let transfer = transfer::find(head.method.as_str(), head.uri.path());
    let patience = if transfer.is_some() { FILE } else { PATIENCE };
    let mut fields = headers::of_request(&head.headers, peer.remote.ip());
    if transfer.is_some_and(transfer::Transfer::is_upload) {
        let (file, mut passed) =
            upload::File::pass(body, Pace::new(GRACE, RATE), head.headers.contains_key(EXPECT));
        fields.extend([upload::File::expectation()]);
        complete(&mut passed, head, fields);
        let answer = ask(inside, place, peer, passed, patience).await;
        file.drain(upload::Rest { most: DRAIN_MOST, time: DRAIN }).await;
        return answer.map_err(|refusal| if file.was_too_slow() { Refusal::TooSlow } else { refusal });
    }
    let most = limit::most(head.method.as_str(), head.uri.path());
    let Held { octets, room: _room } = take_in(inside, peer, body, most).await?;
    fields.insert(CONTENT_LENGTH, octets.len().into());
    let mut passed = Request::new(Sent::Whole(Full::new(octets)));
    complete(&mut passed, head, fields);
    ask(inside, place, peer, passed, patience).await
}

fn complete(passed: &mut Request<Sent>, head: Parts, fields: HeaderMap) {
    (*passed.method_mut(), *passed.uri_mut(), *passed.headers_mut()) = (head.method, head.uri, fields);
}

/// Asks the API when it is this source's turn.
async fn ask(
    inside: &Rc<Inside>,
    place: &Rc<Place>,
    peer: Peer,
    passed: Request<Sent>,
    patience: Duration,
) -> Result<Response<Body>, Refusal> {
    // Only from here until the answer is known: a client that is slow to send or to read may give way to others.
    let busy = place.busy();
    let (inside, source) = (Rc::clone(inside), peer.remote.ip().into());
    // As a task of its own, which ends when we do: hyper lets us rest while a client does not read the answer before this
    // one, and a turn must not rest with us.
    let mut asking = JoinSet::new();
    asking.spawn_local(async move {
        let turn = tokio::time::timeout(TURN, inside.turns.take(source)).await;
        inside.upstream.ask(turn.ok().flatten().ok_or(Refusal::Busy)?, passed, patience, busy).await
    });
    asking.join_next().await.and_then(Result::ok).unwrap_or(Err(Refusal::BadUpstream))
}

/// A body, and the memory it takes.
struct Held {
    octets: Bytes,
    room: super::spool::Held,
}

async fn take_in(inside: &Inside, peer: Peer, mut body: Incoming, most: u64) -> Result<Held, Refusal> {
    let mut room = inside.spool.share(peer.remote.ip().into());
    let (mut octets, mut pace) = (BytesMut::new(), Pace::new(GRACE, RATE));
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    loop {
        let began = Instant::now();
        let frame = tokio::time::timeout(pace.left(), body.frame()).await.map_err(|_| Refusal::TooSlow)?;
        let Some(frame) = frame else { return Ok(Held { octets: octets.freeze(), room }) };
        let frame = frame.map_err(|_| Refusal::Malformed("the body"))?;
        let Ok(data) = frame.into_data() else { continue };
        pace.moved(data.len(), began.elapsed());
        if octets.len().saturating_add(data.len()) > most {
            let _ = tokio::time::timeout(DRAIN, drain(body)).await;
            return Err(Refusal::BodyTooLarge);
        }
        if !room.grow(data.len()) {
            return Err(Refusal::Busy);
        }
        octets.extend_from_slice(&data);
    }
}

async fn drain(mut body: Incoming) {
    let mut read = 0_usize;
    while let Some(Ok(frame)) = body.frame().await {
        read = read.saturating_add(frame.data_ref().map_or(0, Bytes::len));
        if read > DRAIN_MOST {
            return;
        }
    }
}
