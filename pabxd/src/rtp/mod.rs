//! The driver of the relay: sockets, threads and clocks for `pabx_media::relay`.
//!
//! - [`Ports`] binds pairs of RTP and RTCP sockets for the engine and lets used ports rest;
//! - [`Media`] takes the engine's orders and brings each to the thread that owns the leg;
//! - `mailbox` is the bounded queue between the two, without a wake-up for each order;
//! - `worker` is a media thread: wait, orders, packets, sweep; it starts again after a panic;
//! - `waiting` decides how a thread waits: many packets for one wake-up;
//! - `table` owns a thread's legs and `leg` is one of them: two sockets and a `RelayLeg`.
//!
//! No allocation, no lock and no timer call per packet.

mod config;
mod counts;
mod leg;
mod mailbox;
mod media;
mod pair;
mod pool;
mod ports;
mod table;
mod waiting;
mod worker;

pub use config::{RtpConfig, raise_descriptor_limit};
pub use counts::Traffic;
pub use media::{Media, MediaEvents};
pub use ports::Ports;
