//! The relay of one leg: judges and counts every packet. No allocation per packet.
//!
//! A driver owns the sockets. For a packet that came from leg `a`, joined to leg `b`:
//! `a.receive_rtp(from, &mut packet, now)`; on [`Verdict::Forward`], `b.send_rtp(&mut packet, now)` and, when that
//! names an address, the send. [`RelayLeg::connectable`] says which peer the socket may be connected to.

mod control;
mod formats;
mod jitter;
mod leg;
mod lock;
mod reception;
mod sequence;
mod stats;

pub use leg::{Arrival, RelayLeg, Verdict};
pub use stats::{DROP_REASONS, DropReason, Incoming, LegStats, Outgoing};

pub use crate::dtmf::Digit;
