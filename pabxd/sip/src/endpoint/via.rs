//! The Via of both directions: where answers go, and whether a response is ours (RFC 3261 §18, RFC 3581).

use crate::flow::Flow;
use crate::header::{MAGIC_COOKIE, Via};
use crate::message::{HeaderName, Response};
use crate::transaction;
use crate::uri::Host;

/// Set in the key of a CANCEL, never in a branch.
const CANCEL: u64 = 1 << 63;

/// The branch of a client transaction: 63 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Branch(u64);

impl Branch {
    pub(super) fn new(random: u64) -> Self {
        Self(random & !CANCEL)
    }

    /// RFC 3261 §9.1: a CANCEL has the branch of its INVITE and yet is a transaction of its own.
    pub(super) fn of_cancel(self) -> Self {
        Self(self.0 | CANCEL)
    }

    pub(super) fn key(self) -> u64 {
        self.0
    }

    /// The text in Via, the same for an INVITE and its CANCEL.
    pub(super) fn text(self) -> String {
        format!("{MAGIC_COOKIE}{:016x}", self.0 & !CANCEL)
    }

    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(MAGIC_COOKIE).filter(|digits| digits.len() == 16)?;
        let ours = digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let number = u64::from_str_radix(digits, 16).ok().filter(|number| ours && number & CANCEL == 0)?;
        Some(Self(number))
    }
}

/// The Via for a request of ours.
pub(super) fn ours(flow: &Flow, sent_by: (Host, Option<u16>), branch: Branch) -> Via {
    Via::new(flow.transport.via_name(), sent_by.0, sent_by.1, &branch.text())
}

/// The branch of a response that went out as a request of ours: exactly one Via (RFC 3261 §8.1.3.3), our branch.
pub(super) fn branch_of(response: &Response) -> Option<(Branch, Via)> {
    if response.headers().values(&HeaderName::Via).count() != 1 {
        return None;
    }
    let via = response.top_via().ok()?;
    let branch = Branch::parse(via.branch()?)?;
    Some((branch, via))
}

/// RFC 3261 §18.1.2: `sent-by` has to be what was written into the request.
pub(super) fn is_sent_by(via: &Via, flow: &Flow, sent_by: &(Host, Option<u16>)) -> bool {
    via.transport().eq_ignore_ascii_case(flow.transport.via_name())
        && via.host().equivalent(&sent_by.0)
        && via.port() == sent_by.1
}

/// Where the answers to a request go (RFC 3261 §18.2.2, RFC 3581 §4).
///
/// Streams: the connection it came by. Datagrams: the source address, and its port if `rport` asks for it, else
/// the port of `sent-by`. `maddr` is not followed: a forged one would send our answers to a third party.
pub(super) fn reply_flow(flow: &Flow, via: &Via) -> Flow {
    if flow.is_reliable() || via.rport().is_some() {
        return *flow;
    }
    flow.with_remote_port(via.port().unwrap_or_else(|| flow.transport.default_port()))
}

/// The class of a response's status.
pub(super) fn class(response: &Response) -> transaction::StatusClass {
    transaction::StatusClass::of(response.status().code())
}
