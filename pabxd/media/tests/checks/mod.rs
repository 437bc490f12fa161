//! What must hold for any octets. The fuzz targets and the ordinary tests call the same functions.

#![allow(dead_code, reason = "each binary uses its part")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "checks"
)]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use pabx_media::audio::Rate;
use pabx_media::coding::Format;
use pabx_media::command::LegId;
use pabx_media::jitter_buffer::MAX_PACKETS;
use pabx_media::negotiation::{AudioStream, Encryption, LocalMedia, MediaLeg};
use pabx_media::playout::{PayloadTypes, Playout};
use pabx_media::relay::{RelayLeg, Verdict};
use pabx_media::rtp::Packet;
use pabx_media::sdp::{MAX_BODY, MAX_LINES, SessionDescription};
use pabx_media::srtp::{CryptoLine, KeySource, MAX_OVERHEAD, Receiver, Refused, Sender, Suite};

const LOCAL: LocalMedia =
    LocalMedia { ip: std::net::IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 1)), rtp_port: 10000 };

/// A session description: what is read survives printing, as an offer it is answered line by line, as an answer it
/// never agrees to more than was offered.
pub(crate) fn sdp(octets: &[u8]) {
    if let Ok(sdp) = SessionDescription::parse(octets) {
        let printed = sdp.to_string();
        // What was read up to the very limits may exceed them with full line ends, a supplied t= and replaced octets.
        if printed.len() <= MAX_BODY
            && sdp.lines.len() + sdp.connections.len() + sdp.attributes.len() <= MAX_LINES
        {
            assert_eq!(SessionDescription::parse(printed.as_bytes()).expect("our own print"), sdp);
        }
        offer(octets, &sdp);
    } else {
        assert!(MediaLeg::new(LOCAL, 1).remote_offer(octets).is_err());
    }
    answer(octets);
    encrypted(octets);
}

/// The same with keys: whatever is offered or answered, a leg that requires encryption has it or refuses.
fn encrypted(octets: &[u8]) {
    for wanted in [Encryption::Offered, Encryption::Required] {
        let mut leg = MediaLeg::new(LOCAL, 1);
        leg.encrypt(wanted, true, [3; 32]);
        if let Ok(stream) = leg.remote_offer(octets) {
            let answer = leg.local_answer(&stream).expect("its own formats");
            assert_eq!(answer.matches("a=crypto:").count(), usize::from(leg.suite().is_some()));
            assert!(leg.suite().is_some() || wanted != Encryption::Required);
        }
        let mut leg = MediaLeg::new(LOCAL, 1);
        leg.encrypt(wanted, true, [4; 32]);
        leg.local_offer(&AudioStream::preferred());
        if leg.remote_answer(octets).is_ok() {
            assert!(leg.suite().is_some() || wanted != Encryption::Required);
        }
    }
}

fn offer(octets: &[u8], sdp: &SessionDescription) {
    let mut leg = MediaLeg::new(LOCAL, 1);
    let Ok(stream) = leg.remote_offer(octets) else { return };
    let answer: SessionDescription =
        leg.local_answer(&stream).expect("its own formats").parse().expect("our own print");
    assert_eq!(answer.media.len(), sdp.media.len());
    for (ours, theirs) in answer.media.iter().zip(&sdp.media) {
        assert_eq!((&ours.kind, &ours.protocol), (&theirs.kind, &theirs.protocol));
        assert!(theirs.port != 0 || ours.port == 0);
    }
    assert_eq!(answer.media.iter().filter(|media| media.port != 0).count(), 1);
    assert!(leg.same_as_current(octets));
    let mut other = MediaLeg::new(LOCAL, 2);
    let again = other.local_offer(&stream);
    assert!(
        MediaLeg::new(LOCAL, 3).remote_offer(again.as_bytes()).is_ok(),
        "our own offer is acceptable:\n{again}"
    );
}

fn answer(octets: &[u8]) {
    let offered = AudioStream::preferred();
    let mut leg = MediaLeg::new(LOCAL, 1);
    leg.local_offer(&offered);
    let Ok(stream) = leg.remote_answer(octets) else { return };
    assert!(stream.codecs.iter().all(|codec| offered.codecs.iter().any(|own| own.same_format(codec))));
    assert!(leg.plan().formats.len() <= offered.codecs.len());
}

/// Any datagrams from anybody, cut from the octets, on the RTP and RTCP ports of a leg that speaks: only the peer is heard.
pub(crate) fn relay(octets: &[u8]) {
    let peer: SocketAddr = ([203, 0, 113, 7], 4000).into();
    let mut now = epoch();
    let mut leg = RelayLeg::new(LegId(1), now);
    leg.apply(plan(), now);
    leg.receive_rtp(peer, &mut [0x80, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0xd5], now);
    let mut rest = octets;
    while let Some((&[length, source], tail)) = rest.split_first_chunk() {
        let (packet, next) = tail.split_at(usize::from(length).min(tail.len()));
        rest = next;
        now += Duration::from_millis(u64::from(source));
        let from =
            if source & 1 == 0 { peer } else { ([192, 0, 2, source], 4000 + u16::from(source & 2)).into() };
        let heard = leg.receive_rtp(from, &mut packet.to_vec(), now).verdict == Verdict::Forward;
        assert!(!heard || from == peer);
        let heard = leg.receive_rtcp(from, &mut packet.to_vec(), now).verdict == Verdict::Forward;
        assert!(!heard || from.ip() == peer.ip());
        leg.send_rtp(&mut packet.to_vec(), packet.len(), now);
        leg.send_rtcp(&mut packet.to_vec(), packet.len(), now);
        assert_eq!(leg.connectable(now), Some(peer));
    }
    let stats = leg.stats();
    assert!(stats.incoming.lost < 1 << 24);
}

/// Packets of any kind and payload, cut from the octets, at any time, are played: whatever comes, every 20 ms there is a frame,
/// nobody is shouted at more than once for each packet, and what waits is bounded.
pub(crate) fn sound(octets: &[u8]) {
    const FORMATS: [Format; 8] = [
        Format::Pcmu,
        Format::Pcma,
        Format::G722,
        Format::Opus(Rate::Full),
        Format::Opus(Rate::Narrow),
        Format::L16(Rate::Wide),
        Format::Opus(Rate::Wide),
        Format::L16(Rate::Full),
    ];
    let Some((&first, mut rest)) = octets.split_first() else { return };
    let format = FORMATS[usize::from(first & 7)];
    let to = [Rate::Narrow, Rate::Wide, Rate::Full][usize::from(first >> 3) % 3];
    let types = PayloadTypes { sound: 0, comfort_noise: Some(1), event: Some(2) };
    let mut now = epoch();
    let mut playout = Playout::new(format, types, to, now).unwrap();
    let (mut sequence, mut timestamp) = (0u16, 0u32);
    while let Some((&[length, kind, step, later], tail)) = rest.split_first_chunk() {
        let (payload, next) = tail.split_at(usize::from(length).min(tail.len()));
        rest = next;
        // The first bits say what it is, the others how the numbers go on: nearly always in order.
        sequence =
            sequence.wrapping_add(if step > 250 { u16::from(step) * 257 } else { u16::from(step & 3) });
        let units = format.units(payload);
        timestamp = timestamp.wrapping_add(if step & 0xfc == 0xf8 { u32::from(step) << 20 } else { units });
        now += Duration::from_millis(u64::from(later));
        let packet = Packet {
            payload_type: kind & 3,
            marker: kind & 4 != 0,
            sequence,
            timestamp,
            ssrc: u32::from(kind > 250),
            payload,
        };
        playout.push(&packet, now);
        for _ in 0..=(kind >> 3) & 3 {
            assert_eq!(playout.pull(now).rate(), to);
        }
        assert!(playout.buffer().len() <= MAX_PACKETS);
    }
}

/// Any octets as protected packets, under each suite: none is opened but those that the peer sealed, each of them once, and
/// what was forged in between changes nothing.
pub(crate) fn srtp(octets: &[u8]) {
    let Some((&choice, octets)) = octets.split_first() else { return };
    let suite = Suite::ALL[usize::from(choice) % Suite::ALL.len()];
    let key = KeySource::new([choice; 32]).choose(suite).expect("a key");
    let (mut sender, mut receiver) =
        (Sender::new(&key).expect("its key"), Receiver::new(&key).expect("its key"));
    let (_, line) = octets.split_at(octets.len() / 2);
    let _ = CryptoLine::parse(&String::from_utf8_lossy(line));
    let mut rest = octets;
    let mut number = u16::from(choice) << 8;
    while let Some((&length, tail)) = rest.split_first() {
        let (forged, next) = tail.split_at(usize::from(length).min(tail.len()));
        rest = next;
        assert!(receiver.open_rtp(&mut forged.to_vec()).is_err());
        assert!(receiver.open_rtcp(&mut forged.to_vec()).is_err());
        let mut own = [forged, &[0; MAX_OVERHEAD]].concat();
        let _ = sender.seal_rtcp(&mut own, forged.len());
        number = number.wrapping_add(1);
        let [high, low] = number.to_be_bytes();
        let plain = [&[0x80, 8, high, low, 0, 0, 0, 0, 0, 0, 0, 7][..], forged].concat();
        let mut room = [&plain[..], &[0; MAX_OVERHEAD]].concat();
        let sealed = sender.seal_rtp(&mut room, plain.len()).expect("a number that is new");
        room.truncate(sealed);
        let again = room.clone();
        let opened = receiver.open_rtp(&mut room).expect("sealed by the peer");
        // The upper half of the numbers is sent as the lower, see the sender.
        assert_eq!((&room[..2], &room[4..opened]), (&plain[..2], &plain[4..]));
        assert_eq!(receiver.open_rtp(&mut again.clone()), Err(Refused::Replayed));
    }
}

fn plan() -> pabx_media::negotiation::LegPlan {
    let mut leg = MediaLeg::new(LOCAL, 1);
    let body = "v=0\r\no=- 1 1 IN IP4 203.0.113.7\r\ns=-\r\nc=IN IP4 203.0.113.7\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 101\r\n\
                a=rtpmap:101 telephone-event/8000\r\n";
    let stream = leg.remote_offer(body.as_bytes()).unwrap();
    leg.local_answer(&stream).unwrap();
    leg.plan()
}

#[allow(clippy::disallowed_methods, reason = "an epoch")]
fn epoch() -> Instant {
    Instant::now()
}
