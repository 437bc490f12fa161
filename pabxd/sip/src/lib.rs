//! Sans-IO SIP: messages, transactions, dialogs, digest, registrar, endpoint.
//!
//! The tour, from the bytes to the phones:
//! - [`frame`] cuts a stream into messages and hears keep-alives;
//! - [`message`] takes a message apart, losing nothing, and writes new ones;
//! - [`header`] has one typed header per file, [`uri`] the addresses in them;
//! - [`verdict`] says what is wrong with a message that could be read;
//! - [`transaction`] are the four machines of RFC 3261 §17, [`timer`] the queue that all of them share;
//! - [`reliable`] is what provisional responses add to them, [`dialog`] what lasts between two user agents;
//! - [`endpoint`] puts these together: bytes and time in, events and bytes out;
//! - [`digest`] proves who somebody is, [`guard`] keeps out who tries too often;
//! - [`registrar`] knows where phones are, [`target`] where other domains are;
//! - [`session_timer`] notices calls that are gone;
//! - [`flow`] names a way to a peer, [`random`] is the only source of chance.
//!
//! Nothing here knows a socket, a clock, a thread or a file: bytes, addresses, `Instant`s and seeds are handed in.

pub mod dialog;
pub mod digest;
pub mod endpoint;
pub mod flow;
pub mod frame;
pub mod guard;
pub mod header;
pub mod message;
pub mod random;
pub mod registrar;
pub mod reliable;
pub mod session_timer;
pub mod target;
pub mod timer;
pub mod transaction;
pub mod uri;
pub mod verdict;
