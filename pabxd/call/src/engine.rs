//! The engine: a value that is handed what happens and says what to do. Thin: it finds whose an event is.

use std::sync::Arc;
use std::time::Instant;

use pabx_media::command::MediaEvent;
use pabx_model::{CallId, Directory, EndReason};
use pabx_sip::digest::Authenticator;
use pabx_sip::endpoint::{ClientTx, Endpoint, EndpointConfig, Event, ServerTx};
use pabx_sip::guard::Guard;
use pabx_sip::message::Response;
use pabx_sip::random::Random;

use crate::api::{Action, Alarm, Command, Input, Now, PortSource};
use crate::call::Call;
use crate::calls::{CallKey, Calls};
use crate::config::{EngineConfig, SHUTDOWN_GRACE};
use crate::core::{ClientOwner, Core, Cx, TimerKey};
use crate::headers;
use crate::ledger;
use crate::record::Outcome;
use crate::registration::Registrations;

/// Sizes of everything that must be empty when nothing goes on. For metrics, and for tests that look for leaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls that go on, those just ending included.
    pub calls: usize,
    /// Ended calls whose record waits for the last media counters.
    pub closing: usize,
    /// RTP ports in use.
    pub ports: usize,
    /// Client transactions of the SIP endpoint, lingering ones included.
    pub client_transactions: usize,
    /// Server transactions of the SIP endpoint, lingering ones included.
    pub server_transactions: usize,
    /// Timers of calls and of shutdown; not those that keep registrations and lines alive.
    pub timers: usize,
    /// Transactions, dialogs and charges that are known to belong to a call.
    pub owned: usize,
    /// Registered devices.
    pub bindings: usize,
    /// Writes that a REGISTER waits for.
    pub pending_writes: usize,
}

/// One PBX. Owns its SIP endpoint, registrations and calls; knows no socket, clock, thread or file.
#[derive(Debug)]
pub struct Engine {
    pub(crate) core: Core,
    pub(crate) calls: Calls,
    pub(crate) auth: Authenticator,
    pub(crate) guard: Guard,
    /// The call whose value is out of its slot just now.
    running: Option<CallKey>,
    pub(crate) stopping: bool,
    stopped: bool,
}

impl Engine {
    /// An engine without calls and registrations. `seed` must come from the operating system's generator: tags,
    /// branches and the nonce key are drawn from it.
    pub fn new(config: EngineConfig, directory: Arc<Directory>, seed: [u8; 32], now: Now) -> Self {
        let mut random = Random::new(seed);
        let auth = Authenticator::new(config.realm.clone(), random.bytes(), config.auth(), now.mono);
        let guard = Guard::new(config.guard.clone(), now.mono);
        let endpoint_config = EndpointConfig {
            max_transactions: config.limits.max_transactions,
            advertised: config.sent_by(),
            ..EndpointConfig::default()
        };
        let endpoint = Endpoint::new(endpoint_config, random.bytes());
        let core = Core::new(config, directory, endpoint, random, Registrations::default(), now.mono);
        Self { core, calls: Calls::default(), auth, guard, running: None, stopping: false, stopped: false }
    }

    /// Takes in one thing that happened. Afterwards drain [`Engine::poll_action`] and set the clock by
    /// [`Engine::next_wakeup`].
    ///
    /// It never panics by intent. A driver that wants calls to survive a bug of ours wraps it in `catch_unwind`
    /// and calls [`Engine::recover`] when it unwound.
    pub fn handle(&mut self, now: Now, input: Input, ports: &mut dyn PortSource) {
        self.core.clock = now.mono;
        match input {
            Input::Sip { flow, bytes } => {
                if self.guard.admit(now.mono, flow.remote.ip()).is_admitted() {
                    self.core.endpoint.receive(now.mono, flow, bytes);
                }
            }
            Input::FlowFailed(flow) => {
                self.core.endpoint.flow_failed(now.mono, flow);
                self.core.flow_gone(flow);
                self.core.trunk_flow_gone(now, flow);
            }
            Input::Wake => self.wake(now, ports),
            Input::Directory(directory) => {
                self.core.directory = directory;
                self.core.drop_inactive();
                self.core.sync_trunks(now);
                self.end_inactive(now, ports);
            }
            Input::Media(event) => self.media(now, &event, ports),
            Input::Restore(bindings) => {
                self.core.restore(now, bindings);
                self.core.sync_trunks(now);
            }
            Input::Stored { ticket, ok } => self.core.stored(now, ticket, ok),
            Input::Resolved { ticket, answer, ttl } => self.core.resolved(now, ticket, answer, ttl),
            Input::Connected { ticket, flow } => self.core.connected(now, ticket, flow),
            Input::Spent(all) => self.core.restore_spending(now, all),
            Input::Trial(trial) => self.core.trials.allow(now.mono, trial),
            Input::Clock(state) => self.core.wall_clock = state,
            Input::Command(Command::HangUp(call_id)) => self.hang_up(now, call_id, ports),
            Input::Command(Command::TryTrunk(id)) => self.core.try_trunk(now, id),
            Input::Command(Command::Shutdown) => self.shut_down(now, ports),
        }
        self.events(now, ports);
        for key in self.core.trunks.take_ready() {
            self.with_call(now, key, ports, Call::way_ready);
        }
        self.stop_if_done();
        while let Some(transmit) = self.core.endpoint.poll_transmit() {
            self.core.actions.push_back(Action::Send { flow: transmit.flow, bytes: transmit.bytes });
        }
    }

    /// Clears up after a panic inside [`Engine::handle`]: the call that was being handled is dropped and recorded
    /// as failed; all others go on. See `ledger` for why dropping is enough.
    pub fn recover(&mut self, now: Now) {
        let Some(key) = self.running.take() else { return };
        let Some(entry) = self.calls.get_mut(key) else { return };
        entry.call = None;
        let call_id = entry.ledger.record.call_id;
        entry.ledger.end(now, Outcome::new(500, EndReason::InternalError), &mut self.core);
        entry.ledger.abandon(now, &mut self.core);
        entry.ledger.release(&mut self.core);
        self.core.alarm(Alarm::CallPanicked(call_id));
        self.settle(key);
    }

    /// The next thing to do; `None` when all is done.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.core.actions.pop_front()
    }

    /// When to call [`Engine::handle`] with [`Input::Wake`] at the latest.
    pub fn next_wakeup(&self) -> Option<Instant> {
        [self.core.next_wakeup(), self.core.registrations.next_expiry()].into_iter().flatten().min()
    }

    /// Sizes, for metrics and tests.
    pub fn counts(&self) -> Counts {
        let endpoint = self.core.endpoint.counts();
        let live =
            |with_call: bool| self.calls.iter().filter(|entry| entry.call.is_some() == with_call).count();
        let keep_alives = self.core.registrations.watched();
        let owned_clients =
            self.core.clients.values().filter(|owner| matches!(owner, ClientOwner::Leg(..))).count();
        Counts {
            calls: live(true),
            closing: live(false),
            ports: self.core.open_ports,
            client_transactions: endpoint.client,
            server_transactions: endpoint.server,
            timers: self.core.timers.len().saturating_sub(keep_alives + self.core.trunks.timers()),
            owned: owned_clients
                + self.core.servers.len()
                + self.core.tags.len()
                + self.core.spending.running(),
            bindings: self.core.registrations.len(),
            pending_writes: self.core.registrations.pending_writes(),
        }
    }

    /// Calls that people make: without those of the self-test, and without those that have ended.
    pub fn active_calls(&self) -> usize {
        self.core.active.total()
    }

    fn wake(&mut self, now: Now, ports: &mut dyn PortSource) {
        self.core.endpoint.wake(now.mono);
        self.core.expire_bindings(now);
        while let Some(timer) = self.core.timers.pop_due(now.mono) {
            match timer {
                TimerKey::Call(key, which) => {
                    if let Some(entry) = self.calls.get_mut(key) {
                        entry.ledger.timers.retain(|(name, _)| *name != which);
                    }
                    self.with_call(now, key, ports, |call, cx| call.timer(cx, which));
                }
                TimerKey::Ledger(key) => {
                    if let Some(entry) = self.calls.get_mut(key) {
                        entry.ledger.grace_over(&mut self.core);
                    }
                    self.settle(key);
                }
                TimerKey::KeepAlive(aor) => self.core.keep_alive(now, aor),
                TimerKey::Trunk(id, which) => self.core.trunk_timer(now, id, which),
                TimerKey::Shutdown => self.stop(now),
            }
        }
    }

    fn events(&mut self, now: Now, ports: &mut dyn PortSource) {
        while let Some(event) = self.core.endpoint.poll_event() {
            match event {
                Event::Request(incoming) => self.request(now, incoming, ports),
                Event::Response { tx, response, .. } => self.response(now, tx, &response, ports),
                Event::Timeout { tx } => self.client_failed(now, tx, 408, ports),
                Event::TransportError { tx } => self.client_failed(now, tx, 503, ports),
                Event::Ack { invite, request } => self.with_leg(now, invite, ports, |call, cx, ix| {
                    call.ack(cx, ix, invite, &request);
                }),
                Event::AckMissing { invite } => {
                    self.with_leg(now, invite, ports, |call, cx, ix| call.ack_missing(cx, ix, invite));
                }
                Event::Cancelled { invite } => {
                    self.with_leg(now, invite, ports, |call, cx, ix| call.cancelled(cx, ix, invite));
                }
                Event::PrackMissing { invite } => {
                    self.with_leg(now, invite, ports, Call::prack_missing);
                }
                Event::ServerFailed { tx } => {
                    self.with_leg(now, tx, ports, |call, cx, ix| call.server_failed(cx, ix, tx));
                }
                // Counted by the guard's bucket already; a malformed message is no failed authentication.
                Event::Rejected { .. } => {}
            }
        }
    }

    fn response(&mut self, now: Now, tx: ClientTx, response: &Response, ports: &mut dyn PortSource) {
        match self.core.clients.get(&tx).copied() {
            Some(ClientOwner::Leg(key, ix, purpose)) => {
                self.with_call(now, key, ports, |call, cx| call.response(cx, ix, purpose, tx, response));
            }
            Some(ClientOwner::KeepAlive(aor, flow)) if response.status().is_final() => {
                self.core.clients.remove(&tx);
                self.core.kept_alive(aor, flow, true);
            }
            Some(ClientOwner::Trunk(id, tx)) => self.core.trunk_answered(now, (id, tx), Ok(response)),
            Some(ClientOwner::KeepAlive(..)) | None => {}
        }
    }

    fn client_failed(&mut self, now: Now, tx: ClientTx, status: u16, ports: &mut dyn PortSource) {
        match self.core.clients.get(&tx).copied() {
            Some(ClientOwner::Leg(key, ix, purpose)) => {
                self.with_call(now, key, ports, |call, cx| call.failed(cx, ix, purpose, tx, status));
            }
            Some(ClientOwner::KeepAlive(aor, flow)) => {
                self.core.clients.remove(&tx);
                self.core.kept_alive(aor, flow, false);
            }
            Some(ClientOwner::Trunk(id, tx)) => {
                self.core.trunk_answered(now, (id, tx), Err(headers::status(status)));
            }
            None => {}
        }
    }

    fn media(&mut self, now: Now, event: &MediaEvent, ports: &mut dyn PortSource) {
        let (MediaEvent::Silent { leg, .. }
        | MediaEvent::Closed { leg, .. }
        | MediaEvent::Dtmf { leg, .. }
        | MediaEvent::Failed { leg }) = event;
        let (key, side) = ledger::owner_of(*leg);
        if let MediaEvent::Closed { stats, .. } = event {
            if let Some(entry) = self.calls.get_mut(key) {
                entry.ledger.port_closed(side, *stats, &mut self.core);
            }
            self.settle(key);
        } else {
            self.with_call(now, key, ports, |call, cx| call.media(cx, event));
        }
    }

    fn hang_up(&mut self, now: Now, call_id: CallId, ports: &mut dyn PortSource) {
        let found = self.calls.iter().find(|entry| entry.ledger.record.call_id == call_id);
        if let Some(key) = found.map(|entry| entry.ledger.key) {
            self.with_call(now, key, ports, |call, cx| {
                call.finish(cx, Outcome::new(503, EndReason::AdminHungUp));
            });
        }
    }

    fn shut_down(&mut self, now: Now, ports: &mut dyn PortSource) {
        if self.stopping {
            return;
        }
        self.stopping = true;
        self.core.timers.insert(now.mono + SHUTDOWN_GRACE, TimerKey::Shutdown);
        for key in self.calls.keys() {
            self.with_call(now, key, ports, |call, cx| {
                call.finish(cx, Outcome::new(503, EndReason::Shutdown));
            });
        }
    }

    /// The grace of a shutdown is over: records that still wait for counters are written without.
    fn stop(&mut self, now: Now) {
        for key in self.calls.keys() {
            if let Some(entry) = self.calls.get_mut(key) {
                entry.ledger.end(now, Outcome::new(503, EndReason::Shutdown), &mut self.core);
                entry.ledger.grace_over(&mut self.core);
                entry.ledger.abandon(now, &mut self.core);
                entry.ledger.release(&mut self.core);
                entry.call = None;
            }
            self.settle(key);
        }
    }

    fn stop_if_done(&mut self) {
        if self.stopping && !self.stopped && self.calls.iter().next().is_none() {
            self.stopped = true;
            self.core.actions.push_back(Action::Stopped);
        }
    }

    fn with_leg(
        &mut self,
        now: Now,
        tx: ServerTx,
        ports: &mut dyn PortSource,
        act: impl FnOnce(&mut Call, &mut Cx<'_>, crate::leg::LegIx),
    ) {
        if let Some((key, ix)) = self.core.servers.get(&tx).copied() {
            self.with_call(now, key, ports, |call, cx| act(call, cx, ix));
        }
    }

    /// Lets a call handle something. Its value is out of its slot meanwhile.
    pub(crate) fn with_call(
        &mut self,
        now: Now,
        key: CallKey,
        ports: &mut dyn PortSource,
        act: impl FnOnce(&mut Call, &mut Cx<'_>),
    ) {
        let Some(entry) = self.calls.get_mut(key) else { return };
        let Some(mut call) = entry.call.take() else { return };
        self.running = Some(key);
        act(&mut call, &mut Cx { now, core: &mut self.core, ledger: &mut entry.ledger, ports });
        self.running = None;
        if call.is_over() {
            entry.ledger.release(&mut self.core);
            self.settle(key);
        } else {
            entry.call = Some(call);
        }
    }

    /// Drops the entry of a call whose value is gone and whose record is written.
    fn settle(&mut self, key: CallKey) {
        let done = |entry: &crate::calls::Entry| entry.call.is_none() && entry.ledger.is_written();
        if self.calls.get_mut(key).is_some_and(|entry| done(entry)) {
            self.calls.remove(key);
        }
    }

    /// Marks a call that is being begun as the running one.
    pub(crate) fn set_running(&mut self, key: Option<CallKey>) {
        self.running = key;
    }
}
