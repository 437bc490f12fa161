//! One SIP connection, over TCP or from the edge: framing with deadlines, and a bounded backlog of what the peer does not read.

use super::framing::{self, Framing};
use super::{Receiver, StreamLimits};
use bytes::{Buf, Bytes};
use pabx_sip::flow::Flow;
use pabx_sip::frame::Frame;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};
use tokio::io::Interest;
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Notify;

/// Octets that wait for a slow peer; beyond it the connection is closed.
const MAX_BACKLOG: usize = 256 * 1024;
/// How long a peer may leave the backlog unread.
const WRITE_DEADLINE: Duration = Duration::from_secs(10);
/// Octets read before others get their turn.
const READ_AT_ONCE: usize = 16 * 1024;
/// RFC 5626 §3.5.1: the answer to a keep-alive.
const PONG: &[u8] = b"\r\n";

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The peer closed it, or the network did.
    Peer,
    /// A message took longer than the deadline.
    MessageDeadline,
    /// Nothing came for too long.
    Idle,
    /// What came is no SIP, or too large.
    Framing,
    /// The peer does not read what we send.
    Backlog,
    /// We closed it: room was needed, or the daemon stops.
    Ours,
}

/// What a connection's octets go through.
pub(super) enum Socket {
    /// To the peer.
    Tcp(TcpStream),
    /// To the edge, which speaks TLS with the peer.
    Edge(UnixStream),
}

impl Socket {
    async fn ready(&self, interest: Interest) -> io::Result<()> {
        match self {
            Self::Tcp(tcp) => tcp.ready(interest).await.map(drop),
            Self::Edge(edge) => edge.ready(interest).await.map(drop),
        }
    }

    fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(tcp) => tcp.try_read(buffer),
            Self::Edge(edge) => edge.try_read(buffer),
        }
    }

    fn try_write(&self, octets: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(tcp) => tcp.try_write(octets),
            Self::Edge(edge) => edge.try_write(octets),
        }
    }
}

/// One connection.
pub(super) struct Stream {
    pub(super) flow: Flow,
    socket: Socket,
    pub(super) since: Instant,
    pub(super) registered: Cell<bool>,
    backlog: RefCell<VecDeque<Bytes>>,
    backlog_since: Cell<Option<Instant>>,
    ending: Cell<Option<End>>,
    changed: Notify,
}

impl Stream {
    pub(super) fn new(socket: Socket, flow: Flow) -> Self {
        Self {
            flow,
            socket,
            since: Instant::now(),
            registered: Cell::new(false),
            backlog: RefCell::default(),
            backlog_since: Cell::new(None),
            ending: Cell::new(None),
            changed: Notify::new(),
        }
    }

    /// Sends at once what the kernel takes, and keeps the rest.
    pub(super) fn send(&self, bytes: Bytes) {
        let mut bytes = framing::packed(self.flow.transport, bytes);
        if self.backlog.borrow().is_empty() {
            match self.socket.try_write(&bytes) {
                Ok(written) => bytes.advance(written.min(bytes.len())),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return self.end(End::Peer),
            }
        }
        if !bytes.is_empty() {
            self.keep(bytes);
        }
    }

    fn keep(&self, bytes: Bytes) {
        let mut backlog = self.backlog.borrow_mut();
        let waiting: usize = backlog.iter().map(Bytes::len).sum();
        if waiting.saturating_add(bytes.len()) > MAX_BACKLOG {
            return self.end(End::Backlog);
        }
        if backlog.is_empty() {
            self.backlog_since.set(Some(Instant::now()));
        }
        backlog.push_back(bytes);
        self.changed.notify_one();
    }

    /// Asks the connection's task to close it.
    pub(super) fn end(&self, end: End) {
        self.ending.set(Some(end));
        self.changed.notify_one();
    }

    /// Serves the connection until it ends. `buffer` is shared by all connections: it is not held while waiting.
    pub(super) async fn serve(
        &self,
        receiver: &dyn Receiver,
        limits: &StreamLimits,
        buffer: &RefCell<Vec<u8>>,
    ) -> End {
        let mut framer = Framing::of(self.flow.transport);
        let mut message_since = None;
        let mut last_heard = Instant::now();
        loop {
            let deadline = self.deadline(limits, last_heard, message_since);
            tokio::select! {
                ready = self.socket.ready(Interest::READABLE) => {
                    if ready.is_err() { return End::Peer; }
                    match self.read(&mut framer, receiver, buffer) {
                        Ok(0) => {}
                        Ok(_) => {
                            last_heard = Instant::now();
                            message_since = if framer.pending() == 0 { None } else { message_since.or(Some(last_heard)) };
                        }
                        Err(end) => return end,
                    }
                    tokio::task::yield_now().await;
                }
                ready = self.socket.ready(Interest::WRITABLE), if !self.backlog.borrow().is_empty() => {
                    if ready.is_err() || self.write_backlog().is_err() { return End::Peer; }
                }
                () = self.changed.notified() => {}
                () = tokio::time::sleep_until(deadline.0.into()) => return deadline.1,
            }
            if let Some(end) = self.ending.get() {
                return end;
            }
        }
    }

    /// The next moment at which the connection ends by itself, and why.
    fn deadline(
        &self,
        limits: &StreamLimits,
        last_heard: Instant,
        message_since: Option<Instant>,
    ) -> (Instant, End) {
        let idle = if self.registered.get() { limits.idle } else { limits.unregistered_idle };
        let message = message_since.map(|at| (at + limits.message_deadline, End::MessageDeadline));
        let backlog = self.backlog_since.get().map(|at| (at + WRITE_DEADLINE, End::Backlog));
        [Some((last_heard + idle, End::Idle)), message, backlog]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at)
            .unwrap_or((last_heard + idle, End::Idle))
    }

    /// Octets read, or why the connection ends.
    fn read(
        &self,
        framer: &mut Framing,
        receiver: &dyn Receiver,
        buffer: &RefCell<Vec<u8>>,
    ) -> Result<usize, End> {
        {
            let mut buffer = buffer.borrow_mut();
            buffer.resize(READ_AT_ONCE, 0);
            match self.socket.try_read(&mut buffer) {
                Ok(0) => return Err(End::Peer),
                Ok(read) => framer.push(buffer.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(0),
                Err(_) => return Err(End::Peer),
            }
        }
        while let Some(frame) = framer.next()? {
            match frame {
                Frame::Message(bytes) => receiver.message(self.flow, bytes),
                Frame::Ping => self.send(Bytes::from_static(PONG)),
                Frame::Pong => {}
            }
        }
        Ok(1)
    }

    fn write_backlog(&self) -> io::Result<()> {
        let mut backlog = self.backlog.borrow_mut();
        while let Some(front) = backlog.front_mut() {
            match self.socket.try_write(front) {
                Ok(written) if written < front.len() => front.advance(written),
                Ok(_) => drop(backlog.pop_front()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
            self.backlog_since.set(Some(Instant::now()));
        }
        self.backlog_since.set(None);
        Ok(())
    }
}
