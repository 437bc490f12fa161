//! One leg of the relay: the way of a packet in and out.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::control::Control;
use super::formats::Formats;
use super::lock::{Admission, SourceLock};
use super::protection::Protection;
use super::reception::Reception;
use super::stats::Outgoing;
use super::{DropReason, LegStats};
use crate::command::LegId;
use crate::dtmf::Digit;
use crate::negotiation::LegPlan;
use crate::rtcp::Compound;
use crate::rtp::{self, Packet};
use crate::srtp::Refused;

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
    /// Octets of the packet now: fewer than came where it was encrypted.
    pub length: usize,
}

impl Arrival {
    fn new(verdict: Verdict, length: usize) -> Self {
        Self { verdict, locked: None, digit: None, length }
    }

    fn dropped(reason: DropReason) -> Self {
        Self::new(Verdict::Drop(reason), 0)
    }
}

/// One leg of the relay. About 1 KiB, 4 more where it is encrypted; nothing of it grows with packets. Not to be cloned, for
/// two that send under one key would give it away.
#[derive(Debug)]
pub struct RelayLeg {
    leg: LegId,
    plan: LegPlan,
    formats: Formats,
    /// `None`: in clear.
    protection: Option<Box<Protection>>,
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
            protection: None,
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
        self.protection = Protection::follow(self.protection.take(), plan.security.as_deref());
        self.plan = plan;
    }

    /// Judges an RTP packet from the peer; opens it where it is encrypted, and may rewrite its payload type to the call's
    /// canonical number.
    pub fn receive_rtp(&mut self, from: SocketAddr, packet: &mut [u8], now: Instant) -> Arrival {
        let arrival = self.judge_rtp(canonical(from), packet, now);
        self.count(arrival)
    }

    fn judge_rtp(&mut self, from: SocketAddr, datagram: &mut [u8], now: Instant) -> Arrival {
        let drop = Arrival::dropped;
        if self.plan.generation == 0 {
            return drop(DropReason::NoPlan);
        }
        if self.lock.refuses(from) {
            return drop(DropReason::WrongSource);
        }
        let octets = datagram.len();
        let length = match &mut self.protection {
            None => octets,
            Some(protection) => match protection.open_rtp(datagram) {
                Ok(length) => length,
                Err(refused) => return drop(reason_of(refused, DropReason::Malformed)),
            },
        };
        let Some(datagram) = datagram.get_mut(..length) else { return drop(DropReason::Malformed) };
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
        Arrival { verdict: Verdict::Forward, locked, digit, length }
    }

    fn count(&mut self, arrival: Arrival) -> Arrival {
        if let Verdict::Drop(reason) = arrival.verdict
            && let Some(counter) = self.dropped.get_mut(reason.index())
        {
            *counter = counter.saturating_add(1);
        }
        arrival
    }

    /// Prepares the packet of the other leg that `room` begins with, `length` octets, for this peer: numbers its payload type
    /// as this peer wants it, encrypts it where that was agreed ([`crate::srtp::MAX_OVERHEAD`] more octets are needed then),
    /// and counts it. Where it goes, and its length now.
    ///
    /// `None`: it must not be sent, for the peer does not want to receive, did not agree to the format, or has no address, or
    /// because it was sent before under the same key.
    pub fn send_rtp(&mut self, room: &mut [u8], length: usize, _now: Instant) -> Option<(SocketAddr, usize)> {
        if !self.plan.direction.sends() {
            return None;
        }
        let destination = self.lock.destination()?;
        let canonical = rtp::payload_type(room)?;
        let Some(number) = self.formats.sent(canonical) else {
            self.outgoing.unsendable = self.outgoing.unsendable.saturating_add(1);
            return None;
        };
        if number != canonical {
            rtp::set_payload_type(room, number);
        }
        let length = match &mut self.protection {
            None => length,
            Some(protection) => {
                let sealed = protection.seal_rtp(room, length);
                self.outgoing.unsendable =
                    self.outgoing.unsendable.saturating_add(u64::from(sealed.is_none()));
                sealed?
            }
        };
        self.control.sending(rtp::ssrc(room));
        self.outgoing.packets = self.outgoing.packets.saturating_add(1);
        self.outgoing.octets = self.outgoing.octets.saturating_add(u64::try_from(length).unwrap_or(0));
        Some((destination, length))
    }

    /// Judges an RTCP packet from the peer, opens it where it is encrypted, and reads what it reports. RTCP flows also on
    /// hold.
    pub fn receive_rtcp(&mut self, from: SocketAddr, packet: &mut [u8], now: Instant) -> Arrival {
        let arrival = match self.judge_rtcp(canonical(from), packet, now) {
            Ok(length) => Arrival::new(Verdict::Forward, length),
            Err(reason) => Arrival::dropped(reason),
        };
        self.count(arrival)
    }

    fn judge_rtcp(&mut self, from: SocketAddr, packet: &mut [u8], now: Instant) -> Result<usize, DropReason> {
        if self.plan.generation == 0 {
            return Err(DropReason::NoPlan);
        }
        let opened = self.protection.as_mut().map(|protection| protection.open_rtcp(packet)).transpose();
        let length = opened.map_err(|refused| reason_of(refused, DropReason::MalformedRtcp))?;
        let length = length.unwrap_or(packet.len());
        let packet = packet.get(..length).ok_or(DropReason::MalformedRtcp)?;
        let compound = Compound::parse(packet).ok_or(DropReason::MalformedRtcp)?;
        if !self.control.admit(from, compound.ssrc(), &self.lock, self.reception.ssrc()) {
            return Err(DropReason::WrongSource);
        }
        self.control.read(compound, now, &mut self.outgoing);
        self.reception.take_rtcp();
        Ok(length)
    }

    /// Prepares the compound packet of the other leg that `room` begins with, `length` octets: as [`Self::send_rtp`].
    pub fn send_rtcp(&mut self, room: &mut [u8], length: usize, now: Instant) -> Option<(SocketAddr, usize)> {
        let destination = self.control.destination(&self.lock)?;
        self.control.sent(room.get(..length)?, now);
        let length = match &mut self.protection {
            None => length,
            Some(protection) => protection.seal_rtcp(room, length)?,
        };
        self.outgoing.rtcp_packets = self.outgoing.rtcp_packets.saturating_add(1);
        Some((destination, length))
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
            encrypted: self.protection.as_ref().map(|protection| protection.suite()),
        }
    }

    /// Time since the last RTP packet from the peer's source, or since the last new generation of the plan.
    pub fn silent_for(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.heard)
    }
}

/// What a packet that was not opened counts as.
fn reason_of(refused: Refused, malformed: DropReason) -> DropReason {
    match refused {
        Refused::Malformed => malformed,
        Refused::Tag => DropReason::WrongTag,
        Refused::Replayed => DropReason::Replayed,
    }
}

/// A dual-stack socket shows IPv4 peers as mapped addresses.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
