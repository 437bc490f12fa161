//! The engine with its hands: what comes in goes to it, what it asks for is done.
//!
//! Everything here runs on one thread. Each entry borrows the engine, lets it work, and carries out its actions
//! before it returns; nothing is borrowed while a task waits.

use super::probes::Probes;
use super::reach::{Order, Reach};
use super::{alerts, events, missed, report};
use crate::api::events::Hub;
use crate::api::watch::Bell;
use crate::clock;
use crate::net::{Receiver, Streams, UdpPort};
use crate::rtp::{Media, Ports};
use crate::state::StateWriter;
use bytes::Bytes;
use pabx_call::{Action, Counts, Engine, Input, Report, StoreWrite, Ticket};
use pabx_sip::flow::{Flow, Transport};
use std::cell::{Cell, OnceCell, RefCell};
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{Notify, oneshot};

/// The engine with its hands.
pub(super) struct Core {
    engine: RefCell<Engine>,
    ports: RefCell<Ports>,
    media: Media,
    writer: StateWriter,
    udp: Vec<Rc<UdpPort>>,
    streams: OnceCell<Weak<Streams>>,
    reach: OnceCell<Reach>,
    armed: Cell<Option<Instant>>,
    rearm: Notify,
    stopped: Notify,
    probes: Probes,
    hub: Arc<Hub>,
    bell: OnceCell<Bell>,
}

impl Core {
    pub(super) fn new(
        engine: Engine,
        ports: Ports,
        media: Media,
        writer: StateWriter,
        udp: Vec<Rc<UdpPort>>,
        hub: Arc<Hub>,
    ) -> Self {
        Self {
            engine: RefCell::new(engine),
            ports: RefCell::new(ports),
            media,
            writer,
            udp,
            streams: OnceCell::new(),
            reach: OnceCell::new(),
            armed: Cell::new(None),
            rearm: Notify::new(),
            stopped: Notify::new(),
            probes: Probes::default(),
            hub,
            bell: OnceCell::new(),
        }
    }

    /// Who is to hear of alerts from now on; called once.
    pub(super) fn ring(&self, bell: Bell) {
        let _ = self.bell.set(bell);
    }

    /// Where connections are found from now on. They hand their messages to the core, so it must exist first; called once.
    pub(super) fn attach(&self, streams: &Rc<Streams>, reach: Reach) {
        let _ = self.streams.set(Rc::downgrade(streams));
        let _ = self.reach.set(reach);
    }

    /// The way to a server over UDP: by the socket that has the address which packets there leave with, else by any. Sound takes
    /// the same way.
    pub(super) fn udp_to(&self, remote: SocketAddr) -> Option<Flow> {
        let flows = || self.udp.iter().filter_map(|port| port.flow_to(remote));
        let own = crate::net::source_towards(remote);
        flows().find(|flow| own == Some(flow.local.ip())).or_else(|| flows().next())
    }

    fn outside(&self, order: Order) {
        if let Some(reach) = self.reach.get() {
            reach.order(order);
        }
    }

    fn streams(&self) -> Option<Rc<Streams>> {
        self.streams.get().and_then(Weak::upgrade)
    }

    /// Lets the engine handle one input and does what it asks for.
    pub(super) fn input(&self, input: Input) {
        self.handle(input);
        // A failed send is news for the engine, which may act on it: until it is content.
        while let Some(failed) = self.settle() {
            self.handle(Input::FlowFailed(failed));
        }
        self.arm();
    }

    /// A panic is a bug; it costs the call it happened in, not the others.
    fn handle(&self, input: Input) {
        let mut engine = self.engine.borrow_mut();
        let mut ports = self.ports.borrow_mut();
        let now = clock::now();
        if catch_unwind(AssertUnwindSafe(|| engine.handle(now, input, &mut *ports))).is_err() {
            log::error!("the engine panicked; the call it was working on is dropped");
            engine.recover(now);
        }
    }

    /// Carries out all actions, or stops at the first send that failed.
    fn settle(&self) -> Option<Flow> {
        loop {
            let action = self.engine.borrow_mut().poll_action()?;
            match action {
                Action::Send { flow, bytes } => {
                    if !self.send(&flow, bytes) {
                        return Some(flow);
                    }
                }
                Action::Media(command) => self.media.command(command),
                Action::Store { ticket, write } => self.store(ticket, write),
                Action::Resolve { ticket, query } => self.outside(Order::Resolve(ticket, query)),
                Action::Connect { ticket, target } => self.outside(Order::Connect(ticket, target)),
                Action::Report(report) => self.report(&report),
                Action::Stopped => self.stopped.notify_one(),
            }
        }
    }

    /// False where the connection is gone, or there is no socket for the flow any more.
    fn send(&self, flow: &Flow, bytes: Bytes) -> bool {
        if flow.transport == Transport::Udp {
            let port = self.udp.iter().find(|port| port.carries(flow));
            port.is_some_and(|port| {
                port.send(&bytes, flow.remote);
                true
            })
        } else {
            self.streams().is_some_and(|streams| streams.send(flow, bytes))
        }
    }

    fn store(&self, ticket: Ticket, write: StoreWrite) {
        self.writer.submit(ticket, write);
    }

    fn report(&self, report: &Report) {
        if let Report::Registered { flow, .. } = report
            && let Some(streams) = self.streams()
        {
            streams.mark_registered(flow);
        }
        report::write(report);
        let extension_of = |account, number: &str| self.look(|engine| engine.extension_of(account, number));
        events::publish(&self.hub, report, &extension_of);
        if let Some((bell, alert)) = self.bell.get().zip(alerts::of(report)) {
            bell.ring(alert);
        }
        if let Report::CallEnded(record) = report
            && let Some(bell) = self.bell.get()
            && let Some(call) = missed::of(record, extension_of)
        {
            bell.missed(call);
        }
    }

    /// Wakes [`Core::keep_time`] where the engine wants to be woken earlier than it is armed for.
    fn arm(&self) {
        let wanted = self.engine.borrow().next_wakeup();
        if let Some(wanted) = wanted
            && self.armed.get().is_none_or(|armed| wanted < armed)
        {
            self.rearm.notify_one();
        }
    }

    /// Wakes the engine when it wants to be, for ever.
    pub(super) async fn keep_time(&self) {
        loop {
            let at = self.engine.borrow().next_wakeup();
            self.armed.set(at);
            let due = match at {
                None => {
                    self.rearm.notified().await;
                    false
                }
                Some(at) => tokio::select! {
                    () = tokio::time::sleep_until(at.into()) => true,
                    () = self.rearm.notified() => false,
                },
            };
            if due {
                self.input(Input::Wake);
            }
        }
    }

    /// Resolves when the engine has said that all calls have ended.
    pub(super) async fn stopped(&self) {
        self.stopped.notified().await;
    }

    /// Lets somebody look at the engine.
    pub(super) fn look<T>(&self, look: impl FnOnce(&Engine) -> T) -> T {
        look(&self.engine.borrow())
    }

    /// Lets a source in again; says how many bans there were.
    pub(super) fn lift_bans(&self, source: IpAddr) -> usize {
        self.engine.borrow_mut().lift_bans(source)
    }

    /// What the engine counts, and the calls of people.
    pub(super) fn counts(&self) -> (Counts, usize) {
        let engine = self.engine.borrow();
        (engine.counts(), engine.active_calls())
    }

    /// How many rounds each media thread has made.
    pub(super) fn media_rounds(&self) -> Vec<u64> {
        self.media.rounds()
    }

    /// Writes a number to be read back; resolves to whether it is on disk, or to an error where the store is gone.
    pub(super) fn probe_store(&self, number: u64) -> oneshot::Receiver<bool> {
        let (ticket, answer) = self.probes.begin();
        self.store(ticket, StoreWrite::Probe(number));
        answer
    }

    /// The store has answered: a probe's ticket stays here, any other is the engine's.
    pub(super) fn stored(&self, ticket: Ticket, ok: bool) {
        if !self.probes.answered(ticket, ok) {
            self.input(Input::Stored { ticket, ok });
        }
    }

    /// Whether the media threads moved since this was last asked.
    pub(super) fn media_alive(&self) -> bool {
        self.media.alive()
    }

    /// Whether the writer moved since this was last asked.
    pub(super) fn store_alive(&self) -> bool {
        self.writer.alive()
    }

    /// Ends the threads behind the engine: media first, then the writer, which writes all it was given.
    pub(super) fn close(self) {
        self.media.stop();
        self.writer.stop();
    }
}

impl Receiver for Core {
    fn message(&self, flow: Flow, bytes: Bytes) {
        self.input(Input::Sip { flow, bytes });
    }

    fn closed(&self, flow: Flow) {
        self.input(Input::FlowFailed(flow));
    }
}
