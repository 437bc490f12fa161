//! The relay of a leg: whom it listens to, what it lets through, what it counts.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use pabx_media::command::LegId;
use pabx_media::negotiation::{Direction, LegPlan, PlannedFormat};
use pabx_media::relay::{Arrival, Digit, DropReason, RelayLeg, Verdict};
use proptest::prelude::*;

/// The phone as its description has it, on the open network.
const PHONE: &str = "203.0.113.7:4000";
/// The router of a phone whose description says `BEHIND`.
const ROUTER: &str = "203.0.113.50:61000";
const BEHIND: &str = "10.0.0.7:4000";
const ATTACKER: &str = "192.0.2.66:4000";

#[expect(clippy::disallowed_methods, reason = "an epoch")]
fn epoch() -> Instant {
    Instant::now()
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn format(number: u8, event: bool) -> PlannedFormat {
    PlannedFormat { receive: number, send: number, canonical: number, clock_rate: 8000, event }
}

fn plan(remote: &str) -> LegPlan {
    let remote = address(remote);
    LegPlan {
        remote_rtp: Some(remote),
        remote_rtcp: Some(SocketAddr::new(remote.ip(), remote.port() + 1)),
        signalling: None,
        security: None,
        formats: vec![format(8, false), format(101, true)],
        direction: Direction::SendRecv,
        generation: 1,
    }
}

fn signalled(remote: &str, from: &str) -> LegPlan {
    LegPlan { signalling: Some(from.parse::<IpAddr>().unwrap()), ..plan(remote) }
}

fn packet(number: u8, sequence: u16, ssrc: u32) -> Vec<u8> {
    let timestamp = u32::from(sequence) * 160;
    [
        &[0x80, number][..],
        &sequence.to_be_bytes(),
        &timestamp.to_be_bytes(),
        &ssrc.to_be_bytes(),
        &[0xd5; 160],
    ]
    .concat()
}

/// A leg and its clock.
struct Bench {
    leg: RelayLeg,
    now: Instant,
    sequence: u16,
}

impl Bench {
    fn new(plan: LegPlan) -> Self {
        let now = epoch();
        let mut leg = RelayLeg::new(LegId(1), now);
        leg.apply(plan, now);
        Self { leg, now, sequence: 100 }
    }

    fn send(&mut self, from: &str, mut packet: Vec<u8>) -> Arrival {
        self.leg.receive_rtp(address(from), &mut packet, self.now)
    }

    /// Where a report of the other leg goes.
    fn reports(&mut self, mut report: Vec<u8>) -> Option<SocketAddr> {
        let length = report.len();
        self.leg.send_rtcp(&mut report, length, self.now).map(|(to, _)| to)
    }

    /// The next packet of a steady stream, 20 ms later.
    fn sound(&mut self, from: &str) -> Verdict {
        self.now += Duration::from_millis(20);
        self.sequence = self.sequence.wrapping_add(1);
        self.send(from, packet(8, self.sequence, 7)).verdict
    }

    fn sounds(&mut self, from: &str, count: usize) -> Vec<Verdict> {
        (0..count).map(|_| self.sound(from)).collect()
    }

    /// Where sound of the other leg would go.
    fn target(&mut self) -> Option<SocketAddr> {
        self.leg.send_rtp(&mut packet(8, 1, 9), 172, self.now).map(|(to, _)| to)
    }

    fn connectable(&self) -> Option<SocketAddr> {
        self.leg.connectable(self.now)
    }

    fn reinvite(&mut self, plan: LegPlan) {
        self.leg.apply(LegPlan { generation: 2, ..plan }, self.now);
    }
}

const WRONG: Verdict = Verdict::Drop(DropReason::WrongSource);
const UNCONFIRMED: Verdict = Verdict::Drop(DropReason::Unconfirmed);

#[test]
fn the_described_address_is_locked_by_its_first_packet() {
    let mut bench = Bench::new(plan(PHONE));
    assert_eq!((bench.target(), bench.connectable()), (Some(address(PHONE)), None));
    let arrival = bench.send(PHONE, packet(8, 1, 7));
    let expected =
        Arrival { verdict: Verdict::Forward, locked: Some(address(PHONE)), digit: None, length: 172 };
    assert_eq!(arrival, expected);
    assert_eq!(bench.connectable(), Some(address(PHONE)));
}

#[test]
fn nothing_passes_before_there_is_a_plan() {
    let now = epoch();
    let mut leg = RelayLeg::new(LegId(1), now);
    assert_eq!(
        leg.receive_rtp(address(PHONE), &mut packet(8, 1, 7), now).verdict,
        Verdict::Drop(DropReason::NoPlan)
    );
    assert_eq!(
        leg.receive_rtcp(address(PHONE), &mut [0x80, 201, 0, 1, 0, 0, 0, 7], now).verdict,
        Verdict::Drop(DropReason::NoPlan)
    );
    assert_eq!(leg.send_rtp(&mut packet(8, 1, 7), 172, now), None);
    assert_eq!(leg.stats().dropped_for(DropReason::NoPlan), 2);
}

// ---- attacks (threats.md #1)

#[test]
fn an_attacker_during_the_call_is_never_heard_whatever_it_guesses() {
    let mut bench = Bench::new(plan(PHONE));
    bench.sounds(PHONE, 50);
    for n in 0..1000u16 {
        // The right port on the wrong host, the right type, SSRC, and the very next sequence number.
        assert_eq!(bench.send(ATTACKER, packet(8, bench.sequence + 1, 7)).verdict, WRONG);
        assert_eq!(
            bench.send("203.0.113.7:4001", packet(8, n, 7)).verdict,
            WRONG,
            "another port of the phone's host"
        );
        assert_eq!(
            bench.leg.receive_rtcp(address(ATTACKER), &mut [0x80, 201, 0, 1, 0, 0, 0, 7], bench.now).verdict,
            WRONG
        );
        assert_eq!(bench.target(), Some(address(PHONE)));
    }
    assert!(bench.sounds(PHONE, 50).iter().all(|verdict| *verdict == Verdict::Forward));
    let stats = bench.leg.stats();
    assert_eq!((stats.incoming.packets, stats.incoming.lost, stats.incoming.rtcp_packets), (100, 0, 0));
    assert_eq!(stats.dropped_for(DropReason::WrongSource), 3000);
}

#[test]
fn an_attacker_who_is_first_loses_to_the_described_address() {
    let mut bench = Bench::new(plan(PHONE));
    for n in 0..20 {
        bench.now += Duration::from_millis(20);
        bench.send(ATTACKER, packet(8, n, 66));
    }
    assert_eq!(
        bench.target(),
        Some(address(ATTACKER)),
        "nothing is known of the signalling, so it could be the phone"
    );
    assert_eq!(bench.connectable(), None, "but the socket stays open for the real one");
    assert_eq!(bench.sound(PHONE), Verdict::Forward);
    assert_eq!((bench.target(), bench.connectable()), (Some(address(PHONE)), Some(address(PHONE))));
    assert_eq!(bench.send(ATTACKER, packet(8, 20, 66)).verdict, WRONG);
}

#[test]
fn a_burst_confirms_no_stranger() {
    let mut bench = Bench::new(plan(PHONE));
    for n in 0..1000 {
        assert_eq!(bench.send(ATTACKER, packet(8, n, 66)).verdict, UNCONFIRMED);
    }
    assert_eq!(bench.leg.stats().incoming.packets, 0);
}

#[test]
fn a_spray_without_order_confirms_no_stranger() {
    let mut bench = Bench::new(plan(PHONE));
    for n in 0..500u32 {
        bench.now += Duration::from_millis(20);
        let sequence = u16::try_from(n * 7919 % 65536).unwrap();
        assert_eq!(bench.send(ATTACKER, packet(8, sequence, 66)).verdict, UNCONFIRMED);
        assert_eq!(bench.send(ATTACKER, packet(8, u16::try_from(n).unwrap(), n)).verdict, UNCONFIRMED);
    }
    assert_eq!(bench.target(), Some(address(PHONE)));
}

#[test]
fn no_stranger_has_a_chance_when_signalling_and_description_agree() {
    let mut bench = Bench::new(signalled(PHONE, "203.0.113.7"));
    for n in 0..500 {
        bench.now += Duration::from_millis(20);
        assert_eq!(bench.send(ATTACKER, packet(8, n, 66)).verdict, WRONG);
    }
    assert_eq!(bench.sound(PHONE), Verdict::Forward);
}

#[test]
fn many_sources_at_once_do_not_keep_the_phone_from_being_learned() {
    let mut bench = Bench::new(signalled(BEHIND, "203.0.113.50"));
    for n in 0..200u16 {
        bench.send(&format!("192.0.2.{}:{}", n % 250, 1000 + n), packet(8, n, 66));
    }
    assert_eq!(bench.sounds(ROUTER, 3), [UNCONFIRMED, Verdict::Forward, Verdict::Forward]);
}

#[test]
fn a_refresh_does_not_open_the_door_while_the_phone_speaks() {
    let mut bench = Bench::new(plan(PHONE));
    bench.sounds(PHONE, 5);
    bench.reinvite(plan(PHONE));
    assert_eq!(
        bench.connectable(),
        Some(address(PHONE)),
        "the description is right, there is nothing to learn"
    );
    assert_eq!(bench.send(ATTACKER, packet(8, 1, 66)).verdict, WRONG);

    // Behind a router the port may have changed; whoever speaks already is the first to be believed.
    let mut bench = Bench::new(signalled(BEHIND, "203.0.113.50"));
    bench.sounds(ROUTER, 150);
    bench.reinvite(signalled(BEHIND, "203.0.113.50"));
    assert_eq!(bench.connectable(), None);
    for n in 0..4 {
        bench.now += Duration::from_millis(20);
        assert_eq!(bench.send(ATTACKER, packet(8, n, 66)).verdict, UNCONFIRMED);
    }
    assert_eq!(bench.sound(ROUTER), Verdict::Forward);
    bench.now += Duration::from_millis(20);
    assert_eq!(bench.send(ATTACKER, packet(8, 4, 66)).verdict, WRONG);
}

#[test]
fn a_plan_of_the_same_generation_teaches_nothing() {
    let mut bench = Bench::new(plan(PHONE));
    bench.sounds(PHONE, 5);
    bench.leg.apply(plan(ATTACKER), bench.now);
    assert_eq!(bench.send(ATTACKER, packet(8, 1, 66)).verdict, WRONG);
    assert_eq!(bench.target(), Some(address(PHONE)));
}

// ---- phones behind address translation

#[test]
fn a_phone_behind_a_router_is_learned_from_the_host_of_its_signalling() {
    let mut bench = Bench::new(signalled(BEHIND, "203.0.113.50"));
    assert_eq!(bench.target(), Some(address(BEHIND)));
    assert_eq!(bench.sounds(ROUTER, 3), [UNCONFIRMED, Verdict::Forward, Verdict::Forward]);
    assert_eq!(bench.target(), Some(address(ROUTER)));
    assert_eq!(bench.connectable(), None);
    bench.sounds(ROUTER, 98);
    assert_eq!(bench.connectable(), None);
    assert_eq!(bench.sound(ROUTER), Verdict::Forward);
    assert_eq!(
        bench.connectable(),
        Some(address(ROUTER)),
        "after two seconds nothing but a re-INVITE changes it"
    );
    assert_eq!(bench.send(BEHIND, packet(8, 1, 9)).verdict, WRONG);
}

#[test]
fn a_router_with_several_addresses_is_learned_in_the_time_that_sound_takes() {
    let mut bench = Bench::new(signalled(BEHIND, "203.0.113.50"));
    let other = "203.0.113.51:61000";
    assert_eq!(
        bench.sounds(other, 5),
        [UNCONFIRMED, UNCONFIRMED, UNCONFIRMED, UNCONFIRMED, Verdict::Forward]
    );
    assert_eq!(bench.target(), Some(address(other)));
}

#[test]
fn after_a_reinvite_sound_goes_on_to_the_router() {
    let mut bench = Bench::new(signalled(BEHIND, "203.0.113.50"));
    bench.sounds(ROUTER, 5);
    bench.reinvite(signalled("10.0.0.7:4444", "203.0.113.50"));
    assert_eq!(bench.target(), Some(address(ROUTER)), "10.0.0.7 cannot be reached");
    assert_eq!(bench.sound(ROUTER), Verdict::Forward, "the old stream is heard until the new one comes");
    let new = "203.0.113.50:62000";
    assert_eq!(bench.sounds(new, 3), [UNCONFIRMED, Verdict::Forward, Verdict::Forward]);
    assert_eq!(bench.target(), Some(address(new)));
    assert_eq!(bench.sound(ROUTER), WRONG);
}

#[test]
fn another_fork_with_the_same_private_address_is_another_phone() {
    let mut bench = Bench::new(signalled(BEHIND, "203.0.113.50"));
    bench.sounds(ROUTER, 150);
    let (other, plan) = ("192.0.2.20:7000", signalled(BEHIND, "192.0.2.20"));
    bench.reinvite(plan);
    assert_eq!(bench.target(), Some(address(BEHIND)), "the first phone hears nothing of it");
    assert_eq!(bench.sound(ROUTER), Verdict::Forward, "the last of the first phone");
    assert_eq!(bench.sounds(other, 2), [UNCONFIRMED, Verdict::Forward]);
    assert_eq!(bench.target(), Some(address(other)));
    assert_eq!(bench.sound(ROUTER), WRONG);
}

#[test]
fn after_a_reinvite_sound_goes_to_the_new_described_address() {
    let mut bench = Bench::new(plan(PHONE));
    bench.sounds(PHONE, 5);
    bench.reinvite(plan("203.0.113.8:5000"));
    assert_eq!(bench.target(), Some(address("203.0.113.8:5000")));
    assert_eq!(bench.sound(PHONE), Verdict::Forward);
    assert_eq!(bench.sound("203.0.113.8:5000"), Verdict::Forward);
    assert_eq!(bench.sound(PHONE), WRONG);
}

#[test]
fn hold_without_an_address_keeps_the_lock() {
    let mut bench = Bench::new(plan(PHONE));
    bench.sounds(PHONE, 5);
    let hold = LegPlan { remote_rtp: None, remote_rtcp: None, direction: Direction::RecvOnly, ..plan(PHONE) };
    bench.reinvite(hold);
    assert_eq!(bench.target(), None);
    assert_eq!(bench.sound(ATTACKER), WRONG);
    assert_eq!(bench.sound(PHONE), Verdict::Forward);
    assert_eq!(bench.sound(ATTACKER), WRONG);
}

#[test]
fn mapped_addresses_are_the_same_as_plain_ones() {
    let mut bench = Bench::new(plan(PHONE));
    assert_eq!(bench.sound("[::ffff:203.0.113.7]:4000"), Verdict::Forward);
    assert_eq!(bench.connectable(), Some(address(PHONE)));
}

// ---- what passes

#[test]
fn types_that_were_not_negotiated_are_dropped() {
    let mut bench = Bench::new(plan(PHONE));
    for number in (0..128).filter(|number| *number != 8 && *number != 101) {
        assert_eq!(bench.send(PHONE, packet(number, 1, 7)).verdict, Verdict::Drop(DropReason::PayloadType));
    }
    assert_eq!(bench.connectable(), None, "nor do they lock the source");
    assert_eq!(bench.leg.stats().dropped_for(DropReason::PayloadType), 126);
}

#[test]
fn other_things_than_rtp_are_dropped_and_lock_nothing() {
    let mut bench = Bench::new(plan(PHONE));
    for junk in [vec![], vec![0x80; 4], vec![0; 200], vec![0x16; 200], vec![0x80; 2000]] {
        assert_eq!(bench.send(PHONE, junk).verdict, Verdict::Drop(DropReason::Malformed));
    }
    assert_eq!(bench.connectable(), None);
}

#[test]
fn direction_is_respected_both_ways() {
    let mut bench = Bench::new(LegPlan { direction: Direction::SendOnly, ..plan(PHONE) });
    assert_eq!(bench.sound(PHONE), Verdict::Drop(DropReason::Direction));
    assert_eq!(bench.target(), Some(address(PHONE)));
    let mut bench = Bench::new(LegPlan { direction: Direction::RecvOnly, ..plan(PHONE) });
    assert_eq!((bench.sound(PHONE), bench.target()), (Verdict::Forward, None));
    let mut bench = Bench::new(LegPlan { direction: Direction::Inactive, ..plan(PHONE) });
    assert_eq!((bench.sound(PHONE), bench.target()), (Verdict::Drop(DropReason::Direction), None));
}

#[test]
fn numbers_are_translated_between_legs_that_number_differently() {
    let opus =
        |receive, send| PlannedFormat { receive, send, canonical: 96, clock_rate: 48000, event: false };
    let mut a = Bench::new(LegPlan { formats: vec![opus(96, 96)], ..plan(PHONE) });
    let mut b = Bench::new(LegPlan { formats: vec![opus(98, 111)], ..plan(PHONE) });
    let mut sound = packet(0xe0, 1, 7);
    assert_eq!(a.leg.receive_rtp(address(PHONE), &mut sound, a.now).verdict, Verdict::Forward);
    assert!(b.leg.send_rtp(&mut sound, 172, b.now).is_some());
    assert_eq!(sound, packet(0xef, 1, 7), "only the number changes, not the marker");
    let mut sound = packet(98, 1, 7);
    assert_eq!(b.leg.receive_rtp(address(PHONE), &mut sound, b.now).verdict, Verdict::Forward);
    assert!(a.leg.send_rtp(&mut sound, 172, a.now).is_some());
    assert_eq!(sound, packet(96, 1, 7));
}

#[test]
fn a_format_that_the_other_peer_did_not_agree_to_is_not_sent() {
    let mut bench = Bench::new(plan(PHONE));
    assert_eq!(bench.leg.send_rtp(&mut packet(0, 1, 7), 172, bench.now), None);
    assert_eq!(bench.leg.stats().outgoing.unsendable, 1);
}

#[test]
fn the_locked_source_may_change_its_ssrc() {
    let mut bench = Bench::new(plan(PHONE));
    bench.sounds(PHONE, 10);
    for n in 0..10 {
        assert_eq!(bench.send(PHONE, packet(8, 5000 + n, 8)).verdict, Verdict::Forward);
    }
    let incoming = bench.leg.stats().incoming;
    assert_eq!((incoming.packets, incoming.lost, incoming.resynchronised), (20, 0, 1));
}

// ---- what is counted

#[test]
fn losses_reordering_and_duplicates_are_counted_and_forwarded() {
    let mut bench = Bench::new(plan(PHONE));
    for sequence in [65534, 65535, 1, 0, 0, 2, 5] {
        assert_eq!(bench.send(PHONE, packet(8, sequence, 7)).verdict, Verdict::Forward);
    }
    bench.send(PHONE, packet(8, 100, 8)); // losses of an earlier SSRC stay counted
    bench.send(PHONE, packet(8, 102, 8));
    let incoming = bench.leg.stats().incoming;
    assert_eq!((incoming.packets, incoming.lost, incoming.reordered, incoming.duplicates), (9, 3, 1, 1));
    assert_eq!(incoming.octets, 9 * 172);
    bench.target();
    let outgoing = bench.leg.stats().outgoing;
    assert_eq!((outgoing.packets, outgoing.octets), (1, 172));
}

#[test]
fn silence_is_measured_from_the_plan_and_from_the_last_packet_of_the_source() {
    let mut bench = Bench::new(plan(PHONE));
    bench.now += Duration::from_secs(59);
    assert_eq!(bench.leg.silent_for(bench.now), Duration::from_secs(59));
    bench.sound(PHONE);
    assert_eq!(bench.leg.silent_for(bench.now), Duration::ZERO);
    bench.now += Duration::from_secs(61);
    bench.send(ATTACKER, packet(8, 1, 66));
    assert_eq!(bench.leg.silent_for(bench.now), Duration::from_secs(61), "an attacker keeps no call alive");
}

#[test]
fn a_digit_is_told_once_and_its_packets_pass() {
    let mut bench = Bench::new(plan(PHONE));
    bench.sound(PHONE);
    let mut digits = Vec::new();
    for (n, (end, duration)) in (1u16..).zip([(0, 160u16), (0, 320), (0x80, 400), (0x80, 400), (0x80, 400)]) {
        let [high, low] = duration.to_be_bytes();
        let mut event = packet(101, bench.sequence + n, 7);
        event[4..8].copy_from_slice(&9000u32.to_be_bytes());
        event.truncate(12);
        event.extend([10, end | 0x0a, high, low]);
        let arrival = bench.send(PHONE, event);
        assert_eq!(arrival.verdict, Verdict::Forward);
        digits.extend(arrival.digit);
    }
    assert_eq!(digits, [Digit { digit: '*', ms: 50 }]);
    assert_eq!(bench.leg.stats().incoming.jitter, 0);
}

// ---- RTCP

fn receiver_report(reporter: u32, of: u32, last_sr: u32, delay: u32) -> Vec<u8> {
    let words = [reporter, of, 0x4000_0003, 0x0001_0010, 12, last_sr, delay];
    let mut octets = vec![0x81, 201, 0, 7];
    octets.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    octets
}

fn sender_report(sender: u32, ntp: u64) -> Vec<u8> {
    let mut octets = vec![0x80, 200, 0, 6];
    octets.extend(sender.to_be_bytes());
    octets.extend(ntp.to_be_bytes());
    octets.extend([0; 12]);
    octets
}

#[test]
fn the_round_trip_to_the_peer_is_that_of_the_reports_we_passed_on() {
    let mut bench = Bench::new(plan(PHONE));
    bench.sound(PHONE);
    bench.target(); // SSRC 9 goes to the phone
    assert_eq!(bench.reports(sender_report(9, 0x1111_2222_3333_4444)), Some(address("203.0.113.7:4001")));
    bench.now += Duration::from_millis(540);
    let report = receiver_report(7, 9, 0x2222_3333, 0x8000); // half a second at the phone
    assert_eq!(
        bench.leg.receive_rtcp(address("203.0.113.7:4001"), &mut report.clone(), bench.now).verdict,
        Verdict::Forward
    );
    let stats = bench.leg.stats();
    assert_eq!(stats.round_trip_us, Some(40_000));
    assert_eq!((stats.outgoing.reported_lost, stats.outgoing.reported_fraction), (Some(3), Some(64)));
    assert_eq!(stats.outgoing.reported_jitter, Some(12));

    // Reports that cannot be true change nothing: an unknown SR, a delay longer than the time that passed.
    for report in [receiver_report(7, 9, 0x9999_9999, 0), receiver_report(7, 9, 0x2222_3333, 0x8000_0000)] {
        bench.leg.receive_rtcp(address("203.0.113.7:4001"), &mut report.clone(), bench.now);
    }
    assert_eq!(bench.leg.stats().round_trip_us, Some(40_000));
}

#[test]
fn rtcp_is_tied_to_the_host_of_rtp() {
    let mut bench = Bench::new(signalled(BEHIND, "203.0.113.50"));
    let report = receiver_report(7, 9, 0, 0);
    let rtcp = |bench: &mut Bench, from: &str| {
        bench.leg.receive_rtcp(address(from), &mut report.clone(), bench.now).verdict
    };
    assert_eq!(rtcp(&mut bench, "203.0.113.50:61001"), WRONG, "RTP has no source yet");
    bench.sounds(ROUTER, 3);
    assert_eq!(rtcp(&mut bench, ATTACKER), WRONG);
    assert_eq!(bench.reports(sender_report(9, 1)), Some(address("203.0.113.50:61001")));
    assert_eq!(
        rtcp(&mut bench, "203.0.113.50:50123"),
        Verdict::Forward,
        "the router's choice, known by its SSRC"
    );
    assert_eq!(rtcp(&mut bench, "203.0.113.50:61001"), WRONG, "and now it is kept");
    assert_eq!(bench.reports(sender_report(9, 1)), Some(address("203.0.113.50:50123")));
}

#[test]
fn an_unknown_ssrc_on_an_unknown_port_is_no_rtcp_of_the_peer() {
    let mut bench = Bench::new(plan(PHONE));
    bench.sound(PHONE);
    let stranger = receiver_report(1234, 9, 0, 0);
    assert_eq!(
        bench.leg.receive_rtcp(address("203.0.113.7:9999"), &mut stranger.clone(), bench.now).verdict,
        WRONG
    );
    assert_eq!(
        bench.leg.receive_rtcp(address("203.0.113.7:4001"), &mut stranger.clone(), bench.now).verdict,
        Verdict::Forward
    );
}

#[test]
fn short_and_broken_rtcp_is_dropped_from_anybody() {
    let mut bench = Bench::new(plan(PHONE));
    bench.sound(PHONE);
    for junk in [&[0x80, 201, 0, 0][..], &[], &[0x80; 3], &[0x80, 202, 0, 1, 0, 0, 0, 7]] {
        let verdict =
            bench.leg.receive_rtcp(address("203.0.113.7:4001"), &mut junk.to_vec(), bench.now).verdict;
        assert_eq!(verdict, Verdict::Drop(DropReason::MalformedRtcp));
    }
}

// ---- any order of events

/// One thing that happens to a leg: a packet from one of several sources, or a completed re-INVITE.
#[derive(Clone, Debug)]
enum Step {
    Packet { source: usize, ssrc: u32, sequence: u16, wait: u64 },
    Reinvite { moved: bool },
}

fn step() -> impl Strategy<Value = Step> {
    let packet = (0usize..5, 0u32..3, 0u16..8, prop_oneof![Just(0u64), Just(20), Just(700)])
        .prop_map(|(source, ssrc, sequence, wait)| Step::Packet { source, ssrc, sequence, wait });
    prop_oneof![30 => packet, 1 => any::<bool>().prop_map(|moved| Step::Reinvite { moved })]
}

proptest! {
    #[test]
    fn whatever_comes_only_the_final_source_is_heard_until_a_reinvite(steps in prop::collection::vec(step(), 1..200)) {
        // The described address, the router with two ports, and two strangers of whom nothing is known.
        let sources = [BEHIND, ROUTER, "203.0.113.50:61002", ATTACKER, "198.51.100.9:9"];
        let mut bench = Bench::new(signalled(BEHIND, "203.0.113.50"));
        let mut generation = 1;
        let mut locked = None;
        for step in steps {
            match step {
                Step::Packet { source, ssrc, sequence, wait } => {
                    bench.now += Duration::from_millis(wait);
                    let from = address(sources[source]);
                    let arrival = bench.send(sources[source], packet(8, sequence, ssrc));
                    let forwarded = arrival.verdict == Verdict::Forward;
                    if let Some(locked) = locked {
                        prop_assert_eq!(forwarded, from == locked);
                    }
                    prop_assert!(!forwarded || bench.target() == Some(from) || generation > 1);
                    prop_assert!(arrival.locked.is_none_or(|locked| locked == from && forwarded));
                    locked = bench.connectable();
                }
                Step::Reinvite { moved } => {
                    generation += 1;
                    let remote = if moved { "10.0.0.8:5000" } else { BEHIND };
                    bench.leg.apply(LegPlan { generation, ..signalled(remote, "203.0.113.50") }, bench.now);
                    locked = bench.connectable();
                }
            }
        }
        let stats = bench.leg.stats();
        prop_assert!(stats.incoming.lost < u64::from(u16::MAX));
    }
}
