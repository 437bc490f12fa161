//! Opus (RFC 6716, RFC 7587) by libopus, through the crate of that name.
//!
//! One channel. libopus decodes to and encodes from any of our rates, so that a narrow-band partner costs no resampler.

use ::opus::{Application, Bitrate, Channels};

use super::CodingError;
use crate::audio::Rate;

/// Bits a second that we encode with: fair wide band for speech (RFC 7587 §3.1.1 recommends 28 to 40 for full band).
pub const BITRATE: i32 = 32_000;

/// Loss in percent that the encoder prepares its forward error correction for.
pub const EXPECTED_LOSS: i32 = 5;

/// Octets of a packet of ours at most: what a frame of 20 ms can need at [`BITRATE`], several times over.
pub const MAX_PACKET: usize = 400;

/// RTP clock (RFC 7587 §4.1), whatever the rate.
const CLOCK_RATE: u32 = 48_000;

/// The longest packet, 120 ms (RFC 6716 §3.2.5), in units of the RTP clock.
const MAX_UNITS: u32 = 5_760;

/// Packets to samples.
#[derive(Debug)]
pub struct Decoder {
    inner: ::opus::Decoder,
}

impl Decoder {
    /// For one source. Fails only for want of memory.
    pub fn new(rate: Rate) -> Result<Self, CodingError> {
        Ok(Self { inner: ::opus::Decoder::new(rate.hz(), Channels::Mono)? })
    }

    /// A packet to samples; their number. Stereo is mixed down.
    pub fn decode(&mut self, payload: &[u8], out: &mut [i16]) -> Result<usize, CodingError> {
        // An empty packet would ask libopus for concealment.
        if payload.is_empty() {
            return Err(CodingError::Malformed);
        }
        Ok(self.inner.decode(payload, out, false)?)
    }

    /// Fills `out` in place of a packet that was lost: from the forward error correction that the packet after it
    /// carries (RFC 6716 §2.1.7), or by guessing. `out` must be a whole number of 2.5 ms.
    pub fn conceal(&mut self, next: Option<&[u8]>, out: &mut [i16]) -> Result<usize, CodingError> {
        let corrected = next.filter(|payload| !payload.is_empty());
        // Without forward error correction in that packet libopus guesses by itself.
        Ok(self.inner.decode(corrected.unwrap_or_default(), out, corrected.is_some())?)
    }
}

/// How long a packet sounds, in units of the RTP clock; 0 where it is malformed.
pub fn units(payload: &[u8]) -> u32 {
    let samples = ::opus::packet::get_nb_samples(payload, CLOCK_RATE).unwrap_or(0);
    u32::try_from(samples).unwrap_or(0).min(MAX_UNITS)
}

/// Samples to packets.
#[derive(Debug)]
pub struct Encoder {
    inner: ::opus::Encoder,
}

impl Encoder {
    /// For one stream, with forward error correction. Fails only for want of memory.
    pub fn new(rate: Rate) -> Result<Self, CodingError> {
        let mut inner = ::opus::Encoder::new(rate.hz(), Channels::Mono, Application::Voip)?;
        inner.set_bitrate(Bitrate::Bits(BITRATE))?;
        inner.set_inband_fec(true)?;
        inner.set_packet_loss_perc(EXPECTED_LOSS)?;
        Ok(Self { inner })
    }

    /// A frame of 2.5 to 60 ms to a packet; its octets.
    pub fn encode(&mut self, samples: &[i16], out: &mut [u8]) -> Result<usize, CodingError> {
        Ok(self.inner.encode(samples, out)?)
    }

    /// Looks ahead by so many samples at its own rate, which delays what is heard.
    pub fn delay(&mut self) -> usize {
        self.inner.get_lookahead().ok().and_then(|samples| usize::try_from(samples).ok()).unwrap_or(0)
    }
}
