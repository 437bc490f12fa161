//! The relay of one leg: judges and counts every packet. No allocation per packet.
//!
//! A driver owns the sockets. For a packet that came from leg `a`, joined to leg `b`:
//! `a.receive_rtp(from, &mut room[..length], now)`; on [`Verdict::Forward`], `b.send_rtp(&mut room, arrival.length, now)` and,
//! when that names an address, the send of as many octets as it says. Where a leg is encrypted the packet is so on its wire
//! only: it is opened before anything else of it is believed, and sealed last. [`RelayLeg::connectable`] says which peer the socket may be connected to.

mod control;
mod formats;
mod jitter;
mod leg;
mod lock;
mod protection;
mod reception;
mod sequence;
mod stats;

pub use leg::{Arrival, RelayLeg, Verdict};
pub use stats::{DROP_REASONS, DropReason, Incoming, LegStats, Outgoing};

pub use crate::dtmf::Digit;
