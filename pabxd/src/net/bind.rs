//! Sockets bound to an address of one family: `0.0.0.0` and `::` can both be served on one port.

use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrStorage, bind, listen, setsockopt, socket, sockopt,
};
use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};

/// A bound, non-blocking UDP socket.
pub(super) fn udp(address: SocketAddr) -> io::Result<UdpSocket> {
    let fd = open(address, SockType::Datagram)?;
    bind(fd.as_raw_fd(), &SockaddrStorage::from(address))?;
    Ok(fd.into())
}

/// A non-blocking TCP listener; `waiting` connections may wait to be accepted.
pub fn tcp(address: SocketAddr, waiting: i32) -> io::Result<TcpListener> {
    let fd = open(address, SockType::Stream)?;
    setsockopt(&fd, sockopt::ReuseAddr, &true)?;
    bind(fd.as_raw_fd(), &SockaddrStorage::from(address))?;
    listen(&fd, Backlog::new(waiting)?)?;
    Ok(fd.into())
}

fn open(address: SocketAddr, kind: SockType) -> io::Result<OwnedFd> {
    let family = if address.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
    let fd = socket(family, kind, SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC, None)?;
    if address.is_ipv6() {
        // IPv4 has a socket of its own, and peers keep their own form of address (RFC 3493 §5.3).
        setsockopt(&fd, sockopt::Ipv6V6Only, &true)?;
    }
    Ok(fd)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    #[test]
    fn both_families_are_served_on_one_port() {
        let four = udp((Ipv4Addr::UNSPECIFIED, 0).into()).unwrap();
        let port = four.local_addr().unwrap().port();
        udp((Ipv6Addr::UNSPECIFIED, port).into()).unwrap();
        let four = tcp((Ipv4Addr::UNSPECIFIED, 0).into(), 1).unwrap();
        let port = four.local_addr().unwrap().port();
        tcp((Ipv6Addr::UNSPECIFIED, port).into(), 1).unwrap();
    }
}
