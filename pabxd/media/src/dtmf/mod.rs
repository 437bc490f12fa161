//! Digits in the event stream of a leg (RFC 4733), each told once.
//!
//! An event is a run of packets with one timestamp; its last packet has the E bit and is sent three times, and any
//! of them can be lost. So a digit is told at the first packet with E, or, when none came, at the first sign that it is
//! over: the next event, or audio from well after it.
//!
//! [`send`] makes such events, [`inband`] hears and makes the tones that they stand for.

pub mod inband;
pub mod send;

/// Audio this long after the last known end of an event ends it, in milliseconds.
const GRACE_MS: u32 = 60;

/// A digit that was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digit {
    /// `0`–`9`, `*`, `#`, `A`–`D`.
    pub digit: char,
    /// Length in milliseconds, at most 65535.
    pub ms: u16,
}

/// Watches one leg.
#[derive(Clone, Copy, Debug, Default)]
pub struct Detector {
    current: Option<Event>,
}

#[derive(Clone, Copy, Debug)]
struct Event {
    digit: char,
    timestamp: u32,
    /// In clock units, of this segment.
    duration: u16,
    /// In clock units, of the segments before it.
    earlier: u32,
    clock_rate: u32,
    told: bool,
}

impl Detector {
    /// A packet of the telephone-event format. Events that are no digits are ignored.
    pub fn event(&mut self, timestamp: u32, marker: bool, clock_rate: u32, payload: &[u8]) -> Option<Digit> {
        let &[event, flags, high, low, ..] = payload else { return None };
        let digit = digit_of(event)?;
        let duration = u16::from_be_bytes([high, low]);
        let ended = flags & 0x80 != 0;
        let fresh = Event { digit, timestamp, duration, earlier: 0, clock_rate, told: false };
        let Some(current) = &mut self.current else {
            return self.current.insert(fresh).tell_if(ended);
        };
        if current.timestamp == timestamp && current.digit == digit {
            current.duration = current.duration.max(duration);
            return current.tell_if(ended);
        }
        // A straggler of an event before this one.
        if timestamp.wrapping_sub(current.timestamp) > u32::MAX / 2 {
            return None;
        }
        if !marker && current.continues_as(&fresh) {
            current.earlier = current.earlier.saturating_add(u32::from(u16::MAX));
            (current.timestamp, current.duration) = (timestamp, duration);
            return current.tell_if(ended);
        }
        let missed = current.tell_if(true);
        let told = self.current.insert(fresh);
        // Two digits cannot be told at once: the fresh one follows with its next packet, or with audio.
        missed.or_else(|| told.tell_if(ended))
    }

    /// A packet of sound: ends an event whose own end was lost.
    pub fn audio(&mut self, timestamp: u32) -> Option<Digit> {
        let current = self.current.as_mut().filter(|event| !event.told)?;
        let grace = current.clock_rate / 1000 * GRACE_MS;
        let end = current.timestamp.wrapping_add(u32::from(current.duration)).wrapping_add(grace);
        let since = timestamp.wrapping_sub(end);
        current.tell_if(since < u32::MAX / 2)
    }

    /// The source began anew: forget what was under way.
    pub fn reset(&mut self) {
        self.current = None;
    }
}

impl Event {
    fn tell_if(&mut self, ended: bool) -> Option<Digit> {
        if !ended || self.told {
            return None;
        }
        self.told = true;
        let units = u64::from(self.earlier).saturating_add(u64::from(self.duration));
        let ms = units.saturating_mul(1000) / u64::from(self.clock_rate.max(1));
        Some(Digit { digit: self.digit, ms: u16::try_from(ms).unwrap_or(u16::MAX) })
    }

    /// RFC 4733 §2.5.1.3: an event longer than its duration field goes on with a later timestamp.
    fn continues_as(&self, next: &Self) -> bool {
        !self.told
            && self.digit == next.digit
            && self.duration == u16::MAX
            && next.timestamp == self.timestamp.wrapping_add(u32::from(u16::MAX))
    }
}

/// Digits in the order of their event codes (RFC 4733 §3.2).
const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];

fn digit_of(event: u8) -> Option<char> {
    DIGITS.get(usize::from(event)).copied()
}

/// The code of a digit; `None` for what is no digit.
fn event_of(digit: char) -> Option<u8> {
    let index = DIGITS.iter().position(|known| known.eq_ignore_ascii_case(&digit))?;
    u8::try_from(index).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(detector: &mut Detector, timestamp: u32, event: u8, duration: u16, end: bool) -> Option<Digit> {
        let [high, low] = duration.to_be_bytes();
        let flags = if end { 0x8a } else { 0x0a };
        detector.event(timestamp, duration == 160, 8000, &[event, flags, high, low])
    }

    #[test]
    fn a_digit_is_told_once_though_its_end_comes_three_times() {
        let mut detector = Detector::default();
        for duration in [160, 320, 480] {
            assert_eq!(event(&mut detector, 1000, 5, duration, false), None);
        }
        assert_eq!(event(&mut detector, 1000, 5, 800, true), Some(Digit { digit: '5', ms: 100 }));
        assert_eq!(event(&mut detector, 1000, 5, 800, true), None);
        assert_eq!(event(&mut detector, 1000, 5, 800, true), None);
        assert_eq!(detector.audio(3000), None);
    }

    #[test]
    fn the_same_digit_twice_is_two() {
        let mut detector = Detector::default();
        assert!(event(&mut detector, 1000, 11, 800, true).is_some());
        assert_eq!(event(&mut detector, 2600, 11, 160, false), None);
        assert_eq!(event(&mut detector, 2600, 11, 400, true), Some(Digit { digit: '#', ms: 50 }));
        assert_eq!(event(&mut detector, 1000, 11, 800, true), None, "a straggler of the first");
    }

    #[test]
    fn a_lost_end_is_seen_by_the_next_event_or_by_audio() {
        let mut detector = Detector::default();
        assert_eq!(event(&mut detector, 1000, 1, 640, false), None);
        assert_eq!(event(&mut detector, 3000, 2, 160, false), Some(Digit { digit: '1', ms: 80 }));
        assert_eq!(detector.audio(3100), None, "audio of the same moment does not end it");
        assert_eq!(detector.audio(4000), Some(Digit { digit: '2', ms: 20 }));
        assert_eq!(detector.audio(5000), None);
    }

    #[test]
    fn a_long_press_in_two_segments_is_one_digit() {
        let mut detector = Detector::default();
        assert_eq!(event(&mut detector, 1000, 9, u16::MAX, false), None);
        assert_eq!(event(&mut detector, 1000 + 65535, 9, 7465, true), Some(Digit { digit: '9', ms: 9125 }));
    }

    #[test]
    fn flash_unknown_events_and_short_payloads_are_nothing() {
        let mut detector = Detector::default();
        assert_eq!(event(&mut detector, 1000, 16, 800, true), None);
        assert_eq!(detector.event(1000, true, 8000, &[1, 0x80, 0]), None);
        assert_eq!(
            detector.event(1000, true, 0, &[1, 0x80, 0, 0]),
            Some(Digit { digit: '1', ms: 0 }),
            "no clock, no panic"
        );
    }
}
