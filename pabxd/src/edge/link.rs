//! How SIP from inside TLS reaches the engine: through a pair of local sockets, one for each connection.
//!
//! The engine's thread serves its end as it serves a TCP connection, with the same framing, deadlines and limits; the edge
//! copies between its end and the client. Nothing is shared but octets, and whoever is slow slows down only himself.

use pabx_sip::flow::Transport;
use std::io;
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use tokio::sync::mpsc;
use tokio_util::codec::LengthDelimitedCodec;

/// Connections that wait for the engine to take them.
const WAITING: usize = 64;
/// Octets of one message that is passed with its length before it (WebSocket): a SIP message has less.
pub const MAX_MESSAGE: usize = 256 * 1024;

/// A connection for the engine.
#[derive(Debug)]
pub struct Incoming {
    /// The engine's end. Not blocking.
    pub socket: UnixStream,
    /// TLS: a stream of SIP. WSS: messages, each after its length (32 bits, network order).
    pub transport: Transport,
    /// Where the client reached us.
    pub local: SocketAddr,
    /// The client.
    pub remote: SocketAddr,
}

/// Where connections are handed over.
pub type Sender = mpsc::Sender<Incoming>;
/// Where they come out.
pub type Receiver = mpsc::Receiver<Incoming>;

/// The way between the two.
pub fn channel() -> (Sender, Receiver) {
    mpsc::channel(WAITING)
}

/// How messages lie on the way: each after its length.
pub fn messages() -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder().max_frame_length(MAX_MESSAGE).new_codec()
}

/// The edge's end of a new connection to the engine.
pub(super) async fn open(
    sender: &Sender,
    transport: Transport,
    local: SocketAddr,
    remote: SocketAddr,
) -> io::Result<tokio::net::UnixStream> {
    let (ours, socket) = UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    socket.set_nonblocking(true)?;
    let incoming = Incoming { socket, transport, local, remote };
    sender.send(incoming).await.map_err(|_| io::Error::from(io::ErrorKind::ConnectionRefused))?;
    tokio::net::UnixStream::from_std(ours)
}
