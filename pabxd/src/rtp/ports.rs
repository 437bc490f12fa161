//! Where the engine's RTP ports come from.

use super::RtpConfig;
use super::pair::Pair;
use super::pool::PortPool;
use pabx_call::PortSource;
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Ports tried for one leg when other programs hold some of the range.
const PROBES: usize = 32;

/// Binds a pair of sockets for each leg, before the engine names its port to a phone.
///
/// `None` from [`PortSource::open`] when no port of the range is free, when 32 in a row are held by other
/// programs, or when no descriptor is left.
#[derive(Debug)]
pub struct Ports {
    shared: Arc<SharedPorts>,
}

/// The ports as the engine's thread and the media threads see them.
#[derive(Debug)]
pub(super) struct SharedPorts {
    host: IpAddr,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: PortPool,
    /// Bound, and not yet opened by the engine's order. Never more than the range has.
    parked: HashMap<u16, Pair>,
    warned: Warned,
}

/// What was said already: once is enough for a log.
#[derive(Debug, Default)]
struct Warned {
    short: bool,
    failed: bool,
}

impl Ports {
    pub(super) fn new(config: &RtpConfig) -> (Ports, Arc<SharedPorts>) {
        let inner =
            Inner { pool: PortPool::new(&config.ports), parked: HashMap::new(), warned: Warned::default() };
        let shared = Arc::new(SharedPorts { host: config.listen, inner: Mutex::new(inner) });
        (Ports { shared: Arc::clone(&shared) }, shared)
    }

    /// Ports that no leg holds.
    pub fn free(&self) -> usize {
        self.shared.lock().pool.len()
    }
}

impl PortSource for Ports {
    fn open(&mut self) -> Option<u16> {
        self.shared.lock().open(self.shared.host, Instant::now())
    }
}

impl SharedPorts {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sockets bound for this port, once.
    pub(super) fn unpark(&self, port: u16) -> Option<Pair> {
        self.lock().parked.remove(&port)
    }

    /// Closes the sockets and lets the port rest.
    pub(super) fn release(&self, pair: Pair) {
        let port = pair.port;
        drop(pair);
        self.lock().pool.give_back(port, Instant::now());
    }
}

impl Inner {
    fn open(&mut self, host: IpAddr, now: Instant) -> Option<u16> {
        self.warn_once_when_short(now);
        for _ in 0..PROBES {
            let port = self.pool.take(now)?;
            match Pair::bind(host, port) {
                Ok(pair) => {
                    self.parked.insert(port, pair);
                    return Some(port);
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => self.pool.give_back(port, now),
                Err(error) => {
                    // No descriptor or no memory is left: no other port would fare better.
                    if !std::mem::replace(&mut self.warned.failed, true) {
                        log::warn!("cannot open an RTP port: {error}");
                    }
                    self.pool.put_back(port);
                    return None;
                }
            }
        }
        None
    }

    fn warn_once_when_short(&mut self, now: Instant) {
        if !self.warned.short && self.pool.is_short(now) {
            self.warned.short = true;
            log::warn!("RTP ports are short: widen rtp.first_port..rtp.last_port");
        }
    }
}
