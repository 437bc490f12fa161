//! RTP packets (RFC 3550 §5.1): a validated view over rtp-rs, and the one octet a relay may change.

use rtp_rs::{RtpReader, Seq};

/// Octets of a packet at most. Audio fits an Ethernet frame; what is longer is no audio and is dropped.
pub const MAX_PACKET: usize = 1500;

/// A packet that is well-formed as a whole: version, header length, extension and padding fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// 0–127.
    pub payload_type: u8,
    /// Its meaning belongs to the format.
    pub marker: bool,
    /// Sequence number, wraps.
    pub sequence: u16,
    /// In units of the format's clock, wraps.
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
    /// Without padding.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a datagram; `None` when it is no RTP packet, or longer than [`MAX_PACKET`].
    pub fn parse(datagram: &'a [u8]) -> Option<Self> {
        if datagram.len() > MAX_PACKET {
            return None;
        }
        let reader = RtpReader::new(datagram).ok()?;
        Some(Self {
            payload_type: reader.payload_type(),
            marker: reader.mark(),
            sequence: sequence_number(reader.sequence_number()),
            timestamp: reader.timestamp(),
            ssrc: reader.ssrc(),
            payload: reader.payload(),
        })
    }
}

/// Octets of a header without contributors and extension.
pub const HEADER: usize = 12;

/// The header of a packet of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// 0–127.
    pub payload_type: u8,
    /// Its meaning belongs to the format.
    pub marker: bool,
    /// Sequence number, wraps.
    pub sequence: u16,
    /// In units of the format's clock, wraps.
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
}

impl Header {
    /// Writes it to the beginning of a datagram, and yields the room for the payload; `None` when there is none.
    pub fn write<'a>(&self, datagram: &'a mut [u8]) -> Option<&'a mut [u8]> {
        let (header, payload) = datagram.split_first_chunk_mut::<HEADER>()?;
        let [high, low] = self.sequence.to_be_bytes();
        let second = (u8::from(self.marker) << 7) | (self.payload_type & 0x7f);
        let [t0, t1, t2, t3] = self.timestamp.to_be_bytes();
        let [s0, s1, s2, s3] = self.ssrc.to_be_bytes();
        *header = [0x80, second, high, low, t0, t1, t2, t3, s0, s1, s2, s3];
        Some(payload)
    }
}

fn sequence_number(seq: Seq) -> u16 {
    seq.into()
}

/// Changes the payload type in place and leaves the marker alone.
pub fn set_payload_type(datagram: &mut [u8], payload_type: u8) {
    if let Some(octet) = datagram.get_mut(1) {
        *octet = (*octet & 0x80) | (payload_type & 0x7f);
    }
}

/// The payload type of a datagram that was parsed before.
pub fn payload_type(datagram: &[u8]) -> Option<u8> {
    datagram.get(1).map(|octet| octet & 0x7f)
}

/// The synchronisation source of a datagram that was parsed before.
pub fn ssrc(datagram: &[u8]) -> Option<u32> {
    datagram.get(8..12)?.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_header_is_read_and_the_payload_type_changes_in_place() {
        let mut datagram = vec![0x80, 0xe5, 0x12, 0x34, 0, 0, 0, 160, 0xde, 0xad, 0xbe, 0xef, 1, 2, 3];
        set_payload_type(&mut datagram, 96);
        let packet = Packet::parse(&datagram).unwrap();
        assert_eq!((packet.payload_type, packet.marker, packet.sequence), (96, true, 0x1234));
        assert_eq!((packet.timestamp, packet.ssrc, packet.payload), (160, 0xdead_beef, &[1, 2, 3][..]));
        assert_eq!((payload_type(&datagram), ssrc(&datagram)), (Some(96), Some(0xdead_beef)));
    }

    #[test]
    fn what_is_written_is_read() {
        let header = Header {
            payload_type: 111,
            marker: true,
            sequence: 65_535,
            timestamp: 0xffff_ff01,
            ssrc: 0xdead_beef,
        };
        let mut datagram = [7u8; 14];
        assert_eq!(header.write(&mut datagram).map(|payload| payload.len()), Some(2));
        let packet = Packet::parse(&datagram).unwrap();
        assert_eq!((packet.payload_type, packet.marker, packet.sequence), (111, true, 65_535));
        assert_eq!((packet.timestamp, packet.ssrc, packet.payload), (0xffff_ff01, 0xdead_beef, &[7, 7][..]));
        assert!(header.write(&mut datagram[..11]).is_none());
    }

    #[test]
    fn other_things_on_the_port_are_no_rtp() {
        assert!(Packet::parse(&[]).is_none());
        assert!(Packet::parse(&[0x80; 11]).is_none());
        assert!(Packet::parse(&[0x00; 20]).is_none(), "STUN");
        assert!(Packet::parse(&[0x16; 20]).is_none(), "DTLS");
        assert!(Packet::parse(&[0x8f; 20]).is_none(), "fifteen contributors do not fit");
        assert!(Packet::parse(&[0x80; MAX_PACKET + 1]).is_none());
        let mut padded = [0u8; 14];
        padded[0] = 0xa0;
        padded[13] = 3;
        assert!(Packet::parse(&padded).is_none(), "more padding than payload");
    }

    proptest! {
        #[test]
        fn nothing_panics(mut datagram in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = Packet::parse(&datagram).map(|packet| packet.payload.len());
            if let Some(first) = datagram.first_mut() {
                *first = (*first & 0x3f) | 0x80;
            }
            let _ = Packet::parse(&datagram).map(|packet| packet.payload.len());
            set_payload_type(&mut datagram, 7);
        }
    }
}
