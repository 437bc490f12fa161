//! From one format to another: a [`Playout`] and a [`StreamSender`], joined at the rate that costs least.

use std::time::Instant;

use crate::coding::{CodingError, Format};
use crate::jitter_buffer::Pushed;
use crate::playout::{PayloadTypes, Playout};
use crate::rtp::Packet;
use crate::stream_sender::{StreamSender, StreamStart};

/// What comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Format of the sound.
    pub format: Format,
    /// Its payload types.
    pub types: PayloadTypes,
}

/// What goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Format of the sound.
    pub format: Format,
    /// Payload type, 0–127.
    pub payload_type: u8,
    /// Where the stream begins.
    pub start: StreamStart,
}

/// One direction of a call between two formats.
#[derive(Debug)]
pub struct Transcoder {
    playout: Playout,
    sender: StreamSender,
}

impl Transcoder {
    /// `now` is any instant before the first packet. Fails only for Opus, when there is no memory.
    pub fn new(source: Source, destination: Destination, now: Instant) -> Result<Self, CodingError> {
        let from = source.format.beside(destination.format);
        let to = destination.format.beside(source.format);
        Ok(Self {
            playout: Playout::new(from, source.types, to.rate(), now)?,
            sender: StreamSender::new(to, destination.payload_type, destination.start)?,
        })
    }

    /// Takes a packet in; `None` when it is of no payload type of the source.
    pub fn push(&mut self, packet: &Packet<'_>, now: Instant) -> Option<Pushed> {
        self.playout.push(packet, now)
    }

    /// The datagram for the next 20 ms; its octets.
    pub fn pull(&mut self, now: Instant, out: &mut [u8]) -> Result<usize, CodingError> {
        let frame = self.playout.pull(now);
        self.sender.send(&frame, out)
    }

    /// What comes in, for its figures.
    pub const fn playout(&self) -> &Playout {
        &self.playout
    }
}
