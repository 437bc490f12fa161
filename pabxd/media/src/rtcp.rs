//! RTCP compound packets (RFC 3550 §6): whole-packet validation, and the reports a relay reads.

/// Packets of a compound at most; a compound with more is refused.
pub const MAX_PACKETS: usize = 16;
/// Octets of a compound at most.
pub const MAX_COMPOUND: usize = 1500;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const BYE: u8 = 203;
const REPORT_BLOCK: usize = 24;

/// A compound packet of which every part was found well-formed.
#[derive(Clone, Copy, Debug)]
pub struct Compound<'a> {
    octets: &'a [u8],
}

/// One packet of a compound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packet<'a> {
    /// SR (§6.4.1)
    SenderReport {
        /// Who sends.
        ssrc: u32,
        /// Wall time of the report, NTP format.
        ntp: u64,
        /// The same instant on the media clock.
        rtp_timestamp: u32,
        /// Packets sent so far.
        packets: u32,
        /// Payload octets sent so far.
        octets: u32,
        /// What the sender itself receives.
        reports: Reports<'a>,
    },
    /// RR (§6.4.2)
    ReceiverReport {
        /// Who reports.
        ssrc: u32,
        /// What it receives.
        reports: Reports<'a>,
    },
    /// SDES (§6.5)
    SourceDescription,
    /// BYE (§6.6)
    Bye,
    /// Anything else, carried unread.
    Other(u8),
}

/// The report blocks of an SR or RR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reports<'a> {
    octets: &'a [u8],
}

/// How one source is received (§6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// The source reported on.
    pub ssrc: u32,
    /// Loss since the last report, in 1/256.
    pub fraction_lost: u8,
    /// Loss since the beginning; negative with duplicates. 24 bits on the wire.
    pub cumulative_lost: i32,
    /// Highest sequence number, with cycles.
    pub highest_sequence: u32,
    /// Interarrival jitter in timestamp units.
    pub jitter: u32,
    /// The middle 32 bits of the last SR's NTP time; 0 for none.
    pub last_sr: u32,
    /// Time since that SR in 1/65536 s.
    pub delay_since_last_sr: u32,
}

impl<'a> Compound<'a> {
    /// Validates a datagram by the rules of RFC 3550 A.2: version 2 throughout, first an SR or RR without padding,
    /// padding only at the very end, and lengths that add up to the whole. Counts must fit the lengths.
    pub fn parse(datagram: &'a [u8]) -> Option<Self> {
        if datagram.len() > MAX_COMPOUND {
            return None;
        }
        let mut rest = datagram;
        for index in 0..MAX_PACKETS {
            let raw = Raw::split(rest)?;
            let first_is_wrong =
                index == 0 && (raw.padded || !matches!(raw.kind, SENDER_REPORT | RECEIVER_REPORT));
            if first_is_wrong || (raw.padded && !raw.rest.is_empty()) || !raw.is_well_formed() {
                return None;
            }
            rest = raw.rest;
            if rest.is_empty() {
                return Some(Self { octets: datagram });
            }
        }
        None
    }

    /// Its packets in order.
    pub fn packets(self) -> impl Iterator<Item = Packet<'a>> {
        let mut rest = self.octets;
        std::iter::from_fn(move || {
            let raw = Raw::split(rest)?;
            rest = raw.rest;
            Some(raw.read())
        })
    }

    /// Who sent it: the source of the leading report.
    pub fn ssrc(self) -> Option<u32> {
        u32_at(self.octets, 4)
    }
}

/// A packet before its meaning.
struct Raw<'a> {
    padded: bool,
    count: usize,
    kind: u8,
    /// After the four octets of the common header.
    body: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Raw<'a> {
    fn split(octets: &'a [u8]) -> Option<Self> {
        let &[first, kind, high, low, ..] = octets else { return None };
        let length = usize::from(u16::from_be_bytes([high, low])).checked_add(1)?.checked_mul(4)?;
        let (packet, rest) = octets.split_at_checked(length)?;
        let body = packet.get(4..)?;
        let version_is_two = first >> 6 == 2;
        version_is_two.then_some(Self {
            padded: first & 0x20 != 0,
            count: usize::from(first & 0x1f),
            kind,
            body,
            rest,
        })
    }

    fn is_well_formed(&self) -> bool {
        if self.padded {
            // The last octet counts the padding, itself included, in whole words.
            let pad = usize::from(self.body.last().copied().unwrap_or(0));
            if pad == 0 || pad % 4 != 0 || pad > self.body.len() {
                return false;
            }
        }
        match self.kind {
            SENDER_REPORT => self.holds(24),
            RECEIVER_REPORT => self.holds(4),
            SOURCE_DESCRIPTION => chunks_are_well_formed(self.body, self.count),
            BYE => self.body.len() >= self.count.saturating_mul(4),
            _ => true,
        }
    }

    /// Whether the announced report blocks fit after `fixed` octets.
    fn holds(&self, fixed: usize) -> bool {
        self.body.len() >= self.count.saturating_mul(REPORT_BLOCK).saturating_add(fixed)
    }

    fn reports(&self, fixed: usize) -> Reports<'a> {
        let end = self.count.saturating_mul(REPORT_BLOCK).saturating_add(fixed);
        Reports { octets: self.body.get(fixed..end).unwrap_or(&[]) }
    }

    fn read(&self) -> Packet<'a> {
        let word = |at| u32_at(self.body, at).unwrap_or(0);
        match self.kind {
            SENDER_REPORT => Packet::SenderReport {
                ssrc: word(0),
                ntp: u64::from(word(4)) << 32 | u64::from(word(8)),
                rtp_timestamp: word(12),
                packets: word(16),
                octets: word(20),
                reports: self.reports(24),
            },
            RECEIVER_REPORT => Packet::ReceiverReport { ssrc: word(0), reports: self.reports(4) },
            SOURCE_DESCRIPTION => Packet::SourceDescription,
            BYE => Packet::Bye,
            other => Packet::Other(other),
        }
    }
}

/// §6.5: each chunk is a source and items, closed by zeros up to the next word.
fn chunks_are_well_formed(mut body: &[u8], count: usize) -> bool {
    for _ in 0..count {
        let Some(rest) = skip_chunk(body) else { return false };
        body = rest;
    }
    true
}

fn skip_chunk(body: &[u8]) -> Option<&[u8]> {
    let mut at = 4usize; // after the source
    loop {
        match *body.get(at)? {
            0 => {
                // At least one zero, then up to the word.
                let end = at.checked_add(4)? & !3;
                return body.get(end..);
            }
            _ => at = at.checked_add(2)?.checked_add(usize::from(*body.get(at.checked_add(1)?)?))?,
        }
    }
}

impl Reports<'_> {
    /// The blocks in order; at most 31.
    pub fn iter(&self) -> impl Iterator<Item = Report> + '_ {
        self.octets.chunks_exact(REPORT_BLOCK).filter_map(|block| {
            let lost = u32_at(block, 4)?;
            let fraction_lost = u8::try_from(lost >> 24).ok()?;
            Some(Report {
                ssrc: u32_at(block, 0)?,
                fraction_lost,
                cumulative_lost: (lost << 8).cast_signed() >> 8,
                highest_sequence: u32_at(block, 8)?,
                jitter: u32_at(block, 12)?,
                last_sr: u32_at(block, 16)?,
                delay_since_last_sr: u32_at(block, 20)?,
            })
        })
    }
}

fn u32_at(octets: &[u8], at: usize) -> Option<u32> {
    let end = at.checked_add(4)?;
    octets.get(at..end)?.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packet(kind: u8, count: u8, body: &[u8]) -> Vec<u8> {
        let words = u16::try_from(body.len() / 4).unwrap().to_be_bytes();
        [&[0x80 | count, kind, words[0], words[1]], body].concat()
    }

    fn block() -> Vec<u8> {
        [
            [0, 0, 0, 9],
            [64, 0xff, 0xff, 0xfe],
            [0, 1, 0, 2],
            [0, 0, 0, 7],
            [0xaa, 0xbb, 0xcc, 0xdd],
            [0, 1, 0, 0],
        ]
        .concat()
    }

    fn sender_report() -> Vec<u8> {
        let fixed =
            [[0, 0, 0, 5], [1, 2, 3, 4], [5, 6, 7, 8], [0, 0, 0, 160], [0, 0, 0, 3], [0, 0, 2, 0]].concat();
        packet(200, 1, &[fixed, block()].concat())
    }

    #[test]
    fn a_sender_report_is_read_with_its_blocks() {
        let octets =
            [sender_report(), packet(202, 1, &[0, 0, 0, 5, 1, 1, b'x', 0]), packet(203, 1, &[0, 0, 0, 5])]
                .concat();
        let compound = Compound::parse(&octets).unwrap();
        assert_eq!(compound.ssrc(), Some(5));
        let all: Vec<_> = compound.packets().collect();
        assert_eq!(all[1..], [Packet::SourceDescription, Packet::Bye]);
        let Packet::SenderReport { ntp, packets, reports, .. } = all[0] else { panic!("{all:?}") };
        assert_eq!((ntp, packets), (0x0102_0304_0506_0708, 3));
        let report = reports.iter().next().unwrap();
        assert_eq!((report.ssrc, report.fraction_lost, report.cumulative_lost), (9, 64, -2));
        assert_eq!((report.last_sr, report.delay_since_last_sr), (0xaabb_ccdd, 0x1_0000));
    }

    #[test]
    fn what_breaks_a_rule_of_appendix_a2_is_refused() {
        let report = packet(201, 0, &[0, 0, 0, 5]);
        assert!(Compound::parse(&report).is_some());
        let mut padded_first = [report.clone(), packet(203, 0, &[])].concat();
        padded_first[0] |= 0x20;
        let mut bad_version = report.clone();
        bad_version[0] = 0x40;
        let mut padded_wrong = [report.clone(), packet(203, 0, &[0, 0, 0, 5])].concat();
        padded_wrong[8] |= 0x20;
        let cases: [(&str, Vec<u8>); 11] = [
            ("empty", vec![]),
            ("four octets (CVE-2025-53399's short RTCP)", vec![0x80, 201, 0, 0]),
            ("version", bad_version),
            ("SDES first", packet(202, 0, &[])),
            ("padding in the first packet", padded_first),
            ("padding of five octets", padded_wrong),
            ("cut short", report[..6].to_vec()),
            ("a stray octet", [report.clone(), vec![0]].concat()),
            ("a block that is not there", packet(201, 1, &[0, 0, 0, 5])),
            ("BYE of a source that is not there", [report.clone(), packet(203, 1, &[])].concat()),
            (
                "SDES item past the end",
                [report.clone(), packet(202, 1, &[0, 0, 0, 5, 1, 200, 0, 0])].concat(),
            ),
        ];
        for (what, octets) in cases {
            assert!(Compound::parse(&octets).is_none(), "{what}");
        }
        assert!(Compound::parse(&report.repeat(MAX_PACKETS)).is_some());
        assert!(Compound::parse(&report.repeat(MAX_PACKETS + 1)).is_none());
    }

    proptest! {
        #[test]
        fn nothing_panics(tail in proptest::collection::vec(any::<u8>(), 0..80), kind in 199u8..206, count in 0u8..32) {
            let mut body = tail.clone();
            body.truncate(body.len() / 4 * 4);
            for octets in [tail, packet(kind, count, &body), [sender_report(), packet(kind, count, &body)].concat()] {
                if let Some(compound) = Compound::parse(&octets) {
                    for packet in compound.packets() {
                        if let Packet::SenderReport { reports, .. } | Packet::ReceiverReport { reports, .. } = packet {
                            prop_assert!(reports.iter().count() <= 31);
                        }
                    }
                }
            }
        }
    }
}
