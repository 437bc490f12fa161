//! Where a message came from or goes to: transport, both addresses and, for streams, the connection.

use std::fmt;
use std::net::SocketAddr;

/// The transports SIP runs over here (RFC 3261 §18, RFC 7118).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// One message per datagram.
    Udp,
    /// A plain stream.
    Tcp,
    /// A stream inside TLS.
    Tls,
    /// WebSocket (RFC 7118).
    Ws,
    /// WebSocket inside TLS.
    Wss,
}

impl Transport {
    /// Whether the transport delivers or reports failure itself, so that requests are not retransmitted.
    pub fn is_reliable(self) -> bool {
        self != Self::Udp
    }

    /// Whether the hop is encrypted.
    pub fn is_secure(self) -> bool {
        matches!(self, Self::Tls | Self::Wss)
    }

    /// The name in a Via header (RFC 3261 §20.42, RFC 7118 §5.2): `UDP`, `TCP`, `TLS`, `WS`, `WSS`.
    pub fn via_name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Ws => "WS",
            Self::Wss => "WSS",
        }
    }

    /// The value of a URI's `transport` parameter: lower case of the Via name.
    pub fn uri_name(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Ws => "ws",
            Self::Wss => "wss",
        }
    }

    /// Reads a Via transport or a `transport` parameter, in any case; `None` for one not spoken here.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Udp, Self::Tcp, Self::Tls, Self::Ws, Self::Wss]
            .into_iter()
            .find(|transport| transport.via_name().eq_ignore_ascii_case(name))
    }

    /// The port that is meant when none is written (RFC 3261 §19.1.2, RFC 7118 §4.1).
    pub fn default_port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 5060,
            Self::Tls => 5061,
            Self::Ws => 80,
            Self::Wss => 443,
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.uri_name())
    }
}

/// One connection of a stream transport. The driver numbers them and never uses a number twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnId(pub u64);

/// A path to one peer: what RFC 5626 calls a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Flow {
    /// How the bytes travel.
    pub transport: Transport,
    /// Our own address and port on the path.
    pub local: SocketAddr,
    /// The peer's address and port, as seen by us (behind its NAT).
    pub remote: SocketAddr,
    /// The connection, for streams that are already open. `None` on UDP, or when the driver is to connect.
    pub conn: Option<ConnId>,
}

impl Flow {
    /// Whether requests on this path need no retransmission.
    pub fn is_reliable(&self) -> bool {
        self.transport.is_reliable()
    }

    /// The same path to another port of the peer.
    #[must_use]
    pub fn with_remote_port(mut self, port: u16) -> Self {
        self.remote.set_port(port);
        self
    }

    /// Whether an answer may be sent there: never to port 0, nor to an address that names many hosts or none.
    pub fn is_answerable(&self) -> bool {
        let ip = self.remote.ip().to_canonical();
        let broadcast = matches!(ip, std::net::IpAddr::V4(v4) if v4.is_broadcast());
        self.remote.port() != 0 && !broadcast && !ip.is_multicast() && !ip.is_unspecified()
    }
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}→{}", self.transport, self.local, self.remote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(remote: &str) -> Flow {
        let local = "192.0.2.1:5060".parse().unwrap();
        Flow { transport: Transport::Udp, local, remote: remote.parse().unwrap(), conn: None }
    }

    #[test]
    fn nothing_is_answered_to_port_zero_or_to_many() {
        for bad in [
            "192.0.2.9:0",
            "255.255.255.255:5060",
            "224.0.1.75:5060",
            "0.0.0.0:5060",
            "[ff02::1]:5060",
            "[::]:5060",
        ] {
            assert!(!flow(bad).is_answerable(), "{bad}");
        }
        assert!(flow("192.0.2.9:5060").is_answerable());
        assert!(flow("[2001:db8::9]:5060").is_answerable());
    }

    #[test]
    fn transport_names_are_read_back_in_any_case() {
        for transport in [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss] {
            assert_eq!(Transport::parse(transport.via_name()), Some(transport));
            assert_eq!(Transport::parse(transport.uri_name()), Some(transport));
        }
        assert_eq!(Transport::parse("SCTP"), None);
    }
}
