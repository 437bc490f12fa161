//! Offer and answer between two legs, as the back-to-back user agent uses them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::net::SocketAddr;

use pabx_media::codec::CodecName;
use pabx_media::negotiation::{
    AudioStream, Direction, LocalMedia, MediaLeg, NegotiationError, PlannedFormat,
};
use pabx_media::sdp::SessionDescription;
use proptest::prelude::*;

fn leg(port: u16) -> MediaLeg {
    MediaLeg::new(LocalMedia { ip: "198.51.100.1".parse().unwrap(), rtp_port: port }, 77)
}

/// A phone's description; `media` are its lines from the first `m=` on.
fn phone(version: u32, media: &str) -> Vec<u8> {
    let media = media.trim().replace('\n', "\r\n");
    format!(
        "v=0\r\no=phone 1 {version} IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n{media}\r\n"
    )
    .into_bytes()
}

const PCMA_AND_EVENTS: &str =
    "m=audio 4000 RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15";

/// Everything after `t=`.
fn media_of(text: &str) -> String {
    text.split("t=0 0\r\n").nth(1).unwrap().replace("\r\n", "\n").trim().to_owned()
}

fn version(text: &str) -> u64 {
    text.parse::<SessionDescription>().unwrap().origin.version.parse().unwrap()
}

fn at(text: &str) -> Option<SocketAddr> {
    text.parse().ok()
}

/// Caller and callee agree through two legs; returns both with the texts they were sent.
fn call(offer: &str, answer: &str) -> (MediaLeg, MediaLeg, String, String) {
    let (mut a, mut b) = (leg(10000), leg(10002));
    let wanted = a.remote_offer(&phone(1, offer)).unwrap();
    let to_callee = b.local_offer(&wanted);
    let agreed = b.remote_answer(&phone(1, answer)).unwrap();
    let to_caller = a.local_answer(&agreed).unwrap();
    (a, b, to_callee, to_caller)
}

#[test]
fn a_call_passes_the_callers_numbers_and_relays_without_rewriting() {
    let (a, b, to_callee, to_caller) = call(
        "m=audio 4000 RTP/AVP 111 9 8 0 101\na=rtpmap:111 opus/48000/2\na=fmtp:111 useinbandfec=1;x=1\n\
         a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16\na=ptime:20\na=ssrc:1 cname:x\na=rtcp-mux",
        PCMA_AND_EVENTS,
    );
    assert_eq!(
        media_of(&to_callee),
        "m=audio 10002 RTP/AVP 111 9 8 0 101\na=rtpmap:111 opus/48000/2\na=fmtp:111 useinbandfec=1\n\
         a=rtpmap:9 G722/8000\na=rtpmap:8 PCMA/8000\na=rtpmap:0 PCMU/8000\n\
         a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16\na=ptime:20\na=sendrecv"
    );
    assert_eq!(
        media_of(&to_caller),
        "m=audio 10000 RTP/AVP 8 101\na=rtpmap:8 PCMA/8000\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\na=sendrecv"
    );
    for leg in [&a, &b] {
        let plan = leg.plan();
        assert!(plan.formats.iter().all(|f| f.receive == f.send && f.send == f.canonical));
        assert_eq!(plan.payload_types(), 1 << 8 | 1 << 101);
        assert_eq!(plan.telephone_event(), Some(101));
        assert_eq!((plan.remote_rtp, plan.remote_rtcp), (at("192.0.2.7:4000"), at("192.0.2.7:4001")));
        assert_eq!((plan.direction, plan.generation), (Direction::SendRecv, 1));
    }
}

#[test]
fn static_types_need_no_rtpmap_and_unknown_formats_are_left_out() {
    let mut a = leg(10000);
    let stream =
        a.remote_offer(&phone(1, "m=audio 4000 RTP/AVP 18 0 8 9 97\na=rtpmap:97 speex/8000")).unwrap();
    let names: Vec<_> = stream.codecs.iter().map(|c| c.name.clone()).collect();
    assert_eq!(names, [CodecName::Pcmu, CodecName::Pcma, CodecName::G722]);
}

#[test]
fn an_answer_with_other_numbers_is_translated_at_its_own_edge() {
    let (a, b, _, to_caller) = call(
        "m=audio 4000 RTP/AVP 96 101\na=rtpmap:96 opus/48000/2\na=rtpmap:101 telephone-event/48000",
        "m=audio 4000 RTP/AVP 111 96\na=rtpmap:111 opus/48000/2\na=rtpmap:96 telephone-event/48000",
    );
    assert!(media_of(&to_caller).starts_with("m=audio 10000 RTP/AVP 96 101\n"));
    let opus = PlannedFormat { receive: 96, send: 111, canonical: 96, clock_rate: 48000, event: false };
    let event = PlannedFormat { receive: 101, send: 96, canonical: 101, clock_rate: 48000, event: true };
    assert_eq!(b.plan().formats, [opus, event]);
    assert!(a.plan().formats.iter().all(|f| f.receive == f.canonical && f.send == f.canonical));
}

#[test]
fn a_number_never_changes_its_meaning_within_a_session() {
    let (mut a, mut b, ..) = call(
        "m=audio 4000 RTP/AVP 96\na=rtpmap:96 opus/48000/2",
        "m=audio 4000 RTP/AVP 96\na=rtpmap:96 opus/48000/2",
    );
    // The callee now offers 96 as an event and Opus as 97.
    let offer = "m=audio 4000 RTP/AVP 97 96\na=rtpmap:97 opus/48000/2\na=rtpmap:96 telephone-event/48000";
    let wanted = b.remote_offer(&phone(2, offer)).unwrap();
    let to_caller = a.local_offer(&wanted);
    assert!(media_of(&to_caller).contains("m=audio 10000 RTP/AVP 97 98\n"), "{to_caller}");
    let answer = "m=audio 4000 RTP/AVP 97 98\na=rtpmap:97 opus/48000/2\na=rtpmap:98 telephone-event/48000";
    let agreed = a.remote_answer(&phone(2, answer)).unwrap();
    let to_callee = b.local_answer(&agreed).unwrap();
    assert!(media_of(&to_callee).starts_with("m=audio 10002 RTP/AVP 97 96\n"), "{to_callee}");
    let event = a.plan().formats[1];
    assert_eq!((event.receive, event.send, event.canonical), (98, 98, 96));
}

#[test]
fn hold_and_resume_pass_through_in_the_modern_style() {
    let (mut a, mut b, ..) = call(PCMA_AND_EVENTS, PCMA_AND_EVENTS);
    let hold = a.remote_offer(&phone(2, &format!("{PCMA_AND_EVENTS}\na=sendonly"))).unwrap();
    assert!(hold.held);
    assert!(b.local_offer(&hold).ends_with("a=sendonly\r\n"));
    let agreed = b.remote_answer(&phone(2, &format!("{PCMA_AND_EVENTS}\na=recvonly"))).unwrap();
    assert!(a.local_answer(&agreed).unwrap().ends_with("a=recvonly\r\n"));
    assert_eq!((a.plan().direction, b.plan().direction), (Direction::RecvOnly, Direction::SendOnly));
    assert_eq!((a.plan().generation, b.plan().generation), (2, 2));

    let resume = a.remote_offer(&phone(3, PCMA_AND_EVENTS)).unwrap();
    assert!(!resume.held);
    assert!(b.local_offer(&resume).ends_with("a=sendrecv\r\n"));
    let agreed = b.remote_answer(&phone(3, PCMA_AND_EVENTS)).unwrap();
    assert!(a.local_answer(&agreed).unwrap().ends_with("a=sendrecv\r\n"));
    assert_eq!((a.plan().direction, b.plan().direction), (Direction::SendRecv, Direction::SendRecv));
}

#[test]
fn hold_in_the_old_style_becomes_sendonly_and_is_answered_recvonly() {
    let (mut a, mut b, ..) = call(PCMA_AND_EVENTS, PCMA_AND_EVENTS);
    let hold = a.remote_offer(&phone(2, &format!("{PCMA_AND_EVENTS}\nc=IN IP4 0.0.0.0"))).unwrap();
    assert_eq!((hold.held, hold.remote, hold.direction), (true, None, Direction::SendOnly));
    assert!(b.local_offer(&hold).ends_with("a=sendonly\r\n"));
    let agreed = b.remote_answer(&phone(2, &format!("{PCMA_AND_EVENTS}\na=recvonly"))).unwrap();
    assert!(a.local_answer(&agreed).unwrap().ends_with("a=recvonly\r\n"));
    assert_eq!(a.plan().remote_rtp, None);
}

#[test]
fn both_sides_on_hold_are_inactive() {
    let (mut a, mut b, ..) = call(PCMA_AND_EVENTS, PCMA_AND_EVENTS);
    let hold = a.remote_offer(&phone(2, &format!("{PCMA_AND_EVENTS}\na=inactive"))).unwrap();
    assert!(hold.held);
    b.local_offer(&hold);
    // The callee answers against the rules with sendrecv: the offer binds all the same.
    let agreed = b.remote_answer(&phone(2, PCMA_AND_EVENTS)).unwrap();
    assert_eq!(agreed.direction, Direction::Inactive);
    assert!(a.local_answer(&agreed).unwrap().ends_with("a=inactive\r\n"));
    assert_eq!((a.plan().direction, b.plan().direction), (Direction::Inactive, Direction::Inactive));
}

#[test]
fn the_session_level_direction_counts_where_the_stream_has_none() {
    let body = String::from_utf8(phone(1, PCMA_AND_EVENTS)).unwrap().replace("t=0 0", "t=0 0\r\na=sendonly");
    assert_eq!(leg(10000).remote_offer(body.as_bytes()).unwrap().direction, Direction::SendOnly);
}

#[test]
fn other_streams_keep_their_place_with_port_0_in_answers_and_in_later_offers() {
    let offer = "m=video 5000 RTP/AVP 99\na=rtpmap:99 H264/90000\nm=audio 4000 RTP/AVP 8\nm=audio 4002 RTP/AVP 0\n\
                 m=image 0 udptl t38\nm=application 9 UDP/BFCP *";
    let (mut a, mut b, to_callee, to_caller) = call(offer, "m=audio 4000 RTP/AVP 8");
    assert_eq!(media_of(&to_callee), "m=audio 10002 RTP/AVP 8\na=rtpmap:8 PCMA/8000\na=sendrecv");
    let expected = "m=video 0 RTP/AVP 99\nm=audio 10000 RTP/AVP 8\na=rtpmap:8 PCMA/8000\na=sendrecv\n\
                    m=audio 0 RTP/AVP 0\nm=image 0 udptl t38\nm=application 0 UDP/BFCP *";
    assert_eq!(media_of(&to_caller), expected);

    // Now the callee re-invites: towards the caller every line is still there.
    let wanted = b.remote_offer(&phone(2, "m=audio 4000 RTP/AVP 8\na=sendonly")).unwrap();
    let to_caller = a.local_offer(&wanted);
    assert_eq!(media_of(&to_caller), expected.replace("a=sendrecv", "a=sendonly"));
    let answer = "m=video 0 RTP/AVP 99\nm=audio 4000 RTP/AVP 8\na=recvonly\nm=audio 0 RTP/AVP 0\n\
                  m=image 0 udptl t38\nm=application 0 UDP/BFCP *";
    assert_eq!(a.remote_answer(&phone(2, answer)).unwrap().direction, Direction::RecvOnly);
}

#[test]
fn plain_rtp_is_chosen_beside_srtp_and_srtp_alone_is_refused() {
    let both = "m=audio 4000 RTP/SAVP 8\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\nm=audio 4002 RTP/AVP 8";
    let (.., to_caller) = call(both, "m=audio 4000 RTP/AVP 8");
    assert!(
        media_of(&to_caller).starts_with("m=audio 0 RTP/SAVP 8\nm=audio 10000 RTP/AVP 8\n"),
        "{to_caller}"
    );

    for protocol in ["RTP/SAVP", "RTP/SAVPF", "UDP/TLS/RTP/SAVPF", "TCP/RTP/AVP"] {
        let error = leg(1).remote_offer(&phone(1, &format!("m=audio 4000 {protocol} 8"))).unwrap_err();
        assert_eq!(error, NegotiationError::Transport(protocol.into()));
        assert_eq!((error.status(), error.warning().unwrap().0), (488, 302));
    }
}

#[test]
fn multiplexed_rtcp_is_left_out_of_the_answer_and_mux_only_is_refused() {
    let (.., to_caller) = call("m=audio 4000 RTP/AVP 8\na=rtcp-mux", "m=audio 4000 RTP/AVP 8\na=rtcp-mux");
    assert!(!to_caller.contains("mux"));
    let error =
        leg(1).remote_offer(&phone(1, "m=audio 4000 RTP/AVP 8\na=rtcp-mux\na=rtcp-mux-only")).unwrap_err();
    assert_eq!((error.status(), error), (488, NegotiationError::MuxOnly));
}

#[test]
fn the_rtcp_port_may_be_stated_but_not_another_host() {
    let stream = leg(1).remote_offer(&phone(1, "m=audio 4000 RTP/AVP 8\na=rtcp:4999")).unwrap();
    assert_eq!(stream.rtcp, at("192.0.2.7:4999"));
    let stream =
        leg(1).remote_offer(&phone(1, "m=audio 4000 RTP/AVP 8\na=rtcp:4999 IN IP4 203.0.113.9")).unwrap();
    assert_eq!(stream.rtcp, at("192.0.2.7:4999"));
    let stream = leg(1).remote_offer(&phone(1, "m=audio 65535 RTP/AVP 8")).unwrap();
    assert_eq!(stream.rtcp, None);
}

#[test]
fn what_cannot_be_accepted_says_why() {
    let cases = [
        ("m=video 4000 RTP/AVP 99", NegotiationError::NoAudio, 304),
        ("m=audio 0 RTP/AVP 8", NegotiationError::NoAudio, 304),
        ("m=audio 4000 RTP/AVP 18", NegotiationError::NoCommonCodec, 305),
        ("m=audio 4000 RTP/AVP 101\na=rtpmap:101 telephone-event/8000", NegotiationError::NoCommonCodec, 305),
        ("m=audio 4000 RTP/AVP 8\nc=IN IP6 2001:db8::7", NegotiationError::AddressFamily, 300),
        ("m=audio 4000 RTP/AVP 8\nc=IN IP4 233.252.0.1/64", NegotiationError::Multicast, 330),
        ("m=audio 4000 RTP/AVP 8\nc=IN IP4 255.255.255.255", NegotiationError::Multicast, 330),
    ];
    for (media, expected, warning) in cases {
        let error = leg(1).remote_offer(&phone(1, media)).unwrap_err();
        assert_eq!((error.status(), error.warning().unwrap().0), (488, warning), "{media}");
        assert_eq!(error, expected, "{media}");
    }
    assert_eq!(leg(1).remote_offer(b"hello").unwrap_err().status(), 400);
    assert_eq!(
        leg(1).remote_offer(b"v=0\no=- 1 1 IN IP4 x\nm=audio 1 RTP/AVP 8\n").unwrap_err().status(),
        400
    );
}

#[test]
fn an_answer_without_our_formats_or_without_the_stream_is_no_agreement() {
    let mut b = leg(10002);
    b.local_offer(&leg(1).remote_offer(&phone(1, PCMA_AND_EVENTS)).unwrap());
    assert_eq!(b.remote_answer(&phone(1, "m=audio 4000 RTP/AVP 0")), Err(NegotiationError::NoCommonCodec));
    assert_eq!(b.remote_answer(&phone(1, "m=audio 0 RTP/AVP 8")), Err(NegotiationError::NoAudio));
    assert!(b.is_pending());
    assert!(b.remote_answer(&phone(1, "m=audio 4000 RTP/AVP 8")).is_ok());
    assert!(!b.is_pending());
}

#[test]
fn an_answer_that_leaves_our_number_unexplained_is_understood() {
    let (_, b, ..) = call(PCMA_AND_EVENTS, "m=audio 4000 RTP/AVP 8 101");
    assert_eq!(b.plan().telephone_event(), Some(101));
}

#[test]
fn a_stream_may_be_switched_off_within_a_session_and_on_again() {
    let (mut a, mut b, ..) = call(PCMA_AND_EVENTS, PCMA_AND_EVENTS);
    let off = a.remote_offer(&phone(2, "m=audio 0 RTP/AVP 8")).unwrap();
    assert_eq!((off.held, off.remote, off.direction), (true, None, Direction::Inactive));
    assert!(b.local_offer(&off).ends_with("a=inactive\r\n"));
    let agreed = b.remote_answer(&phone(2, &format!("{PCMA_AND_EVENTS}\na=inactive"))).unwrap();
    assert_eq!(media_of(&a.local_answer(&agreed).unwrap()), "m=audio 0 RTP/AVP 8");
    assert_eq!(a.plan().payload_types(), 0);
    let on = a.remote_offer(&phone(3, PCMA_AND_EVENTS)).unwrap();
    assert!(a.local_answer(&on).unwrap().contains("m=audio 10000 RTP/AVP 8 101"));
}

#[test]
fn the_version_grows_only_when_our_description_changes() {
    let mut a = leg(10000);
    let stream = a.remote_offer(&phone(1, PCMA_AND_EVENTS)).unwrap();
    let first = a.local_answer(&stream).unwrap();
    assert_eq!(version(&first), 1);
    assert_eq!(a.local_answer(&stream).unwrap(), first, "the answer of the 183 comes again in the 200");
    assert_eq!(a.plan().generation, 1, "which is no new exchange");

    assert!(a.same_as_current(&phone(9, PCMA_AND_EVENTS)));
    assert!(!a.same_as_current(&phone(1, &format!("{PCMA_AND_EVENTS}\na=sendonly"))));
    a.remote_offer(&phone(1, PCMA_AND_EVENTS)).unwrap();
    assert_eq!(a.local_answer(&stream).unwrap(), first, "a session refresh");
    assert_eq!(a.plan().generation, 2);

    a.remote_offer(&phone(2, &format!("{PCMA_AND_EVENTS}\na=sendonly"))).unwrap();
    assert_eq!(version(&a.local_answer(&stream).unwrap()), 2);
    let offer = a.local_offer(&stream);
    assert_eq!(version(&offer), 3);
    assert_eq!(a.local_offer(&stream), offer, "a retry after 491 says the same");
}

#[test]
fn glare_is_seen_and_a_failed_offer_leaves_the_old_session() {
    let (mut a, ..) = call(PCMA_AND_EVENTS, PCMA_AND_EVENTS);
    let before = a.plan();
    a.local_offer(&AudioStream { direction: Direction::SendOnly, ..AudioStream::preferred() });
    assert_eq!(a.remote_offer(&phone(2, PCMA_AND_EVENTS)).unwrap_err().status(), 491);
    assert!(a.is_pending());
    a.rollback();
    assert_eq!((a.is_pending(), a.plan()), (false, before.clone()));
    assert_eq!(a.remote_answer(&phone(2, PCMA_AND_EVENTS)), Err(NegotiationError::NoOffer));

    a.remote_offer(&phone(2, "m=audio 6000 RTP/AVP 0")).unwrap();
    assert_eq!(a.remote_offer(&phone(3, PCMA_AND_EVENTS)).unwrap_err().status(), 500);
    a.rollback();
    assert_eq!(a.plan(), before);
    assert_eq!(a.local_answer(&AudioStream::preferred()), Err(NegotiationError::NoOffer));
}

#[test]
fn a_late_offer_is_ours_and_the_ack_brings_the_answer() {
    let mut a = leg(10000);
    let offer = a.local_offer(&AudioStream::preferred());
    assert!(media_of(&offer).starts_with("m=audio 10000 RTP/AVP 96 9 8 0 101 102\n"), "{offer}");
    let agreed = a.remote_answer(&phone(1, PCMA_AND_EVENTS)).unwrap();
    assert_eq!(agreed.codecs.len(), 2);
    assert_eq!(a.plan().telephone_event(), Some(101));
}

#[test]
fn early_media_of_another_forked_phone_is_a_new_agreement() {
    let mut b = leg(10002);
    b.local_offer(&AudioStream::preferred());
    b.remote_answer(&phone(1, "m=audio 4000 RTP/AVP 8")).unwrap();
    b.remote_answer(&phone(1, "m=audio 4000 RTP/AVP 8")).unwrap();
    assert_eq!(b.plan().generation, 1);
    b.remote_answer(&phone(1, "m=audio 5000 RTP/AVP 0")).unwrap();
    assert_eq!((b.plan().generation, b.plan().payload_types()), (2, 1));
}

#[test]
fn a_refresh_is_answered_with_what_the_other_leg_agreed_to() {
    let (mut a, b, _, to_caller) = call(PCMA_AND_EVENTS, PCMA_AND_EVENTS);
    assert!(a.same_as_current(&phone(2, PCMA_AND_EVENTS)));
    a.remote_offer(&phone(2, PCMA_AND_EVENTS)).unwrap();
    assert_eq!(a.local_answer(b.agreed().unwrap()).unwrap(), to_caller);
}

#[test]
fn ipv6_works_and_its_unspecified_address_is_a_hold() {
    let mut a = MediaLeg::new(LocalMedia { ip: "2001:db8::1".parse().unwrap(), rtp_port: 10000 }, 1);
    let stream = a.remote_offer(&phone(1, "m=audio 4000 RTP/AVP 8\nc=IN IP6 2001:db8::7")).unwrap();
    assert_eq!(stream.remote, at("[2001:db8::7]:4000"));
    assert!(a.local_answer(&stream).unwrap().contains("c=IN IP6 2001:db8::1\r\n"));
    assert!(a.remote_offer(&phone(2, "m=audio 4000 RTP/AVP 8\nc=IN IP6 ::")).unwrap().held);
}

#[test]
fn a_host_name_is_learned_from_packets() {
    let stream =
        leg(1).remote_offer(&phone(1, "m=audio 4000 RTP/AVP 8\nc=IN IP4 phone.example.com")).unwrap();
    assert_eq!((stream.remote, stream.held), (None, false));
}

fn media_line() -> impl Strategy<Value = String> {
    let kind = prop_oneof![4 => Just("audio"), 1 => Just("video"), 1 => Just("image")];
    let protocol = prop_oneof![5 => Just("RTP/AVP"), 1 => Just("RTP/SAVP"), 1 => Just("RTP/AVPF")];
    let port = prop_oneof![4 => 1..=u16::MAX, 1 => Just(0u16)];
    let format =
        prop_oneof![Just("0"), Just("8"), Just("9"), Just("18"), Just("96"), Just("101"), Just("t38")];
    let attributes = prop_oneof![
        Just("a=sendonly\r\n"),
        Just("a=inactive\r\n"),
        Just("a=rtcp-mux\r\n"),
        Just("a=rtcp-mux-only\r\n"),
        Just("c=IN IP4 0.0.0.0\r\n"),
        Just("a=rtpmap:96 opus/48000/2\r\n"),
        Just("a=rtpmap:101 telephone-event/8000\r\n"),
        Just("a=fmtp:96 stereo=1;evil\r\n"),
    ];
    (kind, port, protocol, prop::collection::vec(format, 1..6), prop::collection::vec(attributes, 0..5))
        .prop_map(|(kind, port, protocol, formats, attributes)| {
            format!("m={kind} {port} {protocol} {}\r\n{}", formats.join(" "), attributes.concat())
        })
}

proptest! {
    #[test]
    fn every_answer_mirrors_the_lines_of_its_offer(lines in prop::collection::vec(media_line(), 1..6)) {
        let mut a = leg(10000);
        let body = phone(1, &lines.concat());
        if let Ok(stream) = a.remote_offer(&body) {
            let offer = SessionDescription::parse(&body).unwrap();
            let text = a.local_answer(&stream).unwrap();
            let answer: SessionDescription = text.parse().unwrap();
            prop_assert_eq!(offer.media.len(), answer.media.len());
            for (theirs, ours) in offer.media.iter().zip(&answer.media) {
                prop_assert_eq!(&theirs.kind, &ours.kind);
                prop_assert_eq!(&theirs.protocol, &ours.protocol);
                prop_assert!(theirs.port != 0 || ours.port == 0);
                prop_assert!(ours.formats.iter().all(|format| theirs.formats.contains(format)));
            }
            prop_assert_eq!(answer.media.iter().filter(|media| media.port != 0).count(), 1);
            prop_assert!(!text.contains("mux") && !text.contains("evil"));
            prop_assert!(a.plan().formats.len() <= 16);
        }
    }

    #[test]
    fn no_body_panics_in_any_state(bodies in prop::collection::vec((0u8..6, prop::collection::vec(media_line(), 0..4)), 1..12)) {
        let mut a = leg(10000);
        let mut generation = 0;
        for (step, lines) in bodies {
            let body = phone(1, &lines.concat());
            match step {
                0 | 1 => drop(a.remote_offer(&body)),
                2 => drop(a.local_answer(&AudioStream::preferred())),
                3 => drop(a.local_offer(&AudioStream::preferred())),
                4 => drop(a.remote_answer(&body)),
                _ => a.rollback(),
            }
            let plan = a.plan();
            prop_assert!(plan.generation == generation || plan.generation == generation + 1);
            generation = plan.generation;
        }
    }
}
