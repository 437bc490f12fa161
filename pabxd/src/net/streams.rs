//! All SIP connections: accepting within limits, finding the one that a flow names.

use super::Receiver;
use super::stream::{End, Socket, Stream};
use crate::edge::link::{self, Incoming};
use bytes::Bytes;
use pabx_sip::flow::{ConnId, Flow, Transport};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream, UnixStream};

/// How long accepting rests after the kernel refused, such as for want of file descriptors.
const ACCEPT_REST: Duration = Duration::from_millis(100);
/// A condition that lasts is told again after this.
const TELL_AGAIN: Duration = Duration::from_mins(1);
/// Connections that the kernel completes before we accept them.
const ACCEPT_QUEUE: i32 = 1024;

/// Limits of connections; `[tcp]` of the configuration.
#[derive(Clone, Debug)]
pub struct StreamLimits {
    /// Connections in all.
    pub max_connections: usize,
    /// Connections from one address.
    pub max_per_source: usize,
    /// From a message's first octet to its last.
    pub message_deadline: Duration,
    /// Silence of a registered connection.
    pub idle: Duration,
    /// Silence of any other.
    pub unregistered_idle: Duration,
}

/// All SIP connections.
pub struct Streams {
    limits: StreamLimits,
    receiver: Rc<dyn Receiver>,
    open: RefCell<HashMap<ConnId, Rc<Stream>>>,
    sources: RefCell<HashMap<IpAddr, usize>>,
    next: Cell<u64>,
    buffer: RefCell<Vec<u8>>,
    told_full: Cell<Option<Instant>>,
}

impl Streams {
    /// No connections yet; messages will go to `receiver`.
    pub fn new(limits: StreamLimits, receiver: Rc<dyn Receiver>) -> Rc<Self> {
        Rc::new(Self {
            limits,
            receiver,
            open: RefCell::default(),
            sources: RefCell::default(),
            next: Cell::new(1),
            buffer: RefCell::default(),
            told_full: Cell::new(None),
        })
    }

    /// Binds a listener, `::` to IPv6 alone; must be called inside the runtime.
    pub fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
        TcpListener::from_std(super::bind::tcp(address, ACCEPT_QUEUE)?)
    }

    /// Accepts for ever; an error rests a moment and never ends it.
    pub async fn accept(self: Rc<Self>, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((tcp, remote)) => self.admit(tcp, remote),
                Err(error) => {
                    log::warn!("cannot accept a SIP connection: {error}");
                    tokio::time::sleep(ACCEPT_REST).await;
                }
            }
        }
    }

    /// Takes what the edge hands over, for ever.
    pub async fn take_from_edge(self: Rc<Self>, mut edge: link::Receiver) {
        while let Some(Incoming { socket, transport, local, remote }) = edge.recv().await {
            if !self.may_come(remote) {
                continue;
            }
            match UnixStream::from_std(socket) {
                Ok(socket) => {
                    self.add(Socket::Edge(socket), transport, local, remote);
                }
                Err(error) => log::warn!("{remote}: cannot be taken from the edge: {error}"),
            }
        }
    }

    fn admit(self: &Rc<Self>, tcp: TcpStream, remote: SocketAddr) {
        if !self.may_come(remote) {
            return;
        }
        let Ok(local) = tcp.local_addr() else { return };
        // Requests and answers are whole messages: waiting to fill a segment only delays them.
        let _ = tcp.set_nodelay(true);
        self.add(Socket::Tcp(tcp), Transport::Tcp, local, remote);
    }

    /// Whether there is a place, at the cost of another where need be.
    fn may_come(self: &Rc<Self>, remote: SocketAddr) -> bool {
        let from_source = self.sources.borrow().get(&remote.ip()).copied().unwrap_or(0);
        if from_source >= self.limits.max_per_source {
            log::debug!("{remote}: refused, it has {from_source} connections");
            return false;
        }
        if self.open.borrow().len() >= self.limits.max_connections && !self.make_room() {
            self.tell_full(remote);
            return false;
        }
        true
    }

    /// Serves a connection from now on.
    pub(super) fn add(
        self: &Rc<Self>,
        socket: Socket,
        transport: Transport,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Flow {
        let id = ConnId(self.next.replace(self.next.get().wrapping_add(1)));
        let flow = Flow { transport, local, remote, conn: Some(id) };
        let stream = Rc::new(Stream::new(socket, flow));
        self.open.borrow_mut().insert(id, Rc::clone(&stream));
        *self.sources.borrow_mut().entry(remote.ip()).or_default() += 1;
        tokio::task::spawn_local(Rc::clone(self).serve(stream));
        flow
    }

    /// A flood must not fill the log: one line a minute.
    fn tell_full(&self, refused: SocketAddr) {
        let now = Instant::now();
        if self.told_full.get().is_none_or(|told| now.duration_since(told) >= TELL_AGAIN) {
            self.told_full.set(Some(now));
            log::warn!("{refused}: refused, all {} SIP connections are in use", self.limits.max_connections);
        }
    }

    async fn serve(self: Rc<Self>, stream: Rc<Stream>) {
        let end = stream.serve(self.receiver.as_ref(), &self.limits, &self.buffer).await;
        log::debug!("{}: connection ended: {end:?}", stream.flow.remote);
        self.forget(&stream);
        self.receiver.closed(stream.flow);
    }

    fn forget(&self, stream: &Stream) {
        if let Some(id) = stream.flow.conn
            && self.open.borrow_mut().remove(&id).is_some()
        {
            let mut sources = self.sources.borrow_mut();
            let source = stream.flow.remote.ip();
            if let Some(count) = sources.get_mut(&source) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    sources.remove(&source);
                }
            }
        }
    }

    /// Closes the oldest connection without a registration. False where there is none.
    fn make_room(&self) -> bool {
        let oldest = {
            let open = self.open.borrow();
            open.values().filter(|stream| !stream.registered.get()).min_by_key(|stream| stream.since).cloned()
        };
        let Some(stream) = oldest else { return false };
        self.forget(&stream);
        stream.end(End::Ours);
        true
    }

    /// Sends on the connection that `flow` names. False where it is gone.
    pub fn send(&self, flow: &Flow, bytes: Bytes) -> bool {
        let stream = flow.conn.and_then(|id| self.open.borrow().get(&id).cloned());
        stream.is_some_and(|stream| {
            stream.send(bytes);
            true
        })
    }

    /// Somebody registered over this connection: it may stay silent for longer and is not closed to make room.
    pub fn mark_registered(&self, flow: &Flow) {
        if let Some(stream) = flow.conn.and_then(|id| self.open.borrow().get(&id).cloned()) {
            stream.registered.set(true);
        }
    }

    /// Open connections.
    pub fn len(&self) -> usize {
        self.open.borrow().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl From<&crate::config::Tcp> for StreamLimits {
    fn from(tcp: &crate::config::Tcp) -> Self {
        Self {
            max_connections: tcp.max_connections,
            max_per_source: tcp.max_connections_per_source,
            message_deadline: Duration::from_secs(tcp.message_deadline_seconds),
            idle: Duration::from_secs(tcp.idle_seconds),
            unregistered_idle: Duration::from_secs(tcp.unregistered_idle_seconds),
        }
    }
}
