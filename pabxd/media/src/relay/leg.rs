//! One leg of the relay: the way of a packet in and out.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::control::Control;
use super::formats::Formats;
use super::lock::{Admission, SourceLock};
use super::reception::Reception;
use super::stats::Outgoing;
use super::{DropReason, LegStats};
use crate::command::LegId;
use crate::dtmf::Digit;
use crate::negotiation::LegPlan;
use crate::rtcp::Compound;
use crate::rtp::{self, Packet};

/// What to do with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Hand it to the other leg.
    Forward,
    /// Forget it; it is counted.
    Drop(DropReason),
}

/// What one packet meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// What to do with it.
    pub verdict: Verdict,
    /// The source was locked, or became final, by this packet: ask [`RelayLeg::connectable`].
    pub locked: Option<SocketAddr>,
    /// A digit ended, as this packet shows.
    pub digit: Option<Digit>,
}

impl Arrival {
    fn new(verdict: Verdict) -> Self {
        Self { verdict, locked: None, digit: None }
    }
}

/// One leg of the relay. About 1 KiB, nothing of it grows with packets.
#[derive(Clone, Debug)]
pub struct RelayLeg {
    leg: LegId,
    plan: LegPlan,
    formats: Formats,
    lock: SourceLock,
    control: Control,
    reception: Reception,
    outgoing: Outgoing,
    dropped: [u64; super::DROP_REASONS],
    heard: Instant,
}

impl RelayLeg {
    /// A leg that drops everything until it has a plan.
    pub fn new(leg: LegId, now: Instant) -> Self {
        Self {
            leg,
            plan: LegPlan::default(),
            formats: Formats::default(),
            lock: SourceLock::default(),
            control: Control::default(),
            reception: Reception::new(now),
            outgoing: Outgoing::default(),
            dropped: [0; super::DROP_REASONS],
            heard: now,
        }
    }

    /// Which leg this is.
    pub fn id(&self) -> LegId {
        self.leg
    }

    /// Takes over a plan. Only a new generation lets the source be learned again.
    ///
    /// Ask [`Self::connectable`] afterwards: a connected socket has to be opened again when it says `None`.
    pub fn apply(&mut self, plan: LegPlan, now: Instant) {
        if plan.generation != self.plan.generation {
            self.lock.learn(plan.remote_rtp, plan.signalling);
            self.control.learn(plan.remote_rtcp);
            self.heard = now;
        }
        self.formats = Formats::of(&plan);
        self.plan = plan;
    }

    /// Judges an RTP packet from the peer; may rewrite its payload type to the call's canonical number.
    pub fn receive_rtp(&mut self, from: SocketAddr, packet: &mut [u8], now: Instant) -> Arrival {
        let arrival = self.judge_rtp(canonical(from), packet, now);
        self.count(arrival)
    }

    fn judge_rtp(&mut self, from: SocketAddr, datagram: &mut [u8], now: Instant) -> Arrival {
        let drop = |reason| Arrival::new(Verdict::Drop(reason));
        if self.plan.generation == 0 {
            return drop(DropReason::NoPlan);
        }
        if self.lock.refuses(from) {
            return drop(DropReason::WrongSource);
        }
        let octets = datagram.len();
        let Some(packet) = Packet::parse(datagram) else { return drop(DropReason::Malformed) };
        let Some(format) = self.formats.received(packet.payload_type) else {
            return drop(DropReason::PayloadType);
        };
        let admission = self.lock.admit(from, packet.ssrc, packet.sequence, now);
        let locked = match admission {
            Admission::Accepted => None,
            Admission::Locked => Some(from),
            Admission::Unconfirmed => return drop(DropReason::Unconfirmed),
            Admission::Refused => return drop(DropReason::WrongSource),
        };
        self.heard = now;
        if !self.plan.direction.receives() {
            return Arrival { locked, ..drop(DropReason::Direction) };
        }
        let digit = self.reception.take(&packet, format, octets, now);
        if format.canonical != format.receive {
            rtp::set_payload_type(datagram, format.canonical);
        }
        Arrival { verdict: Verdict::Forward, locked, digit }
    }

    fn count(&mut self, arrival: Arrival) -> Arrival {
        if let Verdict::Drop(reason) = arrival.verdict
            && let Some(counter) = self.dropped.get_mut(reason.index())
        {
            *counter = counter.saturating_add(1);
        }
        arrival
    }

    /// Prepares a packet of the other leg for this peer: numbers its payload type as this peer wants it, and counts it.
    ///
    /// `None`: it must not be sent, for the peer does not want to receive, did not agree to the format, or has no address.
    pub fn send_rtp(&mut self, packet: &mut [u8], _now: Instant) -> Option<SocketAddr> {
        if !self.plan.direction.sends() {
            return None;
        }
        let destination = self.lock.destination()?;
        let canonical = rtp::payload_type(packet)?;
        let Some(number) = self.formats.sent(canonical) else {
            self.outgoing.unsendable = self.outgoing.unsendable.saturating_add(1);
            return None;
        };
        if number != canonical {
            rtp::set_payload_type(packet, number);
        }
        self.control.sending(rtp::ssrc(packet));
        self.outgoing.packets = self.outgoing.packets.saturating_add(1);
        self.outgoing.octets = self.outgoing.octets.saturating_add(u64::try_from(packet.len()).unwrap_or(0));
        Some(destination)
    }

    /// Judges an RTCP packet from the peer, and reads what it reports. RTCP flows also on hold.
    pub fn receive_rtcp(&mut self, from: SocketAddr, packet: &[u8], now: Instant) -> Arrival {
        let verdict = match self.judge_rtcp(canonical(from), packet, now) {
            Ok(()) => Verdict::Forward,
            Err(reason) => Verdict::Drop(reason),
        };
        self.count(Arrival::new(verdict))
    }

    fn judge_rtcp(&mut self, from: SocketAddr, packet: &[u8], now: Instant) -> Result<(), DropReason> {
        if self.plan.generation == 0 {
            return Err(DropReason::NoPlan);
        }
        let compound = Compound::parse(packet).ok_or(DropReason::MalformedRtcp)?;
        if !self.control.admit(from, compound.ssrc(), &self.lock, self.reception.ssrc()) {
            return Err(DropReason::WrongSource);
        }
        self.control.read(compound, now, &mut self.outgoing);
        self.reception.take_rtcp();
        Ok(())
    }

    /// Where a compound packet of the other leg goes; `None`: nowhere.
    pub fn send_rtcp(&mut self, packet: &[u8], now: Instant) -> Option<SocketAddr> {
        let destination = self.control.destination(&self.lock)?;
        self.control.sent(packet, now);
        self.outgoing.rtcp_packets = self.outgoing.rtcp_packets.saturating_add(1);
        Some(destination)
    }

    /// The peer that the RTP socket may be connected to; `None`: it must take packets from anybody, because the
    /// source is being learned. Changes only by [`Self::apply`] and by packets with [`Arrival::locked`].
    pub fn connectable(&self, _now: Instant) -> Option<SocketAddr> {
        self.lock.final_source()
    }

    /// Everything counted so far.
    pub fn stats(&self) -> LegStats {
        LegStats {
            incoming: self.reception.counters(),
            outgoing: self.outgoing,
            round_trip_us: self.control.round_trip_us(),
            dropped: self.dropped,
        }
    }

    /// Time since the last RTP packet from the peer's source, or since the last new generation of the plan.
    pub fn silent_for(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.heard)
    }
}

/// A dual-stack socket shows IPv4 peers as mapped addresses.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
