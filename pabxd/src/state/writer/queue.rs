//! What waits to be written, and when it must be.
//!
//! The first write of a batch sets its time; later ones join without waking anybody. So a thread wake-up and a sync
//! of the disk are paid per batch, not per write.

use pabx_call::Ticket;
use pabx_model::StoreWrite;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Writes that may wait. Beyond it a write is refused at once: the engine answers a REGISTER with 503.
pub(super) const MAX_WAITING: usize = 65_536;
/// Writes in one transaction.
pub(super) const MAX_BATCH: usize = 2_000;
/// How long a registration may wait for others: a tenth of the 500 ms (T1) after which its phone would ask again.
/// A transaction costs about 150 µs of CPU, whatever is in it.
const REGISTRATION_WINDOW: Duration = Duration::from_millis(50);
/// How long a call record may wait for others: nobody waits for it. So much of the records a power cut may take.
const CALL_WINDOW: Duration = Duration::from_millis(200);

/// One batch to be written.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) tickets: Vec<Ticket>,
    pub(super) writes: Vec<StoreWrite>,
    /// Writes that found the queue full.
    pub(super) refused: Vec<Ticket>,
}

#[derive(Default)]
struct Waiting {
    batch: Batch,
    due: Option<Instant>,
    prodded: bool,
    stopping: bool,
}

/// What the writer thread is woken for.
pub(super) enum Turn {
    /// Write this.
    Write(Batch),
    /// Nothing to write: somebody asked for a sign of life, or the time that was given is over.
    Idle,
    /// Everything was taken; end.
    Stop,
}

/// The queue between the engine and the writer thread.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    wake: Condvar,
}

impl Queue {
    pub(super) fn submit(&self, ticket: Ticket, write: StoreWrite, now: Instant) {
        let mut waiting = self.lock();
        let due = now + window(&write);
        if waiting.stopping || waiting.batch.writes.len() >= MAX_WAITING {
            // The writer thread tells, since the engine is in the middle of its own work here.
            waiting.batch.refused.push(ticket);
        } else {
            waiting.batch.tickets.push(ticket);
            waiting.batch.writes.push(write);
        }
        let sooner = waiting.due.is_none_or(|before| due < before);
        if sooner {
            waiting.due = Some(due);
        }
        if sooner || waiting.batch.writes.len() == MAX_BATCH {
            self.wake.notify_one();
        }
    }

    /// Asks the thread for a sign of life.
    pub(super) fn prod(&self) {
        self.lock().prodded = true;
        self.wake.notify_one();
    }

    /// Nothing more is taken in; what waits is written at once.
    pub(super) fn stop(&self) {
        self.lock().stopping = true;
        self.wake.notify_one();
    }

    /// Waits for the next turn of the writer thread; no longer than until `wake_by`.
    pub(super) fn next(&self, wake_by: Option<Instant>, clock: impl Fn() -> Instant) -> Turn {
        let mut waiting = self.lock();
        loop {
            let now = clock();
            let empty = waiting.batch.writes.is_empty() && waiting.batch.refused.is_empty();
            let ripe = waiting.stopping
                || waiting.batch.writes.len() >= MAX_BATCH
                || waiting.due.is_some_and(|due| due <= now);
            if !empty && ripe {
                return Turn::Write(take(&mut waiting, now));
            }
            if waiting.stopping {
                return Turn::Stop;
            }
            if std::mem::take(&mut waiting.prodded) || wake_by.is_some_and(|by| by <= now) {
                return Turn::Idle;
            }
            let until = [waiting.due, wake_by].into_iter().flatten().min();
            waiting = self.wait(waiting, until.map(|until| until.saturating_duration_since(now)));
        }
    }

    fn wait<'a>(
        &self,
        waiting: MutexGuard<'a, Waiting>,
        at_most: Option<Duration>,
    ) -> MutexGuard<'a, Waiting> {
        match at_most {
            None => self.wake.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            Some(at_most) => {
                self.wake.wait_timeout(waiting, at_most).unwrap_or_else(PoisonError::into_inner).0
            }
        }
    }

    /// The lists are whole after every statement: a panic elsewhere does not spoil them.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the oldest, in order. What is left over is due at once.
fn take(waiting: &mut Waiting, now: Instant) -> Batch {
    let mut batch = std::mem::take(&mut waiting.batch);
    waiting.due = None;
    if batch.writes.len() > MAX_BATCH {
        waiting.batch.writes = batch.writes.split_off(MAX_BATCH);
        waiting.batch.tickets = batch.tickets.split_off(MAX_BATCH);
        waiting.due = Some(now);
    }
    batch
}

const fn window(write: &StoreWrite) -> Duration {
    match write {
        StoreWrite::SaveBinding(_) | StoreWrite::RemoveBinding(_) | StoreWrite::Probe(_) => {
            REGISTRATION_WINDOW
        }
        StoreWrite::BeginCall(_) | StoreWrite::EndCall(_) => CALL_WINDOW,
    }
}
