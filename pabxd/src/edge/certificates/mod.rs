//! The certificate of the box: one of its own at the first start, one that somebody installs, or one ordered by ACME.
//!
//! It serves HTTPS, SIP over TLS and SIP over WebSocket. A new one is taken at the next handshake; no connection is
//! dropped. Certificates and key lie in one file, so that a power cut leaves a pair or the pair before.

mod facts;
mod file;
mod given;
mod names;
mod self_signed;
#[cfg(test)]
mod tests;

pub use facts::Facts;
pub use given::CertificateProblem;
pub(crate) use names::is_host_name;
pub use names::{Names, interface_addresses};

use self::given::Pair;
use super::challenges::Challenges;
use arc_swap::ArcSwap;
use pabx_model::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A self-signed certificate is made anew when it is valid for less than this.
const REMAKE_BEFORE: Duration = Duration::from_hours(30 * 24);

/// Says for whom a self-signed certificate is made, at the moment it is asked: addresses come and go.
pub type NamesSource = Box<dyn Fn() -> Names + Send + Sync>;

/// The certificate that is served, and how to have another.
pub struct Certificates {
    folder: PathBuf,
    names: NamesSource,
    served: Arc<Served>,
    /// Held while the file is replaced.
    replacing: Mutex<()>,
    challenges: Arc<Challenges>,
}

/// What handshakes see.
pub(super) struct Served {
    current: ArcSwap<Current>,
}

struct Current {
    key: Arc<CertifiedKey>,
    facts: Facts,
}

impl Certificates {
    /// Reads the certificate in the folder, or makes one for these names; the folder is made where it is missing.
    ///
    /// A file that cannot be used is put aside with the ending `.bad`, and a self-signed certificate takes its place:
    /// the box must be reachable so that somebody can mend it.
    pub fn open(folder: &Path, names: NamesSource, now: Timestamp) -> io::Result<Arc<Self>> {
        file::make_folder(folder)?;
        let pair = match file::read(folder)? {
            Some(text) => match Pair::read(&text) {
                Ok(pair) => pair,
                Err(problem) => {
                    log::error!("the certificate of the box cannot be used ({problem}): it is put aside");
                    file::put_aside(folder)?;
                    make(folder, &names(), now)?
                }
            },
            None => make(folder, &names(), now)?,
        };
        let served = Arc::new(Served { current: ArcSwap::from_pointee(pair.into()) });
        let certificates = Arc::new(Self {
            folder: folder.to_owned(),
            names,
            served,
            replacing: Mutex::new(()),
            challenges: Arc::default(),
        });
        certificates.tend(now)?;
        Ok(certificates)
    }

    /// What is served now.
    pub fn current(&self) -> Facts {
        self.served.current.load().facts.clone()
    }

    /// Takes another certificate into use: the chain from the box's own certificate upwards, and its key, both PEM.
    ///
    /// It is on disk before the first handshake sees it.
    pub fn install(&self, chain: &str, key: &str, now: Timestamp) -> Result<Facts, CertificateProblem> {
        let facts = self.take(Pair::parse(chain, key)?, now)?;
        log::info!("a certificate was installed: {facts}");
        Ok(facts)
    }

    /// The same with one that was ordered by ACME for these names.
    pub fn install_ordered(
        &self,
        chain: &str,
        key: &str,
        names: &[String],
        now: Timestamp,
    ) -> Result<Facts, CertificateProblem> {
        let pair = Pair::parse(chain, key)?;
        if !names.iter().all(|name| pair.facts.is_for(name)) {
            return Err(CertificateProblem::OtherNames);
        }
        let facts = self.take(pair.ordered(), now)?;
        log::info!("a certificate was ordered and came: {facts}");
        Ok(facts)
    }

    /// Goes back to a self-signed certificate, a new one.
    pub fn renew_self_signed(&self, now: Timestamp) -> io::Result<Facts> {
        let pair = self_signed::make(&(self.names)(), now)?;
        let facts = pair.facts.clone();
        self.replace(pair)?;
        log::info!("a self-signed certificate was made: {facts}");
        Ok(facts)
    }

    /// Looks after a certificate that the box made for itself: makes it anew before it ends, where the clock was wrong when it was made, or
    /// where the box has got a name or an IPv4 address since. One that was ordered and has ended gives way to it: nobody
    /// renews it, or it could not be had. A certificate from elsewhere is left alone.
    pub fn tend(&self, now: Timestamp) -> io::Result<()> {
        let facts = self.current();
        let remake = facts.made_here
            && !(facts.is_valid_for(REMAKE_BEFORE, now) && (self.names)().are_in(&facts.names));
        if remake || (facts.ordered && facts.not_after < now) {
            self.renew_self_signed(now)?;
        }
        Ok(())
    }

    /// The certificate itself, without those above it.
    pub(super) fn certificate(&self) -> Option<CertificateDer<'static>> {
        self.served.current.load().key.cert.first().cloned()
    }

    /// For handshakes.
    pub(super) fn served(&self) -> Arc<Served> {
        Arc::clone(&self.served)
    }

    /// For handshakes and the plain listener, while an order runs.
    pub fn challenges(&self) -> &Arc<Challenges> {
        &self.challenges
    }

    fn take(&self, pair: Pair, now: Timestamp) -> Result<Facts, CertificateProblem> {
        pair.check_time(now)?;
        let facts = pair.facts.clone();
        self.replace(pair)?;
        Ok(facts)
    }

    fn replace(&self, pair: Pair) -> io::Result<()> {
        let _replacing = self.replacing.lock().unwrap_or_else(PoisonError::into_inner);
        file::write(&self.folder, &pair.text)?;
        self.served.current.store(Arc::new(pair.into()));
        Ok(())
    }
}

fn make(folder: &Path, names: &Names, now: Timestamp) -> io::Result<Pair> {
    let pair = self_signed::make(names, now)?;
    file::write(folder, &pair.text)?;
    log::info!("a self-signed certificate was made: {}", pair.facts);
    Ok(pair)
}

impl From<Pair> for Current {
    fn from(pair: Pair) -> Self {
        Self { key: Arc::new(pair.certified), facts: pair.facts }
    }
}

impl ResolvesServerCert for Served {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.load().key))
    }
}

impl std::fmt::Debug for Served {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Served").field("facts", &self.current.load().facts).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificates").field("facts", &self.current()).finish_non_exhaustive()
    }
}
