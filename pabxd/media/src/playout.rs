//! From the packets of one source to frames of sound: jitter buffer, decoder, concealment, comfort noise, resampling.
//!
//! Who plays calls [`Playout::pull`] every 20 ms and always gets a frame, at the rate that he asked for. Packets may be of
//! any length that the format has.

use std::time::Instant;

use crate::audio::{Frame, MAX_FRAME, Rate};
use crate::coding::{CodingError, Decoder, Format};
use crate::comfort_noise::ComfortNoise;
use crate::jitter_buffer::{Content, JitterBuffer, Pushed, Taken};
use crate::resample::Resampler;
use crate::rtp::Packet;

/// Payload types of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayloadTypes {
    /// Of the sound.
    pub sound: u8,
    /// Of comfort noise (RFC 3389), 13 unless another was agreed on.
    pub comfort_noise: Option<u8>,
    /// Of telephone events.
    pub event: Option<u8>,
}

/// A frame below this level in dBov is a good moment to change the delay.
const QUIET_DBOV: f32 = -55.0;

/// Sound of one packet at most, in milliseconds: what Opus has; of others, more is cut off.
const MAX_PACKET_MS: usize = 120;

/// When a packet is left out its beginning is blended with that of the next one, over so many milliseconds.
const BLEND_MS: usize = 8;

/// Packets that one pull looks at: the shortest are 2.5 ms long, and most may be malformed.
const MAX_LOOKED_AT: usize = 32;

/// Plays one source.
#[derive(Debug)]
pub struct Playout {
    format: Format,
    types: PayloadTypes,
    buffer: JitterBuffer,
    decoder: Decoder,
    resampler: Resampler,
    noise: ComfortNoise,
    /// Samples that were decoded and not yet played, at the format's rate.
    waiting: Box<[i16]>,
    count: usize,
    decoded: Box<[i16]>,
    /// The beginning of a packet that was left out, where the next one is blended in; and its length.
    left_out: [i16; BLEND_MS * 48],
    blend: usize,
    quiet: bool,
    /// Whether the last frame was silence by intention.
    resting: bool,
}

impl Playout {
    /// `now` is any instant before the first packet. Fails only for Opus, when there is no memory.
    pub fn new(format: Format, types: PayloadTypes, to: Rate, now: Instant) -> Result<Self, CodingError> {
        let longest = MAX_PACKET_MS * format.rate().per_ms();
        Ok(Self {
            format,
            types,
            buffer: JitterBuffer::new(format.clock_rate(), now),
            decoder: Decoder::new(format)?,
            resampler: Resampler::new(format.rate(), to),
            noise: ComfortNoise::default(),
            waiting: vec![0; longest + format.rate().frame_samples()].into_boxed_slice(),
            count: 0,
            decoded: vec![0; longest].into_boxed_slice(),
            left_out: [0; BLEND_MS * 48],
            blend: 0,
            quiet: true,
            resting: true,
        })
    }

    /// The jitter buffer, for its figures.
    pub const fn buffer(&self) -> &JitterBuffer {
        &self.buffer
    }

    /// Takes a packet from the network; `None` when it is of no payload type of this source, or holds nothing.
    pub fn push(&mut self, packet: &Packet<'_>, now: Instant) -> Option<Pushed> {
        let content = if packet.payload_type == self.types.sound {
            match self.format.units(packet.payload) {
                0 => return None,
                units => Content::Sound { units },
            }
        } else if self.types.comfort_noise == Some(packet.payload_type) {
            Content::ComfortNoise
        } else if self.types.event == Some(packet.payload_type) {
            Content::Event
        } else {
            return None;
        };
        Some(self.buffer.push(packet, content, now))
    }

    /// The next 20 ms.
    pub fn pull(&mut self, now: Instant) -> Frame {
        let needed = self.format.rate().frame_samples();
        for _ in 0..MAX_LOOKED_AT {
            if self.count >= needed {
                break;
            }
            self.decode_more(now);
        }
        // Where all of them were malformed the rest is silence.
        self.waiting.get_mut(self.count..needed).unwrap_or_default().fill(0);
        let mut frame = Frame::silence(self.resampler.to());
        let samples = self.waiting.get(..needed).unwrap_or_default();
        self.resampler.process(samples, frame.samples_mut());
        self.waiting.copy_within(needed.., 0);
        self.count = self.count.saturating_sub(needed);
        self.quiet = frame.level().dbov() < QUIET_DBOV;
        frame
    }

    fn decode_more(&mut self, now: Instant) {
        match self.buffer.take(self.quiet, now) {
            Taken::Packet { payload, shorten } => {
                let length = self.format.samples_of(self.format.units(payload)).min(self.decoded.len());
                let decoded = self.decoder.decode(payload, &mut self.decoded);
                let length = decoded.unwrap_or_else(|_| {
                    self.decoder.conceal(None, self.decoded.get_mut(..length).unwrap_or_default());
                    length
                });
                self.resting = false;
                if shorten {
                    self.leave_out(length);
                } else {
                    self.append(length);
                }
            }
            Taken::Lost { units, next } => {
                let length = self.format.samples_of(units).min(self.decoded.len());
                self.decoder.conceal(next, self.decoded.get_mut(..length).unwrap_or_default());
                self.append(length);
            }
            Taken::Stretch { units } => {
                let length = self.format.samples_of(units).min(self.decoded.len());
                self.decoder.conceal(None, self.decoded.get_mut(..length).unwrap_or_default());
                self.append(length);
            }
            Taken::ComfortNoise { payload } => self.noise.set(payload),
            Taken::Silence => self.rest(),
        }
    }

    /// Nobody talks. What was heard last fades away first.
    fn rest(&mut self) {
        let length = self.format.rate().frame_samples();
        let samples = self.decoded.get_mut(..length).unwrap_or_default();
        self.noise.fill(samples);
        if !self.resting {
            let mut ending = [0i16; MAX_FRAME];
            let ending = ending.get_mut(..length).unwrap_or_default();
            self.decoder.conceal(None, ending);
            self.decoder.rest();
            blend(ending, samples);
            self.resting = true;
        }
        self.append(length);
    }

    /// Keeps the beginning of a packet that is not played. Of several in a row it is the first that would have followed.
    fn leave_out(&mut self, length: usize) {
        if self.blend == 0 {
            self.blend = length.min(BLEND_MS * self.format.rate().per_ms());
            let kept = self.decoded.get(..self.blend).unwrap_or_default();
            self.left_out.iter_mut().zip(kept).for_each(|(to, from)| *to = *from);
        }
    }

    fn append(&mut self, length: usize) {
        let samples = self.decoded.get_mut(..length).unwrap_or_default();
        blend(self.left_out.get(..std::mem::take(&mut self.blend)).unwrap_or_default(), samples);
        let room = self.waiting.get_mut(self.count..).unwrap_or_default();
        self.count += room.iter_mut().zip(samples).map(|(to, from)| *to = *from).count();
    }
}

/// From one sound to another, over the length of the first.
fn blend(from: &[i16], to: &mut [i16]) {
    let length = i32::try_from(from.len().min(to.len())).unwrap_or(i32::MAX).max(1);
    for ((n, from), to) in (0i32..).zip(from).zip(to) {
        let sum = i32::from(*from) * (length - n) + i32::from(*to) * n;
        *to = i16::try_from(sum / length).unwrap_or(*to);
    }
}
