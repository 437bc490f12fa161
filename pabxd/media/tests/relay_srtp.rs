//! Encrypted legs of the relay: what is in clear or forged is not heard, and nothing goes out in clear.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use pabx_media::command::LegId;
use pabx_media::negotiation::{Direction, LegPlan, PlannedFormat};
use pabx_media::relay::{Arrival, DropReason, RelayLeg, Verdict};
use pabx_media::srtp::{KeySource, MAX_OVERHEAD, MasterKey, Receiver, Security, Sender, Suite};

const PHONE: &str = "203.0.113.7:4000";
const REPORTS: &str = "203.0.113.7:4001";
const ATTACKER: &str = "192.0.2.66:4000";
const WRONG_TAG: Verdict = Verdict::Drop(DropReason::WrongTag);

#[expect(clippy::disallowed_methods, reason = "an epoch")]
fn epoch() -> Instant {
    Instant::now()
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn key(suite: Suite, seed: u8) -> MasterKey {
    KeySource::new([seed; 32]).choose(suite).unwrap()
}

/// A phone and the leg that it speaks to.
struct Bench {
    suite: Suite,
    leg: RelayLeg,
    plan: LegPlan,
    /// The phone's own two directions.
    sends: Sender,
    hears: Receiver,
    now: Instant,
}

impl Bench {
    fn new(suite: Suite, described: &str) -> Self {
        let (receive, send) = (key(suite, 1), key(suite, 2));
        let format = PlannedFormat { receive: 8, send: 8, canonical: 8, clock_rate: 8000, event: false };
        let described = address(described);
        let plan = LegPlan {
            remote_rtp: Some(described),
            remote_rtcp: Some(SocketAddr::new(described.ip(), described.port() + 1)),
            signalling: Some(address(PHONE).ip()),
            formats: vec![format],
            direction: Direction::SendRecv,
            security: Some(Box::new(Security { receive: receive.clone(), send: send.clone() })),
            generation: 1,
        };
        let now = epoch();
        let mut leg = RelayLeg::new(LegId(1), now);
        leg.apply(plan.clone(), now);
        let (sends, hears) = (Sender::new(&receive).unwrap(), Receiver::new(&send).unwrap());
        Self { suite, leg, plan, sends, hears, now }
    }

    /// What the phone puts on the wire.
    fn sealed(&mut self, sequence: u16) -> Vec<u8> {
        let mut room = sound(sequence, 7);
        let length = room.len();
        room.resize(length + MAX_OVERHEAD, 0);
        let length = self.sends.seal_rtp(&mut room, length).unwrap();
        room.truncate(length);
        room
    }

    fn arrives(&mut self, from: &str, packet: &[u8]) -> (Arrival, Vec<u8>) {
        self.now += Duration::from_millis(20);
        let mut packet = packet.to_vec();
        let arrival = self.leg.receive_rtp(address(from), &mut packet, self.now);
        packet.truncate(arrival.length);
        (arrival, packet)
    }

    /// What the phone hears of a packet of the other leg.
    fn heard(&mut self, sequence: u16) -> Option<Vec<u8>> {
        let mut room = sound(sequence, 9);
        let length = room.len();
        room.resize(length + MAX_OVERHEAD, 0);
        let (_, length) = self.leg.send_rtp(&mut room, length, self.now)?;
        room.truncate(length);
        assert!(!room.windows(8).any(|octets| octets == [0xd5; 8]), "in clear");
        let length = self.hears.open_rtp(&mut room).unwrap();
        room.truncate(length);
        Some(room)
    }
}

fn sound(sequence: u16, ssrc: u32) -> Vec<u8> {
    [&[0x80, 8][..], &sequence.to_be_bytes(), &[0, 0, 0, 160], &ssrc.to_be_bytes(), &[0xd5; 160]].concat()
}

#[test]
fn sound_is_opened_coming_in_and_sealed_going_out() {
    for suite in Suite::ALL {
        let mut bench = Bench::new(suite, PHONE);
        for sequence in 0..50 {
            let sealed = bench.sealed(sequence);
            let (arrival, packet) = bench.arrives(PHONE, &sealed);
            assert_eq!((arrival.verdict, packet), (Verdict::Forward, sound(sequence, 7)));
            assert_eq!(bench.heard(sequence), Some(sound(sequence, 9)));
        }
        assert_eq!(bench.leg.stats().encrypted, Some(suite));
        assert_eq!(bench.leg.stats().dropped_total(), 0);
    }
}

#[test]
fn nobody_without_the_key_locks_the_source_nor_is_heard() {
    for suite in Suite::ALL {
        // The description names a host that cannot be reached: the source is learned, and strangers are admitted.
        let mut bench = Bench::new(suite, "10.0.0.7:4000");
        for n in 0..200u16 {
            for from in [ATTACKER, PHONE, "10.0.0.7:4000"] {
                let (arrival, _) = bench.arrives(from, &sound(n, 66));
                assert_eq!((arrival.verdict, arrival.locked), (WRONG_TAG, None), "{from}");
            }
        }
        assert_eq!(bench.leg.connectable(bench.now), None);
        let admitted: Vec<bool> = (0..6)
            .map(|n| {
                let sealed = bench.sealed(n);
                bench.arrives(PHONE, &sealed).0.verdict == Verdict::Forward
            })
            .collect();
        assert_eq!(admitted, [false, true, true, true, true, true], "two of the phone's own confirm it");
    }
}

#[test]
fn ten_thousand_wrong_tags_and_replays_change_nothing() {
    let mut bench = Bench::new(Suite::AesCm128HmacSha1_32, PHONE);
    let recorded = bench.sealed(0);
    assert_eq!(bench.arrives(PHONE, &recorded).0.verdict, Verdict::Forward);
    for n in 0..10_000u16 {
        let mut forged = sound(n, 7);
        forged.extend(n.to_be_bytes().repeat(2));
        assert_eq!(
            bench.arrives(PHONE, &forged).0.verdict,
            if n == 0 { Verdict::Drop(DropReason::Replayed) } else { WRONG_TAG }
        );
        assert_eq!(bench.arrives(PHONE, &recorded).0.verdict, Verdict::Drop(DropReason::Replayed));
        if n % 100 == 1 {
            let sealed = bench.sealed(n);
            assert_eq!(bench.arrives(PHONE, &sealed).0.verdict, Verdict::Forward);
        }
    }
    let stats = bench.leg.stats();
    assert_eq!((stats.incoming.packets, stats.dropped_for(DropReason::WrongTag)), (101, 9_999));
    assert_eq!(stats.dropped_for(DropReason::Replayed), 10_001);
}

#[test]
fn under_keys_that_stay_the_counts_go_on_and_new_keys_begin_anew() {
    for suite in Suite::ALL {
        let mut bench = Bench::new(suite, PHONE);
        // Past a rollover in both directions.
        for n in 0..70_000u32 {
            let sequence = u16::try_from(n & 0xffff).unwrap();
            let sealed = bench.sealed(sequence);
            assert_eq!(bench.arrives(PHONE, &sealed).0.verdict, Verdict::Forward);
            assert!(bench.heard(sequence).is_some());
        }
        // A re-INVITE with the same keys: hold, and back.
        for (generation, direction) in [(2, Direction::Inactive), (3, Direction::SendRecv)] {
            bench.leg.apply(LegPlan { generation, direction, ..bench.plan.clone() }, bench.now);
        }
        let sealed = bench.sealed(4464);
        assert_eq!(bench.arrives(PHONE, &sealed).0.verdict, Verdict::Forward);
        assert!(bench.heard(4464).is_some());
        // One with others.
        let (receive, send) = (key(bench.suite, 3), key(bench.suite, 4));
        (bench.sends, bench.hears) = (Sender::new(&receive).unwrap(), Receiver::new(&send).unwrap());
        assert_eq!(bench.arrives(PHONE, &sound(4465, 7)).0.verdict, WRONG_TAG);
        let security = Some(Box::new(Security { receive, send }));
        bench.leg.apply(LegPlan { generation: 4, security, ..bench.plan.clone() }, bench.now);
        let sealed = bench.sealed(4465);
        assert_eq!(bench.arrives(PHONE, &sealed).0.verdict, Verdict::Forward);
        assert!(bench.heard(4465).is_some());
        // And one in clear.
        bench.leg.apply(LegPlan { generation: 5, security: None, ..bench.plan.clone() }, bench.now);
        assert_eq!(bench.arrives(PHONE, &sound(4466, 7)).0.verdict, Verdict::Forward);
    }
}

#[test]
fn reports_are_sealed_and_opened_too() {
    for suite in Suite::ALL {
        let mut bench = Bench::new(suite, PHONE);
        let sealed = bench.sealed(0);
        bench.arrives(PHONE, &sealed);
        let plain = [&[0x80, 201, 0, 1][..], &7u32.to_be_bytes()].concat();
        let mut room = plain.clone();
        room.resize(plain.len() + MAX_OVERHEAD, 0);
        let length = bench.sends.seal_rtcp(&mut room, plain.len()).unwrap();
        let arrival = bench.leg.receive_rtcp(address(REPORTS), &mut room[..length], bench.now);
        assert_eq!((arrival.verdict, &room[..arrival.length]), (Verdict::Forward, &plain[..]));
        let clear = bench.leg.receive_rtcp(address(REPORTS), &mut plain.clone(), bench.now);
        assert_eq!(clear.verdict, Verdict::Drop(DropReason::MalformedRtcp));
        let (to, length) = bench.leg.send_rtcp(&mut room, plain.len(), bench.now).unwrap();
        assert_eq!((to, length), (address(REPORTS), plain.len() + if length == 22 { 14 } else { 20 }));
        assert_eq!(bench.hears.open_rtcp(&mut room[..length]), Ok(plain.len()));
    }
}

#[test]
fn one_leg_may_be_encrypted_and_the_other_not_or_with_other_keys() {
    let mut bench = Bench::new(Suite::AeadAes256Gcm, PHONE);
    let mut other = Bench::new(Suite::AesCm128HmacSha1_80, PHONE);
    let mut clear = RelayLeg::new(LegId(3), bench.now);
    clear.apply(LegPlan { security: None, ..bench.plan.clone() }, bench.now);
    for sequence in 0..5 {
        let sealed = bench.sealed(sequence);
        let (arrival, mut packet) = bench.arrives(PHONE, &sealed);
        let length = packet.len();
        assert_eq!(
            clear.send_rtp(&mut packet.clone(), arrival.length, bench.now),
            Some((address(PHONE), 172))
        );
        packet.resize(length + MAX_OVERHEAD, 0);
        let (_, length) = other.leg.send_rtp(&mut packet, length, other.now).unwrap();
        assert_eq!(other.hears.open_rtp(&mut packet[..length]), Ok(172));
        assert_eq!(packet[..172], sound(sequence, 7));
    }
}
