//! One leg: its sockets, its relay and whom it speaks to.

use super::pair::{Pair, rtp};
use pabx_media::command::LegId;
use pabx_media::negotiation::LegPlan;
use pabx_media::relay::{LegStats, RelayLeg};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// A kernel that still holds the old socket works off some packets each time it is asked to let go.
const REOPEN_TRIES: usize = 64;

/// Who hears a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joined {
    /// Nobody.
    Nobody,
    /// The leg itself (`*43`).
    Itself,
    /// The leg on this port.
    Leg(u16),
}

/// What has become of a leg's RTP socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connection {
    /// Connected to the peer, or open to anybody, as the relay wants it.
    AsWanted,
    /// It is connected and must not be: [`Leg::reopen`].
    MustReopen,
}

/// One leg.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) pair: Pair,
    pub(super) relay: RelayLeg,
    pub(super) joined: Joined,
    /// Whether the thread waits for its packets.
    pub(super) watched: bool,
    /// Silence that was last reported.
    reported: Duration,
    connected: Option<SocketAddr>,
}

impl Leg {
    pub(super) fn new(leg: LegId, pair: Pair, now: Instant) -> Leg {
        let relay = RelayLeg::new(leg, now);
        Leg { pair, relay, joined: Joined::Nobody, watched: false, reported: Duration::ZERO, connected: None }
    }

    pub(super) fn stats(&self) -> LegStats {
        self.relay.stats()
    }

    /// Takes over a plan. Then [`Leg::connect`].
    pub(super) fn plan(&mut self, plan: LegPlan, now: Instant) {
        self.relay.apply(plan, now);
        self.reported = Duration::ZERO;
    }

    /// Connects the RTP socket to the peer once the relay allows it: a send to a connected socket looks up no
    /// route, and the kernel itself drops what strangers send. Packets that were queued before keep their
    /// source, and the relay judges each by it.
    pub(super) fn connect(&mut self, now: Instant) -> Connection {
        let wanted = self.relay.connectable(now);
        if wanted == self.connected {
            return Connection::AsWanted;
        }
        let Some(peer) = wanted else { return Connection::MustReopen };
        if self.pair.rtp.connect(self.on_wire(peer)).is_ok() {
            self.connected = Some(peer);
        }
        Connection::AsWanted
    }

    /// Opens the RTP socket to anybody: a connected socket cannot be freed of its peer in safe Rust, but a new
    /// one on the same port can. The old one must not be watched any more; `let_go` makes sure of it while the
    /// port is still taken.
    pub(super) fn reopen(&mut self, mut let_go: impl FnMut()) -> io::Result<()> {
        let host = self.pair.host;
        // The old socket must be gone before its port can be bound again; until then any socket fills its place.
        drop(std::mem::replace(&mut self.pair.rtp, rtp(SocketAddr::new(host, 0))?));
        self.connected = None;
        let mut bound = rtp(SocketAddr::new(host, self.pair.port));
        for _ in 0..REOPEN_TRIES {
            if !bound.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse) {
                break;
            }
            let_go();
            bound = rtp(SocketAddr::new(host, self.pair.port));
        }
        self.pair.rtp = bound?;
        Ok(())
    }

    /// A socket of both families names IPv4 peers in mapped form.
    fn on_wire(&self, peer: SocketAddr) -> SocketAddr {
        match peer.ip() {
            IpAddr::V4(host) if self.pair.host.is_ipv6() => {
                SocketAddr::new(host.to_ipv6_mapped().into(), peer.port())
            }
            _ => peer,
        }
    }

    /// Sends the packet of the other leg that `room` begins with to the peer; `false`: the plan does not want it sent.
    pub(super) fn send_rtp(&mut self, room: &mut [u8], length: usize, now: Instant) -> io::Result<bool> {
        let Some((peer, length)) = self.relay.send_rtp(room, length, now) else { return Ok(false) };
        let Some(packet) = room.get(..length) else { return Ok(false) };
        let sent = if self.connected == Some(peer) {
            self.pair.rtp.send(packet)
        } else {
            self.pair.rtp.send_to(packet, self.on_wire(peer))
        };
        sent.map(|_| true)
    }

    /// The same for RTCP, whose socket is never connected: five packets a minute.
    pub(super) fn send_rtcp(&mut self, room: &mut [u8], length: usize, now: Instant) -> io::Result<bool> {
        let Some((peer, length)) = self.relay.send_rtcp(room, length, now) else { return Ok(false) };
        let Some(packet) = room.get(..length) else { return Ok(false) };
        self.pair.rtcp.send_to(packet, self.on_wire(peer)).map(|_| true)
    }

    /// The silence to report, in seconds: `limit` after the last packet or the last report.
    pub(super) fn silence(&mut self, limit: Duration, now: Instant) -> Option<u32> {
        let silent = self.relay.silent_for(now);
        if silent < limit {
            self.reported = Duration::ZERO;
            return None;
        }
        if silent < self.reported + limit {
            return None;
        }
        self.reported = silent;
        u32::try_from(silent.as_secs()).ok()
    }
}
