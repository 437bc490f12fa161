//! Digits as telephone events (RFC 4733): one packet every 20 ms while the digit lasts, and its end three times.

use super::event_of;
use crate::audio::FRAME_MS;

/// Times that the last packet is sent (§2.5.1.4), so that the loss of one or two does not matter.
const END_PACKETS: u8 = 3;

/// Digits last at least so long in milliseconds: what receivers of tones accept (ITU-T Q.24).
pub const MIN_MS: u32 = 40;

/// Digits last at most so long in milliseconds.
pub const MAX_MS: u32 = 60_000;

/// Volume of the tone that an event stands for, in dBm0 below zero (§2.3.4).
const VOLUME: u8 = 10;

/// One packet of an event. Each takes a sequence number of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventPacket {
    /// That of the beginning of the event, or of its segment.
    pub timestamp: u32,
    /// On the first packet only.
    pub marker: bool,
    /// Event, end and volume, duration.
    pub payload: [u8; 4],
}

/// Sends one digit.
#[derive(Clone, Copy, Debug)]
pub struct EventSender {
    event: u8,
    timestamp: u32,
    /// Units of the RTP clock in a packet.
    step: u32,
    /// Units so far, in this segment, and still to come.
    sent: u32,
    left: u32,
    first: bool,
    ends: u8,
}

impl EventSender {
    /// A digit that begins at a timestamp of the stream of sound (§2.1: the same clock) and lasts so long, within
    /// [`MIN_MS`] and [`MAX_MS`]. `None` for what is no digit.
    pub fn new(digit: char, timestamp: u32, clock_rate: u32, ms: u32) -> Option<Self> {
        let units = u64::from(clock_rate) * u64::from(ms.clamp(MIN_MS, MAX_MS)) / 1000;
        Some(Self {
            event: event_of(digit)?,
            timestamp,
            step: (clock_rate / 1000).max(1).saturating_mul(FRAME_MS),
            sent: 0,
            left: u32::try_from(units).unwrap_or(u32::MAX),
            first: true,
            ends: END_PACKETS,
        })
    }

    /// The packet for the next 20 ms; `None` when all have been sent.
    pub fn packet(&mut self) -> Option<EventPacket> {
        if self.left == 0 {
            self.ends = self.ends.checked_sub(1)?;
            return Some(self.print());
        }
        if self.sent == u32::from(u16::MAX) {
            // §2.5.1.3: the duration's field is full; a segment follows that begins where this one ends.
            self.timestamp = self.timestamp.wrapping_add(self.sent);
            self.sent = 0;
        }
        let step = self.step.min(self.left).min(u32::from(u16::MAX).saturating_sub(self.sent));
        self.sent = self.sent.saturating_add(step);
        self.left -= step;
        if self.left == 0 {
            self.ends -= 1;
        }
        let packet = self.print();
        self.first = false;
        Some(packet)
    }

    fn print(&self) -> EventPacket {
        let [high, low] = u16::try_from(self.sent).unwrap_or(u16::MAX).to_be_bytes();
        let end = if self.left == 0 { 0x80 } else { 0 };
        EventPacket {
            timestamp: self.timestamp,
            marker: self.first,
            payload: [self.event, end | VOLUME, high, low],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DIGITS, Detector, Digit};
    use super::*;

    fn packets(digit: char, clock_rate: u32, ms: u32) -> Vec<EventPacket> {
        let mut sender = EventSender::new(digit, u32::MAX - 100, clock_rate, ms).unwrap();
        std::iter::from_fn(|| sender.packet()).collect()
    }

    fn heard(packets: &[EventPacket], clock_rate: u32, lost: impl Fn(usize) -> bool) -> Vec<Digit> {
        let mut detector = Detector::default();
        let arrived = packets.iter().enumerate().filter(|(n, _)| !lost(*n));
        arrived
            .filter_map(|(_, EventPacket { timestamp, marker, payload })| {
                detector.event(*timestamp, *marker, clock_rate, payload)
            })
            .collect()
    }

    #[test]
    fn our_own_detector_hears_every_digit_once_and_as_long_as_it_was() {
        for clock_rate in [8000, 16_000, 48_000] {
            for digit in DIGITS {
                for ms in [40, 90, 100, 2000, 10_000, 60_000] {
                    let sent = packets(digit, clock_rate, ms);
                    let expected = [Digit { digit, ms: u16::try_from(ms).unwrap() }];
                    assert_eq!(heard(&sent, clock_rate, |_| false), expected, "{digit} {clock_rate} {ms}");
                    let ends = sent.len() - 2;
                    assert_eq!(heard(&sent, clock_rate, |n| n < ends && n > 0 && ms <= 1000), expected);
                }
            }
        }
    }

    #[test]
    fn the_first_packet_is_marked_and_the_end_comes_three_times() {
        let sent = packets('#', 8000, 50);
        let durations: Vec<u16> =
            sent.iter().map(|packet| u16::from_be_bytes([packet.payload[2], packet.payload[3]])).collect();
        assert_eq!(durations, [160, 320, 400, 400, 400]);
        assert_eq!(
            sent.iter().map(|packet| packet.marker).collect::<Vec<_>>(),
            [true, false, false, false, false]
        );
        assert!(sent.iter().all(|packet| packet.payload[0] == 11 && packet.timestamp == u32::MAX - 100));
        let ends: Vec<bool> = sent.iter().map(|packet| packet.payload[1] & 0x80 != 0).collect();
        assert_eq!(ends, [false, false, true, true, true]);
    }

    #[test]
    fn lengths_are_bounded_and_letters_are_no_digits() {
        assert_eq!(packets('a', 8000, 1).len(), 4, "40 ms, and the end twice more");
        assert_eq!(packets('1', 8000, u32::MAX).len(), 3005, "a minute: a packet in part for each segment");
        assert!(EventSender::new('E', 0, 8000, 100).is_none());
        assert!(EventSender::new('1', 0, 0, 100).unwrap().packet().is_some(), "no clock, no panic");
    }
}
