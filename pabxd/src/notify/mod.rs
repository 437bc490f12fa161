//! Alerts on their way out of the box: by mail and by webhooks, tried again until they arrive or are given up.
//!
//! What is to be told lies in the database, so that nothing is lost by a restart; a thread of its own tries what is due.
//!
//! - [`settings`]: where to, as the super admin set it;
//! - `mail`, `webhook`: one attempt each;
//! - [`push`]: messages to browsers, missed calls among them;
//! - [`endpoint`]: where may be sent to;
//! - this page: the thread, and when it tries again.

pub mod endpoint;
mod mail;
pub mod push;
pub mod settings;
mod webhook;

use crate::clock;
use pabx_model::Timestamp;
use pabx_store::{Attempt, Channel, DueDelivery, Store, WholeBox};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Between two looks for what is due.
const EVERY: Duration = Duration::from_secs(5);
/// Tried in one go.
const AT_ONCE: u32 = 20;
/// What an attempt may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// After the first, second, … failure; after the last it is given up.
const AGAIN: [Duration; 6] = [
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(15),
    Duration::from_hours(1),
    Duration::from_hours(6),
    Duration::from_hours(24),
];

/// The running thread.
pub struct Notifier {
    stop: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Notifier {
    /// With a connection to the database of its own.
    pub fn start(mut store: Store, config: &crate::config::Push) -> anyhow::Result<Self> {
        let mut courier = push::Courier::new(config)?;
        let (stop, stopped) = sync_channel::<()>(1);
        let run = move || {
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                if let Err(error) = deliver(&mut store) {
                    log::error!("alerts could not be sent out: {error:#}");
                }
                if let Err(error) = courier.deliver(&mut store, clock::utc()) {
                    log::error!("messages to browsers could not be sent out: {error:#}");
                }
            }
        };
        let thread = std::thread::Builder::new().name("notify".into()).spawn(run)?;
        Ok(Self { stop, thread })
    }

    /// Ends it, after the attempt that is being made.
    pub fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.thread.join();
    }
}

fn deliver(store: &mut Store) -> anyhow::Result<()> {
    for due in store.due_deliveries(WholeBox, clock::utc(), AT_ONCE)? {
        let sent = match due.target.channel {
            Channel::Mail => mail::send(store, &due),
            Channel::Webhook => webhook::send(store, &due),
        };
        let attempt = outcome(&due, sent, clock::utc());
        store.delivery_tried(WholeBox, &due.delivery_id, &attempt)?;
    }
    Ok(())
}

fn outcome(due: &DueDelivery, sent: anyhow::Result<()>, now: Timestamp) -> Attempt {
    let Err(error) = sent else { return Attempt::Done };
    let error = format!("{error:#}");
    let again = usize::try_from(due.attempts).ok().and_then(|tried| AGAIN.get(tried));
    let again = again.map(|wait| now.plus_millis(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)));
    let next = if again.is_some() { "it is tried again" } else { "it is given up" };
    log::warn!(
        "an alert did not reach {}: {error}; {next}",
        pabx_model::log_text::Untrusted::new(&due.target.target)
    );
    Attempt::Failed { error, again }
}
