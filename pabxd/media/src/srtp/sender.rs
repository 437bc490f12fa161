//! What we send under our master key.
//!
//! The packets come from somebody else: the relay passes on what the other leg's peer made. A key stream must never be
//! used for two packets (RFC 3711 §9.1), and with AES-GCM one such pair gives the key of the tags away. So a packet is
//! sealed under a number only once, whatever the other side does:
//!
//! | what comes                                             | what is done                                        |
//! |--------------------------------------------------------|-----------------------------------------------------|
//! | a source that is new                                   | a stream of its own, with rollover counter 0        |
//! | the same, with a number in the upper half first        | the number is sent less 2^15, see below             |
//! | a number that was sealed before                        | not sent: it would say nothing new                  |
//! | numbers far behind, three in a row                     | the source began anew: a new stream, another SSRC   |
//! | more than [`MAX_STREAMS`] streams                      | not sent                                            |
//!
//! A stream should begin in the lower half (RFC 3711 §3.3.1): were it to begin just before a rollover and the receiver to
//! miss its first packets, both would count rollovers differently for good. And after half a round of numbers that were not
//! sent, as on hold, the receiver could not follow; that looks like numbers far behind, and gets another SSRC too.

use super::cipher::{Cipher, RtcpIndex};
use super::header::{Header, rtcp_ssrc};
use super::window::{Age, Window};
use super::{MAX_STREAMS, MasterKey};

/// The upper half of the sequence numbers.
const UPPER_HALF: u16 = 0x8000;
/// Packets in a row that are far behind, and then are taken for a beginning.
const BEGINS_ANEW: u8 = 3;
/// RTCP compounds under one key at most (RFC 3711 §9.2).
const MAX_REPORTS: u32 = 1 << 31;

/// One direction: we to the peer. Not to be cloned: two of them would use one key stream twice.
#[derive(Debug)]
pub struct Sender {
    rtp: Cipher,
    rtcp: Cipher,
    streams: heapless::Vec<Stream, MAX_STREAMS>,
    reports: u32,
}

/// One stream.
#[derive(Clone, Copy, Debug)]
struct Stream {
    /// As the packets come.
    ssrc: u32,
    /// As they go.
    sent_as: u32,
    /// Changes the sequence number.
    shift: u16,
    window: Window,
    /// Packets in a row far behind, and the number that would be the next.
    behind: u8,
    next: u16,
}

impl Sender {
    /// A key that nothing was sent under yet.
    pub fn new(key: &MasterKey) -> Option<Self> {
        let (rtp, rtcp) = (Cipher::rtp(key)?, Cipher::rtcp(key)?);
        Some(Self { rtp, rtcp, streams: heapless::Vec::new(), reports: 0 })
    }

    /// Protects the RTP packet of `length` octets that `room` begins with; needs [`super::MAX_OVERHEAD`] more. Its length
    /// then; `None`: it must not be sent (see the table above), or is no RTP.
    pub fn seal_rtp(&mut self, room: &mut [u8], length: usize) -> Option<usize> {
        let header = Header::parse(room.get(..length)?)?;
        let (place, index) = self.number(header.ssrc, header.sequence)?;
        let stream = self.streams.get_mut(place)?;
        let (ssrc, shift) = (stream.sent_as, stream.shift);
        room.get_mut(2..4)?.copy_from_slice(&(header.sequence ^ shift).to_be_bytes());
        room.get_mut(8..12)?.copy_from_slice(&ssrc.to_be_bytes());
        let sealed = self.rtp.seal_rtp(room, (header.length, length), ssrc, index)?;
        stream.window.note(index);
        Some(sealed)
    }

    /// The stream of a packet and its number there; `None`: it is not sent.
    fn number(&mut self, ssrc: u32, sequence: u16) -> Option<(usize, u64)> {
        let Some(place) = self.streams.iter().rposition(|stream| stream.ssrc == ssrc) else {
            return self.begin(ssrc, sequence);
        };
        let stream = self.streams.get_mut(place)?;
        let index = stream.window.estimate(sequence ^ stream.shift);
        match index.map(|index| (index, stream.window.age(index))) {
            Some((index, Age::Fresh)) => {
                stream.behind = 0;
                Some((place, index))
            }
            Some((_, Age::Seen)) => None,
            Some((_, Age::TooOld)) | None => {
                let follows = stream.behind > 0 && stream.next == sequence;
                stream.behind = if follows { stream.behind.saturating_add(1) } else { 1 };
                stream.next = sequence.wrapping_add(1);
                if stream.behind < BEGINS_ANEW { None } else { self.begin(ssrc, sequence) }
            }
        }
    }

    /// Another stream.
    fn begin(&mut self, ssrc: u32, sequence: u16) -> Option<(usize, u64)> {
        let shift = sequence & UPPER_HALF;
        let index = u64::from(sequence ^ shift);
        let sent_as = self.unused(ssrc);
        let stream = Stream { ssrc, sent_as, shift, window: Window::unseen(index), behind: 0, next: 0 };
        self.streams.push(stream).ok()?;
        Some((self.streams.len().checked_sub(1)?, index))
    }

    /// The packets' own SSRC, or the first one after it that no stream was sent as.
    fn unused(&self, ssrc: u32) -> u32 {
        /// Odd, so that it runs through all numbers, and far from what phones use next to each other.
        const STEP: u32 = 0x9e37_79b9;
        let mut wanted = ssrc;
        while self.streams.iter().any(|stream| stream.sent_as == wanted) {
            wanted = wanted.wrapping_add(STEP);
        }
        wanted
    }

    /// Protects the RTCP compound of `length` octets that `room` begins with; needs [`super::MAX_OVERHEAD`] more. Its
    /// length then; `None`: it is none, or the key has protected as many as it may.
    pub fn seal_rtcp(&mut self, room: &mut [u8], length: usize) -> Option<usize> {
        let ssrc = rtcp_ssrc(room.get(..length)?)?;
        if self.reports >= MAX_REPORTS {
            return None;
        }
        // One count for all sources: so no source has a number twice.
        let index = RtcpIndex(self.reports);
        self.reports = self.reports.saturating_add(1);
        self.rtcp.seal_rtcp(room, length, ssrc, index)
    }
}
