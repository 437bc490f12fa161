//! What the media threads count beside the counters of each leg.

use std::sync::atomic::{AtomicU64, Ordering};

/// A counter with one writer: a relaxed load and store, no locked instruction on the path of a packet.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, more: u64) {
        self.0.store(self.value().wrapping_add(more), Ordering::Relaxed);
    }

    pub(super) fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The counters of one media thread; only that thread writes them.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) rounds: Counter,
    pub(super) received: Counter,
    pub(super) forwarded: Counter,
    pub(super) nowhere: Counter,
    pub(super) socket_errors: Counter,
    pub(super) panics: Counter,
}

/// What all media threads have done since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Wake-ups of the threads.
    pub rounds: u64,
    /// RTP and RTCP packets read.
    pub received: u64,
    /// RTP and RTCP packets sent on.
    pub forwarded: u64,
    /// Packets of legs that nobody hears.
    pub nowhere: u64,
    /// Reads and sends that failed; an ICMP "port unreachable" is one, and harmless.
    pub socket_errors: u64,
    /// Threads that started again after a panic.
    pub panics: u64,
    /// Orders refused because a thread's queue was full.
    pub refused: u64,
}

impl Traffic {
    pub(super) fn add(&mut self, counts: &Counts) {
        self.rounds += counts.rounds.value();
        self.received += counts.received.value();
        self.forwarded += counts.forwarded.value();
        self.nowhere += counts.nowhere.value();
        self.socket_errors += counts.socket_errors.value();
        self.panics += counts.panics.value();
    }
}
