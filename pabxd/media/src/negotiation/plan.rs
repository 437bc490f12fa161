//! What a finished negotiation asks of the relay.
//!
//! # Payload type numbers
//!
//! The B2BUA offers the callee the caller's own numbers, so as a rule both wires use the same ones and packets
//! pass untouched. Three numbers of a format can nevertheless differ:
//! - RFC 3264 §5.1, §6.1: a side's description says what *it* wants to receive. An answerer may number a format
//!   otherwise than the offer did; packets to it then carry its number, packets from it carry ours.
//! - §8.3.2: within a session a number must not change its meaning. When the far leg re-offers with numbers that
//!   this leg has already bound to something else, this leg keeps its own.
//! - one leg may negotiate alone (session refresh, hold answered locally) and number afresh.
//!
//! So each leg maps between its wire and the *canonical* numbers of the call (those in the `AudioStream`s that
//! the legs hand each other): [`PlannedFormat::receive`] → [`PlannedFormat::canonical`] → the other leg's
//! [`PlannedFormat::send`]. When all three agree nothing is rewritten; else one octet is, in place.

use std::net::{IpAddr, SocketAddr};

use super::Direction;
use crate::srtp::Security;

/// Formats of a plan at most; what lies beyond in a description is left out of the answer.
pub const MAX_FORMATS: usize = 16;

/// One agreed format and its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedFormat {
    /// The number in packets from the peer: from our own description.
    pub receive: u8,
    /// The number in packets to the peer: from its description.
    pub send: u8,
    /// The number between the legs.
    pub canonical: u8,
    /// RTP clock in Hz.
    pub clock_rate: u32,
    /// Whether it is telephone-event.
    pub event: bool,
}

/// What the relay needs to know of one leg.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LegPlan {
    /// Where the peer's description wants RTP; `None`: learn it from the peer's packets, or on hold.
    pub remote_rtp: Option<SocketAddr>,
    /// Where the peer's description wants RTCP.
    pub remote_rtcp: Option<SocketAddr>,
    /// Where the peer's signalling comes from, a hint for phones behind address translation.
    pub signalling: Option<IpAddr>,
    /// The agreed formats; packets of any other payload type are dropped (AST-2018-001).
    pub formats: Vec<PlannedFormat>,
    /// Which way sound flows, seen from this PBX: `SendOnly` means that the peer must not send.
    pub direction: Direction,
    /// The keys of SRTP; `None`: in clear.
    pub security: Option<Box<Security>>,
    /// Grows with every completed offer and answer: only then may the relay learn a source again.
    pub generation: u32,
}

impl LegPlan {
    /// The payload types that the peer may send: bit n stands for number n.
    pub fn payload_types(&self) -> u128 {
        self.formats.iter().fold(0, |set, format| set | 1u128 << (format.receive & 0x7f))
    }

    /// The number in which the peer sends telephone events.
    pub fn telephone_event(&self) -> Option<u8> {
        self.formats.iter().find(|format| format.event).map(|format| format.receive)
    }
}
