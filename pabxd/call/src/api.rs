//! What goes into the engine and what comes out: plain data, no behaviour.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use crate::spending::{Used, UsedBefore};
use crate::trial::Trial;
use bytes::Bytes;
use pabx_media::command::{MediaCommand, MediaEvent};
pub use pabx_model::StoreWrite;
use pabx_model::{
    AccountId, CallId, CallRecord, ClockState, Directory, DisplayName, ExtensionId, SavedBinding, Timestamp,
    TraceStep, TrunkId, TrunkProblem, TrunkState,
};
use pabx_sip::flow::Flow;
use pabx_sip::target::{Answer, Query, Target};

/// The two clocks a step of the engine sees. Both are inputs; the engine reads none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Monotonic time: every timer runs on it.
    pub mono: Instant,
    /// Wall time, milliseconds since the Unix epoch: what records say.
    pub utc: Timestamp,
}

/// Names one write until the store has answered it. Unique within one engine's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// Everything that can happen to an engine.
#[derive(Debug)]
pub enum Input {
    /// One datagram, or one message cut out of a stream by `pabx_sip::frame::Framer`.
    Sip {
        /// Where it came from and by which socket.
        flow: Flow,
        /// The message as it came.
        bytes: Bytes,
    },
    /// A send on this flow failed, or its connection closed.
    FlowFailed(Flow),
    /// The time of [`crate::Engine::next_wakeup`] has come.
    Wake,
    /// The configuration changed. Running calls go on, but those of accounts that are suspended or gone end; what was
    /// suspended loses its registrations.
    Directory(Arc<Directory>),
    /// News from a media thread.
    Media(MediaEvent),
    /// Registrations kept from before a restart. Given once, before the first datagram.
    Restore(Vec<SavedBinding>),
    /// The store's answer to an [`Action::Store`].
    Stored {
        /// The ticket the write carried.
        ticket: Ticket,
        /// Whether it is safely on disk.
        ok: bool,
    },
    /// DNS's answer to an [`Action::Resolve`].
    Resolved {
        /// The ticket the question carried.
        ticket: Ticket,
        /// What it said; no answer in time is an empty one.
        answer: Answer,
        /// How long that holds.
        ttl: Duration,
    },
    /// The outcome of an [`Action::Connect`].
    Connected {
        /// The ticket it carried.
        ticket: Ticket,
        /// The way there; `None`: there is none.
        flow: Option<Flow>,
    },
    /// What was used up of the day before a restart. Given once, before the first datagram.
    Spent(Vec<UsedBefore>),
    /// Whether the wall clock can be believed, from now on. Until it is told, it can.
    Clock(ClockState),
    /// The box is about to try a trunk or an extension with a call.
    Trial(Trial),
    /// A wish of the people who run the box.
    Command(Command),
}

/// A wish of the people who run the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// End one call, both sides. Unknown ids are ignored.
    HangUp(CallId),
    /// Begin with a line to a provider as if it had just been set up. Calls over it go on. Unknown ids are ignored.
    TryTrunk(TrunkId),
    /// End all calls, keep all registrations, answer [`Action::Stopped`] when done (at most about 2 s).
    Shutdown,
}

/// What the driver is to do. Drain them all after each [`crate::Engine::handle`].
#[derive(Debug)]
pub enum Action {
    /// Send one message. A failure comes back as [`Input::FlowFailed`].
    Send {
        /// By which socket or connection, and to whom.
        flow: Flow,
        /// The message.
        bytes: Bytes,
    },
    /// Tell the media threads.
    Media(MediaCommand),
    /// Write this; answer with [`Input::Stored`].
    Store {
        /// Comes back in [`Input::Stored`].
        ticket: Ticket,
        /// What to write.
        write: StoreWrite,
    },
    /// Ask DNS; answer with [`Input::Resolved`].
    Resolve {
        /// Comes back in [`Input::Resolved`].
        ticket: Ticket,
        /// The question.
        query: Query,
    },
    /// Find a way to a server: the socket over UDP, a connection over TCP or TLS. Answer with [`Input::Connected`], in any
    /// case and within a few seconds.
    Connect {
        /// Comes back in [`Input::Connected`].
        ticket: Ticket,
        /// The server.
        target: Target,
    },
    /// For the log and the monitor. May be dropped by who is busy.
    Report(Report),
    /// The answer to [`Command::Shutdown`]: nothing is left to do.
    Stopped,
}

/// What happened, for the log and the monitor. Texts in it may come from the network: escape when printing.
#[derive(Clone, Debug)]
pub enum Report {
    /// A device registered for the first time, or came back under a new address.
    Registered {
        /// Whose device.
        account_id: AccountId,
        /// Whose device.
        extension_id: ExtensionId,
        /// Where requests to it go.
        flow: Flow,
        /// What it calls itself, at most 64 characters.
        user_agent: Option<String>,
    },
    /// A device is gone.
    Unregistered {
        /// Whose device.
        account_id: AccountId,
        /// Whose device.
        extension_id: ExtensionId,
        /// Where it was.
        flow: Flow,
        /// Why.
        why: UnregisterReason,
    },
    /// A registered device stopped (`reachable: false`) or started again to answer OPTIONS.
    Reachability {
        /// Whose device.
        account_id: AccountId,
        /// Whose device.
        extension_id: ExtensionId,
        /// Where it is.
        flow: Flow,
        /// Whether it answers.
        reachable: bool,
    },
    /// An attempt began. The record has no answer and no end yet.
    CallStarted(Box<CallRecord>),
    /// A call goes out by a trunk, or by another one than before: its record so far.
    CallRouted(Box<CallRecord>),
    /// A call was answered: its record so far.
    CallAnswered(Box<CallRecord>),
    /// A key was pressed during a call (RFC 4733).
    Dtmf {
        /// Which call.
        call_id: CallId,
        /// `0`–`9`, `*`, `#`, `A`–`D`.
        digit: char,
    },
    /// An attempt ended: the same record that goes to the store.
    CallEnded(Box<CallRecord>),
    /// A source is banned because of failed authentications.
    Banned {
        /// The source.
        source: IpAddr,
        /// The name it last tried, at most 64 characters.
        identity: Option<String>,
        /// Until when.
        until: Timestamp,
    },
    /// A line to a provider stands otherwise than before.
    Trunk {
        /// Whose it is.
        account_id: AccountId,
        /// Which.
        trunk_id: TrunkId,
        /// Its name.
        name: DisplayName,
        /// How it stands.
        state: TrunkState,
        /// What is wrong.
        problem: Option<TrunkProblem>,
        /// What the provider said, where it said something.
        status: Option<u16>,
    },
    /// A bound of the account stopped a call that went out, or was to.
    Stopped {
        /// Whose it is.
        account_id: AccountId,
        /// Who called; `None`: nobody of the account, the call was forwarded.
        extension_id: Option<ExtensionId>,
        /// Which bound.
        step: TraceStep,
    },
    /// Somebody calls for help.
    Emergency {
        /// The attempt: its record so far.
        record: Box<CallRecord>,
        /// The extension's number.
        caller: Box<str>,
    },
    /// Somebody should look.
    Alarm(Alarm),
}

/// Why a registration went away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnregisterReason {
    /// The device said so.
    Requested,
    /// It was not refreshed in time.
    Expired,
    /// A newer registration of the same device took its place.
    Replaced,
    /// Its TCP connection closed.
    FlowClosed,
    /// The account or the extension was suspended or deleted.
    Suspended,
}

/// Conditions an installer wants to know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// No RTP port was left for a call.
    NoMediaPorts,
    /// The box has as many calls as it may have.
    CallLimit,
    /// An account has as many calls as it may have.
    AccountCallLimit(AccountId),
    /// The SIP endpoint has no room for another transaction.
    TransactionLimit,
    /// The store did not take a write, or too many are waiting for it.
    StoreFailed,
    /// The media side lost the sockets of a call.
    MediaFailed(CallId),
    /// A call was dropped because its handling panicked ([`crate::Engine::recover`]).
    CallPanicked(CallId),
}

/// Where RTP ports come from. The driver binds them; the engine only sees their numbers.
pub trait PortSource {
    /// An even port that is bound, with the port after it bound for RTCP. `None`: all are in use.
    /// It goes back with [`MediaCommand::Close`].
    fn open(&mut self) -> Option<u16>;
}
