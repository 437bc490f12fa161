//! Counters of one leg.

use crate::negotiation::PlannedFormat;
use crate::srtp::Suite;

/// Why a packet was not forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DropReason {
    /// Not RTP version 2, truncated, or over-long.
    Malformed,
    /// RTCP that is no valid compound packet.
    MalformedRtcp,
    /// The leg has no plan yet.
    NoPlan,
    /// From a source that is not the leg's.
    WrongSource,
    /// From a source that is still being confirmed.
    Unconfirmed,
    /// A payload type that was not negotiated.
    PayloadType,
    /// The negotiated direction does not let the peer send.
    Direction,
    /// The tag of SRTP is wrong: forged, damaged, in clear, or under another key.
    WrongTag,
    /// It came before under the same key (RFC 3711 §3.3.2).
    Replayed,
}

/// Number of drop reasons.
pub const DROP_REASONS: usize = 9;

impl DropReason {
    /// Every reason, in the order of [`LegStats::dropped`].
    pub const ALL: [Self; DROP_REASONS] = [
        Self::Malformed,
        Self::MalformedRtcp,
        Self::NoPlan,
        Self::WrongSource,
        Self::Unconfirmed,
        Self::PayloadType,
        Self::Direction,
        Self::WrongTag,
        Self::Replayed,
    ];

    /// Its name in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::MalformedRtcp => "malformed_rtcp",
            Self::NoPlan => "no_plan",
            Self::WrongSource => "wrong_source",
            Self::Unconfirmed => "unconfirmed",
            Self::PayloadType => "payload_type",
            Self::Direction => "direction",
            Self::WrongTag => "wrong_tag",
            Self::Replayed => "replayed",
        }
    }

    pub(crate) fn index(self) -> usize {
        Self::ALL.iter().position(|reason| *reason == self).unwrap_or(0)
    }
}

/// What came from the peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Incoming {
    /// RTP packets accepted.
    pub packets: u64,
    /// Their UDP payload octets.
    pub octets: u64,
    /// Packets expected but not received, over all SSRCs (RFC 3550 A.3); duplicates do not count against it.
    pub lost: u64,
    /// Runs of losses: how often one or more packets in a row were missing.
    pub loss_runs: u64,
    /// Packets that came after a later one.
    pub reordered: u64,
    /// Packets that came twice.
    pub duplicates: u64,
    /// How often the SSRC changed or the sequence jumped.
    pub resynchronised: u32,
    /// Interarrival jitter in RTP timestamp units (RFC 3550 §6.4.1, A.8).
    pub jitter: u32,
    /// The same in microseconds.
    pub jitter_us: u32,
    /// RTCP packets accepted.
    pub rtcp_packets: u64,
    /// The format of the last packet of sound.
    pub sound: Option<PlannedFormat>,
}

/// What went to the peer, and what it reported of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outgoing {
    /// RTP packets handed to the socket.
    pub packets: u64,
    /// Their UDP payload octets.
    pub octets: u64,
    /// RTCP packets handed to the socket.
    pub rtcp_packets: u64,
    /// RTP packets of the other leg whose format this peer did not agree to, or that were encrypted for it before.
    pub unsendable: u64,
    /// Cumulative loss that the peer last reported.
    pub reported_lost: Option<i32>,
    /// Fraction of loss in the peer's last report, in 1/256.
    pub reported_fraction: Option<u8>,
    /// Interarrival jitter that the peer last reported, in RTP timestamp units.
    pub reported_jitter: Option<u32>,
}

/// Everything counted on one leg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegStats {
    /// From the peer.
    pub incoming: Incoming,
    /// To the peer.
    pub outgoing: Outgoing,
    /// Round trip between this PBX and the peer in microseconds, from its last usable receiver report.
    pub round_trip_us: Option<u32>,
    /// Dropped packets by reason, in the order of [`DropReason::ALL`].
    pub dropped: [u64; DROP_REASONS],
    /// What the leg is encrypted with; `None`: it is in clear.
    pub encrypted: Option<Suite>,
}

impl LegStats {
    /// Dropped for one reason.
    pub fn dropped_for(&self, reason: DropReason) -> u64 {
        self.dropped.get(reason.index()).copied().unwrap_or(0)
    }

    /// Dropped for any reason.
    pub fn dropped_total(&self) -> u64 {
        self.dropped.iter().sum()
    }
}
