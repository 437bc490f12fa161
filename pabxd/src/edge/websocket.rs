//! SIP over WebSocket (RFC 7118) at `/sip`: each message of one side is a message of the other.

use super::answer::Body;
use super::doors::Inside;
use super::https::Peer;
use super::link::{self, MAX_MESSAGE};
use super::places::Place;
use super::refusal::Refusal;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use hyper::body::Incoming;
use hyper::header::{
    CONNECTION, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use pabx_sip::flow::Transport;
use std::rc::Rc;
use tokio::task::spawn_local;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Message, Role, WebSocketConfig};
use tokio_util::codec::{Framed, LengthDelimitedCodec};

const PATH: &str = "/sip";
/// RFC 7118 §4.1.
const PROTOCOL: &str = "sip";
/// RFC 5626 §3.5.1 and RFC 7118 §6: a keep-alive, and what it is answered with.
const PING: &[u8] = b"\r\n\r\n";
const PONG: &str = "\r\n";

/// Whether the request is for us.
pub(super) fn is_asked_for<B>(request: &Request<B>) -> bool {
    request.uri().path() == PATH
}

/// The answer to the handshake (RFC 6455 §4.2.2); what follows it is served beside.
pub(super) fn accept(
    inside: &Rc<Inside>,
    place: &Rc<Place>,
    peer: Peer,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, Refusal> {
    let key = look_at(&request, &inside.origins)?;
    let upgraded = hyper::upgrade::on(&mut request);
    let (inside, busy) = (Rc::clone(inside), place.busy());
    spawn_local(async move {
        match upgraded.await {
            Ok(stream) => carry(&inside, peer, TokioIo::new(stream)).await,
            Err(error) => log::debug!("{}: no WebSocket: {error}", peer.remote),
        }
        drop(busy);
    });
    let mut answer = Response::new(Body::whole(""));
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let fields = answer.headers_mut();
    fields.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    fields.insert(UPGRADE, HeaderValue::from_static("websocket"));
    fields.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(PROTOCOL));
    fields.insert(SEC_WEBSOCKET_ACCEPT, key);
    Ok(answer)
}

/// RFC 6455 §4.2.1. Answers with the proof that we understand.
fn look_at<B>(request: &Request<B>, origins: &[String]) -> Result<HeaderValue, Refusal> {
    let fields = request.headers();
    let is_get = *request.method() == Method::GET;
    let wanted = [(&UPGRADE, "websocket"), (&CONNECTION, "upgrade"), (&SEC_WEBSOCKET_VERSION, "13")];
    if !is_get || !wanted.iter().all(|(name, token)| has(fields, name, token)) {
        return Err(Refusal::Malformed("not the handshake of a WebSocket"));
    }
    if !has(fields, &SEC_WEBSOCKET_PROTOCOL, PROTOCOL) {
        return Err(Refusal::Malformed("the WebSocket is not for SIP"));
    }
    if !may_come_from(fields, origins) {
        return Err(Refusal::ForeignOrigin);
    }
    let key = fields.get(SEC_WEBSOCKET_KEY).ok_or(Refusal::Malformed("no key of the WebSocket"))?;
    let accept = derive_accept_key(key.as_bytes());
    HeaderValue::from_str(&accept).map_err(|_| Refusal::Malformed("the key of the WebSocket"))
}

fn has(fields: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = fields.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|found| found.trim().eq_ignore_ascii_case(token))
}

/// Browsers say which page they are on: one of ours, or one that was allowed. Others say nothing.
fn may_come_from(fields: &HeaderMap, origins: &[String]) -> bool {
    let Some(origin) = fields.get(ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let host = fields.get(HOST).and_then(|host| host.to_str().ok());
    let own = origin.strip_prefix("https://");
    (own.is_some() && own == host) || origins.iter().any(|allowed| allowed == origin)
}

async fn carry<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(
    inside: &Inside,
    peer: Peer,
    stream: S,
) {
    let mut limits = WebSocketConfig::default();
    limits.max_message_size = Some(MAX_MESSAGE);
    limits.max_frame_size = Some(MAX_MESSAGE);
    limits.max_write_buffer_size = 4 * MAX_MESSAGE;
    let mut client = WebSocketStream::from_raw_socket(stream, Role::Server, Some(limits)).await;
    let engine = match link::open(&inside.sip, Transport::Wss, peer.local, peer.remote).await {
        Ok(engine) => engine,
        Err(error) => return log::warn!("{}: a WebSocket found no way to the engine: {error}", peer.remote),
    };
    let mut engine = Framed::new(engine, link::messages());
    loop {
        let went_well = tokio::select! {
            message = client.next() => match message {
                Some(Ok(Message::Text(text))) => to_engine(&mut client, &mut engine, text.into()).await,
                Some(Ok(Message::Binary(octets))) => to_engine(&mut client, &mut engine, octets).await,
                Some(Ok(Message::Close(_)) | Err(_)) | None => false,
                // tungstenite answers pings by itself.
                Some(Ok(_)) => true,
            },
            message = engine.next() => match message {
                Some(Ok(message)) => to_client(&mut client, message.freeze()).await,
                _ => false,
            },
        };
        if !went_well {
            let _ = client.close(None).await;
            return;
        }
    }
}

type Client<S> = WebSocketStream<S>;
type Engine = Framed<tokio::net::UnixStream, LengthDelimitedCodec>;

async fn to_engine<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(
    client: &mut Client<S>,
    engine: &mut Engine,
    message: Bytes,
) -> bool {
    if message.as_ref() == PING {
        return client.send(Message::text(PONG)).await.is_ok();
    }
    message.is_empty() || message.as_ref() == PONG.as_bytes() || engine.send(message).await.is_ok()
}

/// Text where it is text: RFC 7118 §4.2 allows both, and some clients read text only.
async fn to_client<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(
    client: &mut Client<S>,
    message: Bytes,
) -> bool {
    let message = match std::str::from_utf8(&message) {
        Ok(text) => Message::text(text),
        Err(_) => Message::binary(message),
    };
    client.send(message).await.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(change: impl FnOnce(&mut HeaderMap)) -> Request<()> {
        let mut request = Request::new(());
        let fields = request.headers_mut();
        for (name, value) in [
            (HOST, "box.test"),
            (UPGRADE, "websocket"),
            (CONNECTION, "keep-alive, Upgrade"),
            (SEC_WEBSOCKET_VERSION, "13"),
            (SEC_WEBSOCKET_PROTOCOL, "sip"),
            (SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ=="),
        ] {
            fields.insert(name, value.parse().unwrap());
        }
        change(fields);
        request
    }

    #[test]
    fn the_example_of_rfc_6455_is_answered() {
        assert_eq!(look_at(&request(|_| ()), &[]).unwrap(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn a_page_of_somebody_else_is_refused() {
        let from = |origin: &'static str| {
            request(move |fields| drop(fields.insert(ORIGIN, origin.parse().unwrap())))
        };
        assert!(look_at(&from("https://box.test"), &[]).is_ok());
        for origin in ["http://box.test", "https://evil.test", "null", "https://box.test.evil"] {
            assert_eq!(look_at(&from(origin), &[]), Err(Refusal::ForeignOrigin), "{origin}");
        }
        assert!(look_at(&from("https://crm.test"), &["https://crm.test".to_owned()]).is_ok());
    }

    #[test]
    fn what_is_no_handshake_is_refused() {
        for name in [UPGRADE, CONNECTION, SEC_WEBSOCKET_VERSION, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_KEY] {
            let without = request(|fields| drop(fields.remove(&name)));
            assert!(matches!(look_at(&without, &[]), Err(Refusal::Malformed(_))), "{name}");
        }
    }
}
