//! What is received of a leg: counters over all of its sources, and the digits among it.

use std::time::Instant;

use super::jitter::Jitter;
use super::sequence::{Order, Sequence};
use super::stats::Incoming;
use crate::dtmf::{Detector, Digit};
use crate::negotiation::PlannedFormat;
use crate::rtp::Packet;

/// The receiving side of one leg.
#[derive(Clone, Debug)]
pub(super) struct Reception {
    counters: Incoming,
    source: Option<Source>,
    jitter: Jitter,
    digits: Detector,
    /// Lost, and runs of losses, of sources and sequences that are over.
    lost_before: (u64, u64),
}

#[derive(Clone, Copy, Debug)]
struct Source {
    ssrc: u32,
    sequence: Sequence,
}

impl Reception {
    /// `epoch` is any instant before the first packet.
    pub(super) fn new(epoch: Instant) -> Self {
        Self {
            counters: Incoming::default(),
            source: None,
            jitter: Jitter::new(epoch),
            digits: Detector::default(),
            lost_before: (0, 0),
        }
    }

    /// Counts an accepted packet of `octets`; a digit that it ends is returned.
    pub(super) fn take(
        &mut self,
        packet: &Packet<'_>,
        format: PlannedFormat,
        octets: usize,
        now: Instant,
    ) -> Option<Digit> {
        self.counters.packets = self.counters.packets.saturating_add(1);
        self.counters.octets = self.counters.octets.saturating_add(u64::try_from(octets).unwrap_or(0));
        self.follow(packet);
        if format.event {
            // The timestamp of an event stands still, so it says nothing of jitter (RFC 4733 §2.2.1).
            return self.digits.event(packet.timestamp, packet.marker, format.clock_rate, packet.payload);
        }
        self.counters.sound = Some(format);
        self.jitter.update(packet.timestamp, format.clock_rate, now);
        self.digits.audio(packet.timestamp)
    }

    fn follow(&mut self, packet: &Packet<'_>) {
        let Some(source) = self.source.as_mut().filter(|source| source.ssrc == packet.ssrc) else {
            return self.begin(packet);
        };
        match source.sequence.update(packet.sequence) {
            Order::Forward | Order::Jump => {}
            Order::Late => self.counters.reordered = self.counters.reordered.saturating_add(1),
            Order::Duplicate => self.counters.duplicates = self.counters.duplicates.saturating_add(1),
            Order::Restart => self.begin(packet),
        }
    }

    /// Another source on the locked address, or the same one that counts anew.
    fn begin(&mut self, packet: &Packet<'_>) {
        if let Some(old) = self.source {
            self.lost_before = self.with(old.sequence);
            self.counters.resynchronised = self.counters.resynchronised.saturating_add(1);
            self.jitter.restart();
            self.digits.reset();
        }
        self.source = Some(Source { ssrc: packet.ssrc, sequence: Sequence::new(packet.sequence) });
    }

    fn with(&self, sequence: Sequence) -> (u64, u64) {
        let (lost, runs) = self.lost_before;
        (lost.saturating_add(sequence.lost()), runs.saturating_add(sequence.loss_runs()))
    }

    /// Counts an accepted RTCP packet.
    pub(super) fn take_rtcp(&mut self) {
        self.counters.rtcp_packets = self.counters.rtcp_packets.saturating_add(1);
    }

    /// Whose stream comes in.
    pub(super) fn ssrc(&self) -> Option<u32> {
        self.source.map(|source| source.ssrc)
    }

    /// All counters as of now.
    pub(super) fn counters(&self) -> Incoming {
        let (lost, loss_runs) = self.source.map_or(self.lost_before, |source| self.with(source.sequence));
        Incoming {
            lost,
            loss_runs,
            jitter: self.jitter.units(),
            jitter_us: self.jitter.micros(),
            ..self.counters
        }
    }
}
