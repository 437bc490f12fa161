//! Runs a scenario at a rate, open loop: a slow PBX does not slow the load down.

use crate::histogram::Histogram;
use crate::message::Incoming;
use anyhow::Result;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// An unanswered request is sent again after this (RFC 3261 §17.1.2.2: T1), and then twice as late.
const T1: Duration = Duration::from_millis(500);
/// After this an attempt has failed.
const GIVE_UP: Duration = Duration::from_secs(4);
/// Room for what comes while the tool is busy.
const RECEIVE_BUFFER: usize = 8 * 1024 * 1024;

/// What is done at a rate.
pub(crate) trait Scenario {
    fn start(&mut self, attempt: usize, link: &mut Link) -> Result<()>;
    fn receive(&mut self, message: Incoming<'_>, link: &mut Link) -> Result<()>;
    /// Called often: for what is due by time.
    fn tick(&mut self, _link: &mut Link) -> Result<()> {
        Ok(())
    }
    /// Whether everything that follows an attempt's success has ended too.
    fn idle(&self) -> bool {
        true
    }
}

/// The socket, and what is still unanswered on it.
pub(crate) struct Link {
    socket: UdpSocket,
    port: u16,
    target: SocketAddr,
    open: HashMap<usize, Pending>,
    again: VecDeque<(Instant, usize, u32)>,
    pub(crate) outcome: Outcome,
}

struct Pending {
    text: String,
    started: Instant,
    serial: u32,
    sends: u32,
}

/// How the attempts went.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) latency: Histogram,
    pub(crate) failures: BTreeMap<u16, u64>,
    pub(crate) given_up: u64,
    pub(crate) retransmissions: u64,
    pub(crate) took: Duration,
}

impl Link {
    pub(crate) fn open(target: SocketAddr) -> Result<Link> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        let _ =
            nix::sys::socket::setsockopt(&socket, nix::sys::socket::sockopt::RcvBufForce, &RECEIVE_BUFFER);
        let port = socket.local_addr()?.port();
        let (open, again, outcome) = (HashMap::new(), VecDeque::new(), Outcome::default());
        Ok(Link { socket, port, target, open, again, outcome })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Sends without waiting for an answer.
    pub(crate) fn send(&self, text: &str) {
        let _ = self.socket.send_to(text.as_bytes(), self.target);
    }

    /// Sends the attempt's next request, again until [`Link::heard`], [`Link::done`] or the next one.
    pub(crate) fn request(&mut self, attempt: usize, text: String) {
        self.send(&text);
        let now = Instant::now();
        let pending = self.open.entry(attempt).or_insert(Pending {
            text: String::new(),
            started: now,
            serial: 0,
            sends: 0,
        });
        (pending.text, pending.serial, pending.sends) = (text, pending.serial + 1, 1);
        self.again.push_back((now + T1, attempt, pending.serial));
    }

    /// A provisional answer came: no more retransmissions.
    pub(crate) fn heard(&mut self, attempt: usize) {
        if let Some(pending) = self.open.get_mut(&attempt) {
            pending.serial += 1;
        }
    }

    /// The attempt succeeded after this time.
    pub(crate) fn done(&mut self, attempt: usize, took: Duration) {
        if self.open.remove(&attempt).is_some() {
            self.outcome.latency.add(took);
        }
    }

    /// The attempt was refused.
    pub(crate) fn failed(&mut self, attempt: usize, status: u16) {
        if self.open.remove(&attempt).is_some() {
            *self.outcome.failures.entry(status).or_default() += 1;
        }
    }

    /// An answer to something that is not counted came.
    pub(crate) fn over(&mut self, attempt: usize) {
        self.open.remove(&attempt);
    }

    /// Forgets what was counted so far.
    pub(crate) fn clear(&mut self) {
        self.outcome = Outcome::default();
    }

    fn retransmit(&mut self) {
        let now = Instant::now();
        while let Some((_, attempt, serial)) = self.again.pop_front_if(|(due, ..)| *due <= now) {
            let Some(pending) = self.open.get_mut(&attempt) else { continue };
            if now.duration_since(pending.started) > GIVE_UP {
                self.open.remove(&attempt);
                self.outcome.given_up += 1;
            } else if pending.serial == serial {
                pending.sends += 1;
                let _ = self.socket.send_to(pending.text.as_bytes(), self.target);
                self.outcome.retransmissions += 1;
                // Not in order of time for the later ones, which are rare: they wait for the ones before.
                self.again.push_back((now + T1, attempt, serial));
            } else {
                self.again.push_back((now + T1, attempt, u32::MAX));
            }
        }
    }

    fn drain(&mut self, scenario: &mut impl Scenario) -> Result<()> {
        let mut bytes = [0; 8192];
        while let Ok(length) = self.socket.recv(&mut bytes) {
            let message = bytes.get(..length).and_then(Incoming::read);
            if let Some(message) = message {
                scenario.receive(message, self)?;
            }
        }
        Ok(())
    }

    fn rest(&self, until: Instant) {
        let left = until.saturating_duration_since(Instant::now());
        if left < Duration::from_micros(100) {
            return;
        }
        let wait = u8::try_from(left.as_millis().min(20)).unwrap_or(20).max(1);
        let _ = poll(&mut [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)], PollTimeout::from(wait));
    }
}

/// Starts `count` attempts at `rate` a second and waits for their end.
pub(crate) fn run(scenario: &mut impl Scenario, link: &mut Link, rate: u32, count: usize) -> Result<()> {
    let begin = Instant::now();
    let (mut started, mut last) = (0, begin);
    loop {
        let due = |attempt: usize| {
            begin + Duration::from_secs_f64(f64::from(u32::try_from(attempt).unwrap_or(0)) / f64::from(rate))
        };
        while started < count && due(started) <= Instant::now() {
            scenario.start(started, link)?;
            started += 1;
            last = Instant::now();
            link.drain(scenario)?;
        }
        link.drain(scenario)?;
        link.retransmit();
        scenario.tick(link)?;
        let over = started == count && link.open.is_empty() && scenario.idle();
        if over || (started == count && last.elapsed() > GIVE_UP * 2) {
            link.outcome.took = begin.elapsed();
            return Ok(());
        }
        link.rest(if started < count { due(started) } else { Instant::now() + Duration::from_millis(5) });
    }
}
