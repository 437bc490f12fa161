//! RTP streams at 50 packets a second, and how late each packet comes back out of the relay.
//!
//! Packets are spread evenly over the 20 ms, as those of independent phones are, and not sent in
//! bursts. The receiver reads in slow rounds and takes the kernel's receive time (`SO_TIMESTAMPNS`):
//! so the measured process does not pay for waking up the load tool, which in the field is another machine.

use crate::histogram::Histogram;
use anyhow::{Context, Result};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt};
use nix::time::{ClockId, clock_gettime};
use std::io::IoSliceMut;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const PACKET: usize = 172;
const STAMP: std::ops::Range<usize> = 12..20;
const INTERVAL: Duration = Duration::from_millis(20);
/// The receiver's rounds.
const ROUND: Duration = Duration::from_millis(5);

/// One phone's end of a stream: it sends to the relay's port and hears what comes from there.
pub(crate) struct Phone {
    socket: UdpSocket,
}

impl Phone {
    /// A phone on a free loopback port.
    pub(crate) fn open() -> Result<Phone> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        setsockopt(&socket, sockopt::ReceiveTimestampns, &true)?;
        Ok(Phone { socket })
    }

    pub(crate) fn port(&self) -> Result<u16> {
        Ok(self.socket.local_addr()?.port())
    }

    /// From now on packets go to, and are heard from, this address.
    pub(crate) fn talk_to(&self, relay: SocketAddr) -> Result<()> {
        Ok(self.socket.connect(relay)?)
    }
}

/// What a run of streams showed.
pub(crate) struct Outcome {
    pub(crate) sent: u64,
    pub(crate) latency: Histogram,
}

/// Lets the speakers speak for `length` and gathers what arrives at the hearers.
pub(crate) fn run(speakers: &[Phone], hearers: &[Phone], length: Duration) -> Result<Outcome> {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let receiver = scope.spawn(|| receive(hearers, &done));
        let sent = send(speakers, length);
        std::thread::sleep(Duration::from_millis(50));
        done.store(true, Ordering::Relaxed);
        let latency = receiver.join().map_err(|_| anyhow::anyhow!("the receiver panicked"))??;
        Ok(Outcome { sent: sent?, latency })
    })
}

fn send(phones: &[Phone], length: Duration) -> Result<u64> {
    nix::sys::prctl::set_timerslack(1)?;
    let count = u32::try_from(phones.len()).context("too many phones")?.max(1);
    let start = Instant::now();
    let (mut sent, mut round) = (0, 0_u32);
    while start.elapsed() < length {
        for (index, phone) in (0_u32..).zip(phones) {
            wait_until(start + INTERVAL * round + INTERVAL * index / count);
            sent += u64::from(phone.socket.send(&packet(round, index)).is_ok());
        }
        round += 1;
    }
    Ok(sent)
}

/// Sleeps only when there is time for it, so that a high rate is a small burst and never a late stream.
fn wait_until(due: Instant) {
    let left = due.saturating_duration_since(Instant::now());
    if left > Duration::from_micros(20) {
        std::thread::sleep(left);
    }
}

/// A G.711 packet (RFC 3550 §5.1, payload type 0) that carries the time it was made.
fn packet(round: u32, stream: u32) -> [u8; PACKET] {
    let mut bytes = [0xD5; PACKET];
    let [.., high, low] = round.to_be_bytes();
    let head = [0x80, 0, high, low];
    let fields = [head, (round.wrapping_mul(160)).to_be_bytes(), (stream + 1).to_be_bytes()];
    bytes.iter_mut().zip(fields.as_flattened()).for_each(|(to, from)| *to = *from);
    if let Some(stamp) = bytes.get_mut(STAMP) {
        stamp.copy_from_slice(&wall_nanos().to_be_bytes());
    }
    bytes
}

fn wall_nanos() -> u64 {
    clock_gettime(ClockId::CLOCK_REALTIME).map_or(0, |now| nanos(&now))
}

fn nanos(time: &nix::sys::time::TimeSpec) -> u64 {
    let (seconds, nanos) = (u64::try_from(time.tv_sec()), u64::try_from(time.tv_nsec()));
    seconds.unwrap_or(0) * 1_000_000_000 + nanos.unwrap_or(0)
}

fn receive(phones: &[Phone], done: &AtomicBool) -> Result<Histogram> {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    for (index, phone) in (0_u64..).zip(phones) {
        epoll.add(&phone.socket, EpollEvent::new(EpollFlags::EPOLLIN, index))?;
    }
    let mut events = vec![EpollEvent::empty(); 2048];
    let mut latency = Histogram::default();
    loop {
        let last = done.load(Ordering::Relaxed);
        loop {
            let ready = epoll.wait(&mut events, EpollTimeout::ZERO)?;
            for event in events.iter().take(ready) {
                let index = usize::try_from(event.data())?;
                phones
                    .get(index)
                    .and_then(|phone| hear(&phone.socket))
                    .iter()
                    .for_each(|late| latency.add(*late));
            }
            if ready == 0 {
                break;
            }
        }
        if last {
            return Ok(latency);
        }
        std::thread::sleep(ROUND);
    }
}

/// One packet, and how long it was on its way from our send to its arrival at our socket.
fn hear(socket: &UdpSocket) -> Option<Duration> {
    let mut bytes = [0; 2048];
    let mut control = nix::cmsg_space!(nix::sys::time::TimeSpec);
    let mut slices = [IoSliceMut::new(&mut bytes)];
    let message = recvmsg::<SockaddrStorage>(
        socket.as_raw_fd(),
        &mut slices,
        Some(&mut control),
        MsgFlags::MSG_DONTWAIT,
    )
    .ok()?;
    let arrived = message.cmsgs().ok()?.find_map(|control| match control {
        ControlMessageOwned::ScmTimestampns(time) => Some(nanos(&time)),
        _ => None,
    })?;
    let stamp = <[u8; 8]>::try_from(bytes.get(STAMP)?).ok()?;
    Some(Duration::from_nanos(arrived.saturating_sub(u64::from_be_bytes(stamp))))
}
