//! One UDP socket of SIP.

use super::{LocalAddresses, Receiver};
use bytes::Bytes;
use pabx_sip::flow::{Flow, Transport};
use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use tokio::net::UdpSocket;

/// The largest datagram there is (RFC 768); SIP's own limit is checked by the parser.
const MAX_DATAGRAM: usize = 65_535;
/// Datagrams taken before timers and other sockets get their turn.
const BURST: usize = 64;
/// Octets the kernel keeps for us in each direction: some thousand messages, so that a burst waits instead of being lost.
const SOCKET_BUFFER: usize = 4 << 20;

/// One UDP socket of SIP.
pub struct UdpPort {
    socket: UdpSocket,
    bound: SocketAddr,
    addresses: Rc<RefCell<LocalAddresses>>,
    unsent: Cell<u64>,
}

impl UdpPort {
    /// Binds, `::` to IPv6 alone; must be called inside the runtime.
    pub fn bind(address: SocketAddr, addresses: Rc<RefCell<LocalAddresses>>) -> std::io::Result<Self> {
        let socket = super::bind::udp(address)?;
        enlarge_buffers(&socket);
        let socket = UdpSocket::from_std(socket)?;
        let bound = socket.local_addr()?;
        Ok(Self { socket, bound, addresses, unsent: Cell::new(0) })
    }

    /// Whether what leaves for `flow` leaves here.
    pub fn carries(&self, flow: &Flow) -> bool {
        flow.transport == Transport::Udp
            && flow.local.port() == self.bound.port()
            && flow.local.is_ipv4() == self.bound.is_ipv4()
            && (self.bound.ip().is_unspecified() || self.bound.ip() == flow.local.ip())
    }

    /// The way to a peer from here; `None`: it is of another address family.
    pub fn flow_to(&self, remote: SocketAddr) -> Option<Flow> {
        if remote.is_ipv4() != self.bound.is_ipv4() {
            return None;
        }
        let local = self.addresses.borrow_mut().towards(self.bound, remote);
        let reaches = !local.ip().is_loopback() || remote.ip().is_loopback();
        reaches.then_some(Flow { transport: Transport::Udp, local, remote, conn: None })
    }

    /// Sends at once or not at all: UDP may lose, and SIP repeats.
    pub fn send(&self, bytes: &[u8], to: SocketAddr) {
        if let Err(error) = self.socket.try_send_to(bytes, to) {
            self.unsent.set(self.unsent.get().saturating_add(1));
            log::debug!("datagram to {to} not sent: {error}");
        }
    }

    /// Datagrams that the kernel did not take.
    pub fn unsent(&self) -> u64 {
        self.unsent.get()
    }

    /// Hands every datagram to `receiver`, for ever.
    pub async fn serve(&self, receiver: &dyn Receiver) {
        let mut buffer = vec![0; MAX_DATAGRAM];
        loop {
            if let Err(error) = self.socket.readable().await {
                log::error!("UDP socket {}: {error}", self.bound);
                return;
            }
            self.drain(&mut buffer, receiver);
            tokio::task::yield_now().await;
        }
    }

    fn drain(&self, buffer: &mut [u8], receiver: &dyn Receiver) {
        for _ in 0..BURST {
            match self.socket.try_recv_from(buffer) {
                Ok((length, remote)) => {
                    let local = self.addresses.borrow_mut().towards(self.bound, remote);
                    let flow = Flow { transport: Transport::Udp, local, remote, conn: None };
                    let datagram = buffer.get(..length).unwrap_or_default();
                    receiver.message(flow, Bytes::copy_from_slice(datagram));
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
                // An ICMP error of an earlier datagram; the socket itself is fine.
                Err(error) => log::debug!("UDP socket {}: {error}", self.bound),
            }
        }
    }
}

/// Best effort: the kernel caps it (net.core.rmem_max), and less is no error.
fn enlarge_buffers(socket: &std::net::UdpSocket) {
    use nix::sys::socket::{setsockopt, sockopt};
    let _ = setsockopt(socket, sockopt::RcvBufForce, &SOCKET_BUFFER)
        .or_else(|_| setsockopt(socket, sockopt::RcvBuf, &SOCKET_BUFFER));
    let _ = setsockopt(socket, sockopt::SndBuf, &SOCKET_BUFFER);
}
