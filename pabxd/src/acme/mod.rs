//! The certificate of the box by ACME (RFC 8555): ordered from an authority when it is switched on, and anew before it ends.
//!
//! The tour:
//! - [`settings`]: from whom and for which names, as the super admin set it;
//! - [`report`]: what the API and the watch see of it, and how somebody asks for an order at once;
//! - `schedule`: when the next attempt is due; plain functions of what is known;
//! - `account`, `order`, `client`: one attempt, with instant-acme over ureq;
//! - this page: the thread, which ends an attempt at a stop and remembers each in the database.

mod account;
mod client;
mod order;
pub mod report;
mod schedule;
pub mod settings;

use self::order::Issued;
use self::report::{Phase, Renewal, Report};
use self::schedule::Record;
use self::settings::Acme;
use crate::clock;
use crate::edge::certificates::{Certificates, Facts};
use anyhow::Context;
use pabx_store::{Act, Actor, Entry, Revision, Store, WholeBox};
use serde_json::json;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Between two looks whether an order is due.
const EVERY: Duration = Duration::from_secs(5);
/// What an order may take, from its first request to the certificate.
const PATIENCE: Duration = Duration::from_mins(5);
/// Orders begun anew within one attempt because the authority would not take our nonces.
const NONCE_TRIES: u32 = 3;
/// Where the last attempt is remembered, among the settings.
const RECORD: &str = "acme_record";

/// The running thread.
pub struct Orders {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Orders {
    /// With a connection to the database of its own. `asked` brings what [`Renewal`] is asked for.
    pub fn start(
        store: Store,
        certificates: Arc<Certificates>,
        renewal: Arc<Renewal>,
        asked: mpsc::Receiver<()>,
    ) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let mut work = Work { store, certificates, renewal };
        let run = move || {
            runtime.block_on(async {
                tokio::select! {
                    () = work.run(asked) => {}
                    _ = stopped => {}
                }
            });
            // A request that is with the authority ends by itself.
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("acme".into()).spawn(run)?;
        Ok(Self { stop, thread })
    }

    /// Ends it, and an order that is on its way.
    pub fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.thread.join();
    }
}

struct Work {
    store: Store,
    certificates: Arc<Certificates>,
    renewal: Arc<Renewal>,
}

impl Work {
    async fn run(&mut self, mut asked: mpsc::Receiver<()>) {
        let mut by_hand = false;
        loop {
            if let Err(error) = self.look(by_hand).await {
                log::error!("the orders of certificates cannot be looked after: {error:#}");
            }
            by_hand = match tokio::time::timeout(EVERY, asked.recv()).await {
                Ok(Some(())) => true,
                Ok(None) => return,
                Err(_) => false,
            };
        }
    }

    async fn look(&mut self, by_hand: bool) -> anyhow::Result<()> {
        let (settings, revision) = settings::kept(&self.store)?;
        let record = self.record()?;
        let facts = self.certificates.current();
        let due = schedule::due(&facts, &settings, revision, &record, clock::utc());
        let record = match due {
            Some(due) if by_hand || due <= clock::utc() => {
                self.renewal.tell(Report::of(Phase::Ordering, &record, None));
                self.attempt(&settings, revision, record).await?
            }
            _ => record,
        };
        let facts = self.certificates.current();
        let due = schedule::due(&facts, &settings, revision, &record, clock::utc());
        let phase = if settings.enabled { Phase::Waiting } else { Phase::Off };
        self.renewal.tell(Report::of(phase, &record, due));
        Ok(())
    }

    /// One attempt. It counts as failed from its beginning on: a box that does not live to see its end must not try again at
    /// every start.
    async fn attempt(
        &mut self,
        settings: &Acme,
        revision: Revision,
        before: Record,
    ) -> anyhow::Result<Record> {
        let begun = before.failed("the attempt was cut off", revision, clock::utc(), random()?);
        self.keep(&begun)?;
        let ordered = tokio::time::timeout(PATIENCE, self.order(settings)).await;
        let ordered = ordered.unwrap_or_else(|_| Err(anyhow::anyhow!("it took longer than 5 minutes")));
        let record = match ordered {
            Ok(facts) => {
                self.note_in_audit(&facts)?;
                Record::succeeded(settings, revision, clock::utc())
            }
            Err(error) => {
                let words = order::in_words(&error);
                log::warn!("no certificate came from the authority: {words}");
                Record { error: Some(words), ..begun }
            }
        };
        self.keep(&record)?;
        Ok(record)
    }

    async fn order(&mut self, settings: &Acme) -> anyhow::Result<Facts> {
        let mut tries = 1;
        let issued = loop {
            match self.issued(settings).await {
                Err(error) if tries < NONCE_TRIES && order::is_about_a_nonce(&error) => tries += 1,
                Err(error) if tries < NONCE_TRIES && order::is_about_the_account(&error) => {
                    log::warn!("the authority does not know the box's account any more: a new one is made");
                    account::forget(&mut self.store)?;
                    tries += 1;
                }
                other => break other?,
            }
        };
        let installed =
            self.certificates.install_ordered(&issued.chain, &issued.key, &settings.names, clock::utc());
        installed.context("the certificate that came")
    }

    async fn issued(&mut self, settings: &Acme) -> anyhow::Result<Issued> {
        let account = account::open(&mut self.store, settings).await?;
        order::order(&account, settings, self.certificates.challenges()).await
    }

    fn note_in_audit(&mut self, facts: &Facts) -> anyhow::Result<()> {
        let after = json!({"names": facts.names, "fingerprint_sha256": facts.fingerprint});
        let entry = Entry::new("certificate.acme", "certificate").change(None, Some(after));
        Ok(self.store.record(&act(), entry)?)
    }

    fn record(&self) -> anyhow::Result<Record> {
        let row = self.store.setting(WholeBox, RECORD)?;
        Ok(row.and_then(|row| serde_json::from_str(&row.value).ok()).unwrap_or_default())
    }

    fn keep(&mut self, record: &Record) -> anyhow::Result<()> {
        Ok(self.store.note(WholeBox, RECORD, &serde_json::to_value(record)?, clock::utc())?)
    }
}

/// The daemon itself does it.
fn act() -> Act {
    Act { who: Actor::Daemon, from: None, at: clock::utc() }
}

fn random() -> anyhow::Result<u8> {
    use ring::rand::SecureRandom;
    let mut octet = [0];
    let filled = ring::rand::SystemRandom::new().fill(&mut octet);
    filled.map_err(|_| anyhow::anyhow!("the kernel gives no randomness"))?;
    Ok(u8::from_be_bytes(octet))
}
