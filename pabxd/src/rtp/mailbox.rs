//! The engine's orders on their way to a media thread.
//!
//! A wake-up costs more than the order, so orders wait for the next one: the thread's tick, any packet it relays,
//! or the first packet of a new leg, whose socket stands in the lobby until the thread has read its `Open`. A call
//! without sound wakes no media thread at all.

use super::pair::Pair;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use nix::sys::eventfd::{EfdFlags, EventFd};
use pabx_media::command::{LegId, MediaCommand};
use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Orders that wait for one thread. Beyond it an order is refused and its leg reported as failed. Reports of
/// failure and `Close` are taken up to twice as many: there are never more open legs than ports.
pub(super) const MAX_ORDERS: usize = 32 * 1024;
/// A thread with this many unread orders is woken up.
const RING_AT: usize = 512;
/// Room that an empty queue keeps.
const KEPT_ROOM: usize = 1024;

/// One order to a media thread.
#[derive(Debug)]
pub(super) enum Order {
    /// A new leg, with its sockets.
    Open(LegId, Pair),
    /// Everything else.
    Command(MediaCommand),
    /// Nothing to do but to tell the engine that the leg failed: its own thread must not wait for itself.
    Fail(LegId),
}

/// One thread's queue.
#[derive(Debug)]
pub(super) struct Mailbox {
    orders: Mutex<VecDeque<Order>>,
    ended: AtomicBool,
    /// Somebody rang, and the thread has not come yet.
    rung: AtomicBool,
    bell: EventFd,
    lobby: Epoll,
}

impl Mailbox {
    pub(super) fn new() -> nix::Result<Self> {
        let bell = EventFd::from_flags(EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC)?;
        let lobby = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let (ended, rung) = (AtomicBool::default(), AtomicBool::default());
        Ok(Self { orders: Mutex::default(), ended, rung, bell, lobby })
    }

    /// Readable when somebody rang.
    pub(super) fn bell(&self) -> &EventFd {
        &self.bell
    }

    /// Readable when a leg in the lobby has its first packet.
    pub(super) fn lobby(&self) -> &OwnedFd {
        &self.lobby.0
    }

    /// Before a leg's `Open` is left: its first packet is to wake the thread.
    pub(super) fn expect(&self, pair: &Pair) -> nix::Result<()> {
        let once = EpollFlags::EPOLLIN | EpollFlags::EPOLLET | EpollFlags::EPOLLONESHOT;
        self.lobby.add(&pair.rtp, EpollEvent::new(once, 0))
    }

    /// The thread watches the leg itself from now on.
    pub(super) fn admit(&self, pair: &Pair) {
        // It fails only for a socket that is not there, and then nothing is to be done.
        let _ = self.lobby.delete(&pair.rtp);
    }

    /// Leaves an order; gives it back where the queue is full.
    #[expect(clippy::result_large_err, reason = "the order goes back to who gave it")]
    pub(super) fn post(&self, order: Order) -> Result<(), Order> {
        let mut orders = self.lock();
        let ends = matches!(order, Order::Command(MediaCommand::Close { .. }) | Order::Fail(_));
        if orders.len() >= if ends { 2 * MAX_ORDERS } else { MAX_ORDERS } {
            return Err(order);
        }
        orders.push_back(order);
        let long = orders.len() >= RING_AT;
        drop(orders);
        if long {
            self.ring();
        }
        Ok(())
    }

    /// Moves all orders to `to`, which is empty.
    pub(super) fn take(&self, to: &mut VecDeque<Order>) {
        to.shrink_to(KEPT_ROOM);
        // Before the orders are read: who posts after that rings again.
        self.rung.store(false, Ordering::SeqCst);
        std::mem::swap(&mut *self.lock(), to);
    }

    /// Tells the thread to carry out what is left and end.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.ring();
    }

    pub(super) fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Makes the bell quiet again.
    pub(super) fn rung(&self) {
        // It fails only where nobody rang.
        let _ = self.bell.read();
    }

    fn ring(&self) {
        if self.rung.swap(true, Ordering::SeqCst) {
            return;
        }
        // It fails only where the counter is full, and then the thread is awake already.
        let _ = self.bell.write(1);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Order>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
