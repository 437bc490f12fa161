//! SIP as a state machine over flows: parse, match, transactions, timers.
//!
//! Bytes and time go in by [`Endpoint::receive`], [`Endpoint::wake`] and [`Endpoint::flow_failed`]; events and bytes
//! come out by [`Endpoint::poll_event`] and [`Endpoint::poll_transmit`], which are drained after every input. The
//! endpoint knows nothing of users, dialogs or calls.
//!
//! Nothing is remembered of a request before [`Endpoint::accept`]: a stranger costs no memory.

mod client;
mod config;
mod event;
mod flows;
mod key;
mod receive;
mod server;
mod slab;
mod via;

pub use config::{Advertised, EndpointConfig, MAX_AMPLIFICATION, MAX_TRANSACTIONS, MAX_WAITING_EVENTS};
pub use event::{ClientTx, Counts, Event, Incoming, Overload, Rejected, ServerTx, Transmit};

use std::collections::VecDeque;
use std::time::Instant;

use bytes::Bytes;

use crate::flow::Flow;
use crate::message::Response;
use crate::random::Random;
use crate::timer::{TimerId, TimerQueue};
use flows::{FlowTable, Member, Seat};
use key::{HashedMap, KeyHasher};
use slab::Slab;

/// What a timer of the endpoint is for: each transaction has one, at the earliest of its deadlines.
#[derive(Debug, Clone, Copy)]
enum Timer {
    Client(ClientTx),
    Server(ServerTx),
}

/// See the module.
#[derive(Debug)]
pub struct Endpoint {
    config: EndpointConfig,
    random: Random,
    hasher: KeyHasher,
    servers: Slab<server::Server>,
    clients: Slab<client::Client>,
    /// Server transactions by [`key::Keys::transaction`].
    by_key: HashedMap<ServerTx>,
    /// Server transactions by [`key::Keys::origin`].
    by_origin: HashedMap<ServerTx>,
    /// Client transactions by their branch.
    by_branch: HashedMap<ClientTx>,
    flows: FlowTable,
    timers: TimerQueue<Timer>,
    events: VecDeque<Event>,
    transmits: VecDeque<Transmit>,
}

impl Endpoint {
    /// An endpoint without transactions. The seed makes branches, tags and hash keys.
    pub fn new(config: EndpointConfig, seed: [u8; 32]) -> Self {
        let mut random = Random::new(seed);
        let hasher = KeyHasher::new(random.bytes());
        Self {
            config,
            random,
            hasher,
            servers: Slab::default(),
            clients: Slab::default(),
            by_key: HashedMap::default(),
            by_origin: HashedMap::default(),
            by_branch: HashedMap::default(),
            flows: FlowTable::default(),
            timers: TimerQueue::new(),
            events: VecDeque::new(),
            transmits: VecDeque::new(),
        }
    }

    /// Lets every timer fire that is due.
    pub fn wake(&mut self, now: Instant) {
        while let Some(timer) = self.timers.pop_due(now) {
            match timer {
                Timer::Client(tx) => self.wake_client(now, tx),
                Timer::Server(tx) => self.wake_server(now, tx),
            }
        }
    }

    /// When [`wake`](Self::wake) has something to do.
    pub fn next_wakeup(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// A connection was closed, or sending on the flow failed: whoever waits for an answer on it is told.
    ///
    /// Over UDP only client transactions fail: an answer of ours may still reach a peer whose port was
    /// unreachable for a moment.
    pub fn flow_failed(&mut self, _now: Instant, flow: Flow) {
        for member in self.flows.members(&flow) {
            match member {
                Member::Client(tx) => self.fail_client(tx),
                Member::Server(tx) if flow.is_reliable() => self.fail_server(tx),
                Member::Server(_) => {}
            }
        }
    }

    /// The next event. A request whose repetition was accepted in the meantime is absorbed here.
    pub fn poll_event(&mut self) -> Option<Event> {
        loop {
            let event = self.events.pop_front()?;
            if let Event::Request(incoming) = &event
                && let Some(tx) = self.by_key.get(&incoming.keys.transaction).copied()
            {
                self.receive_again(tx);
                continue;
            }
            return Some(event);
        }
    }

    /// The next message for the network.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// Answers a request and remembers nothing: the answer to its repetition is made anew.
    ///
    /// Over UDP the answer is not sent when it is larger than [`MAX_AMPLIFICATION`] allows, or when the source is
    /// no single host: then this says `false`. Neither are ACKs ever answered.
    #[expect(clippy::needless_pass_by_value, reason = "an answer is sent once")]
    pub fn respond_stateless(&mut self, incoming: &Incoming, response: Response) -> bool {
        let (times, of) = MAX_AMPLIFICATION;
        let too_large = response.as_bytes().len() * of > incoming.size * times;
        let refused = !incoming.flow.is_reliable() && (too_large || !incoming.reply.is_answerable());
        if refused || *incoming.request.method() == crate::message::Method::Ack {
            return false;
        }
        self.transmit(incoming.reply, response.as_bytes().clone());
        true
    }

    /// What is held at this moment.
    pub fn counts(&self) -> Counts {
        Counts {
            server: self.servers.len(),
            client: self.clients.len(),
            timers: self.timers.len(),
            flows: self.flows.len(),
            index: self.by_key.len() + self.by_origin.len() + self.by_branch.len(),
        }
    }

    fn is_full(&self) -> bool {
        self.servers.len() + self.clients.len() >= self.config.max_transactions
    }

    fn transmit(&mut self, flow: Flow, bytes: Bytes) {
        self.transmits.push_back(Transmit { flow, bytes });
    }

    fn reject(&mut self, flow: Flow, reason: Rejected) {
        if self.events.len() < MAX_WAITING_EVENTS {
            self.events.push_back(Event::Rejected { flow, reason });
        }
    }

    fn leave_flow(&mut self, seat: Seat) {
        match self.flows.leave(seat) {
            Some(Member::Client(tx)) => self.reseat_client(tx, seat.index),
            Some(Member::Server(tx)) => self.reseat_server(tx, seat.index),
            None => {}
        }
    }
}

/// Moves a transaction's one timer to where it is wanted.
fn reschedule(
    timers: &mut TimerQueue<Timer>,
    timer: &mut Option<(Instant, TimerId)>,
    wanted: Option<Instant>,
    key: Timer,
) {
    if timer.map(|(at, _)| at) == wanted {
        return;
    }
    if let Some((_, id)) = timer.take() {
        timers.cancel(id);
    }
    *timer = wanted.map(|at| (at, timers.insert(at, key)));
}
