//! Which of our addresses a peer sees where a socket listens on all of them.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// Peers remembered; the whole cache is forgotten when it is full.
const MAX_PEERS: usize = 4096;
/// Addresses change with DHCP and by hand, and a call that is told an old one has no sound: ask the kernel again after this.
/// Short, for the question costs three system calls, and spares them where one peer sends much.
const LIFETIME: Duration = Duration::from_secs(1);

/// Answers from the kernel's routing table, remembered for a second.
#[derive(Default)]
pub struct LocalAddresses {
    known: HashMap<IpAddr, (IpAddr, Instant)>,
}

impl LocalAddresses {
    /// `bound` itself, or, where it is the unspecified address, the source address that packets to `peer` leave with.
    pub fn towards(&mut self, bound: SocketAddr, peer: SocketAddr) -> SocketAddr {
        if !bound.ip().is_unspecified() {
            return bound;
        }
        let now = Instant::now();
        if let Some((ip, at)) = self.known.get(&peer.ip())
            && now.duration_since(*at) < LIFETIME
        {
            return SocketAddr::new(*ip, bound.port());
        }
        let ip = ask_kernel(bound.ip(), peer).unwrap_or(bound.ip());
        if self.known.len() >= MAX_PEERS {
            self.known.clear();
        }
        self.known.insert(peer.ip(), (ip, now));
        SocketAddr::new(ip, bound.port())
    }
}

/// The address that packets to a peer leave with, where there is a way there.
pub fn source_towards(peer: SocketAddr) -> Option<IpAddr> {
    let any: IpAddr =
        if peer.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    ask_kernel(any, peer).ok()
}

/// Connecting a UDP socket sends nothing; it only chooses a route.
fn ask_kernel(any: IpAddr, peer: SocketAddr) -> std::io::Result<IpAddr> {
    let probe = UdpSocket::bind((any, 0))?;
    probe.connect((peer.ip(), peer.port().max(1)))?;
    Ok(probe.local_addr()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_socket_shows_the_peer_the_address_of_its_route() {
        let mut addresses = LocalAddresses::default();
        let bound = "0.0.0.0:5060".parse().unwrap();
        let peer = "127.0.0.9:5062".parse().unwrap();
        assert_eq!(addresses.towards(bound, peer), "127.0.0.1:5060".parse().unwrap());
        assert_eq!(addresses.towards(bound, peer), "127.0.0.1:5060".parse().unwrap());
    }

    #[test]
    fn a_bound_socket_shows_its_own_address() {
        let bound = "127.0.0.2:5060".parse().unwrap();
        assert_eq!(LocalAddresses::default().towards(bound, "127.0.0.1:9".parse().unwrap()), bound);
    }
}
