//! Waiting with io_uring: one wake-up for several packets, which the kernel has read already.

use super::pace::Pace;
use super::ring::{Completion, Outcome, Ring};
use super::{LOBBY_TOKEN, PACKET_ROOM, RING_TOKEN, Ready, TICK_TOKEN, Watched, heed, signal, token};
use crate::rtp::mailbox::Mailbox;
use nix::errno::Errno;
use nix::sys::timerfd::TimerFd;
use std::io;
use std::net::UdpSocket;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One thread's ring.
pub(crate) struct RingWaiting {
    ring: Ring,
    tick: TimerFd,
    mailbox: Arc<Mailbox>,
    pace: Pace,
}

impl RingWaiting {
    pub(super) fn new(mailbox: Arc<Mailbox>, tick: TimerFd) -> io::Result<Self> {
        let mut ring = Ring::new()?;
        ring.poll(&tick, TICK_TOKEN)?;
        ring.poll(mailbox.bell(), RING_TOKEN)?;
        ring.poll(mailbox.lobby(), LOBBY_TOKEN)?;
        ring.submit()?;
        Ok(Self { ring, tick, mailbox, pace: Pace::new(Instant::now()) })
    }

    pub(super) fn watch(&mut self, watched: Watched, socket: &UdpSocket) -> io::Result<()> {
        self.ring.receive(socket, token(watched))
    }

    /// The ring must have let go of the sockets before their numbers can be used again.
    pub(super) fn unwatch(&mut self, mut watched: impl Iterator<Item = Watched>) {
        let Some(first) = watched.next() else { return };
        let cancelled = self
            .ring
            .cancel(token(first))
            .and_then(|()| watched.try_for_each(|watched| self.ring.cancel(token(watched))));
        if let Err(error) = cancelled.and_then(|()| self.ring.submit()) {
            log::error!("io_uring takes no cancellation: {error}");
        }
    }

    /// Cancelled requests end when the ring is entered, which does not wait: completions are unread by now.
    pub(super) fn let_go(&mut self) {
        if let Err(error) = self.ring.wait(1, Some(Duration::ZERO)) {
            log::error!("io_uring: {error}");
        }
    }

    pub(super) fn wait(&mut self) -> io::Result<()> {
        let wait = self.pace.next(Instant::now());
        self.ring.wait(wait.packets, wait.limit)
    }

    pub(super) fn next(&mut self, room: &mut [u8; PACKET_ROOM]) -> Option<Ready> {
        loop {
            let Completion { token, outcome } = self.ring.next(room)?;
            if let Some(ready) = self.ready(token, outcome) {
                heed(ready, &self.mailbox, &self.tick);
                return Some(ready);
            }
        }
    }

    fn ready(&mut self, token: u64, outcome: Outcome) -> Option<Ready> {
        let Ok(socket) = u16::try_from(token).map(Watched) else { return self.signal(token, &outcome) };
        match outcome {
            Outcome::Received { length, from } => {
                self.pace.count();
                Some(Ready::Packet { socket, length, from })
            }
            Outcome::Ready | Outcome::Nothing | Outcome::Ended(Some(Errno::ECANCELED)) => None,
            Outcome::Ended(None) => Some(Ready::Unwatched(socket)),
            Outcome::Ended(Some(error)) if is_passing(error) => Some(Ready::Unwatched(socket)),
            Outcome::Ended(Some(_)) => Some(Ready::Broken(socket)),
        }
    }

    /// The tick or the bell. A poll that ended, which the kernel may do at any time, is started again.
    fn signal(&mut self, token: u64, outcome: &Outcome) -> Option<Ready> {
        match outcome {
            Outcome::Ready => Some(signal(token)),
            Outcome::Ended(_) => {
                let again = match token {
                    TICK_TOKEN => self.ring.poll(&self.tick, token),
                    LOBBY_TOKEN => self.ring.poll(self.mailbox.lobby(), token),
                    _ => self.ring.poll(self.mailbox.bell(), token),
                };
                again.is_ok().then(|| signal(token))
            }
            _ => None,
        }
    }
}

/// What a peer, the network or a moment without buffers causes: the socket is sound.
fn is_passing(error: Errno) -> bool {
    use Errno::{
        EAGAIN, ECONNREFUSED, EHOSTDOWN, EHOSTUNREACH, EINTR, EMSGSIZE, ENETDOWN, ENETUNREACH, ENOBUFS,
        ENOPROTOOPT, EPROTO,
    };
    [
        EAGAIN,
        ECONNREFUSED,
        EHOSTDOWN,
        EHOSTUNREACH,
        EINTR,
        EMSGSIZE,
        ENETDOWN,
        ENETUNREACH,
        ENOBUFS,
        ENOPROTOOPT,
        EPROTO,
    ]
    .contains(&error)
}
