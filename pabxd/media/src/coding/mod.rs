//! From the octets of a payload to samples, and back: G.711, G.722, Opus, L16.
//!
//! [`crate::codec`] names formats in descriptions; a [`Format`] here can be decoded and encoded. A [`Decoder`] belongs to
//! one source and an [`Encoder`] to one stream: both remember. What is lost on the way is made up for by
//! [`Decoder::conceal`], by the codec's own means (Opus) or by [`crate::concealment`] (the others).
//!
//! Only Opus can fail on what came from the network; every octet is a sample, or a part of one, to the others.

pub mod g711;
pub mod g722;
pub mod opus;

use thiserror::Error;

use crate::audio::{MAX_FRAME, Rate};
use crate::codec::{Codec, CodecName};
use crate::concealment::Concealment;
use g711::Law;

/// Samples that one payload can hold at most: 120 ms of Opus at 48 kHz. Of others, more is cut off.
pub const MAX_DECODED: usize = 6 * MAX_FRAME;

/// Octets that one encoded frame of 20 ms can have: L16 at 48 kHz.
pub const MAX_ENCODED: usize = 2 * MAX_FRAME;

/// Why a payload could not be decoded, or a frame not encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CodingError {
    /// The payload breaks the format's rules.
    #[error("malformed payload")]
    Malformed,
    /// The caller's buffer is shorter than what goes into it, or a frame has a length that the format does not know.
    #[error("the buffer does not fit the frame")]
    Buffer,
    /// The library has no memory, or denies something that it promises.
    #[error("the codec library failed")]
    Library,
}

impl From<::opus::Error> for CodingError {
    fn from(error: ::opus::Error) -> Self {
        match error.code() {
            ::opus::ErrorCode::InvalidPacket => Self::Malformed,
            ::opus::ErrorCode::BadArg | ::opus::ErrorCode::BufferTooSmall => Self::Buffer,
            _ => Self::Library,
        }
    }
}

/// A format of sound that we can decode and encode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
    /// G.722 at 64 kbit/s.
    G722,
    /// Opus, decoded to and encoded from samples at this rate.
    Opus(Rate),
    /// Linear samples of 16 bits, high octet first (RFC 3551 §4.5.11). Between parts of this PBX; not negotiated.
    L16(Rate),
}

impl Format {
    /// What can be decoded of the negotiated formats; `None` for events and the unknown. Opus in full band.
    pub fn of(codec: &Codec) -> Option<Self> {
        match codec.name {
            CodecName::Pcmu => Some(Self::Pcmu),
            CodecName::Pcma => Some(Self::Pcma),
            CodecName::G722 => Some(Self::G722),
            CodecName::Opus => Some(Self::Opus(Rate::Full)),
            CodecName::TelephoneEvent | CodecName::Other(_) => None,
        }
    }

    /// Rate of its samples.
    pub const fn rate(self) -> Rate {
        match self {
            Self::Pcmu | Self::Pcma => Rate::Narrow,
            Self::G722 => Rate::Wide,
            Self::Opus(rate) | Self::L16(rate) => rate,
        }
    }

    /// RTP clock in Hz: not the rate of samples for G.722 (RFC 3551 §4.5.2) and Opus (RFC 7587 §4.1).
    pub const fn clock_rate(self) -> u32 {
        match self {
            Self::Pcmu | Self::Pcma | Self::G722 => 8_000,
            Self::Opus(_) => 48_000,
            Self::L16(rate) => rate.hz(),
        }
    }

    /// The same format at the rate that suits a partner best: libopus changes rates by itself.
    #[must_use]
    pub const fn beside(self, partner: Self) -> Self {
        match (self, partner) {
            (Self::Opus(_), Self::Opus(_)) => Self::Opus(Rate::Full),
            (Self::Opus(_), _) => Self::Opus(partner.rate()),
            _ => self,
        }
    }

    /// How many samples so many units of the RTP clock are.
    pub fn samples_of(self, units: u32) -> usize {
        let samples = u64::from(units) * u64::from(self.rate().hz()) / u64::from(self.clock_rate());
        usize::try_from(samples).unwrap_or(usize::MAX)
    }

    /// How long a payload sounds, in units of the RTP clock. 0 for what is malformed or empty.
    pub fn units(self, payload: &[u8]) -> u32 {
        let octets = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        match self {
            // An octet of G.722 is two samples, but one unit of its clock.
            Self::Pcmu | Self::Pcma | Self::G722 => octets,
            Self::Opus(_) => opus::units(payload),
            Self::L16(_) => octets / 2,
        }
    }
}

#[derive(Debug)]
enum DecoderKind {
    G711(Law),
    G722(Box<g722::Decoder>),
    Opus(opus::Decoder),
    L16,
}

/// Decodes one source.
#[derive(Debug)]
pub struct Decoder {
    format: Format,
    kind: DecoderKind,
    concealment: Box<Concealment>,
}

impl Decoder {
    /// Fails only for Opus, when there is no memory.
    pub fn new(format: Format) -> Result<Self, CodingError> {
        let kind = match format {
            Format::Pcmu => DecoderKind::G711(Law::Mu),
            Format::Pcma => DecoderKind::G711(Law::A),
            Format::G722 => DecoderKind::G722(Box::default()),
            Format::Opus(rate) => DecoderKind::Opus(opus::Decoder::new(rate)?),
            Format::L16(_) => DecoderKind::L16,
        };
        Ok(Self { format, kind, concealment: Box::new(Concealment::new(format.rate())) })
    }

    /// What it decodes.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// A payload to samples at the format's rate; their number, at most `out.len()`. [`MAX_DECODED`] always suffice.
    pub fn decode(&mut self, payload: &[u8], out: &mut [i16]) -> Result<usize, CodingError> {
        let decoded = match &mut self.kind {
            DecoderKind::G711(law) => fill(out, payload.iter().map(|code| law.decode(*code))),
            DecoderKind::G722(state) => fill(out, payload.iter().flat_map(|octet| state.decode(*octet))),
            DecoderKind::L16 => fill(out, payload.as_chunks().0.iter().map(|pair| i16::from_be_bytes(*pair))),
            DecoderKind::Opus(state) => return state.decode(payload, out),
        };
        self.concealment.heard(out.get_mut(..decoded).unwrap_or_default());
        Ok(decoded)
    }

    /// Fills `out` with something like what came before, in place of what was lost; `next` is the payload after it,
    /// where that is known already. Never fails: at the worst there is silence.
    pub fn conceal(&mut self, next: Option<&[u8]>, out: &mut [i16]) {
        match &mut self.kind {
            DecoderKind::Opus(state) => {
                let made = state.conceal(next, out).unwrap_or(0);
                out.get_mut(made..).unwrap_or_default().fill(0);
            }
            _ => self.concealment.conceal(out),
        }
    }

    /// Talk has ended: what comes next joins nothing that was made up.
    pub fn rest(&mut self) {
        self.concealment.rest();
    }
}

fn fill(out: &mut [i16], samples: impl Iterator<Item = i16>) -> usize {
    out.iter_mut().zip(samples).map(|(to, from)| *to = from).count()
}

#[derive(Debug)]
enum EncoderKind {
    G711(Law),
    G722(Box<g722::Encoder>),
    Opus(opus::Encoder),
    L16,
}

/// Encodes one stream.
#[derive(Debug)]
pub struct Encoder {
    format: Format,
    kind: EncoderKind,
}

impl Encoder {
    /// Fails only for Opus, when there is no memory.
    pub fn new(format: Format) -> Result<Self, CodingError> {
        let kind = match format {
            Format::Pcmu => EncoderKind::G711(Law::Mu),
            Format::Pcma => EncoderKind::G711(Law::A),
            Format::G722 => EncoderKind::G722(Box::default()),
            Format::Opus(rate) => EncoderKind::Opus(opus::Encoder::new(rate)?),
            Format::L16(_) => EncoderKind::L16,
        };
        Ok(Self { format, kind })
    }

    /// What it encodes.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Samples at the format's rate to a payload; its octets. [`MAX_ENCODED`] suffice for 20 ms.
    pub fn encode(&mut self, samples: &[i16], out: &mut [u8]) -> Result<usize, CodingError> {
        let needed = match self.kind {
            EncoderKind::G711(_) => samples.len(),
            EncoderKind::G722(_) => samples.len() / 2,
            EncoderKind::L16 => samples.len() * 2,
            EncoderKind::Opus(_) => 0,
        };
        let out = if needed == 0 { out } else { out.get_mut(..needed).ok_or(CodingError::Buffer)? };
        match &mut self.kind {
            EncoderKind::G711(law) => {
                out.iter_mut().zip(samples).for_each(|(to, from)| *to = law.encode(*from));
            }
            EncoderKind::G722(state) => {
                out.iter_mut().zip(samples.as_chunks().0).for_each(|(to, pair)| *to = state.encode(*pair));
            }
            EncoderKind::L16 => {
                let pairs = out.as_chunks_mut().0;
                pairs.iter_mut().zip(samples).for_each(|(to, from)| *to = from.to_be_bytes());
            }
            EncoderKind::Opus(state) => return state.encode(samples, out),
        }
        Ok(needed)
    }
}
