//! The one place of the daemon with unsafe code: an io_uring that receives datagrams into its own buffers.
//!
//! `nix` has no io_uring, and `io-uring` leaves three promises to the caller, each kept here:
//! - what a request points at lives as long as the request: buffers, buffer list and message header are leaked
//!   on purpose, once for each media thread, so the kernel can never write to freed memory;
//! - nobody reads a buffer that the kernel may write to: a packet is copied out, and only then is its buffer
//!   given back;
//! - one thread uses a ring (`SINGLE_ISSUER`): the raw pointers keep `Ring` from being `Send`.
//!
//! Descriptors are borrowed only for the call: who closes one cancels its request and submits first.

#![allow(unsafe_code)]

use io_uring::types::{BufRingEntry, Fd, RecvMsgOut, SubmitArgs, Timespec};
use io_uring::{IoUring, cqueue, opcode, squeue};
use nix::errno::Errno;
use nix::libc;
use std::io;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

/// Receive buffers of one thread at most. When all are full, receiving pauses and packets wait in their sockets.
const BUFFERS: u16 = 512;
/// Buffers in use at first; they double when they did not suffice, so that a quiet box keeps its memory.
const FIRST_BUFFERS: u16 = 64;
/// Room for the list of them: 16 octets each.
const LIST: usize = 16 * 512;
/// One buffer: the kernel's header, the sender's address and a packet of sound, which has no use for a kilobyte.
const BUFFER: u32 = 1088;
/// Requests between two submissions; more are submitted early.
const REQUESTS: u32 = 256;
/// Completions that wait to be read; the kernel keeps what is beyond.
const COMPLETIONS: u32 = 1024;
const GROUP: u16 = 0;
/// Requests whose end nobody waits for.
const UNHEARD: u64 = u64::MAX;

#[repr(C, align(4096))]
struct Entries([u8; LIST]);

/// What a completion says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A packet was copied to the room.
    Received { length: usize, from: SocketAddr },
    /// A polled file is ready.
    Ready,
    /// The request has ended and brings nothing more; why, if it failed.
    Ended(Option<Errno>),
    /// Nothing to act on.
    Nothing,
}

/// A completion, and the token of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Completion {
    pub(super) token: u64,
    pub(super) outcome: Outcome,
}

/// An io_uring with a ring of receive buffers.
pub(super) struct Ring {
    io: IoUring,
    entries: *mut BufRingEntry,
    buffers: *mut u8,
    header: *const libc::msghdr,
    tail: u16,
    /// Buffers in use; the others were never touched.
    used: u16,
    /// Whether they grew in this round.
    grown: bool,
    /// A request whose last completion brought a packet: its end is told next.
    ended: Option<u64>,
}

impl Ring {
    /// Fails where the kernel is older than 6.1 or does not let us.
    pub(super) fn new() -> io::Result<Ring> {
        let io = IoUring::builder()
            .setup_single_issuer()
            .setup_defer_taskrun()
            .setup_cqsize(COMPLETIONS)
            .build(REQUESTS)?;
        let entries: *mut Entries = Box::leak(Box::new(Entries([0; LIST])));
        let buffers = Box::leak(vec![0_u8; offset(BUFFERS)].into_boxed_slice()).as_mut_ptr();
        // SAFETY: a message header of zeros is a valid one, without buffers and control data.
        let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
        header.msg_namelen = libc::socklen_t::try_from(size_of::<libc::sockaddr_in6>()).unwrap_or(0);
        let header = Box::leak(Box::new(header));
        let mut ring = Ring {
            io,
            entries: entries.cast(),
            buffers,
            header,
            tail: 0,
            used: 0,
            grown: false,
            ended: None,
        };
        // SAFETY: the list is page-aligned, has room for `BUFFERS` entries and is never freed.
        unsafe {
            ring.io.submitter().register_buf_ring_with_flags(address(entries), BUFFERS, GROUP, 0)?;
        }
        ring.use_buffers(FIRST_BUFFERS);
        Ok(ring)
    }

    fn use_buffers(&mut self, used: u16) {
        let more = self.used..used.min(BUFFERS);
        self.used = more.end.max(self.used);
        more.for_each(|buffer| self.give_back(buffer));
    }

    /// Receives datagrams until the request ends or is cancelled.
    pub(super) fn receive(&mut self, socket: impl AsFd, token: u64) -> io::Result<()> {
        let socket = Fd(socket.as_fd().as_raw_fd());
        self.push(&opcode::RecvMsgMulti::new(socket, self.header, GROUP).build().user_data(token))
    }

    /// Tells each time a file becomes readable.
    pub(super) fn poll(&mut self, file: impl AsFd, token: u64) -> io::Result<()> {
        let file = Fd(file.as_fd().as_raw_fd());
        let events = u32::from(libc::POLLIN.cast_unsigned());
        self.push(&opcode::PollAdd::new(file, events).multi(true).build().user_data(token))
    }

    /// Ends the request with this token.
    pub(super) fn cancel(&mut self, token: u64) -> io::Result<()> {
        self.push(&opcode::AsyncCancel::new(token).build().user_data(UNHEARD))
    }

    fn push(&mut self, request: &squeue::Entry) -> io::Result<()> {
        // SAFETY: what requests point at is leaked, and a descriptor that is no longer open is an error, no more.
        let pushed = unsafe { self.io.submission().push(request) };
        if pushed.is_ok() {
            return Ok(());
        }
        self.io.submit()?;
        // SAFETY: as above.
        unsafe { self.io.submission().push(request) }.map_err(|_| Errno::EBUSY.into())
    }

    /// Hands the requests to the kernel.
    pub(super) fn submit(&mut self) -> io::Result<()> {
        self.io.submit().map(drop)
    }

    /// Hands over the requests and waits for so many completions, or until the limit.
    pub(super) fn wait(&mut self, completions: usize, limit: Option<Duration>) -> io::Result<()> {
        self.grown = false;
        let waited = match limit {
            None => self.io.submit_and_wait(completions),
            Some(limit) => {
                let limit = Timespec::from(limit);
                self.io.submitter().submit_with_args(completions, &SubmitArgs::new().timespec(&limit))
            }
        };
        match waited {
            Ok(_) => Ok(()),
            Err(error) => match Errno::from_raw(error.raw_os_error().unwrap_or(0)) {
                Errno::ETIME | Errno::EINTR | Errno::EBUSY => Ok(()),
                _ => Err(error),
            },
        }
    }

    /// The next completion; a packet is copied to `room`.
    pub(super) fn next(&mut self, room: &mut [u8]) -> Option<Completion> {
        if let Some(token) = self.ended.take() {
            return Some(Completion { token, outcome: Outcome::Ended(None) });
        }
        let entry = self.io.completion().next()?;
        Some(Completion { token: entry.user_data(), outcome: self.outcome(&entry, room) })
    }

    fn outcome(&mut self, entry: &cqueue::Entry, room: &mut [u8]) -> Outcome {
        let (token, more) = (entry.user_data(), cqueue::more(entry.flags()));
        if token == UNHEARD {
            return Outcome::Nothing;
        }
        let Ok(length) = usize::try_from(entry.result()) else {
            let error = Errno::from_raw(entry.result().saturating_neg());
            if error == Errno::ENOBUFS {
                self.grow();
            }
            return Outcome::Ended(Some(error));
        };
        let Some(buffer) = cqueue::buffer_select(entry.flags()) else {
            return if more { Outcome::Ready } else { Outcome::Ended(None) };
        };
        if !more {
            self.ended = Some(token);
        }
        let packet = self.copy(buffer, length, room);
        self.give_back(buffer);
        packet.map_or(Outcome::Nothing, |(length, from)| Outcome::Received { length, from })
    }

    /// Twice the buffers, once for all the requests that ended in one round for the lack of them.
    fn grow(&mut self) {
        if !self.grown {
            self.grown = true;
            self.use_buffers(self.used.saturating_mul(2));
        }
    }

    /// Copies a packet and reads its sender. `None` for one that is longer than any packet should be.
    fn copy(&self, buffer: u16, length: usize, room: &mut [u8]) -> Option<(usize, SocketAddr)> {
        if buffer >= BUFFERS {
            return None;
        }
        // SAFETY: the buffer is within the leaked allocation, and the kernel has handed it to us until `give_back`.
        let bytes =
            unsafe { std::slice::from_raw_parts(self.buffers.add(offset(buffer)), length.min(offset(1))) };
        // SAFETY: the header is leaked and nobody changes it.
        let message = RecvMsgOut::parse(bytes, unsafe { &*self.header }).ok()?;
        if message.is_payload_truncated() {
            return None;
        }
        let packet = message.payload_data();
        room.get_mut(..packet.len())?.copy_from_slice(packet);
        Some((packet.len(), sender(message.name_data())?))
    }

    /// Lets the kernel fill the buffer again.
    fn give_back(&mut self, buffer: u16) {
        if buffer >= BUFFERS {
            return;
        }
        // SAFETY: entry and buffer are within their leaked allocations; the kernel reads an entry only once the tail
        // has passed it, which the release store below orders. The tail overlays the first entry's reserved field.
        unsafe {
            let entry = &mut *self.entries.add(usize::from(self.tail % BUFFERS));
            entry.set_addr(address(self.buffers.add(offset(buffer))));
            entry.set_len(BUFFER);
            entry.set_bid(buffer);
            self.tail = self.tail.wrapping_add(1);
            let tail = BufRingEntry::tail(self.entries).cast_mut();
            AtomicU16::from_ptr(tail).store(self.tail, Ordering::Release);
        }
    }
}

/// Where a buffer begins.
fn offset(buffer: u16) -> usize {
    usize::try_from(u32::from(buffer) * BUFFER).unwrap_or(0)
}

/// An address as the kernel is told it.
fn address<T>(pointer: *mut T) -> u64 {
    u64::try_from(pointer.expose_provenance()).unwrap_or(0)
}

/// The address in a `sockaddr_in` or `sockaddr_in6`.
fn sender(name: &[u8]) -> Option<SocketAddr> {
    let (family, rest) = name.split_first_chunk()?;
    let (port, rest) = rest.split_first_chunk()?;
    let port = u16::from_be_bytes(*port);
    match i32::from(u16::from_ne_bytes(*family)) {
        libc::AF_INET => Some(SocketAddr::from((*rest.first_chunk::<4>()?, port))),
        libc::AF_INET6 => {
            let (flow, rest) = rest.split_first_chunk()?;
            let (host, rest) = rest.split_first_chunk::<16>()?;
            let scope = u32::from_ne_bytes(*rest.first_chunk()?);
            let flow = u32::from_be_bytes(*flow);
            Some(SocketAddrV6::new(Ipv6Addr::from(*host), port, flow, scope).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senders_are_read_as_the_kernel_writes_them() {
        let mut four = libc::AF_INET.to_ne_bytes()[..2].to_vec();
        four.extend([0x13, 0xc4, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(sender(&four), Some("192.0.2.1:5060".parse().unwrap()));
        let mut six = libc::AF_INET6.to_ne_bytes()[..2].to_vec();
        six.extend([0x13, 0xc4, 0, 0, 0, 0]);
        six.extend("2001:db8::1".parse::<Ipv6Addr>().unwrap().octets());
        six.extend(0_u32.to_ne_bytes());
        assert_eq!(sender(&six), Some("[2001:db8::1]:5060".parse().unwrap()));
        assert_eq!(sender(&six[..20]), None);
        assert_eq!(sender(&[]), None);
    }
}
