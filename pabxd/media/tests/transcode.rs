//! From every format to every other, over a good and a bad network: pitch, level, gaps, and the packets that go out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions, reason = "tests")]
#![allow(clippy::cast_possible_truncation, reason = "tests")]

use std::time::{Duration, Instant};

use pabx_media::audio::{Frame, Level, Rate};
use pabx_media::coding::{CodingError, Decoder, Format, MAX_DECODED};
use pabx_media::playout::{PayloadTypes, Playout};
use pabx_media::rtp::{MAX_PACKET, Packet};
use pabx_media::stream_sender::{StreamSender, StreamStart};
use pabx_media::transcode::{Destination, Source, Transcoder};

mod sound;

const FORMATS: [Format; 5] =
    [Format::Pcmu, Format::Pcma, Format::G722, Format::Opus(Rate::Full), Format::L16(Rate::Wide)];
const TYPES: PayloadTypes = PayloadTypes { sound: 97, comfort_noise: Some(13), event: Some(101) };
const START: StreamStart = StreamStart { ssrc: 0xfeed, sequence: 65_500, timestamp: u32::MAX - 5000 };

#[allow(clippy::disallowed_methods, reason = "an epoch")]
fn epoch() -> Instant {
    Instant::now()
}

/// The datagrams of a sound, each with the time that it is sent at in milliseconds.
fn sent(format: Format, samples: &[i16]) -> Vec<(u64, Vec<u8>)> {
    let mut sender = StreamSender::new(format, 97, START).unwrap();
    let frames = samples.chunks_exact(format.rate().frame_samples());
    (0u64..)
        .zip(frames)
        .map(|(n, samples)| {
            let mut datagram = [0u8; MAX_PACKET];
            let octets = sender.send(&Frame::from_samples(format.rate(), samples), &mut datagram).unwrap();
            (n * 20, datagram[..octets].to_vec())
        })
        .collect()
}

/// What is heard of datagrams at the far end of a transcoder, whose own packets are checked on the way.
fn through(from: Format, to: Format, mut arrivals: Vec<(u64, Vec<u8>)>) -> Vec<i16> {
    let start = epoch();
    let source = Source { format: from, types: TYPES };
    let destination = Destination { format: to, payload_type: 98, start: StreamStart { ssrc: 7, ..START } };
    let mut transcoder = Transcoder::new(source, destination, start).unwrap();
    let mut decoder = Decoder::new(to).unwrap();
    let mut heard = Vec::new();
    arrivals.sort_by_key(|(at, _)| *at);
    let end = arrivals.last().unwrap().0;
    let mut arrivals = arrivals.into_iter().peekable();
    for (n, tick) in (0u32..).zip((3..end).step_by(20)) {
        while let Some((at, datagram)) = arrivals.next_if(|(at, _)| *at <= tick) {
            let packet = Packet::parse(&datagram).unwrap();
            transcoder.push(&packet, start + Duration::from_millis(at));
        }
        let mut out = [0u8; MAX_PACKET];
        let octets = transcoder.pull(start + Duration::from_millis(tick), &mut out).unwrap();
        let packet = Packet::parse(&out[..octets]).unwrap();
        assert_eq!((packet.payload_type, packet.ssrc, packet.marker), (98, 7, n == 0));
        assert_eq!(packet.sequence, START.sequence.wrapping_add(n as u16), "numbers go on, and wrap");
        assert_eq!(packet.timestamp, START.timestamp.wrapping_add(n * to.clock_rate() / 50));
        let mut samples = [0i16; MAX_DECODED];
        let count = decoder.decode(packet.payload, &mut samples).unwrap();
        assert_eq!(count, to.rate().frame_samples());
        heard.extend_from_slice(&samples[..count]);
    }
    heard
}

/// The longest stretch in milliseconds that is more than 20 dB quieter than it should be, looked at every 2 ms.
fn longest_gap(heard: &[i16], rate: Rate, dbm0: f32) -> usize {
    let quiet = heard.chunks_exact(2 * rate.per_ms()).map(|part| Level::of(part).dbm0() < dbm0 - 20.0);
    let (mut longest, mut now) = (0, 0);
    for quiet in quiet {
        now = if quiet { now + 2 } else { 0 };
        longest = longest.max(now);
    }
    longest
}

#[test]
fn between_any_two_formats_a_tone_keeps_pitch_and_level_and_has_no_gap() {
    for from in FORMATS {
        for to in FORMATS {
            let rate = from.rate();
            let tone = sound::tone(1000.0, -15.0, rate.hz(), rate.hz() as usize * 3);
            let heard = through(from, to, sent(from, &tone));
            let settled = &heard[to.rate().hz() as usize / 2..];
            let level = sound::level_at(settled, 1000.0, to.rate().hz());
            assert!((level + 15.0).abs() < 1.0, "{from:?} to {to:?}: {level} dBm0");
            let pitch = sound::pitch(&settled[..to.rate().frame_samples() * 10], to.rate().hz());
            assert!((pitch - 1000.0).abs() < 1.0, "{from:?} to {to:?}: {pitch} Hz");
            let gap = longest_gap(settled, to.rate(), -15.0);
            assert!(gap == 0, "{from:?} to {to:?}: a gap of {gap} ms");
            let ratio = sound::signal_to_noise(settled, 1000.0, to.rate().hz());
            assert!(ratio > 28.0, "{from:?} to {to:?}: noise {ratio} dB below the tone");
        }
    }
}

#[test]
fn five_percent_loss_and_40_ms_of_jitter_leave_no_gap_over_20_ms() {
    for from in FORMATS {
        for (to, seed) in FORMATS.into_iter().zip(1..) {
            let rate = from.rate();
            let tone = sound::tone(440.0, -15.0, rate.hz(), rate.hz() as usize * 10);
            let mut dice = sound::Dice(seed);
            let mut lost_before = false;
            let arrivals = sent(from, &tone).into_iter().filter_map(|(at, datagram)| {
                // Independent but for this: two in a row are as much as can be made up for in full.
                lost_before = !lost_before && dice.below(100) < 5;
                (!lost_before).then(|| (at + dice.below(40), datagram))
            });
            let heard = through(from, to, arrivals.collect());
            let settled = &heard[to.rate().hz() as usize..];
            let gap = longest_gap(settled, to.rate(), -15.0);
            assert!(gap <= 20, "{from:?} to {to:?}: a gap of {gap} ms");
            let level = sound::level_at(settled, 440.0, to.rate().hz());
            assert!((level + 15.0).abs() < 2.0, "{from:?} to {to:?}: {level} dBm0");
            if !matches!(from, Format::Opus(_)) && !matches!(to, Format::Opus(_)) {
                let step = sound::largest_step(settled);
                let whole = sound::largest_step(&sound::tone(440.0, -15.0, to.rate().hz(), 8000));
                assert!(step < whole * 5 / 2, "{from:?} to {to:?}: a step of {step}, {whole} without loss");
            }
        }
    }
}

#[test]
fn packets_of_any_length_make_frames_of_20_ms() {
    let start = epoch();
    for ms in [10usize, 30, 40, 60] {
        let mut playout = Playout::new(Format::Pcma, TYPES, Rate::Wide, start).unwrap();
        let tone = sound::tone(600.0, -15.0, 8000, 8000 * 3);
        let law = pabx_media::coding::g711::Law::A;
        let mut packets = tone.chunks_exact(ms * 8).enumerate().peekable();
        let mut heard = Vec::new();
        for tick in (0..2800u64).step_by(20) {
            let now = start + Duration::from_millis(tick);
            while let Some((n, samples)) = packets.next_if(|(n, _)| (n * ms) as u64 <= tick) {
                let payload: Vec<u8> = samples.iter().map(|sample| law.encode(*sample)).collect();
                let packet = Packet {
                    payload_type: 97,
                    marker: false,
                    sequence: n as u16,
                    timestamp: (n * ms * 8) as u32,
                    ssrc: 1,
                    payload: &payload,
                };
                playout.push(&packet, now).unwrap();
            }
            heard.extend_from_slice(playout.pull(now).samples());
        }
        let settled = &heard[8000..];
        assert_eq!(longest_gap(settled, Rate::Wide, -15.0), 0, "{ms} ms");
        let level = sound::level_at(settled, 600.0, 16_000);
        assert!((level + 15.0).abs() < 0.5, "{ms} ms: {level} dBm0");
        assert!(sound::largest_step(settled) < 2500, "{ms} ms: {}", sound::largest_step(settled));
    }
}

#[test]
fn comfort_noise_is_heard_in_pauses_and_other_payloads_are_not() {
    let start = epoch();
    let mut playout = Playout::new(Format::Pcma, TYPES, Rate::Narrow, start).unwrap();
    let packet = |payload_type, sequence, timestamp, payload| Packet {
        payload_type,
        marker: false,
        sequence,
        timestamp,
        ssrc: 1,
        payload,
    };
    let at = |ms| start + Duration::from_millis(ms);
    assert_eq!(playout.push(&packet(96, 0, 0, &[0xd5; 160]), at(0)), None, "not of this source");
    assert_eq!(playout.push(&packet(97, 0, 0, &[]), at(0)), None, "nothing in it");
    for n in 0..10u16 {
        playout.push(&packet(97, n, u32::from(n) * 160, &[0x34; 160]), at(u64::from(n) * 20));
        playout.pull(at(u64::from(n) * 20 + 1));
    }
    playout.push(&packet(101, 10, 1600, &[1, 0x8a, 1, 0x40]), at(200));
    playout.push(&packet(13, 11, 1600, &[50]), at(201));
    let mut last = Frame::silence(Rate::Narrow);
    for n in 10..40u64 {
        last = playout.pull(at(n * 20 + 1));
    }
    assert!((last.level().dbov() + 50.0).abs() < 1.5, "{:?}", last.level().dbov());
    assert_eq!(playout.buffer().stats().lost, 0);
}

#[test]
fn the_end_of_talk_and_a_shrinking_delay_do_not_click() {
    let rate = Rate::Wide;
    let format = Format::L16(rate);
    let tone = sound::tone(440.0, -15.0, rate.hz(), rate.hz() as usize * 8);
    let steady = sound::largest_step(&tone);
    // A stall of 300 ms, then all at once: the delay is long, and packets are left out one by one.
    let stalled =
        |(at, datagram): (u64, Vec<u8>)| (if (2000..2300).contains(&at) { 2300 } else { at }, datagram);
    let arrivals: Vec<_> = sent(format, &tone).into_iter().map(stalled).collect();
    let heard = through(format, format, arrivals);
    let after = &heard[rate.hz() as usize * 5 / 2..];
    assert!(sound::largest_step(after) < steady * 2, "{} after {steady}", sound::largest_step(after));
    // Comfort noise in the middle of a sound: as abrupt as talk can end.
    let mut arrivals = sent(format, &tone[..rate.hz() as usize]);
    let (at, mut last) = arrivals.pop().unwrap();
    last[1] = 13;
    last[12] = 70;
    arrivals.push((at, last));
    arrivals.push((at + 1000, vec![0x80, 99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    let heard = through(format, format, arrivals);
    let ending = &heard[rate.hz() as usize / 2..];
    assert!(Level::of(&ending[ending.len() - 1600..]).dbov() < -65.0, "noise at the end");
    assert!(sound::largest_step(ending) < steady * 3 / 2, "{} after {steady}", sound::largest_step(ending));
}

#[test]
fn the_marker_comes_after_a_pause_and_what_does_not_fit_is_told() {
    let mut sender = StreamSender::new(Format::Pcmu, 0, START).unwrap();
    let mut out = [0u8; MAX_PACKET];
    let frame = Frame::silence(Rate::Narrow);
    let mut markers = Vec::new();
    for n in 0..5 {
        if n == 3 {
            sender.skip();
        }
        let octets = sender.send(&frame, &mut out).unwrap();
        let packet = Packet::parse(&out[..octets]).unwrap();
        markers.push((packet.marker, packet.sequence, packet.timestamp.wrapping_sub(START.timestamp)));
    }
    let expected = [
        (true, 65_500, 0),
        (false, 65_501, 160),
        (false, 65_502, 320),
        (true, 65_503, 640),
        (false, 65_504, 800),
    ];
    assert_eq!(markers, expected);
    assert_eq!(sender.send(&Frame::silence(Rate::Wide), &mut out), Err(CodingError::Buffer));
    assert_eq!(sender.send(&frame, &mut out[..100]), Err(CodingError::Buffer));
    let octets = sender.send(&frame, &mut out).unwrap();
    assert!(Packet::parse(&out[..octets]).unwrap().marker, "something was missing");
    let mut long = StreamSender::new(Format::L16(Rate::Full), 0, START).unwrap();
    assert_eq!(long.send(&Frame::silence(Rate::Full), &mut [0; 4000]), Err(CodingError::Buffer));
}
