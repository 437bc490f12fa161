//! The jitter buffer: packets come as the network brings them and go out in order, at the pace of who plays them.
//!
//! Whoever plays asks with [`JitterBuffer::take`] for what comes next whenever it has less than it needs; the pace of
//! asking is the clock of the sound. How long packets wait follows what the network does, between [`MIN_DELAY_MS`] and
//! [`MAX_DELAY_MS`]: it is set anew at every beginning of talk, and within talk one packet at a time, in quiet moments
//! at once and otherwise at most every [`CHANGE_EVERY`].
//!
//! | state | asked, and | what goes out | then |
//! |---|---|---|---|
//! | waiting | there is no packet | silence | waiting |
//! | waiting | the first packet has not waited long enough | silence | waiting |
//! | waiting | it has | the packet | playing |
//! | playing | the next packet is there | the packet | playing |
//! | playing | it is there, and the delay is too long | the packet, to be shortened | playing |
//! | playing | it is there, and the delay is too short | a stretch | playing |
//! | playing | it begins later than the last one ended (DTX) | silence | waiting |
//! | playing | it is missing and a later one is there | a loss, unless it was made up for already | playing |
//! | playing | nothing is there, for less than [`HOLD_MS`] | a loss; what is missing may still come | playing |
//! | playing | nothing is there, for longer, or after an event | silence | waiting |
//! | playing | comfort noise was taken (RFC 3389) | silence | waiting |
//! | any | another source, a leap of sequence numbers or timestamps was pushed | silence | waiting |

mod delay;
mod slots;

use std::time::{Duration, Instant};

use crate::quality::bursts::Bursts;
use crate::rtp::Packet;
use delay::Delay;
use slots::Slots;

/// Packets that wait at most. One that is further ahead pushes the oldest out.
pub const MAX_PACKETS: usize = 64;

/// Packets wait at least so long behind the fastest one, in milliseconds.
pub const MIN_DELAY_MS: u32 = 20;

/// They wait at most so long; what is older is not played.
pub const MAX_DELAY_MS: u32 = 400;

/// When nothing is there, for so long in milliseconds it is taken for late; after that talk has ended.
pub const HOLD_MS: u32 = 60;

/// Within talk the delay changes by a packet at most once in this time, unless it is quiet.
pub const CHANGE_EVERY: Duration = Duration::from_millis(500);

/// A lost packet is made up for by so many milliseconds at most: the longest packet of Opus.
const MAX_LOSS_MS: u32 = 120;

/// Sequence numbers further apart than this belong to no common order (RFC 3550 A.1).
const MAX_DROPOUT: u16 = 3000;
const MAX_MISORDER: u16 = 100;

/// A timestamp that is off by more than this, in milliseconds, is of a clock that began anew.
const LEAP_MS: u32 = 1000;

/// What a packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Sound of so many units of the RTP clock ([`crate::coding::Format::units`]).
    Sound {
        /// More than zero.
        units: u32,
    },
    /// Comfort noise (RFC 3389): talk has ended.
    ComfortNoise,
    /// A telephone event (RFC 4733) or what else is no sound: it only takes a sequence number.
    Event,
}

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It waits.
    Kept,
    /// It was there before.
    Duplicate,
    /// Its turn was over.
    Late,
    /// Its number is far off; should the next one follow it, the source has begun anew.
    Stray,
    /// It waits, and everything before it was forgotten.
    Restarted,
}

/// What is to be played next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken<'a> {
    /// A packet of sound.
    Packet {
        /// As it came.
        payload: &'a [u8],
        /// Decode it, but leave its sound out or blend it away: the delay is too long.
        shorten: bool,
    },
    /// A packet of comfort noise; its level holds while there is silence.
    ComfortNoise {
        /// As it came.
        payload: &'a [u8],
    },
    /// Sound is missing.
    Lost {
        /// So many units of the RTP clock.
        units: u32,
        /// The packet right after it, where that is there already: it may carry a correction (Opus).
        next: Option<&'a [u8]>,
    },
    /// More of the same for so many units: the delay is too short.
    Stretch {
        /// Of the RTP clock.
        units: u32,
    },
    /// Nobody talks.
    Silence,
}

/// What has happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BufferStats {
    /// Packets that were kept.
    pub kept: u64,
    /// Packets that went out.
    pub played: u64,
    /// Packets that came twice.
    pub duplicates: u64,
    /// Packets that came when their turn was over.
    pub late: u64,
    /// Packets that were kept and never played: too old, too many, or of a clock before the last restart.
    pub discarded: u64,
    /// Packets that were missing when their turn came.
    pub lost: u64,
    /// Times that nothing was there though somebody talked.
    pub underruns: u64,
    /// Times that everything began anew.
    pub restarts: u64,
}

/// The buffer for one stream.
#[derive(Clone, Debug)]
pub struct JitterBuffer {
    delay: Delay,
    slots: Slots,
    ssrc: Option<u32>,
    /// The sequence number whose turn is next.
    next: u16,
    /// The number that would confirm a restart.
    stray: Option<u16>,
    playing: Option<Playing>,
    /// Length of the last packet of sound, in units.
    units: u32,
    last_change: Instant,
    stats: BufferStats,
    bursts: Bursts,
}

/// Talk that is being played.
#[derive(Clone, Copy, Debug)]
struct Playing {
    /// The timestamp that comes next.
    position: u32,
    /// Units that were made up while nothing was there.
    held: u32,
    /// An event was passed since the last sound: that there is no more is no loss.
    event: bool,
}

impl JitterBuffer {
    /// For a format's clock; `now` is any instant before the first packet.
    pub fn new(clock_rate: u32, now: Instant) -> Self {
        let delay = Delay::new(clock_rate, now);
        let units = delay.units(crate::audio::FRAME_MS);
        Self {
            delay,
            slots: Slots::new(),
            ssrc: None,
            next: 0,
            stray: None,
            playing: None,
            units,
            last_change: now,
            stats: BufferStats::default(),
            bursts: Bursts::default(),
        }
    }

    /// Counters since the beginning.
    pub const fn stats(&self) -> BufferStats {
        self.stats
    }

    /// Which packets were there when their turn came, for [`crate::quality`].
    pub const fn bursts(&self) -> &Bursts {
        &self.bursts
    }

    /// Packets that wait.
    pub const fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether none waits.
    pub const fn is_empty(&self) -> bool {
        self.slots.len() == 0
    }

    /// How long packets should wait behind the fastest one, in milliseconds: 20 to 400.
    pub fn target_ms(&self) -> u32 {
        self.delay.suitable_ms().clamp(MIN_DELAY_MS, MAX_DELAY_MS)
    }

    /// How long they wait, in milliseconds; `None` while nobody talks.
    pub fn delay_ms(&self, now: Instant) -> Option<u32> {
        let delay = self.delay.of(self.playing?.position, now)?;
        Some(self.delay.ms(u32::try_from(delay).unwrap_or(0)))
    }

    /// Takes a packet from the network.
    pub fn push(&mut self, packet: &Packet<'_>, content: Content, now: Instant) -> Pushed {
        let pushed = self.place(packet, now);
        match pushed {
            Pushed::Kept | Pushed::Restarted => self.keep(packet, content, now),
            Pushed::Duplicate => self.stats.duplicates += 1,
            Pushed::Late => self.stats.late += 1,
            Pushed::Stray => {}
        }
        pushed
    }

    fn place(&mut self, packet: &Packet<'_>, now: Instant) -> Pushed {
        if self.ssrc != Some(packet.ssrc) {
            let first = self.ssrc.replace(packet.ssrc).is_none();
            self.restart(packet.sequence);
            return if first { Pushed::Kept } else { Pushed::Restarted };
        }
        let ahead = packet.sequence.wrapping_sub(self.next);
        let behind = self.next.wrapping_sub(packet.sequence);
        if ahead >= MAX_DROPOUT && behind > MAX_MISORDER {
            if self.stray == Some(packet.sequence) {
                self.restart(packet.sequence);
                return Pushed::Restarted;
            }
            self.stray = Some(packet.sequence.wrapping_add(1));
            return Pushed::Stray;
        }
        self.stray = None;
        if ahead >= MAX_DROPOUT {
            return Pushed::Late;
        }
        if self.slots.get(packet.sequence).is_some() {
            return Pushed::Duplicate;
        }
        let leap = self.delay.of(packet.timestamp, now).map_or(0, i32::unsigned_abs);
        if leap > self.delay.units(LEAP_MS) {
            self.restart(packet.sequence);
            return Pushed::Restarted;
        }
        Pushed::Kept
    }

    fn restart(&mut self, sequence: u16) {
        self.stats.restarts += u64::from(self.stats.kept > 0);
        self.stats.discarded += u64::try_from(self.slots.clear()).unwrap_or(0);
        self.delay.restart();
        self.playing = None;
        self.stray = None;
        self.next = sequence;
    }

    fn keep(&mut self, packet: &Packet<'_>, content: Content, now: Instant) {
        let window = u16::try_from(MAX_PACKETS - 1).unwrap_or(u16::MAX);
        let first = packet.sequence.wrapping_sub(window);
        if packet.sequence.wrapping_sub(self.next) > window {
            while self.next != first {
                self.discard_next();
            }
            self.playing = None;
        }
        if let Content::Sound { units } = content {
            self.delay.arrived(packet.timestamp, now);
            self.units = units.clamp(1, self.delay.units(MAX_LOSS_MS).max(1));
        }
        self.slots.insert(packet, content);
        self.stats.kept += 1;
    }

    fn discard_next(&mut self) {
        self.stats.discarded += u64::from(self.slots.remove(self.next));
        self.next = self.next.wrapping_add(1);
    }

    /// What is to be played next. `quiet` says that what was played last was next to nothing: a good moment to
    /// change the delay.
    pub fn take(&mut self, quiet: bool, now: Instant) -> Taken<'_> {
        self.pass_events_and_stale(now);
        let playing = match self.playing {
            Some(playing) => playing,
            None => match self.begin(now) {
                Some(playing) => playing,
                None => return Taken::Silence,
            },
        };
        match self.slots.first_from(self.next) {
            None => self.hold(playing),
            Some(slot) if slot.sequence == self.next => {
                let (timestamp, content) = (slot.timestamp, slot.content);
                let early = timestamp.wrapping_sub(playing.position).cast_signed();
                if early > 0 && content != Content::ComfortNoise {
                    return self.end();
                }
                self.play(timestamp, content, quiet, now)
            }
            Some(slot) => {
                let (sequence, timestamp) = (slot.sequence, slot.timestamp);
                self.lose(playing, sequence, timestamp, quiet, now)
            }
        }
    }

    /// Events take no time; what has waited longer than [`MAX_DELAY_MS`] is let go.
    fn pass_events_and_stale(&mut self, now: Instant) {
        let most = self.delay.units(MAX_DELAY_MS).cast_signed();
        while let Some(slot) = self.slots.first_from(self.next) {
            let (sequence, timestamp) = (slot.sequence, slot.timestamp);
            let due = sequence == self.next || self.playing.is_none();
            if due && slot.content == Content::Event {
                self.slots.remove(sequence);
                self.next = sequence.wrapping_add(1);
                self.stats.played += 1;
                self.playing.iter_mut().for_each(|playing| playing.event = true);
            } else if self.delay.of(timestamp, now).is_some_and(|delay| delay > most) {
                self.next = sequence;
                self.discard_next();
                self.playing = None;
            } else {
                return;
            }
        }
    }

    /// Talk begins when its first packet has waited long enough.
    fn begin(&mut self, now: Instant) -> Option<Playing> {
        let target = self.delay.units(self.target_ms()).cast_signed();
        let slot = self.slots.first_from(self.next)?;
        let waited = self.delay.of(slot.timestamp, now);
        // Comfort noise alone has no way to measure itself by, and is in no hurry.
        if waited.is_some_and(|waited| waited < target) {
            return None;
        }
        let playing = Playing { position: slot.timestamp, held: 0, event: false };
        self.next = slot.sequence;
        self.playing = Some(playing);
        self.last_change = now;
        Some(playing)
    }

    fn end(&mut self) -> Taken<'_> {
        self.playing = None;
        Taken::Silence
    }

    fn play(&mut self, timestamp: u32, content: Content, quiet: bool, now: Instant) -> Taken<'_> {
        let Content::Sound { units } = content else {
            let sequence = self.go_on(timestamp);
            self.playing = None;
            return Taken::ComfortNoise { payload: self.slots.removed(sequence) };
        };
        let delay = self.delay.of(timestamp, now).unwrap_or(0);
        let target = self.delay.units(self.target_ms()).cast_signed();
        let length = units.cast_signed();
        let may = quiet || now.saturating_duration_since(self.last_change) >= CHANGE_EVERY;
        // Short of the target by half a packet, or longer than it by a whole one and a half: in between it rests.
        if may && delay < target.saturating_sub(length / 2) {
            self.last_change = now;
            return Taken::Stretch { units };
        }
        let shorten = may && delay > target.saturating_add(length).saturating_add(length / 2);
        if shorten {
            self.last_change = now;
        }
        let sequence = self.go_on(timestamp.wrapping_add(units));
        self.bursts.arrived();
        Taken::Packet { payload: self.slots.removed(sequence), shorten }
    }

    /// Takes the next packet out; its number.
    fn go_on(&mut self, position: u32) -> u16 {
        let sequence = self.next;
        self.slots.remove(sequence);
        self.next = sequence.wrapping_add(1);
        self.playing = Some(Playing { position, held: 0, event: false });
        self.stats.played += 1;
        sequence
    }

    /// The next packet is missing, one after it is there.
    fn lose(
        &mut self,
        mut playing: Playing,
        sequence: u16,
        timestamp: u32,
        quiet: bool,
        now: Instant,
    ) -> Taken<'_> {
        let missing = u32::from(sequence.wrapping_sub(self.next)).max(1);
        let gap = timestamp.wrapping_sub(playing.position);
        if gap.cast_signed() < 0 || gap > self.delay.units(MAX_DELAY_MS) {
            // Who knows what was there: as long as a pause as any.
            self.next = sequence;
            return self.end();
        }
        let each = gap / missing;
        while self.next != sequence && playing.held >= each {
            // It was made up for when nothing at all was there.
            playing.held -= each;
            playing.position = playing.position.wrapping_add(each);
            self.miss();
        }
        self.playing = Some(playing);
        if self.next == sequence {
            return self.take(quiet, now);
        }
        self.miss();
        let position = playing.position.wrapping_add(each);
        self.playing = Some(Playing { position, ..playing });
        let units = each.min(self.delay.units(MAX_LOSS_MS));
        Taken::Lost { units, next: self.slots.get(self.next).map(|slot| slot.payload.as_slice()) }
    }

    /// The turn of a packet that is missing is over.
    fn miss(&mut self) {
        self.next = self.next.wrapping_add(1);
        self.stats.lost += 1;
        self.bursts.lost();
    }

    /// Nothing is there.
    fn hold(&mut self, playing: Playing) -> Taken<'_> {
        if playing.event || playing.held >= self.delay.units(HOLD_MS) {
            return self.end();
        }
        self.stats.underruns += u64::from(playing.held == 0);
        let units = self.units;
        self.playing = Some(Playing { held: playing.held.saturating_add(units), ..playing });
        Taken::Lost { units, next: None }
    }
}
