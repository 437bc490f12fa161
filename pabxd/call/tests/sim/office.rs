//! The clock and everything that happens by it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use pabx_call::{Action, Command, Engine, Input, Now, StoreWrite, Ticket};
use pabx_media::command::{LegId, MediaEvent};
use pabx_media::relay::LegStats;
use pabx_model::{CallRecord, Timestamp};
use pabx_sip::flow::{Flow, Transport};
use pabx_sip::random::Random;

use crate::common::{ACME, BOLT, CallState, Phone, TestAccount};
use crate::media::Media;
use crate::network::{Network, Way};
use crate::plan::Plan;
use crate::{company, invariants, noise, staff};

const PBX: &str = "198.51.100.1:5060";
/// More events than this are a loop: a call takes about a hundred.
const MAX_EVENTS: usize = 3_000_000;
/// How often somebody looks at a phone, in milliseconds, at most twice that.
const LOOK: u32 = 1500;
/// Registrations at the beginning of the day.
const MORNING: Duration = Duration::from_mins(1);
/// Longer than ringing, transactions and the silence that ends a call together.
const SETTLE: Duration = Duration::from_secs(160);

/// What happens at an instant.
#[derive(Debug)]
enum Happening {
    AtPbx(Flow, Bytes),
    AtPhone(usize, Flow, Bytes),
    Stored(Ticket),
    Closed(LegId),
    Look(usize),
    Begin(usize),
    Cancel(usize, usize),
    Noise,
    Dies(usize),
    Reconnects(usize),
    /// The driver found the connection of a message closed.
    Broken(Flow),
    /// The administrator ends the call that was answered last.
    AdminHangsUp,
    Silence,
}

/// What time of the day it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hours {
    /// People call and hang up.
    Open,
    /// Nobody does anything any more; calls stand.
    Settling,
    /// All is over; nobody listens.
    Closed,
}

/// What a day came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) calls: usize,
    pub(crate) answered: usize,
    pub(crate) messages: usize,
}

pub(crate) struct Office {
    pub(crate) engine: Engine,
    pub(crate) phones: Vec<Phone>,
    pub(crate) dead: BTreeSet<usize>,
    pub(crate) media: Media,
    pub(crate) records: Vec<CallRecord>,
    pub(crate) begun: Vec<CallRecord>,
    plan: Plan,
    now: Now,
    random: Random,
    network: Network,
    agenda: BTreeMap<(Instant, u64), Happening>,
    order: u64,
    /// Wake-ups of phones; an entry that is not in `alarms` any more is stale.
    wakes: BTreeSet<(Instant, usize)>,
    alarms: Vec<Option<Instant>>,
    by_remote: BTreeMap<(bool, SocketAddr), usize>,
    hours: Hours,
    /// Legs that hear nothing, and for how many seconds.
    silent: BTreeMap<u64, u32>,
    stopped: bool,
    messages: usize,
    trace: bool,
    start: Instant,
}

impl Office {
    #[expect(clippy::disallowed_methods, reason = "an epoch for simulated time")]
    pub(crate) fn open(seed: u64, plan: &Plan, trace: bool) -> Self {
        let mut random = Random::new(std::array::from_fn(|n| if n < 8 { seed.to_be_bytes()[n] } else { 1 }));
        let start = Instant::now();
        let now = Now { mono: start, utc: Timestamp(1_800_000_000_000) };
        let directory = company::directory(&[ACME, BOLT], plan.extensions);
        let engine = Engine::new(plan.config.clone(), directory, random.bytes(), now);
        let network = Network::new(plan, random.bytes());
        let mut office = Self {
            engine,
            phones: Vec::new(),
            dead: BTreeSet::new(),
            media: Media::new(),
            records: Vec::new(),
            begun: Vec::new(),
            plan: plan.clone(),
            now,
            random,
            network,
            agenda: BTreeMap::new(),
            order: 0,
            wakes: BTreeSet::new(),
            alarms: Vec::new(),
            by_remote: BTreeMap::new(),
            hours: Hours::Open,
            silent: BTreeMap::new(),
            stopped: false,
            messages: 0,
            trace,
            start,
        };
        office.furnish();
        office
    }

    /// Phones of both accounts; some extensions have two, some phones are on TCP, one is a provider's trunk in
    /// all but name: TCP, and many calls at once.
    fn furnish(&mut self) {
        for account in [ACME, BOLT] {
            for n in 1..=self.plan.extensions {
                let devices = if n % 5 == 0 { 2 } else { 1 };
                for _ in 0..devices {
                    let transport = if n % 3 == 1 { Transport::Tcp } else { Transport::Udp };
                    self.install(account, &company::number(n), transport);
                }
            }
        }
    }

    fn install(&mut self, account: TestAccount, number: &str, transport: Transport) {
        let place = self.phones.len();
        let [high, low] = u16::try_from(place).unwrap().to_be_bytes();
        let local = SocketAddr::new([192, 168, high, low].into(), 5060 + u16::try_from(place).unwrap());
        let flow = Phone::flow(transport, local, PBX.parse().unwrap());
        self.phones.push(Phone::new(account, number, flow, u8::try_from(place).unwrap()));
        self.alarms.push(None);
        self.by_remote.insert((transport.is_reliable(), local), place);
    }

    /// Registers, calls, settles, compares, goes home, compares again.
    pub(crate) fn day(mut self) -> Totals {
        self.morning();
        self.agenda_of_the_day();
        self.run(self.plan.over);
        self.hours = Hours::Settling;
        self.run(SETTLE);
        for phone in 0..self.phones.len() {
            self.with(phone, staff::give_up);
        }
        self.run(Duration::from_secs(35));
        invariants::who_talks_has_a_partner(&self);
        self.evening();
        self.run(SETTLE);
        invariants::nobody_thinks_that_a_call_goes_on(&self);
        invariants::nothing_is_left(&self);
        if self.plan.loss == 0 && self.plan.reconnects == 0 && self.dead.is_empty() {
            invariants::calls_end_for_good_reasons(&self);
        }
        invariants::callers_were_told_what_the_records_say(&self);
        let answered = self.records.iter().filter(|record| record.answer_time.is_some()).count();
        Totals { calls: self.records.len(), answered, messages: self.messages }
    }

    /// Everybody hangs up, or the daemon is stopped; then the phones are switched off.
    fn evening(&mut self) {
        if self.plan.stops_in_order {
            self.input(Input::Command(Command::Shutdown));
            self.run(Duration::from_secs(3));
            assert!(self.stopped, "a shutdown takes two seconds");
        } else {
            for phone in 0..self.phones.len() {
                self.with(phone, staff::hang_up_all);
            }
            self.run(SETTLE);
        }
        self.hours = Hours::Closed;
        for phone in 0..self.phones.len() {
            self.with(phone, |phone, now| phone.register(now, 0));
            self.run(Duration::from_millis(100));
        }
    }

    fn morning(&mut self) {
        for phone in 0..self.phones.len() {
            self.with(phone, |phone, now| phone.register(now, 3600));
            self.run(Duration::from_millis(100));
        }
        self.run(MORNING);
        for phone in &self.phones {
            let answer = phone.answers.last().map(|(_, status)| *status);
            assert_eq!(answer, Some(200), "{} at {} is not registered", phone.number, phone.account.slug);
        }
    }

    fn agenda_of_the_day(&mut self) {
        let all = u32::try_from(self.phones.len()).unwrap();
        for _ in 0..self.plan.calls {
            let (at, phone) = (self.sometime(), self.random.below(all));
            // Every fifth call is the provider's, or to it.
            let phone = if self.random.below(5) == 0 { 0 } else { phone };
            self.at(at, Happening::Begin(usize::try_from(phone).unwrap()));
        }
        for _ in 0..self.plan.noise {
            let at = self.sometime();
            self.at(at, Happening::Noise);
        }
        for _ in 0..self.plan.deaths {
            let (at, phone) = (self.sometime(), 1 + self.random.below(all - 1));
            self.at(at, Happening::Dies(usize::try_from(phone).unwrap()));
        }
        for _ in 0..self.plan.reconnects {
            let (at, phone) = (self.sometime(), self.random.below(all));
            self.at(at, Happening::Reconnects(usize::try_from(phone).unwrap()));
        }
        for _ in 0..self.plan.admin {
            let at = self.sometime();
            self.at(at, Happening::AdminHangsUp);
        }
        for phone in 0..self.phones.len() {
            let after = self.random.below(2 * LOOK);
            self.at(after, Happening::Look(phone));
        }
        self.at(10_000, Happening::Silence);
    }

    /// Milliseconds into the day.
    fn sometime(&mut self) -> u32 {
        self.random.below(u32::try_from(self.plan.over.as_millis()).unwrap())
    }

    fn at(&mut self, ms: u32, happening: Happening) {
        let at = self.now.mono + Duration::from_millis(ms.into());
        self.put(at, happening);
    }

    fn put(&mut self, at: Instant, happening: Happening) {
        self.order += 1;
        self.agenda.insert((at, self.order), happening);
    }

    fn run(&mut self, time: Duration) {
        let end = self.now.mono + time;
        for _ in 0..MAX_EVENTS {
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
        let agenda = self.agenda.first_key_value().map(|((at, _), _)| *at);
        let phone = self.wakes.first().map(|(at, _)| *at);
        [agenda, phone, self.engine.next_wakeup()].into_iter().flatten().min()
    }

    fn advance(&mut self, to: Instant) {
        let passed = to.saturating_duration_since(self.now.mono);
        self.now.mono += passed;
        self.now.utc =
            Timestamp(1_800_000_000_000 + u64::try_from((self.now.mono - self.start).as_millis()).unwrap());
    }

    fn step(&mut self) {
        let now = self.now.mono;
        while let Some(entry) = self.agenda.first_entry().filter(|entry| entry.key().0 <= now) {
            let happening = entry.remove();
            self.happen(happening);
        }
        while let Some((at, phone)) = self.wakes.first().copied().filter(|(at, _)| *at <= now) {
            self.wakes.remove(&(at, phone));
            if self.alarms[phone] == Some(at) {
                self.alarms[phone] = None;
                self.with(phone, Phone::wake);
            }
        }
        if self.engine.next_wakeup().is_some_and(|at| at <= now) {
            self.input(Input::Wake);
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::AtPbx(flow, bytes) if self.is_connected(&flow) => {
                self.input(Input::Sip { flow, bytes });
            }
            Happening::AtPhone(phone, flow, bytes) if flow == self.phones[phone].flow => {
                self.with(phone, |phone, now| phone.receive(now, bytes));
            }
            // Its connection is gone.
            Happening::AtPbx(..) | Happening::AtPhone(..) => {}
            Happening::Stored(ticket) => self.input(Input::Stored { ticket, ok: true }),
            Happening::Closed(leg) => {
                self.input(Input::Media(MediaEvent::Closed { leg, stats: LegStats::default() }));
            }
            Happening::Look(phone) => self.look(phone),
            Happening::Begin(phone) => self.begin(phone),
            Happening::Cancel(phone, call) => self.cancel(phone, call),
            Happening::Noise => self.noise(),
            Happening::Dies(phone) => self.dies(phone),
            Happening::Reconnects(phone) => self.reconnects(phone),
            Happening::Broken(flow) => self.input(Input::FlowFailed(flow)),
            Happening::AdminHangsUp => {
                if let Some(record) = self.begun.last() {
                    self.input(Input::Command(Command::HangUp(record.call_id)));
                }
            }
            Happening::Silence => self.silence(),
        }
    }

    fn look(&mut self, phone: usize) {
        if self.hours == Hours::Open {
            let mut random = self.random.clone();
            self.with(phone, |phone, now| staff::look(phone, now, &mut random));
            self.random = random;
            let after = LOOK + self.random.below(LOOK);
            self.at(after, Happening::Look(phone));
        }
    }

    fn begin(&mut self, from: usize) {
        let (dialled, callee) = self.choose();
        if let Some(callee) = callee.filter(|callee| *callee != from) {
            staff::mood(&mut self.phones[callee], &mut self.random);
        }
        let call = self.with(from, |phone, now| phone.call(now, &dialled));
        if let Some(call) = call
            && self.random.below(6) == 0
        {
            let after = self.random.below(8000);
            self.at(after, Happening::Cancel(from, call));
        }
    }

    /// A number to dial, and the phone that will ring if it is one's.
    fn choose(&mut self) -> (String, Option<usize>) {
        match self.random.below(20) {
            0 => ("9999".to_owned(), None),
            1 => ("*43".to_owned(), None),
            2 => (self.phones[0].number.clone(), Some(0)),
            _ => {
                let all = u32::try_from(self.phones.len()).unwrap();
                let phone = usize::try_from(self.random.below(all)).unwrap();
                (self.phones[phone].number.clone(), Some(phone))
            }
        }
    }

    fn cancel(&mut self, phone: usize, call: usize) {
        let waits = matches!(self.phones[phone].calls[call].state, CallState::Calling | CallState::Ringing);
        if waits {
            self.with(phone, |phone, now| phone.cancel(now, call));
        }
    }

    fn noise(&mut self) {
        let bytes = noise::datagram(&mut self.random);
        let remote = SocketAddr::new(
            [203, 0, 113, 9].into(),
            1024 + u16::try_from(self.random.below(60_000)).unwrap(),
        );
        let flow = Flow { transport: Transport::Udp, local: PBX.parse().unwrap(), remote, conn: None };
        self.input(Input::Sip { flow, bytes });
    }

    /// Somebody pulls the plug. A TCP connection is seen to close; a UDP phone is just silent.
    fn dies(&mut self, phone: usize) {
        if self.dead.insert(phone) {
            let flow = self.phones[phone].flow;
            self.note(format_args!("{} is dead", self.phones[phone].number));
            if flow.is_reliable() {
                self.input(Input::FlowFailed(mirror(&flow)));
            }
        }
    }

    /// A TCP connection breaks; what was on its way is lost. The phone makes another one at once.
    fn reconnects(&mut self, phone: usize) {
        let old = self.phones[phone].flow;
        if !old.is_reliable() || self.dead.contains(&phone) {
            return;
        }
        let port = old.local.port() + 1000;
        let local = SocketAddr::new(old.local.ip(), port);
        let new = Phone::flow(old.transport, local, PBX.parse().unwrap());
        self.note(format_args!("{} reconnects", self.phones[phone].number));
        self.by_remote.remove(&(true, old.local));
        self.by_remote.insert((true, local), phone);
        self.input(Input::FlowFailed(mirror(&old)));
        self.with(phone, |phone, now| phone.reconnect(now, new));
    }

    /// Whether a message that is on its way still has its connection.
    fn is_connected(&self, flow: &Flow) -> bool {
        !flow.is_reliable() || self.by_remote.contains_key(&(true, flow.remote))
    }

    /// The media threads report legs that hear nothing, every ten seconds: of phones that are dead, or that know
    /// of no call.
    fn silence(&mut self) {
        let quiet =
            |place: &usize| self.dead.contains(place) || staff::open_calls(&self.phones[*place]).is_empty();
        let quiet =
            (0..self.phones.len()).filter(quiet).map(|place| self.phones[place].flow.local.ip()).collect();
        let before = std::mem::take(&mut self.silent);
        for leg in self.media.legs_of(&quiet) {
            let seconds = before.get(&leg.0).copied().unwrap_or(0) + 10;
            self.silent.insert(leg.0, seconds);
            self.input(Input::Media(MediaEvent::Silent { leg, seconds }));
        }
        if self.hours != Hours::Closed {
            self.at(10_000, Happening::Silence);
        }
    }

    fn with<T>(&mut self, phone: usize, act: impl FnOnce(&mut Phone, Instant) -> T) -> Option<T> {
        if self.dead.contains(&phone) {
            return None;
        }
        let result = act(&mut self.phones[phone], self.now.mono);
        while let Some(transmit) = self.phones[phone].poll_transmit() {
            self.send(phone, true, &transmit.bytes);
        }
        let wake = self.phones[phone].next_wakeup();
        if wake != self.alarms[phone] {
            self.alarms[phone] = wake;
            self.wakes.extend(wake.map(|at| (at.max(self.now.mono), phone)));
            self.alarms[phone] = wake.map(|at| at.max(self.now.mono));
        }
        Some(result)
    }

    fn input(&mut self, input: Input) {
        self.engine.handle(self.now, input, &mut self.media);
        while let Some(action) = self.engine.poll_action() {
            match action {
                Action::Send { flow, bytes } => self.route(&flow, &bytes),
                Action::Media(command) => {
                    if let Some(leg) = self.media.order(&command) {
                        self.at(20, Happening::Closed(leg));
                    }
                }
                Action::Store { ticket, write } => self.store(ticket, write),
                Action::Stopped => self.stopped = true,
                // There are no trunks.
                Action::Report(_) | Action::Resolve { .. } | Action::Connect { .. } => {}
            }
        }
    }

    fn store(&mut self, ticket: Ticket, write: StoreWrite) {
        match write {
            StoreWrite::EndCall(record) => self.records.push(record),
            StoreWrite::BeginCall(record) => self.begun.push(record),
            StoreWrite::SaveBinding(_) | StoreWrite::RemoveBinding(_) | StoreWrite::Probe(_) => {}
        }
        let after = 1 + self.random.below(20);
        self.at(after, Happening::Stored(ticket));
    }

    fn route(&mut self, flow: &Flow, bytes: &Bytes) {
        let Some(phone) = self.by_remote.get(&(flow.is_reliable(), flow.remote)).copied() else {
            if flow.is_reliable() {
                self.at(1, Happening::Broken(*flow));
            }
            return;
        };
        invariants::stays_in_its_account(&self.phones[phone], bytes);
        self.send(phone, false, bytes);
    }

    fn send(&mut self, phone: usize, to_pbx: bool, bytes: &Bytes) {
        self.messages += 1;
        let flow = self.phones[phone].flow;
        let arrivals = self.network.carry(self.now.mono, Way { phone, to_pbx }, flow.is_reliable());
        self.note(format_args!(
            "{phone} {} {} {}{}",
            self.phones[phone].number,
            if to_pbx { '>' } else { '<' },
            first_line(bytes),
            if arrivals.is_empty() { "  LOST" } else { "" }
        ));
        for at in arrivals {
            let bytes = bytes.clone();
            let happening = if to_pbx {
                Happening::AtPbx(mirror(&flow), bytes)
            } else {
                Happening::AtPhone(phone, flow, bytes)
            };
            self.put(at, happening);
        }
    }

    fn note(&self, what: std::fmt::Arguments<'_>) {
        if self.trace {
            eprintln!("{:>9} {what}", (self.now.mono - self.start).as_millis());
        }
    }
}

fn first_line(bytes: &Bytes) -> String {
    let text = String::from_utf8_lossy(bytes);
    let field = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    format!("{}  {} {}", text.lines().next().unwrap_or_default(), field("CSeq"), field("Call-ID"))
}

/// The same path seen from the other end.
fn mirror(flow: &Flow) -> Flow {
    Flow { local: flow.remote, remote: flow.local, ..*flow }
}
