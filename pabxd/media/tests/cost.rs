//! What media costs: a relayed packet no allocation at all, and (printed, in release) a time in nanoseconds; a call
//! its memory and the time of its negotiation.

#![allow(unsafe_code, reason = "a counting allocator is the only way to count allocations")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use pabx_media::command::LegId;
use pabx_media::negotiation::{Direction, LegPlan, LocalMedia, MediaLeg, PlannedFormat};
use pabx_media::relay::{RelayLeg, Verdict};
use pabx_media::srtp::{KeySource, MasterKey, Security, Sender, Suite};

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static LIVE: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: everything is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        LIVE.with(|live| live.set(live.get().wrapping_add(layout.size())));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.with(|live| live.set(live.get().wrapping_sub(layout.size())));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const PACKETS: u32 = 200_000;

fn leg(remote: SocketAddr, now: Instant) -> RelayLeg {
    leg_with(remote, now, None)
}

fn leg_with(remote: SocketAddr, now: Instant, security: Option<Box<Security>>) -> RelayLeg {
    let format = |number, event| PlannedFormat {
        receive: number,
        send: number,
        canonical: number,
        clock_rate: 8000,
        event,
    };
    let mut leg = RelayLeg::new(LegId(1), now);
    let plan = LegPlan {
        remote_rtp: Some(remote),
        remote_rtcp: None,
        signalling: None,
        security,
        formats: vec![format(8, false), format(101, true)],
        direction: Direction::SendRecv,
        generation: 1,
    };
    leg.apply(plan, now);
    leg
}

#[test]
#[expect(clippy::disallowed_methods, reason = "an epoch, and the measurement itself")]
fn a_relayed_packet_allocates_nothing() {
    let epoch = Instant::now();
    let (from_a, from_b): (SocketAddr, SocketAddr) =
        ("203.0.113.7:4000".parse().unwrap(), "203.0.113.8:4000".parse().unwrap());
    let (mut a, mut b) = (leg(from_a, epoch), leg(from_b, epoch));
    let mut report =
        [0x81, 201, 0, 7, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1];
    let mut packet = [0xd5u8; 172];
    packet[..12].copy_from_slice(&[0x80, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);

    let allocations = ALLOCATIONS.get();
    let start = Instant::now();
    for n in 0..PACKETS {
        let now = epoch + Duration::from_millis(u64::from(n) * 20);
        packet[2..4].copy_from_slice(&n.to_be_bytes()[2..]);
        packet[4..8].copy_from_slice(&(n.wrapping_mul(160)).to_be_bytes());
        packet[1] = if n % 50 == 49 { 101 } else { 8 };
        let arrival = a.receive_rtp(black_box(from_a), black_box(&mut packet), now);
        assert_eq!(arrival.verdict, Verdict::Forward);
        assert_eq!(black_box(b.send_rtp(&mut packet, arrival.length, now)), Some((from_b, 172)));
        if n % 250 == 0 {
            a.receive_rtcp(from_a, black_box(&mut report), now);
            b.send_rtcp(black_box(&mut report), 32, now);
            black_box(a.stats());
        }
    }
    let elapsed = start.elapsed();
    assert_eq!(ALLOCATIONS.get() - allocations, 0);
    println!("{} ns per packet, received and sent", elapsed.as_nanos() / u128::from(PACKETS));
    println!("{} octets per leg", size_of::<RelayLeg>());
    assert!(size_of::<RelayLeg>() <= 2048, "{}", size_of::<RelayLeg>());
}

/// Sealed for a leg, opened there, sealed for another: the work of a relay between two encrypted phones, and as much again
/// for the phone that the packets come from.
#[test]
#[expect(clippy::disallowed_methods, reason = "an epoch, and the measurement itself")]
fn an_encrypted_packet_allocates_nothing_either() {
    let epoch = Instant::now();
    let (from_a, from_b): (SocketAddr, SocketAddr) =
        ("203.0.113.7:4000".parse().unwrap(), "203.0.113.8:4000".parse().unwrap());
    for suite in Suite::ALL {
        let mut source = KeySource::new([1; 32]);
        let keys: Vec<MasterKey> = (0..4).map(|_| source.choose(suite).unwrap()).collect();
        let both = |receive: &MasterKey, send: &MasterKey| {
            Some(Box::new(Security { receive: receive.clone(), send: send.clone() }))
        };
        let mut phone = Sender::new(&keys[0]).unwrap();
        let mut a = leg_with(from_a, epoch, both(&keys[0], &keys[1]));
        let mut b = leg_with(from_b, epoch, both(&keys[2], &keys[3]));
        let allocations = ALLOCATIONS.get();
        let start = Instant::now();
        for n in 0..PACKETS / 4 {
            let now = epoch + Duration::from_millis(u64::from(n) * 20);
            let mut room = [0xd5u8; 192];
            room[..12].copy_from_slice(&[0x80, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
            room[2..4].copy_from_slice(&n.to_be_bytes()[2..]);
            let length = phone.seal_rtp(&mut room, 172).unwrap();
            let arrival = a.receive_rtp(black_box(from_a), black_box(&mut room[..length]), now);
            assert_eq!((arrival.verdict, arrival.length), (Verdict::Forward, 172));
            assert!(black_box(b.send_rtp(&mut room, arrival.length, now)).is_some());
        }
        let elapsed = start.elapsed();
        assert_eq!(ALLOCATIONS.get() - allocations, 0);
        println!("{}: {} ns per packet", suite.as_str(), elapsed.as_nanos() / u128::from(PACKETS / 4));
    }
}

/// What a common softphone offers.
const OFFER: &str = "v=0\r\no=- 3438 2 IN IP4 203.0.113.7\r\ns=-\r\nc=IN IP4 203.0.113.7\r\nt=0 0\r\na=tool:phone 1.0\r\n\
    m=audio 24756 RTP/AVP 96 9 8 0 97 101\r\na=rtpmap:96 opus/48000/2\r\n\
    a=fmtp:96 stereo=1;sprop-stereo=1;maxaveragebitrate=28000\r\na=rtpmap:9 G722/8000\r\na=rtpmap:8 PCMA/8000\r\n\
    a=rtpmap:0 PCMU/8000\r\na=rtpmap:97 telephone-event/48000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:97 0-15\r\n\
    a=fmtp:101 0-15\r\na=rtcp:24757\r\na=sendrecv\r\na=label:1\r\na=rtcp-rsize\r\na=ssrc:1234 cname:sip:x@example.com\r\n\
    a=ptime:20\r\nm=video 0 RTP/AVP 102\r\n";

fn negotiated_call() -> (MediaLeg, MediaLeg) {
    let leg = |port| MediaLeg::new(LocalMedia { ip: "203.0.113.1".parse().unwrap(), rtp_port: port }, 1);
    let (mut a, mut b) = (leg(10000), leg(10002));
    let wanted = a.remote_offer(OFFER.as_bytes()).unwrap();
    black_box(b.local_offer(&wanted));
    let agreed = b.remote_answer(OFFER.as_bytes()).unwrap();
    black_box(a.local_answer(&agreed).unwrap());
    (a, b)
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the measurement itself")]
fn a_call_remembers_little_of_its_descriptions() {
    let before = LIVE.get();
    let call = negotiated_call();
    let octets = LIVE.get().wrapping_sub(before) + size_of_val(&call);
    drop(call);
    assert_eq!(LIVE.get(), before);
    println!("{octets} octets for both legs of a call");
    assert!(octets < 8192, "{octets}");
    let best = (0..500).map(|_| {
        let start = Instant::now();
        black_box(negotiated_call());
        start.elapsed()
    });
    println!("{:?} for the negotiation of a call, at best", best.min().unwrap_or_default());
}
