//! What others see of the orders, and how they ask for one.

use super::schedule::{Record, TOO_SOON};
use pabx_model::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// What goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// It is switched off.
    #[default]
    Off,
    /// Until the next attempt.
    Waiting,
    /// An order is on its way.
    Ordering,
}

/// How the orders stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What goes on.
    pub phase: Phase,
    /// When the last attempt began.
    pub last_attempt: Option<Timestamp>,
    /// Attempts that failed since the last one that did not.
    pub failures: u32,
    /// What went wrong at the last one, in words.
    pub error: Option<String>,
    /// When the next is due.
    pub next_attempt: Option<Timestamp>,
}

/// The orders as others see them.
#[derive(Debug)]
pub struct Renewal {
    report: Mutex<Report>,
    ask: mpsc::Sender<()>,
}

/// Why no order is begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNow {
    /// It is switched off.
    Off,
    /// One is on its way.
    Running,
    /// The last one was a moment ago.
    TooSoon,
}

impl Report {
    pub(super) fn of(phase: Phase, record: &Record, next_attempt: Option<Timestamp>) -> Self {
        Self {
            phase,
            last_attempt: record.last_attempt.map(Timestamp),
            failures: record.failures,
            error: record.error.clone(),
            next_attempt,
        }
    }
}

impl Renewal {
    /// With the other end of what is asked.
    pub fn new() -> (Self, mpsc::Receiver<()>) {
        let (ask, asked) = mpsc::channel(1);
        (Self { report: Mutex::default(), ask }, asked)
    }

    /// How the orders stand.
    pub fn report(&self) -> Report {
        self.locked().clone()
    }

    /// Asks for an order at once, one at a time.
    pub fn order_now(&self, now: Timestamp) -> Result<(), NotNow> {
        let mut report = self.locked();
        let last = report.last_attempt.map(|last| last.plus_millis(TOO_SOON));
        match report.phase {
            Phase::Off => Err(NotNow::Off),
            Phase::Ordering => Err(NotNow::Running),
            // A clock that was ahead says nothing.
            Phase::Waiting if last.is_some_and(|until| now < until && until <= now.plus_millis(TOO_SOON)) => {
                Err(NotNow::TooSoon)
            }
            Phase::Waiting => {
                self.ask.try_send(()).map_err(|_| NotNow::Running)?;
                report.phase = Phase::Ordering;
                Ok(())
            }
        }
    }

    pub(super) fn tell(&self, report: Report) {
        *self.locked() = report;
    }

    fn locked(&self) -> MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_ordered_at_a_time_and_not_at_once_again() {
        let (renewal, mut asked) = Renewal::new();
        let now = Timestamp(1_800_000_000_000);
        assert_eq!(renewal.order_now(now), Err(NotNow::Off));
        let waiting = Report { phase: Phase::Waiting, ..Report::default() };
        renewal.tell(waiting.clone());
        assert_eq!(renewal.order_now(now), Ok(()));
        assert_eq!(renewal.order_now(now), Err(NotNow::Running));
        assert!(asked.try_recv().is_ok());
        renewal.tell(Report { last_attempt: Some(now), ..waiting });
        assert_eq!(renewal.order_now(now.plus_millis(TOO_SOON - 1)), Err(NotNow::TooSoon));
        assert_eq!(renewal.order_now(now.plus_millis(TOO_SOON)), Ok(()));
    }
}
