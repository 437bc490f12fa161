//! What an endpoint is told once.

use std::net::SocketAddr;

use crate::flow::{Flow, Transport};
use crate::transaction::Timing;
use crate::uri::Host;

/// Default bound of transactions of both kinds together: 3,000 calls a second leave about 300,000 of them lingering
/// for the 32 s of Timers J, L and M.
pub const MAX_TRANSACTIONS: usize = 400_000;

/// Events that may wait to be fetched. Beyond it new requests are dropped, as if the network had lost them;
/// responses and failures of known transactions are always told.
pub const MAX_WAITING_EVENTS: usize = 16_384;

/// An unauthenticated answer over UDP is at most 3/2 of the request that caused it, so that nobody behind a
/// forged source address is hit harder than the forger pays for.
pub const MAX_AMPLIFICATION: (usize, usize) = (3, 2);

/// How an [`Endpoint`](super::Endpoint) behaves.
#[derive(Debug, Clone)]
pub struct EndpointConfig {
    /// T1, T2, T4 and Timer C.
    pub timing: Timing,
    /// Transactions at once; at the bound `accept` and `request` answer [`Overload`](super::Overload). The CANCEL of an
    /// INVITE that is counted already still goes out.
    pub max_transactions: usize,
    /// What other than the flow's local address stands in Via, per local socket: the address that peers see.
    pub advertised: Vec<Advertised>,
}

impl Default for EndpointConfig {
    fn default() -> Self {
        Self { timing: Timing::default(), max_transactions: MAX_TRANSACTIONS, advertised: Vec::new() }
    }
}

/// A local socket and the name that peers know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advertised {
    /// The transport of the socket.
    pub transport: Transport,
    /// The socket's own address; `None` for every socket of the transport.
    pub local: Option<SocketAddr>,
    /// The host for `sent-by`.
    pub host: Host,
    /// The port for `sent-by`.
    pub port: Option<u16>,
}

impl EndpointConfig {
    /// The `sent-by` of requests on this flow (RFC 3261 §18.1.1).
    pub(super) fn sent_by(&self, flow: &Flow) -> (Host, Option<u16>) {
        let known = self.advertised.iter().find(|known| {
            known.transport == flow.transport && known.local.is_none_or(|local| local == flow.local)
        });
        match known {
            Some(known) => (known.host.clone(), known.port),
            None => (flow.local.ip().to_canonical().into(), Some(flow.local.port())),
        }
    }
}
