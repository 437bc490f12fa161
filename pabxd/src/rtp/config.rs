//! What the media threads are started with.

use crate::config::Rtp;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::thread::available_parallelism;
use std::time::Duration;

/// A leg that hears nothing is reported after this time, and again after each further one. How much
/// silence ends a call is the engine's to say.
const SILENCE: Duration = Duration::from_secs(10);
/// Media threads on any machine.
const MAX_THREADS: usize = 16;

/// What the media threads are started with.
#[derive(Clone, Debug)]
pub struct RtpConfig {
    /// Address the sockets are bound to.
    pub listen: IpAddr,
    /// UDP ports; a leg takes an even one and the next.
    pub ports: RangeInclusive<u16>,
    /// Media threads, at most 16; 0: one for two processors.
    pub threads: usize,
    /// Silence that is reported, and the time between reports.
    pub silence: Duration,
    /// Whether to wait with io_uring where the kernel lets us; else with epoll.
    pub io_uring: bool,
}

impl RtpConfig {
    /// The number of threads to start.
    pub(super) fn thread_count(&self) -> usize {
        let chosen = match self.threads {
            0 => available_parallelism().map_or(1, NonZeroUsize::get) / 2,
            threads => threads,
        };
        chosen.clamp(1, MAX_THREADS)
    }
}

impl From<&Rtp> for RtpConfig {
    fn from(file: &Rtp) -> Self {
        let ports = file.first_port..=file.last_port;
        Self { listen: file.listen, ports, threads: file.threads, silence: SILENCE, io_uring: true }
    }
}

/// Raises the soft limit of open files to the hard one: a relayed call takes four descriptors.
pub fn raise_descriptor_limit() {
    let raised = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(_, hard)| setrlimit(Resource::RLIMIT_NOFILE, hard, hard).map(|()| hard));
    match raised {
        Ok(limit) => log::debug!("may open {limit} files"),
        Err(error) => log::warn!("cannot raise the limit of open files: {error}"),
    }
}
