//! The clock, the wires, the media threads and the store of the bench.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use pabx_call::{
    Action, Command, Counts, Engine, EngineConfig, Input, Now, PortSource, Report, StoreWrite, Ticket,
};
use pabx_media::command::{LegId, MediaCommand, MediaEvent};
use pabx_media::relay::LegStats;
use pabx_model::{CallRecord, Timestamp};
use pabx_sip::flow::{ConnId, Flow, Transport};
use pabx_sip::target::{Answer, Query, Target};

use super::directory::{TestAccount, directory};
use super::phone::Phone;

const PBX: &str = "198.51.100.1:5060";
const LATENCY: Duration = Duration::from_millis(5);
/// More steps than this in one run are a loop.
const MAX_STEPS: usize = 200_000;

pub fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

pub fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// One message on the wire, for [`World::loses`].
#[derive(Debug)]
pub struct Packet<'a> {
    pub to_phone: bool,
    pub phone: usize,
    pub text: &'a str,
}

#[derive(Debug)]
enum Arrival {
    AtPbx(Flow, Bytes),
    AtPhone(usize, Bytes),
    Failed(Flow),
    Stored(Ticket, bool),
    Closed(LegId),
    Resolved(Ticket, Answer),
    Connected(Ticket, Option<Flow>),
}

/// The RTP ports of the bench.
#[derive(Debug)]
struct Ports {
    free: Vec<u16>,
    broken: bool,
}

impl PortSource for Ports {
    fn open(&mut self) -> Option<u16> {
        assert!(!self.broken, "the test's own panic");
        self.free.pop()
    }
}

type Loss = Box<dyn FnMut(&Packet<'_>) -> bool>;
/// What a provider answers to a message: any number of messages.
pub type Provider = Box<dyn FnMut(&Flow, &str) -> Vec<String>>;

/// Everything there is.
pub struct World {
    pub engine: Engine,
    pub now: Now,
    pub phones: Vec<Phone>,
    /// Ended records, in order.
    pub records: Vec<CallRecord>,
    /// Records begun at answer.
    pub begun: Vec<CallRecord>,
    pub reports: Vec<Report>,
    pub writes: Vec<StoreWrite>,
    pub media: Vec<MediaCommand>,
    pub stopped: bool,
    /// Whether the store answers, and what.
    pub store: Option<bool>,
    /// Whether media threads answer Close.
    pub media_answers: bool,
    /// Every message, `>` to the PBX and `<` from it.
    pub trace: Vec<String>,
    /// The messages themselves, in order.
    pub wire_text: Vec<String>,
    broken_connection: Option<ConnId>,
    /// No trace, no lists: for measurements.
    pub quiet: bool,
    /// Real time of each step inside the engine.
    pub spent: Vec<Duration>,
    loses: Option<Loss>,
    /// Who is at all addresses that no phone has.
    pub provider: Option<Provider>,
    /// What providers were sent, with the time.
    pub sent_outside: Vec<(Instant, Flow, String)>,
    /// Addresses of names.
    pub dns: HashMap<String, Vec<std::net::IpAddr>>,
    next_connection: u64,
    ports: Ports,
    leg_ports: HashMap<LegId, u16>,
    bridges: BTreeSet<(u64, u64)>,
    wire: BTreeMap<(Instant, u64), Arrival>,
    order: u64,
    address: u8,
}

impl World {
    pub fn new() -> Self {
        Self::with_config(EngineConfig { keep_alive: Duration::ZERO, ..EngineConfig::default() })
    }

    #[expect(clippy::disallowed_methods, reason = "an epoch")]
    pub fn with_config(config: EngineConfig) -> Self {
        let now = Now { mono: Instant::now(), utc: Timestamp(1_800_000_000_000) };
        Self {
            engine: Engine::new(config, directory(), [7; 32], now),
            now,
            phones: Vec::new(),
            records: Vec::new(),
            begun: Vec::new(),
            reports: Vec::new(),
            writes: Vec::new(),
            media: Vec::new(),
            stopped: false,
            store: Some(true),
            media_answers: true,
            trace: Vec::new(),
            wire_text: Vec::new(),
            broken_connection: None,
            quiet: false,
            spent: Vec::new(),
            loses: None,
            provider: None,
            sent_outside: Vec::new(),
            dns: HashMap::new(),
            next_connection: 1_000_000,
            ports: Ports { free: (0..200).map(|n| 10_000 + 2 * n).collect(), broken: false },
            leg_ports: HashMap::new(),
            bridges: BTreeSet::new(),
            wire: BTreeMap::new(),
            order: 0,
            address: 10,
        }
    }

    /// How many RTP ports there are from now on.
    pub fn limit_ports(&mut self, count: usize) {
        self.ports.free.truncate(count);
    }

    /// Whether asking for an RTP port panics: a bug in the middle of a call's handling.
    pub fn break_ports(&mut self, broken: bool) {
        self.ports.broken = broken;
    }

    /// As a driver does that keeps the other calls when one panics.
    pub fn input_surviving(&mut self, input: Input) -> bool {
        let (engine, now, ports) = (&mut self.engine, self.now, &mut self.ports);
        let outcome =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| engine.handle(now, input, ports)));
        if outcome.is_err() {
            self.engine.recover(self.now);
        }
        self.drain();
        outcome.is_ok()
    }

    /// Which messages are lost from now on.
    pub fn loses(&mut self, loss: impl FnMut(&Packet<'_>) -> bool + 'static) {
        self.loses = Some(Box::new(loss));
    }

    pub fn loses_nothing(&mut self) {
        self.loses = None;
    }

    /// A phone that is not registered, over UDP.
    pub fn phone(&mut self, account: TestAccount, number: &str) -> usize {
        self.phone_over(Transport::Udp, account, number)
    }

    pub fn phone_over(&mut self, transport: Transport, account: TestAccount, number: &str) -> usize {
        let flow = self.next_flow(transport);
        let phone = Phone::new(account, number, flow, self.address);
        self.add(phone)
    }

    /// A phone that is registered, over UDP.
    pub fn registered(&mut self, account: TestAccount, number: &str) -> usize {
        self.registered_over(Transport::Udp, account, number)
    }

    pub fn registered_over(&mut self, transport: Transport, account: TestAccount, number: &str) -> usize {
        let phone = self.phone_over(transport, account, number);
        self.with(phone, |phone, now| phone.register(now, 3600));
        self.run(ms(100));
        let answer = self.phones[phone].answers.last();
        assert_eq!(answer.map(|(_, status)| *status), Some(200), "{number} is not registered");
        phone
    }

    pub fn next_flow(&mut self, transport: Transport) -> Flow {
        self.address += 1;
        let port = 5060 + u16::from(self.address);
        let local = SocketAddr::new([192, 0, 2, self.address].into(), port);
        Phone::flow(transport, local, PBX.parse().unwrap())
    }

    pub fn add(&mut self, phone: Phone) -> usize {
        self.phones.push(phone);
        self.phones.len() - 1
    }

    /// Lets a phone do something now.
    pub fn with<T>(&mut self, phone: usize, act: impl FnOnce(&mut Phone, Instant) -> T) -> T {
        let result = act(&mut self.phones[phone], self.now.mono);
        self.flush_phone(phone);
        result
    }

    /// Calls and lets the network settle for a moment.
    pub fn call(&mut self, from: usize, number: &str) -> usize {
        let call = self.with(from, |phone, now| phone.call(now, number));
        self.run(ms(100));
        call
    }

    #[expect(clippy::disallowed_methods, reason = "measures the engine's own time")]
    pub fn input(&mut self, input: Input) {
        let began = Instant::now();
        self.engine.handle(self.now, input, &mut self.ports);
        if self.quiet {
            self.spent.push(began.elapsed());
        }
        self.drain();
    }

    pub fn command(&mut self, command: Command) {
        self.input(Input::Command(command));
    }

    /// Sends on this connection fail from now on.
    pub fn breaks(&mut self, connection: ConnId) {
        self.broken_connection = Some(connection);
    }

    /// Raw bytes from somewhere.
    pub fn raw(&mut self, remote: &str, text: &str) {
        let flow = Flow {
            transport: Transport::Udp,
            local: PBX.parse().unwrap(),
            remote: remote.parse().unwrap(),
            conn: None,
        };
        self.input(Input::Sip { flow, bytes: Bytes::copy_from_slice(text.as_bytes()) });
    }

    /// A phone's connection closes.
    pub fn disconnect(&mut self, phone: usize) {
        let flow = mirror(&self.phones[phone].flow);
        self.input(Input::FlowFailed(flow));
    }

    pub fn counts(&self) -> Counts {
        self.engine.counts()
    }

    /// The media legs that are open.
    pub fn open_legs(&self) -> usize {
        self.leg_ports.len()
    }

    /// Whether some two legs hear each other.
    pub fn is_bridged(&self) -> bool {
        !self.bridges.is_empty()
    }

    /// The last plan of each leg, by leg.
    pub fn plans(&self) -> BTreeMap<u64, pabx_media::negotiation::LegPlan> {
        let mut plans = BTreeMap::new();
        for command in &self.media {
            if let MediaCommand::Plan { leg, plan } = command {
                plans.insert(leg.0, plan.clone());
            }
        }
        plans
    }

    /// Says for each open leg that it has heard nothing for so long.
    pub fn silence(&mut self, seconds: u32) {
        let legs: Vec<LegId> = self.leg_ports.keys().copied().collect();
        for leg in legs {
            self.input(Input::Media(MediaEvent::Silent { leg, seconds }));
        }
    }

    /// Takes messages to the PBX off the wire that begin with a text.
    pub fn take_from_wire(&mut self, start: &str) -> Vec<Input> {
        let is_taken = |arrival: &Arrival| matches!(arrival, Arrival::AtPbx(_, bytes) if bytes.starts_with(start.as_bytes()));
        let keys: Vec<_> =
            self.wire.iter().filter(|(_, arrival)| is_taken(arrival)).map(|(key, _)| *key).collect();
        keys.iter()
            .filter_map(|key| match self.wire.remove(key) {
                Some(Arrival::AtPbx(flow, bytes)) => Some(Input::Sip { flow, bytes }),
                _ => None,
            })
            .collect()
    }

    /// Lets time pass.
    pub fn run(&mut self, time: Duration) {
        let end = self.now.mono + time;
        for _ in 0..MAX_STEPS {
            let Some(at) = self.next().filter(|at| *at <= end) else {
                self.advance(end);
                return;
            };
            self.advance(at);
            self.step();
        }
        panic!("no end of events within {time:?}");
    }

    fn next(&self) -> Option<Instant> {
        let phones = self.phones.iter().filter_map(Phone::next_wakeup);
        let wire = self.wire.keys().next().map(|(at, _)| *at);
        phones.chain(wire).chain(self.engine.next_wakeup()).min()
    }

    fn advance(&mut self, to: Instant) {
        let passed = to.saturating_duration_since(self.now.mono);
        self.now.mono = self.now.mono.max(to);
        self.now.utc = self.now.utc.plus_millis(u64::try_from(passed.as_millis()).unwrap());
    }

    fn step(&mut self) {
        let now = self.now.mono;
        while let Some(entry) = self.wire.first_entry().filter(|entry| entry.key().0 <= now) {
            match entry.remove() {
                Arrival::AtPbx(flow, bytes) => self.input(Input::Sip { flow, bytes }),
                Arrival::AtPhone(phone, bytes) => {
                    self.phones[phone].receive(now, bytes);
                    self.flush_phone(phone);
                }
                Arrival::Failed(flow) => self.input(Input::FlowFailed(flow)),
                Arrival::Stored(ticket, ok) => self.input(Input::Stored { ticket, ok }),
                Arrival::Resolved(ticket, answer) => {
                    self.input(Input::Resolved { ticket, answer, ttl: secs(300) });
                }
                Arrival::Connected(ticket, flow) => self.input(Input::Connected { ticket, flow }),
                Arrival::Closed(leg) => {
                    let stats = LegStats::default();
                    self.input(Input::Media(MediaEvent::Closed { leg, stats }));
                }
            }
        }
        for phone in 0..self.phones.len() {
            if self.phones[phone].next_wakeup().is_some_and(|at| at <= now) {
                self.phones[phone].wake(now);
                self.flush_phone(phone);
            }
        }
        if self.engine.next_wakeup().is_some_and(|at| at <= now) {
            self.input(Input::Wake);
        }
    }

    fn send(&mut self, arrival: Arrival) {
        self.order += 1;
        self.wire.insert((self.now.mono + LATENCY, self.order), arrival);
    }

    fn flush_phone(&mut self, phone: usize) {
        while let Some(transmit) = self.phones[phone].poll_transmit() {
            if self.carries(false, phone, &transmit.bytes) {
                self.send(Arrival::AtPbx(mirror(&transmit.flow), transmit.bytes));
            }
        }
    }

    fn carries(&mut self, to_phone: bool, phone: usize, bytes: &Bytes) -> bool {
        if self.quiet {
            return true;
        }
        let text = String::from_utf8_lossy(bytes).into_owned();
        let first = text.lines().next().unwrap_or_default().to_owned();
        let packet = Packet { to_phone, phone, text: &text };
        let lost = self.loses.as_mut().is_some_and(|loses| loses(&packet));
        let (arrow, number) = (if to_phone { '<' } else { '>' }, &self.phones[phone].number);
        self.trace.push(format!("{number} {arrow} {first}{}", if lost { "  LOST" } else { "" }));
        self.wire_text.push(text);
        !lost
    }

    fn drain(&mut self) {
        let mut actions = VecDeque::new();
        while let Some(action) = self.engine.poll_action() {
            actions.push_back(action);
        }
        for action in actions {
            match action {
                Action::Send { flow, bytes } => self.deliver(&flow, bytes),
                Action::Media(command) => self.order_media(command),
                Action::Store { ticket, write } => self.write(ticket, write),
                Action::Resolve { ticket, query } => self.resolve(ticket, &query),
                Action::Connect { ticket, target } => self.connect(ticket, &target),
                Action::Report(report) => self.reports.push(report),
                Action::Stopped => self.stopped = true,
            }
        }
    }

    /// Whether a request of this method with this line went outside.
    pub fn wire_asked(&self, method: &str, line: &str) -> bool {
        self.sent_outside.iter().any(|(_, _, text)| text.starts_with(method) && text.contains(line))
    }

    fn resolve(&mut self, ticket: Ticket, query: &Query) {
        let answer = match query {
            Query::Naptr(_) => Answer::Naptr(Vec::new()),
            Query::Srv(_) => Answer::Srv(Vec::new()),
            Query::Addresses(name) => Answer::Addresses(self.dns.get(name).cloned().unwrap_or_default()),
        };
        self.send(Arrival::Resolved(ticket, answer));
    }

    fn connect(&mut self, ticket: Ticket, target: &Target) {
        let reliable = target.transport.is_reliable();
        self.next_connection += 1;
        let flow = Flow {
            transport: target.transport,
            local: PBX.parse().unwrap(),
            remote: target.address,
            conn: reliable.then_some(ConnId(self.next_connection)),
        };
        let latency = if reliable { 40 * LATENCY } else { LATENCY };
        self.order += 1;
        self.wire.insert((self.now.mono + latency, self.order), Arrival::Connected(ticket, Some(flow)));
    }

    fn deliver(&mut self, flow: &Flow, bytes: Bytes) {
        if flow.conn.is_some() && flow.conn == self.broken_connection {
            self.send(Arrival::Failed(*flow));
            return;
        }
        let found = self.phones.iter().position(|phone| mirror(&phone.flow) == *flow);
        let Some(phone) = found else {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let who = if self.provider.is_some() { "outside" } else { "nobody" };
            self.trace.push(format!("{who} < {}", text.lines().next().unwrap_or_default()));
            self.sent_outside.push((self.now.mono, *flow, text.clone()));
            let answers = self.provider.as_mut().map(|provider| provider(flow, &text)).unwrap_or_default();
            for answer in answers {
                self.trace.push(format!("outside > {}", answer.lines().next().unwrap_or_default()));
                self.send(Arrival::AtPbx(*flow, Bytes::from(answer)));
            }
            return;
        };
        if self.carries(true, phone, &bytes) {
            self.send(Arrival::AtPhone(phone, bytes));
        }
    }

    fn order_media(&mut self, command: MediaCommand) {
        match &command {
            MediaCommand::Open { leg, port, .. } => {
                assert!(self.leg_ports.insert(*leg, *port).is_none(), "a leg is opened twice");
            }
            MediaCommand::Close { leg } => {
                let port = self.leg_ports.remove(leg).expect("only open legs are closed");
                self.ports.free.push(port);
                self.bridges.retain(|(a, b)| *a != leg.0 && *b != leg.0);
                if self.media_answers {
                    self.send(Arrival::Closed(*leg));
                }
            }
            MediaCommand::Bridge { a, b } => {
                assert!(self.leg_ports.contains_key(a) && self.leg_ports.contains_key(b));
                self.bridges.insert((a.0, b.0));
            }
            MediaCommand::Plan { leg, .. } | MediaCommand::Echo { leg } | MediaCommand::Unbridge { leg } => {
                assert!(self.leg_ports.contains_key(leg), "an order for a leg that is not open");
            }
        }
        self.media.push(command);
    }

    fn write(&mut self, ticket: Ticket, write: StoreWrite) {
        match &write {
            StoreWrite::EndCall(record) => self.records.push(record.clone()),
            StoreWrite::BeginCall(record) => self.begun.push(record.clone()),
            StoreWrite::SaveBinding(_) | StoreWrite::RemoveBinding(_) | StoreWrite::Probe(_) => {}
        }
        self.writes.push(write);
        if let Some(ok) = self.store {
            self.send(Arrival::Stored(ticket, ok));
        }
    }

    /// Nothing may be left of any call: after all linger times, tables, timers and ports are empty.
    pub fn assert_clean(&mut self) {
        self.run(secs(140));
        let counts = self.counts();
        let clean =
            Counts { bindings: counts.bindings, pending_writes: counts.pending_writes, ..Counts::default() };
        assert_eq!(counts, clean, "something is left\n{}", self.trace.join("\n"));
        assert_eq!(self.open_legs(), 0, "media is left");
        let begun: Vec<_> = self.begun.iter().map(|record| record.call_id).collect();
        for call_id in begun {
            assert!(self.records.iter().any(|record| record.call_id == call_id), "a begun record has no end");
        }
        let mut ids: Vec<_> = self.records.iter().map(|record| record.call_id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), self.records.len(), "a record was ended twice");
    }
}

/// The same path seen from the other end.
fn mirror(flow: &Flow) -> Flow {
    Flow { local: flow.remote, remote: flow.local, ..*flow }
}
