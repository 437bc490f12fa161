//! What goes in and out of an endpoint, as plain data.

use bytes::Bytes;

use super::key::Keys;
use crate::flow::Flow;
use crate::message::{Request, Response, StatusCode};

/// Names a server transaction. A stale one is recognised and harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerTx(pub(super) super::slab::Id);

/// Names a client transaction. A stale one is recognised and harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientTx(pub(super) super::slab::Id);

/// A request that nothing is remembered of yet.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The request as it came; its source is noted, so that answers built from it carry `received` and `rport`.
    pub request: Request,
    /// Where it came from.
    pub flow: Flow,
    /// Where answers go: the same flow, or the sender's port of its Via (RFC 3581 §4).
    pub(super) reply: Flow,
    pub(super) keys: Keys,
    /// Octets that came, which bound the octets of an unauthenticated answer.
    pub(super) size: usize,
}

/// Bytes for the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// The path they take.
    pub flow: Flow,
    /// One whole SIP message.
    pub bytes: Bytes,
}

/// All transaction slots are taken. Answer 503 with Retry-After by
/// [`respond_stateless`](super::Endpoint::respond_stateless), or give up the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no transaction left")]
pub struct Overload;

/// How much an endpoint holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Server transactions, lingering ones included.
    pub server: usize,
    /// Client transactions, lingering ones included.
    pub client: usize,
    /// Timers that wait.
    pub timers: usize,
    /// Flows that transactions refer to.
    pub flows: usize,
    /// Entries by which messages find their transactions.
    pub index: usize,
}

impl Counts {
    /// Whether nothing is left.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }
}

/// Why bytes led to nothing: for counters and for the guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejected {
    /// No SIP message. See [`crate::message::MalformedReason`].
    Malformed(crate::message::MalformedReason),
    /// A well-formed request that RFC 3261 forbids, and the status of the answer it got.
    Refused(StatusCode, &'static str),
    /// A response that [`crate::verdict`] refuses.
    BadResponse,
    /// A response whose top Via is not ours, or that belongs to no transaction.
    StrayResponse,
    /// An ACK that belongs to nothing.
    StrayAck,
    /// A CANCEL that belongs to nothing; it got 481.
    StrayCancel,
    /// The same request by another path (RFC 3261 §8.2.2.2); it got 482.
    Merged,
}

/// What an endpoint tells its user.
#[derive(Debug, Clone)]
pub enum Event {
    /// A new request, never ACK or CANCEL. It passed [`crate::verdict::check_request`]; nothing is remembered of
    /// it before [`accept`](super::Endpoint::accept).
    Request(Incoming),
    /// The ACK to our 2xx came; told once.
    Ack {
        /// The INVITE that was accepted.
        invite: ServerTx,
        /// The ACK, whose body may be the answer to our offer.
        request: Request,
    },
    /// No ACK to our 2xx in 64·T1: the dialog stands, the user sends BYE (RFC 3261 §13.3.1.4).
    AckMissing {
        /// The INVITE that was accepted.
        invite: ServerTx,
    },
    /// No PRACK in 64·T1: the user answers the INVITE with a 5xx (RFC 3262 §3).
    PrackMissing {
        /// The INVITE.
        invite: ServerTx,
    },
    /// A CANCEL came in time and was answered 200: the user answers the INVITE with 487. Told once.
    Cancelled {
        /// The INVITE.
        invite: ServerTx,
    },
    /// A response, provisional or final. Of an INVITE every 2xx is told, also repeated and forked ones: each is
    /// to be acknowledged by [`send_ack`](super::Endpoint::send_ack).
    Response {
        /// The transaction.
        tx: ClientTx,
        /// The response.
        response: Response,
        /// Where it came from.
        flow: Flow,
    },
    /// No final response came in time. The transaction is gone.
    Timeout {
        /// The transaction.
        tx: ClientTx,
    },
    /// The path failed before a final response. The transaction is gone.
    TransportError {
        /// The transaction.
        tx: ClientTx,
    },
    /// A server transaction ended without reaching its goal: path lost, ACK to a failure missing, or the user
    /// did not answer a non-INVITE in time (RFC 4320). It is gone.
    ServerFailed {
        /// The transaction.
        tx: ServerTx,
    },
    /// Something was dropped or refused.
    Rejected {
        /// Where it came from.
        flow: Flow,
        /// Why.
        reason: Rejected,
    },
}
