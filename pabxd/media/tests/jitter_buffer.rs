//! The jitter buffer behind an emulated network: seeded delay, loss, repetition and disorder.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions, reason = "tests")]
#![allow(clippy::cast_possible_truncation, reason = "tests")]

use std::time::{Duration, Instant};

use pabx_media::jitter_buffer::{Content, JitterBuffer, MAX_DELAY_MS, MAX_PACKETS, Pushed, Taken};
use pabx_media::rtp::Packet;
use proptest::prelude::*;

mod sound;

const FRAME: u64 = 20;
const UNITS: u32 = 160;

/// A packet on its way.
#[derive(Clone, Copy, Debug)]
struct Sent {
    /// Of the stream, from 0, without wrapping.
    number: u32,
    at_ms: u64,
    content: Content,
    /// When it comes, in milliseconds.
    arrives_ms: u64,
}

/// What the player was given in one 20 ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    Packet(u32),
    Shortened(u32),
    Noise,
    Lost { corrected: bool },
    Stretch,
    Silence,
}

struct Player {
    buffer: JitterBuffer,
    start: Instant,
    first: (u16, u32),
    heard: Vec<Heard>,
    pushed: Vec<(u32, Pushed)>,
    longest_delay: u32,
    quiet: bool,
}

#[allow(clippy::disallowed_methods, reason = "an epoch")]
fn epoch() -> Instant {
    Instant::now()
}

impl Player {
    fn new() -> Self {
        let start = epoch();
        Self {
            buffer: JitterBuffer::new(8000, start),
            start,
            first: (100, 5000),
            heard: Vec::new(),
            pushed: Vec::new(),
            longest_delay: 0,
            quiet: false,
        }
    }

    fn push(&mut self, sent: Sent, ssrc: u32) {
        let payload = sent.number.to_be_bytes();
        let packet = Packet {
            payload_type: 8,
            marker: false,
            sequence: self.first.0.wrapping_add(sent.number as u16),
            timestamp: self.first.1.wrapping_add((sent.at_ms * 8) as u32),
            ssrc,
            payload: &payload,
        };
        let now = self.start + Duration::from_millis(sent.arrives_ms);
        self.pushed.push((sent.number, self.buffer.push(&packet, sent.content, now)));
    }

    fn take(&mut self, ms: u64) -> Heard {
        let now = self.start + Duration::from_millis(ms);
        assert!(self.buffer.len() <= MAX_PACKETS);
        let number = |payload: &[u8]| u32::from_be_bytes(payload.try_into().unwrap());
        let heard = match self.buffer.take(self.quiet, now) {
            Taken::Packet { payload, shorten: false } => Heard::Packet(number(payload)),
            Taken::Packet { payload, shorten: true } => Heard::Shortened(number(payload)),
            Taken::ComfortNoise { .. } => Heard::Noise,
            Taken::Lost { units, next } => {
                assert_eq!(units, UNITS);
                Heard::Lost { corrected: next.is_some() }
            }
            Taken::Stretch { units } => {
                assert_eq!(units, UNITS);
                Heard::Stretch
            }
            Taken::Silence => Heard::Silence,
        };
        if !matches!(heard, Heard::Packet(_)) {
            return heard;
        }
        // What is held at the end of talk counts as delay only if talk goes on.
        self.longest_delay = self.longest_delay.max(self.buffer.delay_ms(now).unwrap_or(0));
        heard
    }

    /// Plays everything, one packet every 20 ms; one that is shortened takes no time.
    fn run(&mut self, mut sent: Vec<Sent>) {
        sent.sort_by_key(|packet| packet.arrives_ms);
        let end = sent.last().map_or(0, |packet| packet.arrives_ms) + 600;
        let mut sent = sent.into_iter().peekable();
        for tick in (7..end).step_by(FRAME as usize) {
            while let Some(packet) = sent.next_if(|packet| packet.arrives_ms <= tick) {
                self.push(packet, 1);
            }
            loop {
                let heard = self.take(tick);
                self.heard.push(heard);
                if !matches!(heard, Heard::Shortened(_)) {
                    break;
                }
            }
        }
    }

    fn numbers(&self) -> Vec<u32> {
        let number = |heard: &Heard| match heard {
            Heard::Packet(number) | Heard::Shortened(number) => Some(*number),
            _ => None,
        };
        self.heard.iter().filter_map(number).collect()
    }

    fn count(&self, wanted: impl Fn(&Heard) -> bool) -> usize {
        self.heard.iter().filter(|heard| wanted(heard)).count()
    }
}

fn sound(number: u32, delay_ms: u64) -> Sent {
    let at_ms = u64::from(number) * FRAME;
    Sent { number, at_ms, content: Content::Sound { units: UNITS }, arrives_ms: at_ms + delay_ms }
}

#[test]
fn a_steady_stream_comes_out_whole_after_the_first_wait() {
    let mut player = Player::new();
    player.run((0..500).map(|number| sound(number, 30)).collect());
    assert_eq!(player.numbers(), (0..500).collect::<Vec<_>>());
    assert_eq!(player.count(|heard| matches!(heard, Heard::Lost { .. })), 3, "the end, held for 60 ms");
    assert!(player.longest_delay <= 60, "{} ms", player.longest_delay);
}

#[test]
fn numbers_and_timestamps_wrap() {
    let mut player = Player::new();
    player.first = (65_400, u32::MAX - 10_000);
    player.run((0..500).map(|number| sound(number, 30)).collect());
    assert_eq!(player.numbers(), (0..500).collect::<Vec<_>>());
    assert_eq!(player.buffer.stats().restarts, 0);
}

#[test]
fn disorder_is_put_in_order_and_repetition_is_heard_once() {
    let mut player = Player::new();
    let mut sent: Vec<Sent> =
        (0..300).map(|number| sound(number, if number % 5 == 0 { 55 } else { 20 })).collect();
    sent.extend((0..300).map(|number| sound(number, 57)));
    player.run(sent);
    let late = player.pushed.iter().filter(|(_, pushed)| *pushed == Pushed::Late).count();
    let numbers = player.numbers();
    assert_eq!(numbers[numbers.len() - 250..], (50..300).collect::<Vec<_>>()[..], "once the delay is known");
    let stats = player.buffer.stats();
    assert_eq!(stats.kept + stats.duplicates + late as u64, 600);
    assert!(numbers.len() >= 299 && stats.duplicates > 100, "{stats:?}");
}

#[test]
fn a_lost_packet_is_told_once_with_the_packet_after_it() {
    let mut player = Player::new();
    player.run((0..300).filter(|n| n % 50 != 25).map(|number| sound(number, 20)).collect());
    assert_eq!(player.count(|heard| *heard == Heard::Lost { corrected: true }), 6);
    assert_eq!(player.numbers(), (0..300).filter(|n| n % 50 != 25).collect::<Vec<_>>());
    assert_eq!(player.buffer.stats().lost, 6);
    let at = player.heard.iter().position(|heard| *heard == Heard::Packet(24)).unwrap();
    assert_eq!(player.heard[at + 1..at + 3], [Heard::Lost { corrected: true }, Heard::Packet(26)]);
}

#[test]
fn the_delay_follows_the_network_both_ways() {
    let mut dice = sound::Dice(7);
    let mut player = Player::new();
    player.run((0..1000).map(|number| sound(number, 20 + dice.below(100))).collect());
    let rough = player.buffer.target_ms();
    assert!((85..=105).contains(&rough), "{rough} ms for a jitter of 100 ms");
    // What was late of the second half, when the delay was known.
    let late = player.pushed.iter().filter(|(n, pushed)| *n > 500 && *pushed == Pushed::Late).count();
    assert!(late <= 10, "{late} of 500 late");
    let calm = (1000..3500).map(|number| sound(number, 60)).collect();
    player.run(calm);
    assert!(player.buffer.target_ms() <= 30, "{} ms after 50 s of calm", player.buffer.target_ms());
}

#[test]
fn a_stall_is_waited_for_and_nothing_of_it_is_lost() {
    let mut player = Player::new();
    let stall =
        |number: u32| if (100..115).contains(&number) { 20 + u64::from(115 - number) * 20 } else { 20 };
    player.run((0..1500).map(|number| sound(number, stall(number))).collect());
    let numbers = player.numbers();
    assert!(numbers.len() >= 1497, "{} of 1500 come out", numbers.len());
    assert!(player.count(|heard| matches!(heard, Heard::Shortened(_))) >= 2, "the delay shrinks again");
}

#[test]
fn the_delay_shrinks_in_talk_by_one_packet_each_half_second_and_in_quiet_at_once() {
    let most_in_two_seconds = |quiet: bool| {
        let mut player = Player::new();
        player.quiet = quiet;
        // A way that is slower by 200 ms for 24 s, and then the old one again.
        let way = |number: u32| if (300..1500).contains(&number) { 220 } else { 20 };
        player.run((0..2300).map(|number| sound(number, way(number))).collect());
        let shortened: Vec<bool> =
            player.heard.iter().map(|heard| matches!(heard, Heard::Shortened(_))).collect();
        assert!(shortened.iter().filter(|shortened| **shortened).count() >= 8, "the delay shrinks by 200 ms");
        assert!(player.numbers().len() >= 2290, "{} of 2300 come out", player.numbers().len());
        shortened.windows(100).map(|some| some.iter().filter(|one| **one).count()).max().unwrap()
    };
    let talk = most_in_two_seconds(false);
    assert!(talk <= 5, "{talk} packets within 2 s of talk");
    let quiet = most_in_two_seconds(true);
    assert!(quiet >= 8, "{quiet} packets within 2 s of quiet");
}

#[test]
fn a_burst_of_losses_takes_as_long_as_it_was() {
    let mut player = Player::new();
    player.run((0..400).filter(|n| !(200..206).contains(n)).map(|number| sound(number, 20)).collect());
    let at = |number| player.heard.iter().position(|heard| *heard == Heard::Packet(number)).unwrap();
    let between = &player.heard[at(199) + 1..at(206)];
    // What was made up while nothing at all was there is not made up for again.
    assert!((5..=7).contains(&between.len()), "{between:?}");
    assert!(between.iter().all(|heard| matches!(heard, Heard::Lost { .. } | Heard::Silence)), "{between:?}");
    let mut short = Player::new();
    short.run((0..400).filter(|n| !(200..204).contains(n)).map(|number| sound(number, 20)).collect());
    let lost = short.heard.iter().filter(|heard| matches!(heard, Heard::Lost { .. })).count();
    assert_eq!((lost, short.buffer.stats().lost), (4 + 3, 4), "and the three at the end");
}

#[test]
fn pauses_without_packets_are_silence_and_no_loss() {
    let mut player = Player::new();
    // Two seconds of talk, 3 s of pause, talk: the numbers go on, the timestamps leap (DTX).
    let talk = |number: u32, at_ms: u64| Sent { at_ms, arrives_ms: at_ms + 25, ..sound(number, 0) };
    let mut sent: Vec<Sent> = (0..100).map(|n| talk(n, u64::from(n) * FRAME)).collect();
    let noise = Sent { content: Content::ComfortNoise, ..talk(100, 2000) };
    sent.push(noise);
    sent.extend((101..201).map(|n| talk(n, 5000 + u64::from(n - 101) * FRAME)));
    player.run(sent);
    assert_eq!(player.numbers(), (0..100).chain(101..201).collect::<Vec<_>>());
    assert_eq!(player.count(|heard| *heard == Heard::Noise), 1);
    assert_eq!(player.buffer.stats().lost, 0);
    let noise = player.heard.iter().position(|heard| *heard == Heard::Noise).unwrap();
    let again = player.heard.iter().position(|heard| *heard == Heard::Packet(101)).unwrap();
    assert!((145..=152).contains(&(again - noise)), "{} frames of pause", again - noise);
    assert_eq!(player.buffer.stats().restarts, 0);
}

#[test]
fn a_short_pause_is_as_long_as_it_was_though_what_follows_is_there() {
    let mut dice = sound::Dice(5);
    let mut player = Player::new();
    // With 100 ms of delay the packet after a pause of 60 ms waits already when the pause begins.
    let sent = (0..600).map(|number| {
        let pause = if number >= 500 { 60 } else { 0 };
        let at_ms = u64::from(number) * FRAME + pause;
        let jitter = if number < 480 { dice.below(100) } else { 0 };
        Sent { at_ms, arrives_ms: at_ms + 20 + jitter, ..sound(number, 0) }
    });
    player.run(sent.collect());
    let at = |number| player.heard.iter().position(|heard| *heard == Heard::Packet(number)).unwrap();
    let pause = &player.heard[at(499) + 1..at(500)];
    assert!((2..=4).contains(&pause.len()), "{pause:?}");
    assert!(pause.iter().all(|heard| *heard == Heard::Silence), "{pause:?}");
}

#[test]
fn events_take_a_number_and_no_time() {
    let mut player = Player::new();
    let event = |number: u32| Sent { content: Content::Event, ..sound(number, 20) };
    let sent = (0..100).map(|n| if (50..53).contains(&n) { event(n) } else { sound(n, 20) });
    player.run(sent.collect());
    assert_eq!(player.numbers(), (0..50).chain(53..100).collect::<Vec<_>>());
    assert_eq!(player.buffer.stats().lost, 0, "silence where the digit was");
    let at = |number| player.heard.iter().position(|heard| *heard == Heard::Packet(number)).unwrap();
    assert_eq!(player.heard[at(49) + 1..at(53)], [Heard::Silence; 3]);
}

#[test]
fn another_source_and_a_leap_begin_anew_and_a_stray_does_not() {
    let mut player = Player::new();
    for number in 0..10 {
        player.push(sound(number, 20), 1);
    }
    assert_eq!(player.take(200), Heard::Packet(0));
    player.push(Sent { arrives_ms: 210, ..sound(40_000, 0) }, 1);
    player.push(Sent { arrives_ms: 211, ..sound(10, 0) }, 1);
    assert_eq!(player.take(220), Heard::Packet(1), "one stray packet changes nothing");
    player.push(Sent { arrives_ms: 230, ..sound(30_000, 0) }, 1);
    player.push(Sent { arrives_ms: 231, ..sound(30_001, 0) }, 1);
    assert_eq!(player.pushed.last().unwrap().1, Pushed::Restarted);
    player.push(Sent { arrives_ms: 240, ..sound(77, 0) }, 2);
    assert_eq!(player.pushed.last().unwrap().1, Pushed::Restarted, "another source");
    assert_eq!(player.buffer.len(), 1);
    player.push(Sent { arrives_ms: 260, at_ms: 999_999, ..sound(78, 0) }, 2);
    assert_eq!(player.pushed.last().unwrap().1, Pushed::Restarted, "a leap of the timestamp");
    assert_eq!(player.take(340), Heard::Packet(78));
    assert_eq!(player.buffer.stats().restarts, 3);
}

#[test]
fn a_flood_keeps_the_newest_and_old_sound_is_not_played() {
    let mut player = Player::new();
    for number in 0..1000 {
        player.push(Sent { arrives_ms: 10, ..sound(number, 0) }, 1);
    }
    assert_eq!(player.buffer.len(), MAX_PACKETS);
    let mut player = Player::new();
    for number in 0..40 {
        player.push(sound(number, 20), 1);
    }
    let Heard::Packet(first) = player.take(820) else { panic!("sound") };
    assert!((20..=21).contains(&first), "packet {first}: those older than {MAX_DELAY_MS} ms are let go");
}

proptest! {
    #[test]
    fn what_is_in_time_comes_out_once_and_in_order(
        seed in any::<u64>(),
        first in any::<(u16, u32)>(),
        loss in 0u64..30,
        repeated in 0u64..20,
        jitter in 1u64..250,
        spike in 0u64..900,
        quiet in any::<bool>(),
    ) {
        let mut dice = sound::Dice(seed);
        let mut sent = Vec::new();
        for number in 0..600u32 {
            let delay = 10 + dice.below(jitter) + if dice.below(100) == 0 { spike } else { 0 };
            if dice.below(100) >= loss {
                sent.push(sound(number, delay));
            }
            if dice.below(100) < repeated {
                sent.push(sound(number, delay + dice.below(300)));
            }
        }
        let mut player = Player::new();
        player.first = first;
        player.quiet = quiet;
        player.run(sent);
        let numbers = player.numbers();
        prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "once and in order");
        let stats = player.buffer.stats();
        prop_assert_eq!(stats.kept, stats.played + stats.discarded + player.buffer.len() as u64);
        prop_assert_eq!(stats.played, numbers.len() as u64);
        prop_assert!(player.buffer.is_empty());
        if stats.discarded == 0 {
            let kept = player.pushed.iter().filter(|(_, pushed)| matches!(pushed, Pushed::Kept | Pushed::Restarted));
            let mut kept: Vec<u32> = kept.map(|(number, _)| *number).collect();
            kept.sort_unstable();
            prop_assert_eq!(kept, numbers);
        }
        prop_assert!(player.longest_delay <= MAX_DELAY_MS + 20, "{} ms", player.longest_delay);
    }

    #[test]
    fn nothing_panics_on_any_packets(
        packets in proptest::collection::vec((any::<u16>(), any::<u32>(), 0u8..3, any::<u32>(), 0u64..100, any::<bool>()), 0..200)
    ) {
        let start = epoch();
        let mut now = start;
        let mut buffer = JitterBuffer::new(packets.first().map_or(0, |packet| packet.1), start);
        for (sequence, timestamp, ssrc, units, later, take) in packets {
            now += Duration::from_millis(later);
            let content = match units % 5 {
                0 => Content::Event,
                1 => Content::ComfortNoise,
                _ => Content::Sound { units },
            };
            let packet =
                Packet { payload_type: 0, marker: false, sequence: sequence % 200, timestamp, ssrc: u32::from(ssrc / 2), payload: &[1] };
            buffer.push(&packet, content, now);
            if take {
                buffer.take(later % 2 == 0, now);
            }
            prop_assert!(buffer.len() <= MAX_PACKETS);
        }
    }
}
