//! Reliable provisional responses of one INVITE, server side (RFC 3262).
//!
//! | state | input | does | next |
//! |---|---|---|---|
//! | idle | user: 101–199 | send with the next RSeq | waiting |
//! | waiting | user: 101–199 | queue it, at most [`MAX_QUEUED`] | waiting |
//! | waiting | T1, doubling | send again | waiting |
//! | waiting | PRACK with this RSeq | send the next of the queue | waiting, or idle if none |
//! | waiting | PRACK with another RSeq | – (the PRACK gets 481) | waiting |
//! | waiting | 64·T1 | PRACK missing | given up |
//! | waiting | user: 2xx, the provisional had a body | hold it back until the PRACK (§3) | waiting |
//! | any | user: other final | stop | given up |

use std::collections::VecDeque;
use std::time::Instant;

use bytes::Bytes;

use crate::random::Random;
use crate::transaction::{Backoff, Moment};

/// Provisionals that may wait for the PRACK of an earlier one; a further one is not sent.
pub const MAX_QUEUED: usize = 4;

/// One provisional that was sent and not yet acknowledged.
#[derive(Debug, Clone)]
struct Unacknowledged {
    rseq: u32,
    bytes: Bytes,
    has_body: bool,
    again: Backoff,
    until: Instant,
}

/// A provisional that waits for its turn: bytes without RSeq, and whether they have a body.
#[derive(Debug, Clone)]
struct Queued {
    bytes: Bytes,
    has_body: bool,
}

/// See the table at the top of the file.
#[derive(Debug, Clone)]
pub struct ReliableProvisionals {
    next_rseq: u32,
    waiting: Option<Unacknowledged>,
    queue: VecDeque<Queued>,
}

/// What a wake-up leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReliableStep {
    /// Nothing is due.
    Nothing,
    /// Send these bytes again.
    SendAgain(Bytes),
    /// 64·T1 are over without PRACK.
    PrackMissing,
}

impl ReliableProvisionals {
    /// RFC 3262 §3: the first RSeq is random, between 1 and 2³¹−1; half of that leaves room to count.
    pub fn new(random: &mut Random) -> Self {
        Self { next_rseq: 1 + random.below(1 << 30), waiting: None, queue: VecDeque::new() }
    }

    /// Takes a provisional response; gives the bytes to send now, or `None` when it has to wait.
    pub fn respond(&mut self, at: Moment<'_>, bytes: &Bytes, has_body: bool) -> Option<Bytes> {
        let queued = Queued { bytes: bytes.clone(), has_body };
        if self.waiting.is_none() {
            return Some(self.send(at, &queued));
        }
        if self.queue.len() < MAX_QUEUED {
            self.queue.push_back(queued);
        }
        None
    }

    fn send(&mut self, at: Moment<'_>, queued: &Queued) -> Bytes {
        let rseq = self.next_rseq;
        self.next_rseq += 1;
        let bytes = with_rseq(&queued.bytes, rseq);
        self.waiting = Some(Unacknowledged {
            rseq,
            bytes: bytes.clone(),
            has_body: queued.has_body,
            again: Backoff::start(at.now, at.timing.t1),
            until: at.after(at.timing.transaction()),
        });
        bytes
    }

    /// Whether a PRACK with this RSeq acknowledges what waits.
    pub fn acknowledges(&self, rseq: u32) -> bool {
        self.waiting.as_ref().is_some_and(|waiting| waiting.rseq == rseq)
    }

    /// The PRACK came; gives the next provisional to send, if one waited.
    pub fn acknowledged(&mut self, at: Moment<'_>) -> Option<Bytes> {
        self.waiting = None;
        let next = self.queue.pop_front()?;
        Some(self.send(at, &next))
    }

    /// RFC 3262 §3: a 2xx waits for the PRACK of a provisional with a session description.
    pub fn holds_back_success(&self) -> bool {
        self.waiting.as_ref().is_some_and(|waiting| waiting.has_body)
    }

    /// A timer may be due. Call again until it answers [`ReliableStep::Nothing`].
    pub fn wake(&mut self, at: Moment<'_>) -> ReliableStep {
        let Some(waiting) = &mut self.waiting else { return ReliableStep::Nothing };
        if at.now >= waiting.until {
            self.waiting = None;
            self.queue.clear();
            return ReliableStep::PrackMissing;
        }
        if waiting.again.is_due(at.now) {
            // RFC 3262 §3: the interval doubles without a cap.
            waiting.again.advance(at.now, at.timing.transaction());
            return ReliableStep::SendAgain(waiting.bytes.clone());
        }
        ReliableStep::Nothing
    }

    /// When `wake` has something to do.
    pub fn next_wakeup(&self) -> Option<Instant> {
        self.waiting.as_ref().map(|waiting| waiting.again.due().min(waiting.until))
    }
}

/// RFC 3262 §3: `Require: 100rel` and `RSeq` at the end of the head.
fn with_rseq(response: &Bytes, rseq: u32) -> Bytes {
    let Some(end) = memchr::memmem::find(response, b"\r\n\r\n") else { return response.clone() };
    let (head, rest) = response.split_at(end + 2);
    let added = format!("Require: 100rel\r\nRSeq: {rseq}\r\n");
    [head, added.as_bytes(), rest].concat().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transaction::Timing;
    use std::time::Duration;

    const RINGING: &[u8] = b"SIP/2.0 183 Session Progress\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";

    #[expect(clippy::disallowed_methods, reason = "an epoch for simulated time")]
    fn epoch() -> Instant {
        Instant::now()
    }

    fn rseq(bytes: &Bytes) -> u32 {
        let text = std::str::from_utf8(bytes).unwrap();
        text.split("RSeq: ").nth(1).unwrap().split("\r\n").next().unwrap().parse().unwrap()
    }

    #[test]
    fn an_unacknowledged_provisional_doubles_without_cap_and_is_missed_after_32_seconds() {
        let (start, timing) = (epoch(), Timing::default());
        let mut reliable = ReliableProvisionals::new(&mut Random::new([1; 32]));
        let at = |now| Moment { now, timing: &timing };
        let sent = reliable.respond(at(start), &Bytes::from_static(RINGING), false).unwrap();
        let mut seen = Vec::new();
        while let Some(next) = reliable.next_wakeup() {
            match reliable.wake(at(next)) {
                ReliableStep::SendAgain(bytes) => assert_eq!(bytes, sent),
                step => assert_eq!(step, ReliableStep::PrackMissing),
            }
            seen.push((next - start).as_millis());
        }
        assert_eq!(seen, [500, 1500, 3500, 7500, 15_500, 31_500, 32_000]);
    }

    #[test]
    fn the_second_waits_for_the_prack_of_the_first_and_counts_up_by_one() {
        let (start, timing) = (epoch(), Timing::default());
        let at = Moment { now: start + Duration::ZERO, timing: &timing };
        let mut reliable = ReliableProvisionals::new(&mut Random::new([1; 32]));
        let first = rseq(&reliable.respond(at, &Bytes::from_static(RINGING), true).unwrap());
        assert!(reliable.holds_back_success());
        assert_eq!(reliable.respond(at, &Bytes::from_static(RINGING), false), None);
        assert!(reliable.acknowledges(first) && !reliable.acknowledges(first + 1));
        let second = rseq(&reliable.acknowledged(at).unwrap());
        assert_eq!(second, first + 1);
        assert!(!reliable.holds_back_success());
        assert_eq!(reliable.acknowledged(at), None);
        assert_eq!(reliable.next_wakeup(), None);
    }
}
