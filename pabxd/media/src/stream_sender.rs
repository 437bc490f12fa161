//! From frames of sound to the packets of one stream (RFC 3550 §5.1, RFC 3551 §4.1).

use crate::audio::{Frame, Rate};
use crate::coding::{CodingError, Encoder, Format};
use crate::rtp::{HEADER, Header, MAX_PACKET};

/// Where a stream begins; all three should be random (RFC 3550 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamStart {
    /// Synchronisation source.
    pub ssrc: u32,
    /// Of the first packet.
    pub sequence: u16,
    /// Of the first packet, in units of the format's clock.
    pub timestamp: u32,
}

/// Sends one stream, a packet every 20 ms.
#[derive(Debug)]
pub struct StreamSender {
    encoder: Encoder,
    payload_type: u8,
    start: StreamStart,
    /// The next packet begins talk.
    marker: bool,
}

impl StreamSender {
    /// Fails only for Opus, when there is no memory.
    pub fn new(format: Format, payload_type: u8, start: StreamStart) -> Result<Self, CodingError> {
        Ok(Self { encoder: Encoder::new(format)?, payload_type, start, marker: true })
    }

    /// The rate of the frames that it takes.
    pub const fn rate(&self) -> Rate {
        self.encoder.format().rate()
    }

    /// A frame to a datagram; its octets, at most [`MAX_PACKET`]. `Buffer` for frames of another rate, when `out` is too short, and
    /// for L16 at 48 kHz, of which 20 ms fit no packet; the stream then goes on as after [`Self::skip`].
    pub fn send(&mut self, frame: &Frame, out: &mut [u8]) -> Result<usize, CodingError> {
        let header = Header {
            payload_type: self.payload_type,
            marker: self.marker,
            sequence: self.start.sequence,
            timestamp: self.start.timestamp,
            ssrc: self.start.ssrc,
        };
        let fits = frame.rate() == self.rate();
        let most = out.len().min(MAX_PACKET);
        let out = out.get_mut(..most).unwrap_or_default();
        self.skip();
        let payload = header.write(out).filter(|_| fits).ok_or(CodingError::Buffer)?;
        let octets = self.encoder.encode(frame.samples(), payload)?;
        // RFC 3551 §4.1: the marker tells the first packet after silence.
        self.marker = false;
        self.start.sequence = self.start.sequence.wrapping_add(1);
        Ok(HEADER + octets)
    }

    /// 20 ms pass in which nothing is sent.
    pub fn skip(&mut self) {
        let units = self.encoder.format().clock_rate() / crate::audio::FRAMES_PER_SECOND;
        self.start.timestamp = self.start.timestamp.wrapping_add(units);
        self.marker = true;
    }
}
