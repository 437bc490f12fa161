//! The two sockets of one leg.

use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrStorage, bind, setsockopt, socket, sockopt,
};
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;

/// DSCP EF (RFC 3246), as RFC 4594 §4.1 asks for telephony.
const EXPEDITED: u8 = 0xb8;

/// The sockets of one leg: RTP on an even port, RTCP on the next (RFC 3550 §11).
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) host: IpAddr,
    pub(super) port: u16,
    pub(super) rtp: UdpSocket,
    pub(super) rtcp: UdpSocket,
}

impl Pair {
    pub(super) fn bind(host: IpAddr, port: u16) -> io::Result<Pair> {
        let rtp = rtp(SocketAddr::new(host, port))?;
        let rtcp = udp(SocketAddr::new(host, port.saturating_add(1)))?;
        Ok(Pair { host, port, rtp, rtcp })
    }
}

/// A socket for sound, marked as such.
pub(super) fn rtp(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = udp(address)?;
    // The mark is a wish: a kernel that refuses it still carries the call. A socket of both families takes both.
    let _ = setsockopt(&socket, sockopt::Ipv4Tos, &i32::from(EXPEDITED));
    if address.is_ipv6() {
        let _ = setsockopt(&socket, sockopt::Ipv6TClass, &i32::from(EXPEDITED));
    }
    Ok(socket)
}

/// A bound, non-blocking socket. The kernel's usual receive buffer holds some seconds of sound.
pub(super) fn udp(address: SocketAddr) -> io::Result<UdpSocket> {
    let family = if address.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
    let flags = SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC;
    let socket = socket(family, SockType::Datagram, flags, None)?;
    if address.is_ipv6() {
        // `::` is every address of both families, whatever the system's own default is (RFC 3493 §5.3).
        setsockopt(&socket, sockopt::Ipv6V6Only, &false)?;
    }
    bind(socket.as_raw_fd(), &SockaddrStorage::from(address))?;
    Ok(socket.into())
}
