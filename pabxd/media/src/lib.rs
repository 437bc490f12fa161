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
//! All of that the daemon uses for relayed calls, in which no sound is decoded. What follows stands ready for listening,
//! recording, rooms and prompts, and no call uses it yet (but the events of [`dtmf`], and [`quality::leg`], which rates the legs of call records):
//! - [`audio`] is sound as samples: frames of 20 ms, rates, levels;
//! - [`coding`] decodes and encodes G.711, G.722, Opus and L16, [`concealment`] fills the gaps;
//! - [`jitter_buffer`] puts packets in order, [`playout`] makes frames of them, with [`comfort_noise`] in the pauses;
//! - [`resample`] changes rates, [`stream_sender`] makes packets of frames, [`transcode`] joins both ends;
//! - [`mixer`] lets up to 32 parties hear each other, by a matrix of who hears whom;
//! - [`tones`] are those of call progress, by country; [`dtmf::inband`] hears and makes digits as tones;
//! - [`quality`] rates what was heard: loss and its bursts, the E-model, calls that are heard one way.
//!
//! None of it allocates once every buffer has had its first packet.
//!
//! Nothing here knows a socket, a clock or a thread: bytes, addresses and `Instant`s are handed in.

pub mod audio;
pub mod codec;
pub mod coding;
pub mod comfort_noise;
pub mod command;
pub mod concealment;
pub mod dtmf;
pub mod echo;
pub mod jitter_buffer;
pub mod mixer;
mod narrow;
pub mod negotiation;
pub mod playout;
pub mod quality;
pub mod relay;
pub mod resample;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
pub mod srtp;
pub mod stream_sender;
pub mod tones;
pub mod transcode;
