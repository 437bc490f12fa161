//! How a media thread waits, and what it finds.
//!
//! A wake-up costs more than relaying a packet. So while sound flows a thread asks io_uring to be woken for
//! several packets at once, or after a short limit (`pace`). Where the kernel has no io_uring for us (before
//! 6.1, or forbidden by a sandbox) it waits with epoll, a wake-up for each packet. `docs/performance.md` has
//! the figures.

mod epoll;
mod pace;
mod ring;
mod uring;

use self::epoll::EpollWaiting;
use self::uring::RingWaiting;
use super::mailbox::Mailbox;
use super::pair::Pair;
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

/// A thread looks at its orders at least this often: how long a port stays taken after its call.
pub(super) const TICK: Duration = Duration::from_millis(250);
/// More than any packet that crosses an Ethernet.
pub(super) const PACKET_ROOM: usize = 2048;

/// One of a leg's two sockets: its port, which is even for RTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Watched(u16);

impl Watched {
    pub(super) fn rtp(pair: &Pair) -> Self {
        Self(pair.port)
    }

    pub(super) fn rtcp(pair: &Pair) -> Self {
        Self(pair.port.saturating_add(1))
    }

    pub(super) fn is_rtp(self) -> bool {
        self.0.is_multiple_of(2)
    }

    /// The port by which the leg is known.
    pub(super) fn leg(self) -> u16 {
        self.0 & !1
    }
}

/// What a thread was woken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ready {
    /// A packet is in the room that was given.
    Packet {
        /// Where it came.
        socket: Watched,
        /// Its octets.
        length: usize,
        /// Who sent it.
        from: SocketAddr,
    },
    /// A packet waits in the socket.
    Readable(Watched),
    /// The socket is not watched any more and has to be again.
    Unwatched(Watched),
    /// The socket cannot be watched.
    Broken(Watched),
    /// The time of [`TICK`] has come.
    Tick,
    /// Somebody rang the mailbox's bell.
    Ring,
    /// A leg whose `Open` was not read before this round has a packet.
    Lobby,
}

const TICK_TOKEN: u64 = 1 << 32;
const RING_TOKEN: u64 = 2 << 32;
const LOBBY_TOKEN: u64 = 3 << 32;

fn token(socket: Watched) -> u64 {
    u64::from(socket.0)
}

/// What a token stands for, where it is no socket.
fn signal(token: u64) -> Ready {
    match token {
        TICK_TOKEN => Ready::Tick,
        LOBBY_TOKEN => Ready::Lobby,
        _ => Ready::Ring,
    }
}

/// One thread's way to wait. Lives and dies on its thread.
#[expect(clippy::large_enum_variant, reason = "one a thread, never moved")]
pub(super) enum Waiting {
    Ring(RingWaiting),
    Epoll(EpollWaiting),
}

impl Waiting {
    /// Watches the tick and the bell of `mailbox`.
    pub(super) fn new(mailbox: &Arc<Mailbox>, io_uring: bool) -> io::Result<Self> {
        if io_uring {
            match RingWaiting::new(Arc::clone(mailbox), tick()?) {
                Ok(ring) => return Ok(Waiting::Ring(ring)),
                Err(error) => log::info!("media threads wait with epoll, for io_uring says: {error}"),
            }
        }
        Ok(Waiting::Epoll(EpollWaiting::new(Arc::clone(mailbox), tick()?)?))
    }

    /// Watches a socket.
    pub(super) fn watch(&mut self, watched: Watched, socket: &UdpSocket) -> io::Result<()> {
        match self {
            Waiting::Ring(ring) => ring.watch(watched, socket),
            Waiting::Epoll(epoll) => epoll.watch(watched, socket),
        }
    }

    /// To be called before watched sockets are closed.
    pub(super) fn unwatch(&mut self, watched: impl Iterator<Item = Watched>) {
        match self {
            Waiting::Ring(ring) => ring.unwatch(watched),
            // Closing is enough.
            Waiting::Epoll(_) => {}
        }
    }

    /// Lets the kernel finish with sockets that are watched no more.
    pub(super) fn let_go(&mut self) {
        match self {
            Waiting::Ring(ring) => ring.let_go(),
            Waiting::Epoll(_) => {}
        }
    }

    /// Waits until there is something to do.
    pub(super) fn wait(&mut self) -> io::Result<()> {
        match self {
            Waiting::Ring(ring) => ring.wait(),
            Waiting::Epoll(epoll) => epoll.wait(),
        }
    }

    /// The next thing to do in this round.
    pub(super) fn next(&mut self, room: &mut [u8; PACKET_ROOM]) -> Option<Ready> {
        match self {
            Waiting::Ring(ring) => ring.next(room),
            Waiting::Epoll(epoll) => epoll.next(),
        }
    }
}

/// A timer of our own, so that no wait needs one.
fn tick() -> io::Result<TimerFd> {
    let tick = TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC)?;
    tick.set(Expiration::Interval(TimeSpec::from_duration(TICK)), TimerSetTimeFlags::empty())?;
    Ok(tick)
}

/// Makes a signal quiet until its next time. Reading one that is not raised fails at once and does no harm.
fn heed(ready: Ready, mailbox: &Mailbox, tick: &TimerFd) {
    match ready {
        Ready::Tick => drop(tick.wait()),
        Ready::Ring => mailbox.rung(),
        _ => {}
    }
}
