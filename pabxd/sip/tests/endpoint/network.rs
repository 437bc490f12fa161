//! Two endpoints and a network between them that loses, repeats and reorders, in simulated time and from a seed.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use pabx_sip::endpoint::{Endpoint, EndpointConfig, Event};
use pabx_sip::flow::{ConnId, Flow, Transport};
use pabx_sip::random::Random;

/// Steps after which a run counts as an endless exchange.
const MAX_STEPS: usize = 100_000;

/// Most messages that bad weather takes in a row, each way.
const MAX_BURST: u32 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    A,
    B,
}

impl Side {
    pub(crate) fn other(self) -> Self {
        if self == Self::A { Self::B } else { Self::A }
    }

    pub(crate) fn address(self) -> SocketAddr {
        match self {
            Self::A => "192.0.2.1:5060".parse().unwrap(),
            Self::B => "192.0.2.2:5060".parse().unwrap(),
        }
    }
}

/// How bad the network is, in percent and milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weather {
    pub(crate) loss: u32,
    pub(crate) duplicates: u32,
    pub(crate) delay: u32,
    pub(crate) jitter: u32,
}

pub(crate) const FINE: Weather = Weather { loss: 0, duplicates: 0, delay: 10, jitter: 0 };
pub(crate) const STORM: Weather = Weather { loss: 30, duplicates: 10, delay: 20, jitter: 300 };

/// One message on its way, or lost.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// Milliseconds since the start.
    pub(crate) at: u128,
    pub(crate) from: Side,
    pub(crate) text: String,
}

pub(crate) struct Pair {
    pub(crate) start: Instant,
    pub(crate) now: Instant,
    pub(crate) a: Endpoint,
    pub(crate) b: Endpoint,
    pub(crate) transport: Transport,
    pub(crate) weather: Weather,
    pub(crate) sent: Vec<Sent>,
    random: Random,
    wire: BTreeMap<(Instant, u64), (Side, Bytes)>,
    lost_in_a_row: [u32; 2],
    next: u64,
}

impl Pair {
    pub(crate) fn new(transport: Transport, weather: Weather, seed: u8) -> Self {
        Self::with_config(transport, weather, seed, EndpointConfig::default())
    }

    #[expect(clippy::disallowed_methods, reason = "an epoch for simulated time")]
    pub(crate) fn with_config(
        transport: Transport,
        weather: Weather,
        seed: u8,
        config: EndpointConfig,
    ) -> Self {
        let start = Instant::now();
        Self {
            start,
            now: start,
            a: Endpoint::new(config.clone(), [seed; 32]),
            b: Endpoint::new(config, [seed.wrapping_add(1); 32]),
            transport,
            weather,
            sent: Vec::new(),
            random: Random::new([seed.wrapping_add(2); 32]),
            wire: BTreeMap::new(),
            lost_in_a_row: [0; 2],
            next: 0,
        }
    }

    /// The path as seen from one side.
    pub(crate) fn flow(&self, from: Side) -> Flow {
        let conn = self.transport.is_reliable().then_some(ConnId(1));
        Flow { transport: self.transport, local: from.address(), remote: from.other().address(), conn }
    }

    pub(crate) fn endpoint(&mut self, side: Side) -> &mut Endpoint {
        match side {
            Side::A => &mut self.a,
            Side::B => &mut self.b,
        }
    }

    pub(crate) fn ms(&self) -> u128 {
        (self.now - self.start).as_millis()
    }

    /// Puts what the endpoints want to send on the wire.
    pub(crate) fn flush(&mut self) {
        for side in [Side::A, Side::B] {
            while let Some(transmit) = self.endpoint(side).poll_transmit() {
                assert_eq!(transmit.flow, self.flow(side), "sent to where nobody is");
                let text = String::from_utf8_lossy(&transmit.bytes).into_owned();
                self.sent.push(Sent { at: self.ms(), from: side, text });
                self.carry(side, transmit.bytes);
            }
        }
    }

    fn carry(&mut self, from: Side, bytes: Bytes) {
        if self.transport.is_reliable() {
            self.arrive(from.other(), self.weather.delay, bytes);
            return;
        }
        let copies = if self.random.below(100) < self.weather.duplicates { 2 } else { 1 };
        for _ in 0..copies {
            let delay = self.weather.delay + self.random.below(self.weather.jitter + 1);
            if self.survives(from) {
                self.arrive(from.other(), delay, bytes.clone());
            }
        }
    }

    /// Bursts of loss end: thirty percent is bad weather, a dead path is another test.
    fn survives(&mut self, from: Side) -> bool {
        let lost = &mut self.lost_in_a_row[usize::from(from == Side::B)];
        let bad_luck = self.random.below(100) < self.weather.loss;
        let survives = !bad_luck || (*lost >= MAX_BURST && self.weather.loss < 100);
        *lost = if survives { 0 } else { *lost + 1 };
        survives
    }

    fn arrive(&mut self, to: Side, delay: u32, bytes: Bytes) {
        self.next += 1;
        self.wire.insert((self.now + Duration::from_millis(delay.into()), self.next), (to, bytes));
    }

    /// Jumps to whatever happens next and gives the events it led to; `None` when nothing will ever happen.
    pub(crate) fn step(&mut self) -> Option<Vec<(Side, Event)>> {
        self.flush();
        let arrival = self.wire.first_key_value().map(|((at, _), _)| *at);
        let next = [arrival, self.a.next_wakeup(), self.b.next_wakeup()].into_iter().flatten().min()?;
        assert!(next >= self.now, "time runs backwards");
        self.now = next;
        if arrival == Some(next) {
            let (_, (to, bytes)) = self.wire.pop_first().unwrap();
            let (now, flow) = (self.now, self.flow(to));
            self.endpoint(to).receive(now, flow, bytes);
        } else {
            self.a.wake(next);
            self.b.wake(next);
        }
        let mut events = Vec::new();
        for side in [Side::A, Side::B] {
            while let Some(event) = self.endpoint(side).poll_event() {
                events.push((side, event));
            }
        }
        Some(events)
    }

    /// Runs until nothing is left to happen; the user sees each event as it comes.
    pub(crate) fn run(&mut self, mut user: impl FnMut(&mut Self, Side, Event)) {
        for _ in 0..MAX_STEPS {
            let Some(events) = self.step() else { return };
            for (side, event) in events {
                user(self, side, event);
            }
        }
        panic!("no end after {MAX_STEPS} steps");
    }

    /// Runs up to an instant, given in milliseconds since the start.
    pub(crate) fn run_until(&mut self, ms: u64, mut user: impl FnMut(&mut Self, Side, Event)) {
        let end = self.start + Duration::from_millis(ms);
        for _ in 0..MAX_STEPS {
            self.flush();
            let arrival = self.wire.first_key_value().map(|((at, _), _)| *at);
            let next = [arrival, self.a.next_wakeup(), self.b.next_wakeup()].into_iter().flatten().min();
            if next.is_none_or(|next| next > end) {
                self.now = end;
                return;
            }
            for (side, event) in self.step().unwrap_or_default() {
                user(self, side, event);
            }
        }
        panic!("no end after {MAX_STEPS} steps");
    }

    /// When messages that start so were sent by a side, in milliseconds.
    pub(crate) fn times(&self, from: Side, start: &str) -> Vec<u128> {
        self.sent
            .iter()
            .filter(|sent| sent.from == from && sent.text.starts_with(start))
            .map(|sent| sent.at)
            .collect()
    }

    pub(crate) fn assert_nothing_left(&self) {
        assert!(self.a.counts().is_zero(), "{:?}", self.a.counts());
        assert!(self.b.counts().is_zero(), "{:?}", self.b.counts());
    }
}
