//! What all workers of the API share.

use super::auth::keyring::Keyring;
use super::auth::throttle::Throttle;
use super::core::problem::{Kind, Problem};
use super::core::rate::Rate;
use super::core::router::Router;
use super::events::Hub;
use super::pbx::Pbx;
use pabx_store::Store;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// What all workers share.
pub struct Shared {
    router: Router,
    rate: Mutex<Rate>,
    throttle: Mutex<Throttle>,
    /// Keys for tokens.
    pub keyring: Keyring,
    /// Events.
    pub hub: Arc<Hub>,
    /// The engine.
    pub pbx: Arc<dyn Pbx>,
    /// Facts of the configuration file.
    pub facts: Facts,
    /// When the daemon started.
    pub started: Instant,
}

/// Facts of the configuration file that answers tell.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Where the state lies.
    pub state: PathBuf,
    /// The digest realm.
    pub realm: String,
    /// SIP over UDP and TCP.
    pub sip: Vec<std::net::SocketAddr>,
    /// SIP over TLS.
    pub sip_tls: Vec<std::net::SocketAddr>,
    /// The folder of the web UI.
    pub files: Option<PathBuf>,
}

impl Shared {
    /// All of it.
    pub fn new(router: Router, keyring: Keyring, hub: Arc<Hub>, pbx: Arc<dyn Pbx>, facts: Facts) -> Self {
        Self {
            router,
            rate: Mutex::default(),
            throttle: Mutex::default(),
            keyring,
            hub,
            pbx,
            facts,
            started: Instant::now(),
        }
    }

    /// A connection of one's own: for an event stream, which outlives its request.
    pub fn open_store(&self) -> Result<Store, Problem> {
        crate::state::open_store(&self.facts.state).map_err(|error| {
            log::error!("the state cannot be opened: {error:#}");
            Problem::new(Kind::Unavailable)
        })
    }

    /// The routes.
    pub const fn router(&self) -> &Router {
        &self.router
    }

    /// Who asks how often.
    pub fn rate(&self) -> MutexGuard<'_, Rate> {
        self.rate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who fails how often.
    pub fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
