//! The four transaction machines (RFC 3261 §17, RFC 6026, RFC 4320), pure.
//!
//! A machine is told what happened ([`Moment`] and the class of a message) and answers with one step for its owner. It
//! holds no message and sends nothing; the owner asks [`next_wakeup`](ClientInvite::next_wakeup) and calls `wake`.

mod backoff;
mod client_invite;
mod client_non_invite;
mod server_invite;
mod server_non_invite;
mod timing;

pub use backoff::Backoff;
pub use client_invite::ClientInvite;
pub use client_non_invite::ClientNonInvite;
pub use server_invite::ServerInvite;
pub use server_non_invite::ServerNonInvite;
pub use timing::{Moment, Timing};

/// The classes of a status code that a transaction tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusClass {
    /// 100: hop by hop, says only that retransmitting may stop.
    Trying,
    /// 101–199.
    Provisional,
    /// 200–299.
    Success,
    /// 300–699.
    Failure,
}

impl StatusClass {
    /// The class of a status code; what is above 699 counts as a failure.
    pub fn of(code: u16) -> Self {
        match code {
            ..=100 => Self::Trying,
            101..=199 => Self::Provisional,
            200..=299 => Self::Success,
            300.. => Self::Failure,
        }
    }

    /// Whether the class ends a transaction's wait.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Success | Self::Failure)
    }
}

/// What the owner of a client transaction does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientStep {
    /// Nothing: absorbed.
    Nothing,
    /// Send the request again.
    SendRequest,
    /// Hand the response to the user.
    Deliver,
    /// Send the ACK for a failure and hand the response to the user (INVITE only).
    DeliverAndAck,
    /// Send the ACK again; the user has the response already (INVITE only).
    Ack,
    /// Timer C: nobody decided for too long, cancel the INVITE.
    Cancel,
    /// No final response came: tell the user.
    Timeout,
    /// The transport failed before a final response: tell the user.
    Failed,
}

/// What the owner of a server transaction does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerStep {
    /// Nothing: absorbed.
    Nothing,
    /// Send 100 Trying, which the user did not do in time.
    SendTrying,
    /// Send the response in hand, and keep it for retransmission.
    Send,
    /// Send the last response again.
    SendAgain,
    /// The ACK to a 2xx: hand it to the user.
    Acknowledged,
    /// The ACK to a failure came: only the wait for its duplicates is left.
    Confirmed,
    /// A 2xx was never acknowledged: tell the user, who ends the session with BYE.
    AckMissing,
    /// The transaction failed (transport, Timer H, no response in time): tell the user.
    Failed,
}
