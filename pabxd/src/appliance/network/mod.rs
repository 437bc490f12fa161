//! The network of the box.
//!
//! - [`model`]: what can be configured, validated; [`files`]: that as networkd's files;
//! - [`trial`]: the state machine that goes back unless a change is confirmed; `book`: what of it survives a power cut;
//! - `networkd`: the real thing.

mod book;
pub mod files;
pub mod model;
mod networkd;
pub mod trial;

pub use book::Book;
pub use model::{Interface, InterfaceName, Ipv4, Ipv6, NetworkConfig, NetworkProblem, Vlan};
pub use networkd::Networkd;

use self::trial::{Order, Trial};
use super::bus::BusError;
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// What is between us and the kernel's interfaces.
pub trait Links: Send + Sync {
    /// Makes this the network: at once, and after a restart too.
    fn install(&self, config: &NetworkConfig) -> Result<(), NetworkError>;
    /// The addresses that interfaces have now, loopback left out.
    fn addresses(&self) -> Result<Vec<LinkAddress>, NetworkError>;
}

/// An address of an interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkAddress {
    /// Name of the interface.
    pub interface: String,
    /// The address.
    pub address: std::net::IpAddr,
}

/// Why the network was not changed.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// It cannot be.
    #[error(transparent)]
    Invalid(#[from] NetworkProblem),
    /// A file could not be written or read.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: std::path::PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The interfaces cannot be listed.
    #[error("the interfaces cannot be listed: {0}")]
    List(std::io::Error),
    /// networkd did not take it.
    #[error(transparent)]
    Service(#[from] BusError),
    /// Nothing is on trial, or the time was over.
    #[error("no change waits for a confirmation")]
    NothingOnTrial,
}

/// The network as others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkState {
    /// What is kept.
    pub config: NetworkConfig,
    /// What is on trial.
    pub on_trial: Option<NetworkConfig>,
    /// Whole seconds until it goes back.
    pub seconds_left: Option<u64>,
    /// What interfaces have.
    pub addresses: Vec<LinkAddress>,
}

/// The network of the box, with its trial.
pub struct Network {
    links: Box<dyn Links>,
    book: Book,
    trial: Mutex<Trial>,
}

impl Network {
    /// Reads what is kept and what was on trial. Call [`Network::tick`] now and each second.
    pub fn start(now: Instant, links: Box<dyn Links>, book: Book) -> Self {
        let (kept, noted) = (book.kept(), book.noted());
        if noted.is_some() {
            log::warn!("a change of the network was not confirmed before the box stopped: going back");
        }
        Self { links, book, trial: Mutex::new(Trial::start(now, kept, noted)) }
    }

    /// Kept, on trial, and what interfaces have.
    pub fn state(&self, now: Instant) -> Result<NetworkState, NetworkError> {
        let addresses = self.links.addresses()?;
        let trial = self.trial();
        let on_trial = trial.on_trial(now);
        Ok(NetworkState {
            config: trial.kept().clone(),
            seconds_left: on_trial.map(|(_, left)| left.as_secs()),
            on_trial: on_trial.map(|(config, _)| config.clone()),
            addresses,
        })
    }

    /// Applies a change; it goes back after [`trial::TRIAL`] unless it is confirmed, and at once when it fails.
    pub fn apply(&self, now: Instant, config: NetworkConfig) -> Result<(), NetworkError> {
        config.check()?;
        let mut trial = self.trial();
        let orders = trial.apply(now, config);
        self.carry_out(orders).inspect_err(|_| {
            trial.failed(now);
            self.go_back(now, &mut trial);
        })
    }

    /// Keeps what is on trial.
    pub fn confirm(&self, now: Instant) -> Result<(), NetworkError> {
        let orders = self.trial().confirm(now).ok_or(NetworkError::NothingOnTrial)?;
        self.carry_out(orders)
    }

    /// Goes back to what is kept.
    pub fn roll_back(&self, now: Instant) -> Result<(), NetworkError> {
        let mut trial = self.trial();
        if trial.on_trial(now).is_none() {
            return Err(NetworkError::NothingOnTrial);
        }
        trial.failed(now);
        self.go_back(now, &mut trial);
        Ok(())
    }

    /// Whether [`Network::tick`] has something to do: cheap, and asks nobody.
    pub fn is_due(&self, now: Instant) -> bool {
        self.trial().is_due(now)
    }

    /// Goes back where it is time to.
    pub fn tick(&self, now: Instant) {
        let mut trial = self.trial();
        if trial.is_due(now) {
            self.go_back(now, &mut trial);
        }
    }

    fn go_back(&self, now: Instant, trial: &mut Trial) {
        let done = self.carry_out(trial.go_back());
        match &done {
            Ok(()) => log::warn!("the network is what it was before its last change: nobody confirmed it"),
            Err(error) => log::error!("the network cannot go back, tried again soon: {error}"),
        }
        trial.went_back(now, done.is_ok());
    }

    fn carry_out(&self, orders: [Order; 2]) -> Result<(), NetworkError> {
        orders.into_iter().try_for_each(|order| match order {
            Order::NoteTrial(config) => self.book.note(&config),
            Order::Install(config) => self.links.install(&config),
            Order::Keep(config) => self.book.keep(&config),
            Order::ForgetTrial => self.book.forget(),
        })
    }

    /// Whole after every statement: a panic elsewhere does not spoil it.
    fn trial(&self) -> MutexGuard<'_, Trial> {
        self.trial.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
