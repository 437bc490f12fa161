//! How long packets must wait so that nearly all of them are there in time.
//!
//! Each packet's way is compared with the fastest way of the last seconds: that is its lateness. (The mean deviation of
//! RFC 3550 §6.4.1, which reports carry and `relay` counts, says too little: a buffer must know the tail.) A histogram
//! of lateness that slowly forgets yields the wait that suits 99 of 100 packets.

use std::time::{Duration, Instant};

/// Width of a class of lateness.
const CLASS_MS: u32 = 5;
/// Classes: the last one is for everything later.
const CLASSES: usize = 81;
/// Share of packets that should be in time.
const IN_TIME: f32 = 0.99;
/// What is assumed before anything is known: 40 ms, with the weight of so many packets.
const ASSUMED_CLASS: usize = 7;
const ASSUMED_WEIGHT: f32 = 25.0;
/// Packets after which the first is forgotten by two thirds: 10 s of sound.
const MEMORY: f32 = 500.0;
/// The fastest way is that of the current stretch of time or the one before it.
const STRETCH: Duration = Duration::from_secs(5);

/// The estimate for one source. Times are in units of its RTP clock, wrapping as timestamps do.
#[derive(Clone, Debug)]
pub(super) struct Delay {
    epoch: Instant,
    clock_rate: u32,
    /// The fastest way of this stretch and of the one before; `None` before the first packet.
    fastest: Option<[u32; 2]>,
    stretch_began: Instant,
    weight: f32,
    shares: [f32; CLASSES],
}

impl Delay {
    /// `epoch` is any instant before the first packet.
    pub(super) fn new(clock_rate: u32, epoch: Instant) -> Self {
        let mut shares = [0.0; CLASSES];
        if let Some(share) = shares.get_mut(ASSUMED_CLASS) {
            *share = 1.0;
        }
        let clock_rate = clock_rate.max(1000);
        Self { epoch, clock_rate, fastest: None, stretch_began: epoch, weight: ASSUMED_WEIGHT, shares }
    }

    /// Milliseconds in units of the clock.
    pub(super) fn units(&self, ms: u32) -> u32 {
        let units = u64::from(ms).saturating_mul(u64::from(self.clock_rate)) / 1000;
        u32::try_from(units).unwrap_or(u32::MAX)
    }

    /// Units of the clock in milliseconds.
    pub(super) fn ms(&self, units: u32) -> u32 {
        u32::try_from(u64::from(units) * 1000 / u64::from(self.clock_rate)).unwrap_or(u32::MAX)
    }

    /// How much later than by the fastest way sound of this timestamp is played, when it is played now. Negative
    /// when that would be before it could be there; `None` before the first packet.
    pub(super) fn of(&self, timestamp: u32, now: Instant) -> Option<i32> {
        let way = self.clock(now).wrapping_sub(timestamp);
        self.base().map(|base| way.wrapping_sub(base).cast_signed())
    }

    /// Takes an arrival; its lateness in units as it would have been before it.
    pub(super) fn arrived(&mut self, timestamp: u32, now: Instant) {
        let way = self.clock(now).wrapping_sub(timestamp);
        let before = self.base();
        self.track(way, now);
        if let (Some(before), Some(base)) = (before, self.base()) {
            self.shift(base.wrapping_sub(before).cast_signed());
            self.count(way.wrapping_sub(base));
        }
    }

    /// The source's clock began anew: ways before it say nothing, the spread of lateness stays.
    pub(super) fn restart(&mut self) {
        self.fastest = None;
    }

    /// The wait that suits the source, in milliseconds, not yet bounded.
    pub(super) fn suitable_ms(&self) -> u32 {
        let mut share = 0.0;
        let classes = self.shares.iter().take_while(|class| {
            let below = share < IN_TIME;
            share += **class;
            below
        });
        u32::try_from(classes.count()).unwrap_or(0) * CLASS_MS
    }

    fn base(&self) -> Option<u32> {
        // Differences are signed: the clock wraps.
        self.fastest.map(|[one, other]| if one.wrapping_sub(other).cast_signed() < 0 { one } else { other })
    }

    fn track(&mut self, way: u32, now: Instant) {
        let Some([current, _]) = self.fastest else {
            self.stretch_began = now;
            self.fastest = Some([way, way]);
            return;
        };
        if now.saturating_duration_since(self.stretch_began) >= STRETCH {
            self.stretch_began = now;
            self.fastest = Some([way, current]);
        } else if way.wrapping_sub(current).cast_signed() < 0
            && let Some([current, _]) = &mut self.fastest
        {
            *current = way;
        }
    }

    /// The fastest way has become slower, and with it every lateness less: by whole classes. (When it becomes faster,
    /// as after a change of route, lateness is spread around the new one as it was around the old one.)
    fn shift(&mut self, units: i32) {
        let class = self.units(CLASS_MS).max(1);
        let classes = usize::try_from(units.max(0).unsigned_abs() / class).unwrap_or(CLASSES).min(CLASSES);
        if classes == 0 {
            return;
        }
        let gone: f32 = self.shares.iter().take(classes).sum();
        self.shares.rotate_left(classes);
        self.shares.iter_mut().rev().take(classes).for_each(|share| *share = 0.0);
        self.shares.iter_mut().take(1).for_each(|share| *share += gone);
    }

    fn count(&mut self, lateness: u32) {
        self.weight = (self.weight + 1.0).min(MEMORY);
        let step = 1.0 / self.weight;
        self.shares.iter_mut().for_each(|share| *share *= 1.0 - step);
        let class = usize::try_from(lateness / self.units(CLASS_MS).max(1)).unwrap_or(CLASSES);
        if let Some(share) = self.shares.get_mut(class.min(CLASSES - 1)) {
            *share += step;
        }
    }

    /// Now in units of the clock, wrapped as timestamps are.
    fn clock(&self, now: Instant) -> u32 {
        let since = now.saturating_duration_since(self.epoch);
        let rate = u64::from(self.clock_rate);
        let part = u64::from(since.subsec_nanos()) * rate / 1_000_000_000;
        let units = since.as_secs().wrapping_mul(rate).wrapping_add(part);
        u32::try_from(units & u64::from(u32::MAX)).unwrap_or(0)
    }
}
