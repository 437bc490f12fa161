//! Sans-IO media: SDP, offer/answer, RTP, RTCP, relay with source lock.
//!
//! The tour, from the words to the packets:
//! - [`sdp`] reads and writes session descriptions (RFC 8866), bounded;
//! - [`codec`] knows the audio formats that this PBX lets through;
//! - [`negotiation`] is offer/answer (RFC 3264) for one leg and yields a [`negotiation::LegPlan`];
//! - [`command`] is what the calls ask of the media threads, and hear from them;
//! - [`relay`] judges every packet of a leg by its plan: source lock, formats, direction, counters;
//! - [`srtp`] protects packets and opens protected ones;
//! - [`rtp`] and [`rtcp`] are the validated views of a packet that it stands on;
//! - [`dtmf`] recognises RFC 4733 digits, [`echo`] is the `*43` test.
//!
//! Nothing here knows a socket, a clock or a thread: bytes, addresses and `Instant`s are handed in.

pub mod codec;
pub mod command;
pub mod dtmf;
pub mod echo;
pub mod negotiation;
pub mod relay;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
pub mod srtp;
