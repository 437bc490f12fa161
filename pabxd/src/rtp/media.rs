//! The engine's side of the media threads.

use super::RtpConfig;
use super::counts::{Counts, Traffic};
use super::mailbox::{Mailbox, Order};
use super::ports::{Ports, SharedPorts};
use super::worker::{self, Tools};
use pabx_media::command::{LegId, MediaCommand, MediaEvent};
use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Takes what a media thread has to say after a round of its work: never nothing. Called on that thread, whose
/// packets wait meanwhile, and never on the engine's.
pub type MediaEvents = Box<dyn Fn(Vec<MediaEvent>) + Send + Sync>;

/// A thread that made no round for this long does not make progress; it ticks far more often.
const STALLED: Duration = Duration::from_secs(3);

/// The media threads, from the engine's side.
pub struct Media {
    threads: Vec<MediaThread>,
    ports: Arc<SharedPorts>,
    /// Which thread each open leg belongs to.
    homes: Mutex<HashMap<LegId, usize>>,
    refused: AtomicU64,
    seen: Mutex<Seen>,
}

struct MediaThread {
    mailbox: Arc<Mailbox>,
    counts: Arc<Counts>,
    handle: JoinHandle<()>,
}

/// What [`Media::alive`] saw when it last looked.
struct Seen {
    at: Instant,
    rounds: Vec<u64>,
    alive: bool,
}

impl Media {
    /// Starts the threads. Every order that comes later finds its sockets in `Ports`.
    pub fn start(config: RtpConfig, events: MediaEvents) -> io::Result<(Media, Ports)> {
        let (source, ports) = Ports::new(&config);
        let (events, config) = (Arc::new(events), Arc::new(config));
        let count = config.thread_count();
        let threads = (0..count)
            .map(|number| {
                MediaThread::start(number, Arc::clone(&config), Arc::clone(&ports), Arc::clone(&events))
            })
            .collect::<io::Result<Vec<_>>>()?;
        let seen = Mutex::new(Seen { at: Instant::now(), rounds: vec![0; count], alive: true });
        let media = Media { threads, ports, homes: Mutex::default(), refused: AtomicU64::new(0), seen };
        Ok((media, source))
    }

    /// Hands an order to the leg's thread. Never waits: where that thread's queue is full the order is
    /// dropped and the leg reported as [`MediaEvent::Failed`].
    pub fn command(&self, command: MediaCommand) {
        let leg = leg_of(&command);
        let Some(thread) = self.home(&command, leg).and_then(|home| self.threads.get(home)) else { return };
        let taken = match command {
            MediaCommand::Open { leg, port, .. } => self.open(thread, leg, port),
            command => thread.mailbox.post(Order::Command(command)).is_ok(),
        };
        if !taken {
            self.refused.fetch_add(1, Ordering::Relaxed);
            let _ = thread.mailbox.post(Order::Fail(leg));
        }
    }

    fn open(&self, thread: &MediaThread, leg: LegId, port: u16) -> bool {
        let Some(pair) = self.ports.unpark(port) else { return false };
        if thread.mailbox.expect(&pair).is_err() {
            self.ports.release(pair);
            return false;
        }
        match thread.mailbox.post(Order::Open(leg, pair)) {
            Err(Order::Open(_, pair)) => {
                self.ports.release(pair);
                false
            }
            _ => true,
        }
    }

    fn home(&self, command: &MediaCommand, leg: LegId) -> Option<usize> {
        let count = self.threads.len();
        let mut homes = lock(&self.homes);
        match command {
            MediaCommand::Open { group, .. } => {
                let home = usize::try_from(mix(*group) % u64::try_from(count).ok()?).ok()?;
                homes.insert(leg, home);
                Some(home)
            }
            MediaCommand::Close { .. } => homes.remove(&leg),
            _ => homes.get(&leg).copied(),
        }
    }

    /// Whether every thread made progress lately. Looks again only after a few seconds.
    pub fn alive(&self) -> bool {
        let mut seen = lock(&self.seen);
        if seen.at.elapsed() >= STALLED {
            let rounds: Vec<u64> = self.threads.iter().map(|thread| thread.counts.rounds.value()).collect();
            seen.alive = rounds.iter().zip(&seen.rounds).all(|(now, then)| now != then);
            seen.at = Instant::now();
            seen.rounds = rounds;
        }
        seen.alive
    }

    /// How many rounds each thread has made: one that is alive makes some each second.
    pub fn rounds(&self) -> Vec<u64> {
        self.threads.iter().map(|thread| thread.counts.rounds.value()).collect()
    }

    /// What the threads have done since the start.
    pub fn traffic(&self) -> Traffic {
        let mut traffic = Traffic { refused: self.refused.load(Ordering::Relaxed), ..Traffic::default() };
        self.threads.iter().for_each(|thread| traffic.add(&thread.counts));
        traffic
    }

    /// Carries out what was ordered, closes every leg and ends the threads.
    pub fn stop(self) {
        self.threads.iter().for_each(|thread| thread.mailbox.end());
        for thread in self.threads {
            if thread.handle.join().is_err() {
                log::error!("a media thread ended in a panic");
            }
        }
    }
}

impl MediaThread {
    fn start(
        number: usize,
        config: Arc<RtpConfig>,
        ports: Arc<SharedPorts>,
        events: Arc<MediaEvents>,
    ) -> io::Result<MediaThread> {
        let (mailbox, counts) = (Arc::new(Mailbox::new()?), Arc::new(Counts::default()));
        let tools =
            Tools { mailbox: Arc::clone(&mailbox), counts: Arc::clone(&counts), ports, events, config };
        let (ready, started) = sync_channel(1);
        let name = format!("media-{number}");
        let handle = thread::Builder::new().name(name).spawn(move || worker::run(tools, &ready))?;
        started.recv().map_err(io::Error::other)??;
        Ok(MediaThread { mailbox, counts, handle })
    }
}

fn leg_of(command: &MediaCommand) -> LegId {
    match command {
        MediaCommand::Open { leg, .. }
        | MediaCommand::Plan { leg, .. }
        | MediaCommand::Bridge { a: leg, .. }
        | MediaCommand::Echo { leg }
        | MediaCommand::Unbridge { leg }
        | MediaCommand::Close { leg } => *leg,
    }
}

/// Spreads neighbouring group numbers over the threads (the finaliser of SplitMix64).
fn mix(group: u64) -> u64 {
    let group = (group ^ (group >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let group = (group ^ (group >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    group ^ (group >> 31)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
