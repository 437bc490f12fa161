//! The source lock: from whom a leg takes RTP (docs/security.md: RTP bleed and injection).
//!
//! | state        | SDP address | locked source        | related host ¹        | stranger ²                     |
//! |--------------|-------------|----------------------|-----------------------|--------------------------------|
//! | `Learning`   | → `Final`   | (earlier lock) ³     | 2 in a row → `Learned`| 5 in a row over 60 ms → `Learned` |
//! | `Learned`    | → `Final`   | after 2 s → `Final`  | refused               | refused                        |
//! | `Final`      | as locked   | accepted             | refused               | refused                        |
//!
//! A new generation of the plan (a completed re-INVITE) leads back to `Learning`; nothing else does. When it describes
//! the very address that is locked there is nothing to learn, and the lock stays.
//!
//! ¹ The host of the SDP address, or the one that the leg's signalling comes from (symmetric RTP behind address
//!   translation: the description says 10.x, the packets come from the router).
//! ² Any other host; only admitted when the description cannot be right (a private address or a host name, while
//!   the signalling comes from elsewhere) or when nothing is known of the signalling. "In a row" is one address, one SSRC
//!   and consecutive sequence numbers, and not faster than sound is: a burst confirms nothing.
//! ³ When the peer's address in the description, and that of its signalling, did not change, the earlier lock is as good as the SDP address; when it
//!   did, the earlier source is heard until a new one is locked, and does not lock again.
//!
//! Packets of a source that is being confirmed are not forwarded: a guess costs the attacker's packets and never the
//! listener's ears. `Learned` gives way to the SDP address for two seconds, so a stranger who was first loses to the
//! phone itself; the socket is not connected before that.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// Sources that are confirmed at a time. When all places are taken the oldest gives way.
const MAX_CANDIDATES: usize = 4;
/// Consecutive packets that confirm a related host.
const RELATED_PACKETS: u8 = 2;
/// Consecutive packets that confirm a stranger.
const STRANGER_PACKETS: u8 = 5;
/// The least time a stranger's packets must take.
const STRANGER_TIME: Duration = Duration::from_millis(60);
/// How long a learned lock gives way to the SDP address.
const SETTLING: Duration = Duration::from_secs(2);

/// What the lock says of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// From the leg's source.
    Accepted,
    /// From the leg's source, which was locked, or became final, by this packet.
    Locked,
    /// From a source that is being confirmed.
    Unconfirmed,
    /// From anybody else.
    Refused,
}

/// The lock of one leg.
#[derive(Clone, Debug, Default)]
pub(super) struct SourceLock {
    expected: Option<SocketAddr>,
    signalling: Option<IpAddr>,
    state: State,
    candidates: heapless::Deque<Candidate, MAX_CANDIDATES>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Learning { earlier: Option<Earlier> },
    Learned { source: SocketAddr, since: Instant },
    Final { source: SocketAddr },
}

/// The lock of the generation before.
#[derive(Clone, Copy, Debug)]
struct Earlier {
    source: SocketAddr,
    /// The described address is still the same, and that of the signalling.
    trusted: bool,
}

#[derive(Clone, Copy, Debug)]
struct Candidate {
    source: SocketAddr,
    ssrc: u32,
    next: u16,
    packets: u8,
    since: Instant,
}

impl Default for State {
    fn default() -> Self {
        Self::Learning { earlier: None }
    }
}

impl SourceLock {
    /// A new generation: learn again. Without an address (hold by 0.0.0.0) the one of before is still expected.
    pub(super) fn learn(&mut self, expected: Option<SocketAddr>, signalling: Option<IpAddr>) {
        // Two phones behind different routers may both be 10.0.0.2: forks of one call share this lock.
        let same_peer = signalling == self.signalling;
        let trusted = same_peer && (expected.is_none() || expected == self.expected);
        self.signalling = signalling;
        if trusted && self.final_source().is_some_and(|source| self.expected == Some(source)) {
            return;
        }
        let earlier = match self.state {
            State::Learned { source, .. } | State::Final { source } => Some(Earlier { source, trusted }),
            State::Learning { earlier } => {
                earlier.map(|old| Earlier { trusted: old.trusted && trusted, ..old })
            }
        };
        self.expected = expected.or(self.expected);
        self.state = State::Learning { earlier };
        self.candidates.clear();
    }

    /// Judges a valid packet of a negotiated type.
    pub(super) fn admit(&mut self, source: SocketAddr, ssrc: u32, sequence: u16, now: Instant) -> Admission {
        match self.state {
            State::Final { source: locked } if locked == source => Admission::Accepted,
            State::Final { .. } => Admission::Refused,
            _ if self.expected == Some(source) => self.lock(State::Final { source }),
            State::Learned { source: locked, since } if locked == source => {
                let settled = now.saturating_duration_since(since) >= SETTLING;
                if settled { self.lock(State::Final { source }) } else { Admission::Accepted }
            }
            State::Learned { .. } => Admission::Refused,
            State::Learning { earlier: Some(earlier) } if earlier.source == source => {
                if earlier.trusted {
                    self.lock(State::Final { source })
                } else {
                    Admission::Accepted
                }
            }
            State::Learning { .. } => self.confirm(source, ssrc, sequence, now),
        }
    }

    fn lock(&mut self, state: State) -> Admission {
        self.state = state;
        self.candidates.clear();
        Admission::Locked
    }

    /// Whether a packet could never be admitted now, whatever is in it.
    pub(super) fn refuses(&self, source: SocketAddr) -> bool {
        match self.state {
            State::Final { source: locked } => locked != source,
            State::Learned { source: locked, .. } => locked != source && self.expected != Some(source),
            State::Learning { .. } => false,
        }
    }

    fn confirm(&mut self, source: SocketAddr, ssrc: u32, sequence: u16, now: Instant) -> Admission {
        let related = self.is_related(source.ip());
        if !related && !self.admits_strangers() {
            return Admission::Refused;
        }
        let candidate = self.candidate(source, ssrc, sequence, now);
        let (needed, time) =
            if related { (RELATED_PACKETS, Duration::ZERO) } else { (STRANGER_PACKETS, STRANGER_TIME) };
        let confirmed = candidate.packets >= needed && now.saturating_duration_since(candidate.since) >= time;
        if confirmed { self.lock(State::Learned { source, since: now }) } else { Admission::Unconfirmed }
    }

    /// Counts the packet for its source, anew if it does not continue what came before.
    fn candidate(&mut self, source: SocketAddr, ssrc: u32, sequence: u16, now: Instant) -> Candidate {
        let next = sequence.wrapping_add(1);
        let fresh = Candidate { source, ssrc, next, packets: 1, since: now };
        if let Some(known) = self.candidates.iter_mut().find(|candidate| candidate.source == source) {
            let continues = known.ssrc == ssrc && known.next == sequence;
            *known = if continues {
                Candidate { next, packets: known.packets.saturating_add(1), ..*known }
            } else {
                fresh
            };
            return *known;
        }
        if self.candidates.is_full() {
            self.candidates.pop_front();
        }
        // There is room now.
        let _ = self.candidates.push_back(fresh);
        fresh
    }

    fn is_related(&self, host: IpAddr) -> bool {
        self.signalling == Some(host) || self.expected.is_some_and(|expected| expected.ip() == host)
    }

    fn admits_strangers(&self) -> bool {
        match (self.expected, self.signalling) {
            (Some(expected), Some(signalling)) => expected.ip() != signalling && is_private(expected.ip()),
            _ => true,
        }
    }

    /// The leg's source, while it has one.
    pub(super) fn source(&self) -> Option<SocketAddr> {
        match self.state {
            State::Learned { source, .. } | State::Final { source } => Some(source),
            State::Learning { .. } => None,
        }
    }

    /// The leg's source, once nothing but a re-INVITE can change it.
    pub(super) fn final_source(&self) -> Option<SocketAddr> {
        match self.state {
            State::Final { source } => Some(source),
            State::Learned { .. } | State::Learning { .. } => None,
        }
    }

    /// Where the leg's packets go: to its source; while that is learned again, to the described address, unless the
    /// earlier source still holds or the description names a private host that only answers through its router.
    pub(super) fn destination(&self) -> Option<SocketAddr> {
        let State::Learning { earlier } = self.state else { return self.source() };
        let still_good = |earlier: &Earlier| {
            let translated =
                |expected: SocketAddr| is_private(expected.ip()) && expected.ip() != earlier.source.ip();
            let same_router = self.signalling.is_none_or(|host| host == earlier.source.ip());
            earlier.trusted || (same_router && self.expected.is_some_and(translated))
        };
        earlier.filter(still_good).map(|earlier| earlier.source).or(self.expected)
    }

    /// The described address as far as known.
    pub(super) fn expected(&self) -> Option<SocketAddr> {
        self.expected
    }
}

/// Not reachable from the Internet: RFC 1918, 6598, 3927, 4193, 4291 and loopback.
fn is_private(host: IpAddr) -> bool {
    match host {
        IpAddr::V4(ip) => {
            let [first, second, ..] = ip.octets();
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || (first == 100 && second & 0xc0 == 64)
        }
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}
