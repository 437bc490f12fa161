//! SRTP from one end to the other: what is sealed is opened once, whatever the network does, and nothing else ever is.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;

use pabx_media::srtp::{KeySource, MAX_OVERHEAD, MAX_STREAMS, MasterKey, Receiver, Refused, Sender, Suite};
use proptest::prelude::*;

const SSRC: u32 = 0x1234_5678;

fn key(suite: Suite) -> MasterKey {
    KeySource::new([7; 32]).choose(suite).unwrap()
}

fn pair(suite: Suite) -> (Sender, Receiver) {
    let key = key(suite);
    (Sender::new(&key).unwrap(), Receiver::new(&key).unwrap())
}

fn packet(ssrc: u32, sequence: u16, payload: &[u8]) -> Vec<u8> {
    [&[0x80, 8][..], &sequence.to_be_bytes(), &[0, 0, 0, 160], &ssrc.to_be_bytes(), payload].concat()
}

fn seal(sender: &mut Sender, packet: &[u8]) -> Option<Vec<u8>> {
    let mut room = packet.to_vec();
    room.resize(packet.len() + MAX_OVERHEAD, 0);
    let length = sender.seal_rtp(&mut room, packet.len())?;
    room.truncate(length);
    Some(room)
}

fn open(receiver: &mut Receiver, sealed: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut packet = sealed.to_vec();
    let length = receiver.open_rtp(&mut packet)?;
    packet.truncate(length);
    Ok(packet)
}

fn report(ssrc: u32, filling: u8) -> Vec<u8> {
    [&[0x80, 201, 0, 3][..], &ssrc.to_be_bytes(), &[filling; 8]].concat()
}

fn seal_report(sender: &mut Sender, report: &[u8]) -> Vec<u8> {
    let mut room = report.to_vec();
    room.resize(report.len() + MAX_OVERHEAD, 0);
    let length = sender.seal_rtcp(&mut room, report.len()).unwrap();
    room.truncate(length);
    room
}

/// 26 hours of 50 packets a second: 71 rollovers, with one loss in seven and pairs swapped all along.
#[test]
fn the_rollovers_of_a_day_are_counted_with_loss_and_reordering() {
    let (mut sender, mut receiver) = pair(Suite::AesCm128HmacSha1_80);
    let mut held = None;
    let mut heard = 0u32;
    let total = 26 * 3600 * 50;
    for n in 0u32..total {
        let number = u16::try_from((n + 60_000) & 0xffff).unwrap();
        let sealed = seal(&mut sender, &packet(SSRC, number, &n.to_be_bytes())).unwrap();
        let turn = match n % 7 {
            0 => continue,
            1 => {
                held = Some((n, sealed));
                continue;
            }
            2 => [Some((n, sealed)), held.take()],
            _ => [Some((n, sealed)), None],
        };
        for (n, sealed) in turn.into_iter().flatten() {
            let opened = open(&mut receiver, &sealed).unwrap();
            assert_eq!(opened[12..], n.to_be_bytes());
            heard += 1;
        }
    }
    assert!(heard > total / 7 * 6 - 10, "{heard}");
}

#[test]
fn a_stream_that_begins_just_before_a_rollover_survives_the_loss_of_its_beginning() {
    for suite in Suite::ALL {
        let (mut sender, mut receiver) = pair(suite);
        for n in 0..40u16 {
            let sealed = seal(&mut sender, &packet(SSRC, 65_530u16.wrapping_add(n), &[1; 20])).unwrap();
            if n > 20 {
                assert!(open(&mut receiver, &sealed).is_ok(), "{n}");
            }
        }
        // A phone may begin there itself: then it has counted a rollover of which we saw nothing.
        let (mut sender, mut receiver) = pair(suite);
        assert!(seal(&mut sender, &packet(SSRC, 0x7ff0, &[1; 20])).is_some());
        for n in 0..0x8020u32 {
            let number = u16::try_from((0x7ff1 + n) & 0xffff).unwrap();
            let sealed = seal(&mut sender, &packet(SSRC, number, &[1; 20])).unwrap();
            if n > 0x8010 {
                assert!(open(&mut receiver, &sealed).is_ok(), "{n}");
            }
        }
    }
}

#[test]
fn after_a_long_hold_the_stream_goes_on_under_another_name() {
    let (mut sender, mut receiver) = pair(Suite::AeadAes128Gcm);
    assert!(open(&mut receiver, &seal(&mut sender, &packet(SSRC, 100, &[1; 20])).unwrap()).is_ok());
    // 16 minutes in which nothing was sent: the numbers look as if they were behind.
    let after: Vec<Option<Vec<u8>>> =
        (0..6).map(|n| seal(&mut sender, &packet(SSRC, 48_100 + n, &[1; 20]))).collect();
    assert!(after[..2].iter().all(Option::is_none));
    for sealed in after[2..].iter().flatten() {
        let opened = open(&mut receiver, sealed).unwrap();
        assert_ne!(opened[8..12], SSRC.to_be_bytes());
    }
    assert!(after[2..].iter().all(Option::is_some));
}

#[test]
fn no_number_is_ever_sealed_twice_whatever_comes() {
    let (mut sender, _) = pair(Suite::AeadAes256Gcm);
    let mut used = BTreeSet::new();
    let numbers = (0..20_000u32).map(|n| (n * 7919) % 5000 + if n % 3000 > 2000 { 40_000 } else { 0 });
    let mut sealed = 0;
    for (n, number) in numbers.enumerate() {
        let ssrc = SSRC + u32::try_from(n / 5000).unwrap();
        let number = u16::try_from(number & 0xffff).unwrap();
        if let Some(packet) = seal(&mut sender, &packet(ssrc, number, &[u8::try_from(n % 251).unwrap(); 20]))
        {
            sealed += 1;
            // Rollovers are not in the packet: the same octets under two of them are two numbers, so the tag is taken in.
            assert!(used.insert((packet[2..4].to_vec(), packet[8..12].to_vec(), packet[32..].to_vec())));
        }
    }
    assert!(sealed > 100, "{sealed}");
    // One of the same number, the same source and other sound is not sent.
    let (mut sender, _) = pair(Suite::AeadAes256Gcm);
    assert!(seal(&mut sender, &packet(SSRC, 5, &[1; 20])).is_some());
    assert!(seal(&mut sender, &packet(SSRC, 5, &[2; 20])).is_none());
}

#[test]
fn sources_are_bounded_and_none_gives_way() {
    let (mut sender, mut receiver) = pair(Suite::AesCm128HmacSha1_32);
    let first = seal(&mut sender, &packet(0, 1, &[1; 20])).unwrap();
    assert!(open(&mut receiver, &first).is_ok());
    let most = u32::try_from(MAX_STREAMS).unwrap();
    for ssrc in 1..most {
        assert!(open(&mut receiver, &seal(&mut sender, &packet(ssrc, 1, &[1; 20])).unwrap()).is_ok());
    }
    assert_eq!(seal(&mut sender, &packet(most, 1, &[1; 20])), None);
    assert_eq!(open(&mut receiver, &first), Err(Refused::Replayed));
    let (mut other, _) = pair(Suite::AesCm128HmacSha1_32);
    assert_eq!(
        open(&mut receiver, &seal(&mut other, &packet(most, 1, &[1; 20])).unwrap()),
        Err(Refused::Tag)
    );
}

#[test]
fn reports_are_opened_once_and_only_when_encrypted() {
    for suite in Suite::ALL {
        let (mut sender, mut receiver) = pair(suite);
        for n in 0..100 {
            let plain = report(SSRC, n);
            let mut sealed = seal_report(&mut sender, &plain);
            assert!(!sealed.windows(8).any(|octets| octets == [n; 8]));
            let again = sealed.clone();
            let length = receiver.open_rtcp(&mut sealed).unwrap();
            assert_eq!(sealed[..length], plain);
            assert_eq!(receiver.open_rtcp(&mut again.clone()), Err(Refused::Replayed));
        }
        let plain = report(SSRC, 1);
        assert_eq!(receiver.open_rtcp(&mut plain.clone()), Err(Refused::Malformed), "in clear");
    }
}

#[test]
fn the_direction_and_the_key_make_all_the_difference() {
    for suite in Suite::ALL {
        let mut source = KeySource::new([9; 32]);
        let (one, other) = (source.choose(suite).unwrap(), source.choose(suite).unwrap());
        let sealed = seal(&mut Sender::new(&one).unwrap(), &packet(SSRC, 1, &[1; 20])).unwrap();
        assert_eq!(open(&mut Receiver::new(&other).unwrap(), &sealed), Err(Refused::Tag));
        assert!(open(&mut Receiver::new(&one).unwrap(), &sealed).is_ok());
    }
}

/// What the network does to a packet: lost, late by so many places, sent twice.
fn network() -> impl Strategy<Value = Vec<(bool, usize, bool)>> {
    proptest::collection::vec((prop::bool::weighted(0.9), 0usize..40, prop::bool::weighted(0.2)), 1..300)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_arrives_is_opened_exactly_once(
        suite in proptest::sample::select(Suite::ALL.to_vec()),
        start in any::<u16>(),
        network in network(),
    ) {
        let (mut sender, mut receiver) = pair(suite);
        let mut arrivals: Vec<(usize, usize, Vec<u8>)> = Vec::new();
        for (n, (passes, late, twice)) in network.iter().enumerate() {
            let number = start.wrapping_add(u16::try_from(n).unwrap());
            let sealed = seal(&mut sender, &packet(SSRC, number, &n.to_be_bytes())).unwrap();
            if *passes || n == 0 {
                // The first one arrives first: what comes before it would be before the beginning of the count.
                arrivals.push((if n == 0 { 0 } else { n + late }, n, sealed.clone()));
                if *twice {
                    arrivals.push((n + late + 7, n, sealed));
                }
            }
        }
        arrivals.sort_by_key(|(when, _, _)| *when);
        let mut opened = BTreeSet::new();
        for (_, n, sealed) in arrivals {
            match open(&mut receiver, &sealed) {
                Ok(packet) => {
                    prop_assert!(opened.insert(n), "{} twice", n);
                    prop_assert_eq!(&packet[12..], &n.to_be_bytes());
                }
                Err(refused) => {
                    prop_assert_eq!(refused, Refused::Replayed);
                    prop_assert!(opened.contains(&n));
                }
            }
        }
    }

    #[test]
    fn nothing_forged_is_opened_and_the_genuine_goes_on(
        suite in proptest::sample::select(Suite::ALL.to_vec()),
        forged in proptest::collection::vec((any::<u16>(), proptest::collection::vec(any::<u8>(), 0..60), any::<bool>()), 1..60),
        flip in any::<usize>(),
    ) {
        let (mut sender, mut receiver) = pair(suite);
        for (n, (number, payload, own)) in forged.iter().enumerate() {
            let ssrc = if *own { SSRC } else { 0xbad };
            prop_assert!(open(&mut receiver, &packet(ssrc, *number, payload)).is_err());
            prop_assert!(receiver.open_rtcp(&mut [&[0x80, 201][..], payload].concat()).is_err());
            let number = u16::try_from(n).unwrap();
            let sealed = seal(&mut sender, &packet(SSRC, number, &[3; 24])).unwrap();
            let mut damaged = sealed.clone();
            let at = flip.wrapping_add(n) % (damaged.len() * 8);
            damaged[at / 8] ^= 1 << (at % 8);
            prop_assert!(open(&mut receiver, &damaged).is_err());
            prop_assert_eq!(open(&mut receiver, &sealed), Ok(packet(SSRC, number, &[3; 24])));
        }
    }

    #[test]
    fn nothing_panics_on_any_octets(octets in proptest::collection::vec(any::<u8>(), 0..100), room in 0usize..120) {
        for suite in Suite::ALL {
            let (mut sender, mut receiver) = pair(suite);
            let _ = receiver.open_rtp(&mut octets.clone());
            let _ = receiver.open_rtcp(&mut octets.clone());
            let mut space = octets.clone();
            space.resize(room, 0);
            let _ = sender.seal_rtp(&mut space.clone(), octets.len());
            let _ = sender.seal_rtcp(&mut space, octets.len());
        }
    }
}
