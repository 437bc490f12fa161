//! How much of an RTP packet stays readable (RFC 3711 §3.1): the header with its contributors and extension.

/// What protection has to know of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Octets that are not encrypted.
    pub(super) length: usize,
    /// Synchronisation source.
    pub(super) ssrc: u32,
    /// Sequence number.
    pub(super) sequence: u16,
}

impl Header {
    /// Reads it; `None` when this is no RTP version 2 or shorter than its header says.
    pub(super) fn parse(packet: &[u8]) -> Option<Self> {
        let &[first, _, high, low, _, _, _, _, a, b, c, d, ..] = packet else { return None };
        if first >> 6 != 2 {
            return None;
        }
        let mut length = usize::from(first & 0x0f) * 4 + 12;
        if first & 0x10 != 0 {
            let words = packet.get(length.checked_add(2)?..)?.first_chunk::<2>()?;
            length = length
                .checked_add(usize::from(u16::from_be_bytes(*words)).checked_mul(4)?)?
                .checked_add(4)?;
        }
        let header = Self {
            length,
            ssrc: u32::from_be_bytes([a, b, c, d]),
            sequence: u16::from_be_bytes([high, low]),
        };
        (length <= packet.len()).then_some(header)
    }
}

/// Octets of an RTCP compound that are not encrypted (RFC 3711 §3.4): the first header and its SSRC.
pub(super) const RTCP_HEADER: usize = 8;

/// The SSRC that leads an RTCP compound.
pub(super) fn rtcp_ssrc(packet: &[u8]) -> Option<u32> {
    let &[first, _, _, _, a, b, c, d, ..] = packet else { return None };
    (first >> 6 == 2).then(|| u32::from_be_bytes([a, b, c, d]))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Hexadecimal digits, with spaces where they please.
    pub(in crate::srtp) fn unhex(text: &str) -> Vec<u8> {
        let digits: Vec<char> = text.chars().filter(char::is_ascii_hexdigit).collect();
        digits.chunks(2).map(|pair| u8::from_str_radix(&String::from_iter(pair), 16).unwrap()).collect()
    }

    #[test]
    fn contributors_and_extension_belong_to_the_header() {
        let mut packet = vec![0x92, 8, 0x12, 0x34, 0, 0, 0, 0, 1, 2, 3, 4];
        packet.extend([0; 8]); // two contributors
        packet.extend([0xbe, 0xde, 0, 1, 9, 9, 9, 9]); // an extension of one word
        let whole = Header { length: 28, ssrc: 0x0102_0304, sequence: 0x1234 };
        assert_eq!(Header::parse(&packet), Some(whole));
        assert_eq!(Header::parse(&packet[..27]), None);
        assert_eq!(Header::parse(&packet[..22]), None);
        assert_eq!(Header::parse(&[0x80; 11]), None);
        assert_eq!(Header::parse(&[0x40; 20]), None);
    }
}
