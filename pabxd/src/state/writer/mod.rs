//! The thread that writes what the engine asks for.
//!
//! It gathers writes for some milliseconds and writes them in one transaction (group commit); only then their tickets are
//! answered. When the disk fails, tickets are answered with `false`, the engine refuses registrations with 503, and
//! records of calls are kept in memory and tried again: calls go on.

mod queue;
mod sink;

use self::queue::{Batch, Queue, Turn};
use self::sink::{Kept, Sink};
use crate::clock;
use pabx_call::Ticket;
use pabx_model::StoreWrite;
use pabx_store::{Store, StoreError};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Records of calls kept for another try. Beyond it the oldest are lost, which is logged as an error.
const MAX_HELD: usize = 10_000;
/// How long after a failure kept records are tried again, when nothing else is to be written.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// Between two logged failures.
const COMPLAIN_EVERY: Duration = Duration::from_mins(1);

/// Told which tickets are safely on disk and which are not. Called on the writer thread; it may wait.
pub type Answers = Box<dyn Fn(Vec<(Ticket, bool)>) + Send>;

/// The engine's end: hands writes over and never waits.
pub struct StateWriter {
    queue: Arc<Queue>,
    progress: Arc<AtomicU64>,
    seen: AtomicU64,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl StateWriter {
    /// Starts the thread. Every ticket that is submitted is answered once through `answers`.
    ///
    /// Where the system gives no thread, nothing is ever written: [`StateWriter::alive`] says so, and every ticket
    /// stays unanswered.
    pub fn start(store: Store, answers: Answers) -> Self {
        Self::start_with(Kept::new(store), answers)
    }

    fn start_with(sink: impl Sink, answers: Answers) -> Self {
        let queue = Arc::new(Queue::default());
        let progress = Arc::new(AtomicU64::new(0));
        let writing = Writing {
            sink,
            answers,
            queue: Arc::clone(&queue),
            progress: Arc::clone(&progress),
            held: Vec::new(),
            retry_at: Instant::now(),
            trouble: None,
        };
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writing.run())
            .inspect_err(|error| log::error!("no thread for the store: {error}"))
            .ok();
        Self { queue, progress, seen: AtomicU64::new(u64::MAX), thread: Mutex::new(thread) }
    }

    /// Queues a write. Never waits: when the queue is full, the ticket is answered with `false`.
    pub fn submit(&self, ticket: Ticket, write: StoreWrite) {
        self.queue.submit(ticket, write, Instant::now());
    }

    /// Whether the thread made progress since this was last asked; asking also wakes it, so that an idle one does.
    pub fn alive(&self) -> bool {
        let progress = self.progress.load(Ordering::Relaxed);
        self.queue.prod();
        self.seen.swap(progress, Ordering::Relaxed) != progress
    }

    /// Writes everything that was submitted, closes the database, and ends the thread. Later writes are refused.
    pub fn stop(&self) {
        self.queue.stop();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            log::error!("the store's thread had died");
        }
    }
}

impl std::fmt::Debug for StateWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StateWriter").field("progress", &self.progress).finish_non_exhaustive()
    }
}

impl Drop for StateWriter {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Since when the disk fails, and when that was last logged.
struct Trouble {
    since: Instant,
    complained: Instant,
}

struct Writing<S> {
    sink: S,
    answers: Answers,
    queue: Arc<Queue>,
    progress: Arc<AtomicU64>,
    /// Records of calls that the disk did not take.
    held: Vec<StoreWrite>,
    /// When they are tried again.
    retry_at: Instant,
    trouble: Option<Trouble>,
}

impl<S: Sink> Writing<S> {
    fn run(mut self) {
        loop {
            self.progress.fetch_add(1, Ordering::Relaxed);
            let wake_by = (!self.held.is_empty()).then_some(self.retry_at);
            match self.queue.next(wake_by, Instant::now) {
                Turn::Write(batch) => self.write(batch),
                Turn::Idle => self.retry(),
                Turn::Stop => break,
            }
        }
        self.finish();
    }

    fn write(&mut self, batch: Batch) {
        self.retry();
        let Batch { tickets, writes, refused } = batch;
        if !refused.is_empty() {
            log::warn!("{} writes were refused: the store does not keep up", refused.len());
        }
        let outcome = self.attempt(&writes);
        if self.trouble.is_some() {
            self.hold(writes);
        }
        let mut answers: Vec<(Ticket, bool)> = tickets.into_iter().zip(outcome).collect();
        answers.extend(refused.into_iter().map(|ticket| (ticket, false)));
        if !answers.is_empty() {
            (self.answers)(answers);
        }
        self.sink.tidy(clock::utc());
    }

    /// Writes it all in one transaction; says for each whether it is on disk.
    fn attempt(&mut self, writes: &[StoreWrite]) -> Vec<bool> {
        if writes.is_empty() {
            return Vec::new();
        }
        match self.sink.apply(writes, clock::utc()) {
            Ok(outcome) => {
                self.all_well();
                outcome
            }
            Err(error) if error.is_storage() => {
                self.complain(&error);
                vec![false; writes.len()]
            }
            Err(error) => {
                log::error!("a batch was refused as a whole, its writes are tried one by one: {error}");
                writes.iter().map(|write| self.attempt_one(write)).collect()
            }
        }
    }

    fn attempt_one(&mut self, write: &StoreWrite) -> bool {
        match self.sink.apply(std::slice::from_ref(write), clock::utc()) {
            Ok(outcome) => outcome == [true],
            Err(error) => {
                log::error!("a write was refused: {error}");
                false
            }
        }
    }

    /// Tries the kept records again.
    fn retry(&mut self) {
        let held = std::mem::take(&mut self.held);
        self.attempt(&held);
        if self.trouble.is_some() {
            self.hold(held);
        }
    }

    fn hold(&mut self, writes: Vec<StoreWrite>) {
        self.held.extend(writes.into_iter().filter(is_call));
        if let Some(excess) = self.held.len().checked_sub(MAX_HELD).filter(|excess| *excess > 0) {
            self.held.drain(..excess);
            log::error!("{excess} call records were lost: the disk has failed for too long");
        }
    }

    fn complain(&mut self, error: &StoreError) {
        let now = Instant::now();
        self.retry_at = now + RETRY_AFTER;
        let trouble = self.trouble.get_or_insert(Trouble { since: now, complained: now });
        if trouble.since == now || now.duration_since(trouble.complained) >= COMPLAIN_EVERY {
            trouble.complained = now;
            log::error!("state cannot be written, registrations are refused, calls go on: {error}");
        }
    }

    fn all_well(&mut self) {
        if let Some(trouble) = self.trouble.take() {
            log::warn!("state is written again, after {} s", trouble.since.elapsed().as_secs());
        }
    }

    fn finish(mut self) {
        self.retry();
        if !self.held.is_empty() {
            log::error!("{} call records could not be written", self.held.len());
        }
        self.sink.close();
    }
}

const fn is_call(write: &StoreWrite) -> bool {
    matches!(write, StoreWrite::BeginCall(_) | StoreWrite::EndCall(_))
}

#[cfg(test)]
mod tests;
