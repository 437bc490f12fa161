//! What a peer sends under its master key.

use super::cipher::Cipher;
use super::header::{Header, rtcp_ssrc};
use super::window::{Age, Window};
use super::{MAX_STREAMS, MasterKey};

/// Octets of a protected packet at most: no UDP datagram over Ethernet is longer.
const LONGEST: usize = 2048;

/// Why a packet was not opened. Nothing is remembered of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No RTP or RTCP version 2, or too short for its own header.
    Malformed,
    /// The tag is wrong: forged, damaged, under another key, or of more sources than [`MAX_STREAMS`].
    Tag,
    /// It came before, or is so old that this cannot be told.
    Replayed,
}

/// One direction: the peer to us.
#[derive(Debug)]
pub struct Receiver {
    rtp: Cipher,
    rtcp: Cipher,
    streams: Streams,
    reports: Streams,
}

/// The windows of the sources that were heard, by SSRC.
type Streams = heapless::Vec<(u32, Window), MAX_STREAMS>;

impl Receiver {
    /// A key that nothing came under yet.
    pub fn new(key: &MasterKey) -> Option<Self> {
        let (rtp, rtcp) = (Cipher::rtp(key)?, Cipher::rtcp(key)?);
        Some(Self { rtp, rtcp, streams: Streams::new(), reports: Streams::new() })
    }

    /// Opens an RTP packet in place; its length then. What is behind that, and all of a refused packet, is of no use.
    pub fn open_rtp(&mut self, packet: &mut [u8]) -> Result<usize, Refused> {
        let Header { length: header, ssrc, sequence } = Header::parse(packet).ok_or(Refused::Malformed)?;
        let Some((_, window)) = self.streams.iter_mut().find(|(known, _)| *known == ssrc) else {
            return self.open_first(packet, header, ssrc, sequence);
        };
        let index = window.estimate(sequence).ok_or(Refused::Tag)?;
        if window.age(index) != Age::Fresh {
            return Err(Refused::Replayed);
        }
        let length = self.rtp.open_rtp(packet, header, ssrc, index).ok_or(Refused::Tag)?;
        window.note(index);
        Ok(length)
    }

    /// The first packet of a source. Its stream begins with rollover counter 0, but the packets before a first rollover
    /// may all have been lost, or have come before there was a key: then it stands at 1.
    fn open_first(
        &mut self,
        packet: &mut [u8],
        header: usize,
        ssrc: u32,
        sequence: u16,
    ) -> Result<usize, Refused> {
        if self.streams.is_full() {
            return Err(Refused::Tag);
        }
        let begun = u64::from(sequence);
        let rolled = (sequence < 0x8000).then_some(begun | 1 << 16);
        // A packet that could not be opened is spoilt.
        let mut copy = [0; LONGEST];
        let copy = copy.get_mut(..packet.len()).ok_or(Refused::Malformed)?;
        copy.copy_from_slice(packet);
        for index in [Some(begun), rolled].into_iter().flatten() {
            if let Some(length) = self.rtp.open_rtp(packet, header, ssrc, index) {
                // There is room, as was seen above.
                let _ = self.streams.push((ssrc, Window::new(index)));
                return Ok(length);
            }
            packet.copy_from_slice(copy);
        }
        Err(Refused::Tag)
    }

    /// Opens an RTCP compound in place; its length then.
    pub fn open_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, Refused> {
        let ssrc = rtcp_ssrc(packet).ok_or(Refused::Malformed)?;
        let index = self.rtcp.rtcp_index(packet).ok_or(Refused::Malformed)?;
        let full = self.reports.is_full();
        let known = self.reports.iter_mut().find(|(known, _)| *known == ssrc).map(|(_, window)| window);
        let number = u64::from(index.0);
        if known.as_ref().is_some_and(|window| window.age(number) != Age::Fresh) {
            return Err(Refused::Replayed);
        }
        if known.is_none() && full {
            return Err(Refused::Tag);
        }
        let length = self.rtcp.open_rtcp(packet, ssrc, index).ok_or(Refused::Tag)?;
        match known {
            Some(window) => window.note(number),
            // There is room, as was seen above.
            None => {
                let _ = self.reports.push((ssrc, Window::new(number)));
            }
        }
        Ok(length)
    }
}
