//! The legs of one media thread: orders change them, packets go from one to another.

use super::counts::Counts;
use super::leg::{Connection, Joined, Leg};
use super::mailbox::{Mailbox, Order};
use super::media::MediaEvents;
use super::pair::Pair;
use super::ports::SharedPorts;
use super::waiting::{PACKET_ROOM, Ready, Waiting, Watched};
use pabx_media::command::{LegId, MediaCommand, MediaEvent};
use pabx_media::echo;
use pabx_media::negotiation::LegPlan;
use pabx_media::relay::{Digit, LegStats, Verdict};
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The legs of one media thread, found by their RTP port.
pub(super) struct Table {
    legs: Legs,
    ports_of: HashMap<LegId, u16>,
    packet: Box<[u8; PACKET_ROOM]>,
    waiting: Waiting,
    /// Legs that are not watched yet, for most orders come in bundles.
    fresh: Vec<u16>,
    /// Legs whose sockets are to be closed.
    leaving: Vec<Leg>,
    news: Vec<MediaEvent>,
    hands: Hands,
}

/// What a table works with.
pub(super) struct Hands {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) counts: Arc<Counts>,
    pub(super) ports: Arc<SharedPorts>,
    pub(super) events: Arc<MediaEvents>,
}

/// One slot for each even port up to the highest in use: a packet finds its leg without hashing.
#[derive(Default)]
struct Legs(Vec<Option<Box<Leg>>>);

impl Legs {
    fn at(&mut self, port: u16) -> Option<&mut Leg> {
        self.0.get_mut(slot(port)).and_then(Option::as_deref_mut)
    }

    fn put(&mut self, port: u16, leg: Box<Leg>) {
        if self.0.len() <= slot(port) {
            self.0.resize_with(slot(port) + 1, || None);
        }
        if let Some(place) = self.0.get_mut(slot(port)) {
            *place = Some(leg);
        }
    }

    fn remove(&mut self, port: u16) -> Option<Box<Leg>> {
        self.0.get_mut(slot(port)).and_then(Option::take)
    }
}

fn slot(port: u16) -> usize {
    usize::from(port / 2)
}

impl Table {
    pub(super) fn new(waiting: Waiting, hands: Hands) -> Table {
        let packet = Box::new([0; PACKET_ROOM]);
        let (fresh, leaving, news) = (Vec::new(), Vec::new(), Vec::new());
        Table {
            legs: Legs::default(),
            ports_of: HashMap::new(),
            packet,
            waiting,
            fresh,
            leaving,
            news,
            hands,
        }
    }

    /// Waits until there is something to do.
    pub(super) fn wait(&mut self) -> io::Result<()> {
        self.waiting.wait()
    }

    /// Does what the wait has brought.
    pub(super) fn serve(&mut self, now: Instant) {
        while let Some(ready) = self.waiting.next(&mut self.packet) {
            match ready {
                Ready::Packet { socket, length, from } => self.relay(socket, length, from, now),
                Ready::Readable(socket) => self.read(socket, now),
                Ready::Unwatched(socket) => self.settle(socket.leg(), Ok(Some(socket))),
                Ready::Broken(socket) => self.settle(socket.leg(), Err(io::ErrorKind::BrokenPipe.into())),
                Ready::Tick | Ready::Ring | Ready::Lobby => {}
            }
        }
    }

    /// Does what the engine wants. Orders about legs that are not open do nothing, but every `Close` is
    /// answered.
    pub(super) fn carry_out(&mut self, order: Order, now: Instant) {
        match order {
            Order::Open(leg, pair) => self.open(leg, pair, now),
            Order::Command(MediaCommand::Plan { leg, plan }) => self.plan(leg, plan, now),
            Order::Command(MediaCommand::Bridge { a, b }) => self.bridge(a, b),
            Order::Command(MediaCommand::Echo { leg }) => {
                self.part(leg);
                self.join(leg, Joined::Itself);
            }
            Order::Command(MediaCommand::Unbridge { leg }) => self.part(leg),
            Order::Command(MediaCommand::Close { leg }) => self.close(leg),
            // The sockets of an `Open` come in its own order.
            Order::Fail(leg) | Order::Command(MediaCommand::Open { leg, .. }) => {
                self.tell(MediaEvent::Failed { leg });
            }
        }
    }

    fn open(&mut self, leg: LegId, pair: Pair, now: Instant) {
        if self.ports_of.contains_key(&leg) {
            log::error!("media leg {} was opened twice", leg.0);
            self.hands.ports.release(pair);
            return;
        }
        self.ports_of.insert(leg, pair.port);
        self.fresh.push(pair.port);
        self.legs.put(pair.port, Box::new(Leg::new(leg, pair, now)));
    }

    /// After a bundle of orders: watches the new legs that are still there, and closes those that are not.
    pub(super) fn carried_out(&mut self) {
        for port in std::mem::take(&mut self.fresh) {
            let Some(leg) = self.legs.at(port) else { continue };
            self.hands.mailbox.admit(&leg.pair);
            leg.watched = true;
            let sockets = [Watched::rtp(&leg.pair), Watched::rtcp(&leg.pair)];
            for socket in sockets {
                self.settle(port, Ok(Some(socket)));
            }
        }
        let watched = self.leaving.iter().filter(|leg| leg.watched);
        self.waiting.unwatch(watched.flat_map(|leg| [Watched::rtp(&leg.pair), Watched::rtcp(&leg.pair)]));
        for leg in self.leaving.drain(..) {
            self.hands.ports.release(leg.pair);
        }
    }

    /// After a round: tells the engine what has happened.
    pub(super) fn report(&mut self) {
        if !self.news.is_empty() {
            (self.hands.events)(std::mem::take(&mut self.news));
        }
    }

    fn plan(&mut self, leg: LegId, plan: LegPlan, now: Instant) {
        let Some(port) = self.ports_of.get(&leg).copied() else { return };
        let Some(leg) = self.legs.at(port) else { return };
        leg.plan(plan, now);
        self.connect(port, now);
    }

    fn connect(&mut self, port: u16, now: Instant) {
        let Some(leg) = self.legs.at(port) else { return };
        if leg.connect(now) == Connection::MustReopen {
            let rtp = Watched::rtp(&leg.pair);
            self.waiting.unwatch([rtp].into_iter());
            let reopened = leg.reopen(|| self.waiting.let_go());
            self.settle(port, reopened.map(|()| Some(rtp)));
        }
    }

    /// Watches a socket of the leg, if there is one to watch, or gives the leg up.
    fn settle(&mut self, port: u16, unwatched: io::Result<Option<Watched>>) {
        let Some(leg) = self.legs.at(port) else { return };
        let watched = unwatched.and_then(|socket| match socket {
            Some(socket) if socket.is_rtp() => self.waiting.watch(socket, &leg.pair.rtp),
            Some(socket) => self.waiting.watch(socket, &leg.pair.rtcp),
            None => Ok(()),
        });
        if let Err(error) = watched {
            log::warn!("RTP port {port}: {error}");
            let leg = leg.relay.id();
            self.part(leg);
            self.tell(MediaEvent::Failed { leg });
        }
    }

    fn bridge(&mut self, a: LegId, b: LegId) {
        self.part(a);
        self.part(b);
        if let (Some(&port_a), Some(&port_b)) = (self.ports_of.get(&a), self.ports_of.get(&b)) {
            self.join(a, Joined::Leg(port_b));
            self.join(b, Joined::Leg(port_a));
        }
    }

    fn join(&mut self, leg: LegId, joined: Joined) {
        let port = self.ports_of.get(&leg).copied();
        if let Some(leg) = port.and_then(|port| self.legs.at(port)) {
            leg.joined = joined;
        }
    }

    /// Nobody hears the leg any more, and it hears nobody.
    fn part(&mut self, leg: LegId) {
        let Some(port) = self.ports_of.get(&leg).copied() else { return };
        let Some(leg) = self.legs.at(port) else { return };
        let before = std::mem::replace(&mut leg.joined, Joined::Nobody);
        if let Joined::Leg(other) = before
            && let Some(other) = self.legs.at(other)
            && other.joined == Joined::Leg(port)
        {
            other.joined = Joined::Nobody;
        }
    }

    fn close(&mut self, leg: LegId) {
        self.part(leg);
        let closed = self.ports_of.remove(&leg).and_then(|port| self.legs.remove(port));
        let stats = closed.as_ref().map_or_else(LegStats::default, |leg| leg.stats());
        self.leaving.extend(closed.map(|leg| *leg));
        self.tell(MediaEvent::Closed { leg, stats });
    }

    /// Reads the packet that waits in a socket, and relays it.
    fn read(&mut self, socket: Watched, now: Instant) {
        let Some(leg) = self.legs.at(socket.leg()) else { return };
        let from = if socket.is_rtp() { &leg.pair.rtp } else { &leg.pair.rtcp };
        match from.recv_from(&mut *self.packet) {
            Ok((length, from)) => self.relay(socket, length, from, now),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            // The answer to an earlier send (ICMP), harmless.
            Err(_) => self.hands.counts.socket_errors.add(1),
        }
    }

    /// One packet has come, and is in the packet room.
    fn relay(&mut self, socket: Watched, length: usize, from: SocketAddr, now: Instant) {
        self.hands.counts.received.add(1);
        if socket.is_rtp() {
            self.rtp(socket.leg(), length, from, now);
        } else {
            self.rtcp(socket.leg(), length, from, now);
        }
    }

    fn rtp(&mut self, port: u16, length: usize, from: SocketAddr, now: Instant) {
        let (Some(leg), Some(packet)) = (self.legs.at(port), self.packet.get_mut(..length)) else { return };
        let arrival = leg.relay.receive_rtp(from, packet, now);
        let (id, joined) = (leg.relay.id(), leg.joined);
        if arrival.verdict == Verdict::Forward {
            let sent = match joined {
                Joined::Nobody => Ok(false),
                Joined::Itself => {
                    echo::turn_around(packet);
                    leg.send_rtp(&mut *self.packet, arrival.length, now)
                }
                Joined::Leg(other) => {
                    let room = &mut *self.packet;
                    self.legs.at(other).map_or(Ok(false), |other| other.send_rtp(room, arrival.length, now))
                }
            };
            self.count(&sent);
        }
        if let Some(Digit { digit, ms }) = arrival.digit {
            self.tell(MediaEvent::Dtmf { leg: id, digit, ms });
        }
        if arrival.locked.is_some() {
            self.connect(port, now);
        }
    }

    /// There is no echo of RTCP: it would report about itself.
    fn rtcp(&mut self, port: u16, length: usize, from: SocketAddr, now: Instant) {
        let (Some(leg), Some(packet)) = (self.legs.at(port), self.packet.get_mut(..length)) else { return };
        let arrival = leg.relay.receive_rtcp(from, packet, now);
        if let (Verdict::Forward, Joined::Leg(other)) = (arrival.verdict, leg.joined) {
            let room = &mut *self.packet;
            let other = self.legs.at(other);
            let sent = other.map_or(Ok(false), |other| other.send_rtcp(room, arrival.length, now));
            self.count(&sent);
        }
    }

    fn count(&self, sent: &io::Result<bool>) {
        match sent {
            Ok(true) => self.hands.counts.forwarded.add(1),
            Ok(false) => self.hands.counts.nowhere.add(1),
            Err(_) => self.hands.counts.socket_errors.add(1),
        }
    }

    /// Reports legs that hear nothing.
    pub(super) fn sweep(&mut self, silence: Duration, now: Instant) {
        for (leg, port) in &self.ports_of {
            let silent = self.legs.at(*port).and_then(|leg| leg.silence(silence, now));
            if let Some(seconds) = silent {
                self.news.push(MediaEvent::Silent { leg: *leg, seconds });
            }
        }
    }

    /// Closes every leg without a word: the engine has gone.
    pub(super) fn close_all(&mut self) {
        for port in std::mem::take(&mut self.ports_of).into_values() {
            self.leaving.extend(self.legs.remove(port).map(|leg| *leg));
        }
        self.carried_out();
    }

    /// After a panic no leg is to be trusted: all are closed and reported.
    pub(super) fn fail_all(&mut self) {
        let legs: Vec<LegId> = self.ports_of.keys().copied().collect();
        self.close_all();
        for leg in legs {
            self.tell(MediaEvent::Failed { leg });
        }
    }

    fn tell(&mut self, event: MediaEvent) {
        self.news.push(event);
    }
}
