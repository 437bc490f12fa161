//! Waiting with epoll: a wake-up for each packet, unless several are ready.

use super::{LOBBY_TOKEN, RING_TOKEN, Ready, TICK_TOKEN, Watched, heed, signal, token};
use crate::rtp::mailbox::Mailbox;
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::timerfd::TimerFd;
use std::io;
use std::net::UdpSocket;
use std::os::fd::AsFd;
use std::sync::Arc;

/// Sockets served for one wait.
const BATCH: usize = 256;

/// One thread's epoll.
pub(crate) struct EpollWaiting {
    epoll: Epoll,
    tick: TimerFd,
    mailbox: Arc<Mailbox>,
    events: Box<[EpollEvent; BATCH]>,
    ready: std::ops::Range<usize>,
}

impl EpollWaiting {
    pub(super) fn new(mailbox: Arc<Mailbox>, tick: TimerFd) -> io::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let events = Box::new([EpollEvent::empty(); BATCH]);
        let waiting = Self { epoll, tick, mailbox, events, ready: 0..0 };
        waiting.add(&waiting.tick, TICK_TOKEN)?;
        waiting.add(waiting.mailbox.bell(), RING_TOKEN)?;
        let edges = EpollFlags::EPOLLIN | EpollFlags::EPOLLET;
        waiting.epoll.add(waiting.mailbox.lobby(), EpollEvent::new(edges, LOBBY_TOKEN))?;
        Ok(waiting)
    }

    pub(super) fn watch(&self, watched: Watched, socket: &UdpSocket) -> io::Result<()> {
        self.add(socket, token(watched))
    }

    fn add(&self, file: impl AsFd, token: u64) -> io::Result<()> {
        // Level-triggered: one read per packet, and none to learn that there is no other.
        Ok(self.epoll.add(file, EpollEvent::new(EpollFlags::EPOLLIN, token))?)
    }

    pub(super) fn wait(&mut self) -> io::Result<()> {
        self.ready = match self.epoll.wait(&mut *self.events, EpollTimeout::NONE) {
            Ok(count) => 0..count,
            Err(Errno::EINTR) => 0..0,
            Err(error) => return Err(error.into()),
        };
        Ok(())
    }

    pub(super) fn next(&mut self) -> Option<Ready> {
        let token = self.events.get(self.ready.next()?)?.data();
        let ready =
            u16::try_from(token).map_or_else(|_| signal(token), |port| Ready::Readable(Watched(port)));
        heed(ready, &self.mailbox, &self.tick);
        Some(ready)
    }
}
