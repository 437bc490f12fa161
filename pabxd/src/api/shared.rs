//! What all workers of the API share.

use super::auth::keyring::Keyring;
use super::auth::throttle::Throttle;
use super::core::openapi;
use super::core::problem::{Kind, Problem};
use super::core::rate::Rate;
use super::core::router::Router;
use super::core::transfer::Transfers;
use super::events::Hub;
use super::files::Files;
use super::pbx::Pbx;
use super::provisioning::links::Links;
use super::trials::Trials;
use crate::acme::report::Renewal;
use crate::appliance::disk::{Data, Disk, Usage};
use crate::edge::certificates::Certificates;
use pabx_store::Store;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Octets that no upload and no backup may take.
const KEPT_FREE: u64 = 64 << 20;

/// What all workers share.
pub struct Shared {
    router: Router,
    document: OnceLock<Vec<u8>>,
    rate: Mutex<Rate>,
    /// Requests that move files.
    pub transfers: Transfers,
    throttle: Mutex<Throttle>,
    links: Mutex<Links>,
    /// Keys for tokens.
    pub keyring: Keyring,
    /// The web UI.
    pub files: Files,
    /// Events.
    pub hub: Arc<Hub>,
    /// The engine.
    pub pbx: Arc<dyn Pbx>,
    /// Test calls.
    pub trials: Trials,
    /// The certificate of the box.
    pub certificates: Arc<Certificates>,
    /// Orders of certificates.
    pub renewal: Arc<Renewal>,
    /// What of the configuration is needed.
    pub facts: Facts,
    /// One connection for the rights of all who listen to events: there may be hundreds.
    pub rights: Arc<Mutex<Store>>,
}

/// What of the configuration the API needs.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Where the state lies.
    pub state: PathBuf,
    /// The digest realm.
    pub realm: String,
    /// Name servers, where they are not the system's.
    pub dns_servers: Vec<SocketAddr>,
    /// The address that peers are told, where it is set.
    pub advertised: Option<IpAddr>,
    /// Whether services for messages to browsers may be at private addresses.
    pub private_endpoints: bool,
}

impl Shared {
    /// All of it; the store is for the rights of those who listen to events.
    pub fn new(
        (router, files): (Router, Files),
        keyring: Keyring,
        hub: Arc<Hub>,
        (pbx, trials): (Arc<dyn Pbx>, Trials),
        (certificates, renewal): (Arc<Certificates>, Arc<Renewal>),
        facts: Facts,
        rights: Store,
    ) -> Self {
        Self {
            router,
            document: OnceLock::new(),
            rate: Mutex::default(),
            transfers: Transfers::default(),
            throttle: Mutex::default(),
            links: Mutex::default(),
            keyring,
            files,
            hub,
            pbx,
            trials,
            certificates,
            renewal,
            facts,
            rights: Arc::new(Mutex::new(rights)),
        }
    }

    /// The routes.
    pub const fn router(&self) -> &Router {
        &self.router
    }

    /// The document about the routes, as JSON: made once, for anybody may ask for it.
    pub fn document(&self) -> &[u8] {
        self.document.get_or_init(|| openapi::document(self.router.routes()).to_string().into_bytes())
    }

    /// How full the file system of the state is.
    pub fn usage(&self) -> Result<Usage, Problem> {
        Data::new(self.facts.state.clone()).usage().map_err(|error| {
            log::error!("{error}");
            Problem::new(Kind::Unavailable)
        })
    }

    /// Whether a file of so many octets leaves the disk room for calls, records and logs.
    pub fn leave_room(&self, octets: u64) -> Result<(), Problem> {
        if self.usage()?.free.saturating_sub(octets) < KEPT_FREE {
            return Err(Problem::about(Kind::DiskFull, "it would leave the disk no room for anything else"));
        }
        Ok(())
    }

    /// Who asks how often.
    pub fn rate(&self) -> MutexGuard<'_, Rate> {
        self.rate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Links of files that set up phones.
    pub fn links(&self) -> MutexGuard<'_, Links> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who fails how often.
    pub fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
