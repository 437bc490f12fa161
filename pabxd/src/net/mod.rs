//! SIP sockets: bytes in, bytes out. Knows framing and limits, nothing of SIP's meaning.

mod bind;
mod dns;
mod framing;
mod local_address;
mod outgoing;
mod stream;
mod streams;
pub mod surroundings;
#[cfg(test)]
mod tests;
mod udp;

pub use bind::tcp as listen;
pub use dns::Dns;
pub use local_address::{LocalAddresses, source_towards};
pub use outgoing::Outgoing;
pub use streams::{StreamLimits, Streams};
pub use udp::UdpPort;

use bytes::Bytes;
use pabx_sip::flow::Flow;

/// Who takes what comes in from the network. Called on the engine's thread, never while it is borrowed.
pub trait Receiver {
    /// A datagram, or one framed message of a stream.
    fn message(&self, flow: Flow, bytes: Bytes);
    /// A connection is gone.
    fn closed(&self, flow: Flow);
}
