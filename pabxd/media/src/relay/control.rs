//! RTCP of one leg: its source, the round trip, and what the peer reports of our packets.
//!
//! The source is tied to that of RTP. Once RTP has a source, RTCP must come from its host: from the port that was
//! described, the RTP port or the next one, or, where a router chose the port, from the SSRC that is heard on RTP.
//! Before that only the described address counts. The first that qualifies is kept until the next generation.

use std::net::SocketAddr;
use std::time::Instant;

use super::lock::SourceLock;
use super::stats::Outgoing;
use crate::rtcp::{Compound, Packet, Report};

/// Sender reports that are remembered to recognise in the peer's receiver reports; the oldest gives way.
const REMEMBERED_REPORTS: usize = 4;

/// The control channel of one leg.
#[derive(Clone, Debug, Default)]
pub(super) struct Control {
    described: Option<SocketAddr>,
    source: Option<SocketAddr>,
    sent_reports: heapless::Deque<SentReport, REMEMBERED_REPORTS>,
    /// Of the stream that goes to the peer.
    outgoing_ssrc: Option<u32>,
    round_trip_us: Option<u32>,
}

#[derive(Clone, Copy, Debug)]
struct SentReport {
    /// The middle 32 bits of its NTP time, which the peer repeats.
    ntp: u32,
    at: Instant,
}

impl Control {
    /// A new generation: a source that is described otherwise now is learned again.
    pub(super) fn learn(&mut self, described: Option<SocketAddr>) {
        if described.is_some() && described != self.described {
            self.described = described;
            self.source = None;
        }
    }

    /// Whether a compound may come from there.
    pub(super) fn admit(
        &mut self,
        from: SocketAddr,
        ssrc: Option<u32>,
        rtp: &SourceLock,
        rtp_ssrc: Option<u32>,
    ) -> bool {
        let host_holds = |source: &SocketAddr| rtp.source().is_none_or(|rtp| rtp.ip() == source.ip());
        if let Some(source) = self.source.filter(host_holds) {
            return source == from;
        }
        let admitted = match rtp.source() {
            None => self.described == Some(from),
            Some(rtp) => {
                let ports = [rtp.port(), rtp.port().wrapping_add(1)];
                let known_port = self.described == Some(from) || ports.contains(&from.port());
                rtp.ip() == from.ip() && (known_port || (ssrc.is_some() && ssrc == rtp_ssrc))
            }
        };
        if admitted {
            self.source = Some(from);
        }
        admitted
    }

    /// Where compounds go: to where they come from; to the port beside RTP when RTP was not where it was described;
    /// else to the described address.
    pub(super) fn destination(&self, rtp: &SourceLock) -> Option<SocketAddr> {
        let beside = |source: SocketAddr| Some(SocketAddr::new(source.ip(), source.port().checked_add(1)?));
        let translated = rtp.source().filter(|source| rtp.expected() != Some(*source));
        self.source.or_else(|| translated.and_then(beside)).or(self.described)
    }

    /// Reads the peer's reports about what it receives from us.
    pub(super) fn read(&mut self, compound: Compound<'_>, now: Instant, outgoing: &mut Outgoing) {
        for packet in compound.packets() {
            let (Packet::SenderReport { reports, .. } | Packet::ReceiverReport { reports, .. }) = packet
            else {
                continue;
            };
            for report in
                reports.iter().filter(|report| self.outgoing_ssrc.is_none_or(|ssrc| ssrc == report.ssrc))
            {
                outgoing.reported_lost = Some(report.cumulative_lost);
                outgoing.reported_fraction = Some(report.fraction_lost);
                outgoing.reported_jitter = Some(report.jitter);
                self.round_trip_us = self.round_trip(&report, now).or(self.round_trip_us);
            }
        }
    }

    /// §6.4.1: now less the time of the sender report less the delay at the peer. The time is that at which this
    /// PBX passed the report on, so it is the round trip between here and the peer alone.
    fn round_trip(&self, report: &Report, now: Instant) -> Option<u32> {
        let sent = self.sent_reports.iter().find(|sent| report.last_sr != 0 && sent.ntp == report.last_sr)?;
        let since = now.saturating_duration_since(sent.at).as_micros();
        let delay = u128::from(report.delay_since_last_sr).saturating_mul(1_000_000) / 65_536;
        u32::try_from(since.checked_sub(delay)?).ok()
    }

    /// Remembers the sender reports in a compound that goes to the peer.
    pub(super) fn sent(&mut self, compound: &[u8], now: Instant) {
        let Some(compound) = Compound::parse(compound) else { return };
        for packet in compound.packets() {
            let Packet::SenderReport { ntp, .. } = packet else { continue };
            if self.sent_reports.is_full() {
                self.sent_reports.pop_front();
            }
            let middle = u32::try_from((ntp >> 16) & u64::from(u32::MAX)).unwrap_or(0);
            // There is room now.
            let _ = self.sent_reports.push_back(SentReport { ntp: middle, at: now });
        }
    }

    /// Notes whose stream goes to the peer, for its reports name it.
    pub(super) fn sending(&mut self, ssrc: Option<u32>) {
        self.outgoing_ssrc = ssrc;
    }

    /// In microseconds.
    pub(super) fn round_trip_us(&self) -> Option<u32> {
        self.round_trip_us
    }
}
