//! Where the writes go: the store, or a test's stand-in that fails on command.

use pabx_model::{StoreWrite, Timestamp};
use pabx_store::{Store, StoreError, WholeBox, audit};

/// How long call records are kept: 2 years.
const KEEP_CALLS_MS: u64 = 2 * 366 * 24 * 3_600 * 1_000;
/// Old records forgotten after one batch, at most, so that nothing waits for it.
const FORGET_AT_ONCE: u32 = 200;
/// Between two looks for old records.
const TIDY_EVERY_MS: u64 = 60_000;

pub(super) trait Sink: Send + 'static {
    /// One transaction: see [`Store::apply`].
    fn apply(&mut self, writes: &[StoreWrite], now: Timestamp) -> Result<Vec<bool>, StoreError>;
    /// Housekeeping, after a batch was answered.
    fn tidy(&mut self, now: Timestamp);
    /// The last thing.
    fn close(&mut self);
}

/// The store, and when it was last tidied.
pub(super) struct Kept {
    store: Store,
    tidied: Timestamp,
}

impl Kept {
    pub(super) const fn new(store: Store) -> Self {
        Self { store, tidied: Timestamp(0) }
    }
}

impl Sink for Kept {
    fn apply(&mut self, writes: &[StoreWrite], now: Timestamp) -> Result<Vec<bool>, StoreError> {
        self.store.apply(writes, now)
    }

    fn tidy(&mut self, now: Timestamp) {
        if now.millis_since(self.tidied) < TIDY_EVERY_MS && now >= self.tidied {
            return;
        }
        self.tidied = now;
        match self.store.delete_calls_before(WholeBox, now.minus_millis(KEEP_CALLS_MS), FORGET_AT_ONCE) {
            Ok(0) => {}
            Ok(gone) => log::info!("{gone} old call records forgotten"),
            Err(error) => log::warn!("old call records cannot be forgotten: {error}"),
        }
        let ended = self.store.clean_sessions(WholeBox, now);
        let trimmed = self.store.trim_audit(WholeBox, audit::MAX_ENTRIES, FORGET_AT_ONCE);
        for error in [ended.err(), trimmed.err()].into_iter().flatten() {
            log::warn!("old sessions or entries of the audit cannot be forgotten: {error}");
        }
    }

    fn close(&mut self) {
        if let Err(error) = self.store.checkpoint() {
            // Nothing is lost: the log is read again at the next start.
            log::warn!("the write-ahead log could not be emptied: {error}");
        }
    }
}
