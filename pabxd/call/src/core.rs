//! What all calls and registrations of an engine share.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use pabx_model::{AccountId, CallId, ClockState, Directory, ExtensionId, StoreWrite, TraceStep, TrunkId};
use pabx_sip::endpoint::{ClientTx, Endpoint, ServerTx};
use pabx_sip::flow::Flow;
use pabx_sip::message::Request;
use pabx_sip::random::Random;
use pabx_sip::timer::TimerQueue;

use crate::api::{Action, Alarm, Now, PortSource, Report, Ticket};
use crate::bounds::Burster;
use crate::calls::CallKey;
use crate::config::{ALARM_INTERVAL, EngineConfig, MAX_ALARMED};
use crate::ledger::Ledger;
use crate::leg::{LegIx, Purpose};
use crate::limits::ActiveCalls;
use crate::registration::Registrations;
use crate::spending::Spending;
use crate::trial::Trials;
use crate::trunk::{TrunkTimer, Trunks};
use crate::window::Window;

/// An extension of an account: who somebody is once authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Aor {
    pub(crate) account_id: AccountId,
    pub(crate) extension_id: ExtensionId,
}

/// What a timer of the engine is for. Protocol timers live in the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimerKey {
    /// Of a call's value.
    Call(CallKey, CallTimer),
    /// A record waited long enough for media counters.
    Ledger(CallKey),
    /// Ask the devices of an extension whether they are there.
    KeepAlive(Aor),
    /// Of a line to a provider.
    Trunk(TrunkId, TrunkTimer),
    /// Shutdown has waited long enough.
    Shutdown,
}

/// The timers of one call. One of each at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallTimer {
    /// Ringing is over.
    Ring,
    /// A provider does not answer our INVITE, or no connection to it comes about.
    Way,
    /// The call is as long as calls may be.
    MaxDuration,
    /// A call that goes out is charged for the time since it last was.
    Budget,
    /// A relayed offer was not answered.
    Exchange,
    /// The session timer of a leg (RFC 4028): refresh is due, or the session has run out.
    Session(LegIx),
    /// Try an offer or a refresh again after 491 (RFC 3261 §14.1).
    Retry(LegIx),
    /// An ended call has waited long enough for answers.
    Linger,
}

/// Whose a client transaction is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ClientOwner {
    /// A leg's.
    Leg(CallKey, LegIx, Purpose),
    /// An OPTIONS to a device.
    KeepAlive(Aor, Flow),
    /// A line's own: REGISTER or OPTIONS.
    Trunk(TrunkId, ClientTx),
}

/// Everything beside the calls themselves.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) config: EngineConfig,
    pub(crate) directory: Arc<Directory>,
    pub(crate) endpoint: Endpoint,
    pub(crate) random: Random,
    pub(crate) timers: TimerQueue<TimerKey>,
    pub(crate) actions: VecDeque<Action>,
    pub(crate) registrations: Registrations,
    pub(crate) trunks: Trunks,
    /// Calls that the box may make itself.
    pub(crate) trials: Trials,
    pub(crate) active: ActiveCalls,
    /// What was used up today.
    pub(crate) spending: Spending,
    /// Wrong PINs of the last while.
    pub(crate) wrong_pins: Window<ExtensionId>,
    /// Which bound stopped whose calls lately.
    stopped: Window<(AccountId, Option<ExtensionId>, std::mem::Discriminant<TraceStep>)>,
    /// Calls for help that were told of lately, by account.
    pub(crate) helps: Window<AccountId>,
    /// Calls abroad of the last while.
    pub(crate) bursts: Window<Burster>,
    pub(crate) clients: HashMap<ClientTx, ClientOwner>,
    pub(crate) servers: HashMap<ServerTx, (CallKey, LegIx)>,
    /// Local tags of legs. They are random, so they find a dialog; Call-ID and remote tag then confirm it.
    pub(crate) tags: HashMap<u64, (CallKey, LegIx)>,
    /// Ended calls whose record waits for media counters.
    pub(crate) closing: usize,
    /// RTP ports that were opened and not closed.
    pub(crate) open_ports: usize,
    next_ticket: u64,
    /// The time of the step that is being handled.
    pub(crate) clock: Instant,
    /// Whether the wall clock can be believed.
    pub(crate) wall_clock: ClockState,
    /// Alarms raised lately.
    alarmed: Vec<(Alarm, Instant)>,
}

impl Core {
    pub(crate) fn new(
        config: EngineConfig,
        directory: Arc<Directory>,
        endpoint: Endpoint,
        random: Random,
        registrations: Registrations,
        clock: Instant,
    ) -> Self {
        Self {
            config,
            directory,
            endpoint,
            random,
            registrations,
            trunks: Trunks::default(),
            trials: Trials::default(),
            timers: TimerQueue::new(),
            actions: VecDeque::new(),
            active: ActiveCalls::default(),
            spending: Spending::default(),
            wrong_pins: Window::default(),
            stopped: Window::default(),
            helps: Window::default(),
            bursts: Window::default(),
            clients: HashMap::new(),
            servers: HashMap::new(),
            tags: HashMap::new(),
            closing: 0,
            open_ports: 0,
            next_ticket: 0,
            clock,
            wall_clock: ClockState::Trusted,
            alarmed: Vec::new(),
        }
    }

    pub(crate) fn new_ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        Ticket(self.next_ticket)
    }

    pub(crate) fn store(&mut self, write: StoreWrite) -> Ticket {
        let ticket = self.new_ticket();
        self.actions.push_back(Action::Store { ticket, write });
        ticket
    }

    pub(crate) fn report(&mut self, report: Report) {
        self.actions.push_back(Action::Report(report));
    }

    /// A bound stopped a call: somebody should know, once in [`ALARM_INTERVAL`] of each bound and caller.
    pub(crate) fn stopped(
        &mut self,
        account_id: AccountId,
        extension_id: Option<ExtensionId>,
        step: &TraceStep,
    ) {
        let (now, key) = (self.clock, (account_id, extension_id, std::mem::discriminant(step)));
        if !self.stopped.is_full(now, &key, 1, ALARM_INTERVAL) {
            self.stopped.note(now, key, 1);
            self.report(Report::Stopped { account_id, extension_id, step: step.clone() });
        }
    }

    /// Raises an alarm. A limit that is reached again and again is told once in [`ALARM_INTERVAL`]: an attacker
    /// must not be able to flood the log.
    pub(crate) fn alarm(&mut self, alarm: Alarm) {
        let single = matches!(alarm, Alarm::MediaFailed(_) | Alarm::CallPanicked(_));
        let now = self.clock;
        self.alarmed.retain(|(_, at)| now.saturating_duration_since(*at) < ALARM_INTERVAL);
        if !single {
            if self.alarmed.len() >= MAX_ALARMED || self.alarmed.iter().any(|(known, _)| *known == alarm) {
                return;
            }
            self.alarmed.push((alarm, now));
        }
        self.report(Report::Alarm(alarm));
    }

    /// Whether sessions with somebody are refreshed (RFC 4028).
    pub(crate) fn keeps_sessions(&self, who: crate::who::Who) -> bool {
        let line = who.trunk_id().and_then(|id| self.trunks.line(id));
        line.is_none_or(|line| line.trunk.profile.session_timer)
    }

    pub(crate) fn new_call_id(&mut self, now: Now) -> CallId {
        CallId::new(now.utc.0, self.random.bytes())
    }

    /// The earliest of all deadlines.
    pub(crate) fn next_wakeup(&self) -> Option<Instant> {
        [self.timers.next(), self.endpoint.next_wakeup()].into_iter().flatten().min()
    }
}

/// What a call's code works with: the time, the shared part, its own ledger, and the RTP ports.
pub(crate) struct Cx<'a> {
    pub(crate) now: Now,
    pub(crate) core: &'a mut Core,
    pub(crate) ledger: &'a mut Ledger,
    pub(crate) ports: &'a mut dyn PortSource,
}

impl Cx<'_> {
    /// Sets a timer of the call, in place of an earlier one of the same name.
    pub(crate) fn set(&mut self, which: CallTimer, after: std::time::Duration) {
        self.clear(which);
        let key = TimerKey::Call(self.ledger.key, which);
        let id = self.core.timers.insert(self.now.mono + after, key);
        self.ledger.timers.push((which, id));
    }

    pub(crate) fn clear(&mut self, which: CallTimer) {
        if let Some(at) = self.ledger.timers.iter().position(|(name, _)| *name == which) {
            let (_, id) = self.ledger.timers.swap_remove(at);
            self.core.timers.cancel(id);
        }
    }

    /// Sends a request of a leg. `None`: the endpoint is full; nothing was sent.
    pub(crate) fn request(
        &mut self,
        leg: LegIx,
        flow: Flow,
        request: Request,
        purpose: Purpose,
    ) -> Option<ClientTx> {
        let Ok(tx) = self.core.endpoint.request(self.now.mono, flow, request) else {
            self.core.alarm(Alarm::TransactionLimit);
            return None;
        };
        self.core.clients.insert(tx, ClientOwner::Leg(self.ledger.key, leg, purpose));
        self.ledger.clients.push(tx);
        Some(tx)
    }

    /// Events of this server transaction come to this leg from now on.
    pub(crate) fn own_server(&mut self, leg: LegIx, tx: ServerTx) {
        self.core.servers.insert(tx, (self.ledger.key, leg));
        self.ledger.servers.push(tx);
    }

    pub(crate) fn forget_client(&mut self, tx: ClientTx) {
        self.core.clients.remove(&tx);
        self.ledger.clients.retain(|known| *known != tx);
    }

    pub(crate) fn forget_server(&mut self, tx: ServerTx) {
        self.core.servers.remove(&tx);
        self.ledger.servers.retain(|known| *known != tx);
        self.ledger.open_invite.take_if(|(open, _)| *open == tx);
    }

    /// A new local tag that finds this leg.
    pub(crate) fn new_tag(&mut self, leg: LegIx) -> Tag {
        let tag = Tag(self.core.random.u64());
        self.core.tags.insert(tag.0, (self.ledger.key, leg));
        self.ledger.tags.push(tag);
        tag
    }
}

/// A tag of ours (RFC 3261 §19.3): 64 random bits, sixteen lower-case hexadecimal digits on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Tag(pub(crate) u64);

impl Tag {
    /// Reads what [`Display`](std::fmt::Display) writes, and nothing else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let ours = text.len() == 16 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        ours.then(|| u64::from_str_radix(text, 16).ok().map(Self))?
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
