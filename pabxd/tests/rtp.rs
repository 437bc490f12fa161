//! The media threads on real loopback sockets: who hears whom, who does not, and what is left behind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::struct_field_names,
    reason = "tests"
)]

use pabx_call::PortSource;
use pabx_media::command::{LegId, MediaCommand, MediaEvent};
use pabx_media::negotiation::{Direction, LegPlan, PlannedFormat};
use pabx_media::relay::LegStats;
use pabxd::rtp::{Media, Ports, RtpConfig};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Long enough for a busy machine; only a failing test waits it out.
const PATIENCE: Duration = Duration::from_secs(5);
/// What has not come by then was not sent.
const QUIET: Duration = Duration::from_millis(150);
const PORTS: RangeInclusive<u16> = 20000..=20999;
const SILENCE: Duration = Duration::from_secs(10);
const PCMU: u8 = 0;
/// When this leg is closed, the media thread panics.
const UNLUCKY: LegId = LegId(u64::MAX);

/// The tests share a range of ports and the count of descriptors, so they take turns.
static TURN: Mutex<()> = Mutex::new(());

struct Relay {
    media: Media,
    ports: Ports,
    events: Receiver<MediaEvent>,
    _turn: MutexGuard<'static, ()>,
}

struct Leg {
    leg: LegId,
    rtp: SocketAddr,
    rtcp: SocketAddr,
}

impl Relay {
    fn start(ports: RangeInclusive<u16>, silence: Duration) -> Relay {
        Relay::waiting_with(true, ports, silence)
    }

    fn waiting_with(io_uring: bool, ports: RangeInclusive<u16>, silence: Duration) -> Relay {
        Relay::listening(HOST, io_uring, ports, silence)
    }

    fn listening(listen: IpAddr, io_uring: bool, ports: RangeInclusive<u16>, silence: Duration) -> Relay {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let (to, events) = channel();
        let to = Mutex::new(to);
        let config = RtpConfig { listen, ports, threads: 2, silence, io_uring };
        let told = Box::new(move |news: Vec<MediaEvent>| {
            let to = to.lock().unwrap_or_else(PoisonError::into_inner);
            let unlucky = |event: &MediaEvent| matches!(event, MediaEvent::Closed { leg: UNLUCKY, .. });
            assert!(!news.iter().any(unlucky), "as the test wants it");
            for event in news {
                let _ = to.send(event);
            }
        });
        let (media, ports) = Media::start(config, told).unwrap();
        Relay { media, ports, events, _turn: turn }
    }

    /// A leg whose peer the plan describes as this phone.
    fn leg(&mut self, leg: u64, group: u64, phone: &Phone) -> Leg {
        let port = self.ports.open().expect("a port");
        let leg = LegId(leg);
        self.media.command(MediaCommand::Open { leg, port, group });
        self.plan(leg, 1, phone.address());
        let host = phone.address().ip();
        Leg { leg, rtp: SocketAddr::new(host, port), rtcp: SocketAddr::new(host, port + 1) }
    }

    fn plan(&self, leg: LegId, generation: u32, remote: SocketAddr) {
        let format =
            PlannedFormat { receive: PCMU, send: PCMU, canonical: PCMU, clock_rate: 8000, event: false };
        let plan = LegPlan {
            remote_rtp: Some(remote),
            remote_rtcp: Some(SocketAddr::new(remote.ip(), remote.port() + 1)),
            signalling: Some(remote.ip()),
            formats: vec![format],
            direction: Direction::SendRecv,
            security: None,
            generation,
        };
        self.media.command(MediaCommand::Plan { leg, plan });
    }

    /// Two phones in a call.
    fn call(&mut self, a: &Phone, b: &Phone) -> (Leg, Leg) {
        let legs = (self.leg(1, 7, a), self.leg(2, 7, b));
        self.media.command(MediaCommand::Bridge { a: legs.0.leg, b: legs.1.leg });
        legs
    }

    fn close(&self, leg: LegId) -> LegStats {
        self.media.command(MediaCommand::Close { leg });
        loop {
            match self.events.recv_timeout(PATIENCE).expect("the leg to close") {
                MediaEvent::Closed { leg: closed, stats } if closed == leg => return stats,
                _ => {}
            }
        }
    }
}

/// A phone: RTP and RTCP on neighbouring ports.
struct Phone {
    rtp: UdpSocket,
    rtcp: UdpSocket,
    ssrc: u32,
    sequence: u16,
}

impl Phone {
    fn new(ssrc: u32) -> Phone {
        Phone::at(HOST, ssrc)
    }

    fn at(host: IpAddr, ssrc: u32) -> Phone {
        let (rtp, rtcp) = (21000..22000)
            .step_by(2)
            .find_map(|port| {
                Some((UdpSocket::bind((host, port)).ok()?, UdpSocket::bind((host, port + 1)).ok()?))
            })
            .expect("two free ports");
        for socket in [&rtp, &rtcp] {
            socket.set_read_timeout(Some(PATIENCE)).unwrap();
        }
        Phone { rtp, rtcp, ssrc, sequence: 100 }
    }

    fn address(&self) -> SocketAddr {
        self.rtp.local_addr().unwrap()
    }

    /// Sends one packet whose payload is this octet.
    fn say(&mut self, to: SocketAddr, octet: u8) -> Vec<u8> {
        self.sequence += 1;
        let mut packet = vec![0x80, PCMU];
        packet.extend(self.sequence.to_be_bytes());
        packet.extend((u32::from(self.sequence) * 160).to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        packet.extend([octet; 160]);
        self.rtp.send_to(&packet, to).unwrap();
        packet
    }

    fn hear(&self) -> Vec<u8> {
        heard(&self.rtp).expect("a packet in time")
    }

    fn hears_nothing(&self) {
        self.rtp.set_read_timeout(Some(QUIET)).unwrap();
        let unwanted = heard(&self.rtp);
        self.rtp.set_read_timeout(Some(PATIENCE)).unwrap();
        assert_eq!(unwanted, None);
    }
}

fn heard(socket: &UdpSocket) -> Option<Vec<u8>> {
    let mut bytes = [0; 2048];
    let length = socket.recv(&mut bytes).ok()?;
    Some(bytes[..length].to_vec())
}

#[test]
fn what_one_phone_says_the_other_hears_and_nobody_else() {
    [true, false].into_iter().for_each(one_phone_is_heard);
}

fn one_phone_is_heard(io_uring: bool) {
    let mut relay = Relay::waiting_with(io_uring, PORTS, SILENCE);
    let (mut a, mut b, bystander) = (Phone::new(0xa), Phone::new(0xb), Phone::new(0xc));
    let (leg_a, leg_b) = relay.call(&a, &b);
    let _bystander = relay.leg(3, 8, &bystander);
    for octet in 0..20 {
        let said = a.say(leg_a.rtp, octet);
        assert_eq!(b.hear(), said);
        let said = b.say(leg_b.rtp, 0xff - octet);
        assert_eq!(a.hear(), said);
    }
    a.hears_nothing();
    b.hears_nothing();
    bystander.hears_nothing();
    let stats = relay.close(leg_a.leg);
    assert_eq!((stats.incoming.packets, stats.outgoing.packets), (20, 20));
    relay.media.stop();
}

#[test]
fn phones_of_both_families_hear_each_other() {
    [true, false].into_iter().for_each(both_families_are_heard);
}

fn both_families_are_heard(io_uring: bool) {
    let mut relay = Relay::listening(Ipv6Addr::UNSPECIFIED.into(), io_uring, PORTS, SILENCE);
    let (mut four, mut six) = (Phone::new(0xa), Phone::at(Ipv6Addr::LOCALHOST.into(), 0xb));
    let (leg_four, leg_six) = relay.call(&four, &six);
    for octet in 0..20 {
        let said = four.say(leg_four.rtp, octet);
        assert_eq!(six.hear(), said);
        let said = six.say(leg_six.rtp, 0xff - octet);
        assert_eq!(four.hear(), said);
    }
    relay.media.stop();
}

#[test]
fn a_strangers_packets_reach_nobody_and_a_stranger_hears_nothing() {
    [true, false].into_iter().for_each(a_stranger_is_not_heard);
}

fn a_stranger_is_not_heard(io_uring: bool) {
    let mut relay = Relay::waiting_with(io_uring, PORTS, SILENCE);
    let (mut a, mut b, mut stranger) = (Phone::new(0xa), Phone::new(0xb), Phone::new(0xa));
    let (leg_a, leg_b) = relay.call(&a, &b);
    for octet in 0..10 {
        // The last of these come after the lock, and find the socket connected.
        stranger.say(leg_a.rtp, 0xee);
        let said = a.say(leg_a.rtp, octet);
        assert_eq!(b.hear(), said);
        stranger.say(leg_b.rtp, 0xee);
        let said = b.say(leg_b.rtp, octet);
        assert_eq!(a.hear(), said);
        stranger.sequence = a.sequence + 40;
    }
    b.hears_nothing();
    a.hears_nothing();
    stranger.hears_nothing();
    relay.media.stop();
}

#[test]
fn after_a_new_plan_the_leg_follows_its_phone_to_another_address() {
    [true, false].into_iter().for_each(a_moved_phone_is_followed);
}

fn a_moved_phone_is_followed(io_uring: bool) {
    let mut relay = Relay::waiting_with(io_uring, PORTS, SILENCE);
    let (mut a, mut b, mut moved) = (Phone::new(0xa), Phone::new(0xb), Phone::new(0xa));
    let (leg_a, leg_b) = relay.call(&a, &b);
    for octet in 0..5 {
        let said = a.say(leg_a.rtp, octet);
        assert_eq!(b.hear(), said);
    }
    relay.plan(leg_a.leg, 2, moved.address());
    relay.media.command(MediaCommand::Bridge { a: leg_a.leg, b: leg_b.leg });
    std::thread::sleep(2 * QUIET);
    for octet in 10..15 {
        let said = moved.say(leg_a.rtp, octet);
        assert_eq!(b.hear(), said);
        let said = b.say(leg_b.rtp, octet);
        assert_eq!(moved.hear(), said);
    }
    a.hears_nothing();
    a.say(leg_a.rtp, 0xee);
    b.hears_nothing();
    relay.media.stop();
}

#[test]
fn rtcp_crosses_too() {
    let mut relay = Relay::start(PORTS, SILENCE);
    let (mut a, mut b) = (Phone::new(0xa), Phone::new(0xb));
    let (leg_a, leg_b) = relay.call(&a, &b);
    a.say(leg_a.rtp, 1);
    b.hear();
    b.say(leg_b.rtp, 1);
    a.hear();
    // An empty receiver report and a CNAME (RFC 3550 §6.1).
    let report =
        [0x80, 201, 0, 1, 0, 0, 0, 0xa, 0x81, 202, 0, 3, 0, 0, 0, 0xa, 1, 3, b'p', b'b', b'x', 0, 0, 0];
    a.rtcp.send_to(&report, leg_a.rtcp).unwrap();
    assert_eq!(heard(&b.rtcp).expect("the report in time"), report);
    relay.media.stop();
}

#[test]
fn an_echo_comes_back_to_the_phone_itself() {
    let mut relay = Relay::start(PORTS, SILENCE);
    let mut a = Phone::new(0xa);
    let leg = relay.leg(1, 1, &a);
    relay.media.command(MediaCommand::Echo { leg: leg.leg });
    let said = a.say(leg.rtp, 0x55);
    assert_eq!(a.hear()[12..], said[12..]);
    relay.media.stop();
}

#[test]
fn a_leg_that_was_parted_is_heard_by_nobody() {
    let mut relay = Relay::start(PORTS, SILENCE);
    let (mut a, b) = (Phone::new(0xa), Phone::new(0xb));
    let (leg_a, leg_b) = relay.call(&a, &b);
    a.say(leg_a.rtp, 1);
    b.hear();
    relay.media.command(MediaCommand::Unbridge { leg: leg_b.leg });
    a.say(leg_a.rtp, 2);
    b.hears_nothing();
    assert_eq!(relay.media.traffic().nowhere, 1);
    relay.media.stop();
}

#[test]
fn a_dead_peer_does_not_break_the_leg() {
    [true, false].into_iter().for_each(a_dead_peer_is_survived);
}

fn a_dead_peer_is_survived(io_uring: bool) {
    let mut relay = Relay::waiting_with(io_uring, PORTS, SILENCE);
    let (mut a, mut b) = (Phone::new(0xa), Phone::new(0xb));
    let (leg_a, leg_b) = relay.call(&a, &b);
    b.say(leg_b.rtp, 1);
    a.hear();
    let address = b.address();
    drop(b);
    // Each of these comes back as an ICMP error on the leg's connected socket.
    for octet in 0..10 {
        a.say(leg_a.rtp, octet);
        std::thread::sleep(Duration::from_millis(5));
    }
    let again = UdpSocket::bind(address).unwrap();
    again.set_read_timeout(Some(PATIENCE)).unwrap();
    // One error may still be waiting, and takes one packet's send with it.
    a.say(leg_a.rtp, 76);
    let said = a.say(leg_a.rtp, 77);
    // On a busy machine some of the packets before are relayed only now, and come to the new socket first.
    assert!((0..12).any(|_| heard(&again).expect("a packet in time") == said));
    relay.media.stop();
}

#[test]
fn silence_is_reported_again_and_again_with_its_length() {
    let mut relay = Relay::start(PORTS, Duration::from_secs(1));
    let a = Phone::new(0xa);
    let leg = relay.leg(1, 1, &a);
    let mut reported = Vec::new();
    while reported.len() < 2 {
        if let MediaEvent::Silent { leg: silent, seconds } = relay.events.recv_timeout(PATIENCE).unwrap() {
            assert_eq!(silent, leg.leg);
            reported.push(seconds);
        }
    }
    assert!(reported[0] >= 1 && reported[1] > reported[0], "{reported:?}");
    assert!(relay.media.alive());
    relay.media.stop();
}

#[test]
fn ports_run_out_and_come_back_rested() {
    let mut relay = Relay::start(20000..=20009, SILENCE);
    let phone = Phone::new(0xa);
    let legs: Vec<Leg> = (0..5).map(|leg| relay.leg(leg, leg, &phone)).collect();
    assert_eq!(relay.ports.open(), None, "all five pairs are in use");
    for leg in &legs {
        assert!(leg.rtp.port().is_multiple_of(2));
        relay.media.command(MediaCommand::Close { leg: leg.leg });
    }
    for _ in 0..5 {
        let _ = relay.events.recv_timeout(PATIENCE).unwrap();
    }
    assert_eq!((relay.ports.free(), relay.ports.open()), (5, None), "a port rests after its call");
    let since = Instant::now();
    while relay.ports.open().is_none() {
        assert!(since.elapsed() < PATIENCE, "a rested port goes out again");
        std::thread::yield_now();
    }
    relay.media.stop();
}

#[test]
fn ports_of_other_programs_are_passed_over() {
    let mut relay = Relay::start(20000..=20005, SILENCE);
    let _other = UdpSocket::bind((HOST, 20003)).unwrap();
    let mut opened: Vec<u16> = (0..2).map(|_| relay.ports.open().unwrap()).collect();
    opened.sort_unstable();
    assert_eq!(opened, [20000, 20004]);
    assert_eq!(relay.ports.open(), None);
    relay.media.stop();
}

#[test]
fn two_hundred_legs_leave_no_descriptor_behind() {
    let mut relay = Relay::start(PORTS, SILENCE);
    let descriptors = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let (phone, before) = (Phone::new(0xa), descriptors());
    let legs: Vec<Leg> = (0..200).map(|leg| relay.leg(leg, leg / 2, &phone)).collect();
    // The phone's two sockets were counted before.
    assert_eq!(descriptors(), before + 400);
    for leg in &legs {
        relay.media.command(MediaCommand::Close { leg: leg.leg });
    }
    for _ in 0..200 {
        let _ = relay.events.recv_timeout(PATIENCE).unwrap();
    }
    assert_eq!(descriptors(), before);
    assert_eq!(relay.ports.free(), 500);
    relay.media.stop();
}

#[test]
fn orders_for_a_port_that_was_never_bound_fail() {
    let relay = Relay::start(PORTS, SILENCE);
    relay.media.command(MediaCommand::Open { leg: LegId(9), port: 20000, group: 0 });
    assert_eq!(relay.events.recv_timeout(PATIENCE).unwrap(), MediaEvent::Failed { leg: LegId(9) });
    relay.media.stop();
}

#[test]
fn after_a_panic_a_threads_legs_have_failed_and_it_serves_new_ones() {
    let mut relay = Relay::start(PORTS, SILENCE);
    let (mut a, mut b) = (Phone::new(0xa), Phone::new(0xb));
    let victim = relay.leg(1, 7, &a);
    relay.leg(UNLUCKY.0, 7, &a);
    relay.media.command(MediaCommand::Close { leg: UNLUCKY });
    assert_eq!(relay.events.recv_timeout(PATIENCE).unwrap(), MediaEvent::Failed { leg: victim.leg });
    assert_eq!((relay.media.traffic().panics, relay.ports.free()), (1, 500));
    let legs = (relay.leg(3, 7, &a), relay.leg(4, 7, &b));
    relay.media.command(MediaCommand::Bridge { a: legs.0.leg, b: legs.1.leg });
    let said = a.say(legs.0.rtp, 1);
    assert_eq!(b.hear(), said);
    let said = b.say(legs.1.rtp, 2);
    assert_eq!(a.hear(), said);
    relay.media.stop();
}
