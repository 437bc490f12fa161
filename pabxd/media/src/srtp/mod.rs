//! SRTP (RFC 3711, RFC 7714) with keys from SDP (RFC 4568), sans-IO: packets are changed where they lie, and nothing is
//! allocated for one.
//!
//! - `suite`: the four crypto suites and their sizes;
//! - `key`: a master key with its salt, wiped when dropped and never printed;
//! - `sdes`: the value of an `a=crypto` line;
//! - `source`: where the keys that we choose come from;
//! - `cipher`: one packet under session keys, both kinds of transform;
//! - `window`: which packet this is over all rollovers, and whether it came before;
//! - `receiver`, `sender`: everything that belongs to one master key in one direction.

mod cipher;
mod header;
mod key;
mod receiver;
mod sdes;
mod sender;
mod source;
mod suite;
mod window;

pub use key::{MasterKey, Security};
pub use receiver::{Receiver, Refused};
pub use sdes::{CryptoLine, MAX_CRYPTO_LINES};
pub use sender::Sender;
pub use source::KeySource;
pub use suite::Suite;

/// Synchronisation sources under one master key and direction at most. What a packet's place in its stream is has to
/// be remembered as long as the key is used (RFC 3711 §9.1), so none of them ever gives way to another.
pub const MAX_STREAMS: usize = 32;

/// Octets that protecting a packet adds at most: SRTCP by AES-GCM, a tag of 16 and the index of 4.
pub const MAX_OVERHEAD: usize = 20;
