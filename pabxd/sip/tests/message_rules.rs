//! Each rule of RFC 3261 that RFC 4475 and RFC 5118 test, on messages of our own: one sound request, and what
//! becomes of it when one line is changed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail so"
)]

use bytes::Bytes;
use pabx_sip::header::{Contact, Via};
use pabx_sip::message::{
    HeaderName, MAX_FIELDS, MAX_HEAD, MAX_MESSAGE, MAX_SAME, MAX_VALUE, Malformed, MalformedReason, Message,
    Method, StatusCode,
};
use pabx_sip::verdict::{check_request, check_response};

const SOUND: &[(&str, &str)] = &[
    ("", "INVITE sip:2001@pbx.example SIP/2.0"),
    ("Via", "Via: SIP/2.0/UDP 198.51.100.7:5062;branch=z9hG4bK-a1;rport"),
    ("Max-Forwards", "Max-Forwards: 70"),
    ("From", "From: \"Ana\" <sip:1001@pbx.example>;tag=f00d"),
    ("To", "To: <sip:2001@pbx.example>"),
    ("Call-ID", "Call-ID: 8f2c11d0@198.51.100.7"),
    ("CSeq", "CSeq: 20 INVITE"),
    ("Contact", "Contact: <sip:1001@198.51.100.7:5062>"),
    ("Content-Length", "Content-Length: 4"),
];

/// The sound request with some of its lines replaced, left out (`""`) or added; named by the old line's name.
fn with(changes: &[(&str, &str)]) -> Vec<u8> {
    let mut lines: Vec<String> = Vec::new();
    for (name, line) in SOUND {
        let change = changes.iter().find(|(changed, _)| changed == name).map(|(_, new)| *new);
        lines.push(change.unwrap_or(line).to_owned());
    }
    lines.extend(changes.iter().filter(|(name, _)| *name == "+").map(|(_, line)| (*line).to_owned()));
    lines.retain(|line| !line.is_empty());
    format!("{}\r\n\r\nbody", lines.join("\r\n")).into_bytes()
}

/// 0 when it is accepted, the status it is answered with, or 1 when it is dropped.
fn status(octets: &[u8]) -> u16 {
    match Message::parse(Bytes::copy_from_slice(octets)) {
        Err(malformed) => malformed.status.map_or(1, StatusCode::code),
        Ok(Message::Request(request)) => {
            check_request(&request).map_or_else(|verdict| verdict.status.code(), |()| 0)
        }
        Ok(Message::Response(response)) => u16::from(check_response(&response).is_err()),
    }
}

#[track_caller]
fn changed(name: &str, line: &str) -> u16 {
    status(&with(&[(name, line)]))
}

fn malformed(octets: &[u8]) -> Malformed {
    Message::parse(Bytes::copy_from_slice(octets)).expect_err("this is malformed")
}

#[test]
fn the_sound_request_is_accepted() {
    assert_eq!(status(&with(&[])), 0);
}

#[test]
fn odd_and_sound_lines_are_accepted() {
    for (name, line) in [
        // RFC 4475 §3.1.1.1: white space, folding, case
        ("To", "TO :\r\n sip:2001@pbx.example ;   tag    = 19181"),
        ("From", "f\t: \"a \\\\\\\"\"       <sip:1001@pbx.example>\r\n  ;\r\n  tag = 98"),
        ("CSeq", "cseq: 0009\r\n  INVITE"),
        ("Via", "Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=z9hG4bK1 ,\r\n SIP/2.0/X a"),
        ("Max-Forwards", "MaX-fOrWaRdS: 0068"),
        ("+", "s :"),
        ("+", "UnknownHeaderWithUnusualValue: ;;,,;;,;"),
        // §3.1.1.2: the whole range of a token, control characters in quoted pairs
        (
            "To",
            "To: \"BEL:\\\u{7} NUL:\\\0 DEL:\\\u{7f}\" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@a.b>",
        ),
        (
            "From",
            "From: token1~` token2'+_ token3*%!.- <sip:a@b.c>;p''~+*_!.-%=\"работающий\";tag=_t~1'+`*%!-.q",
        ),
        ("Call-ID", "Call-ID: word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"),
        ("+", "ext-!.%*+_`'~:\u{feff}大停電"),
        // §3.1.1.3 to .9: escapes, no space, semicolons before the at-sign
        ("", "INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0"),
        ("Contact", "m:\r\n  <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>"),
        ("Contact", "Contact: <sip:%00@host5.example.com>, <sip:%00%00@host5.example.com>"),
        ("From", "From: caller<sip:caller@example.com>;tag=323"),
        ("", "INVITE sip:user;par=u%40example.net@example.com SIP/2.0"),
        // §3.1.1.10: unknown transports
        ("+", "Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en"),
        // §3.2.1, §3.4.1: an RFC 2543 peer
        ("Via", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK"),
        ("Via", "Via: SIP/2.0/UDP iftgw.example.com"),
        ("From", "From: <sip:+13035551111@ift.client.example.net;user=phone>"),
        ("Max-Forwards", ""),
        // §3.3.11 to .14
        ("Max-Forwards", "Max-Forwards: 0"),
        ("Max-Forwards", "Max-Forwards: 255"),
        ("Contact", "Contact: sip:+19725552222@gw1.example.net;unknownparam"),
        ("Contact", "Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>"),
        // RFC 5118
        ("", "INVITE sip:[2001:db8::10] SIP/2.0"),
        ("", "INVITE sip:[2001:db8::10:5070] SIP/2.0"),
        ("", "INVITE sip:[2001:db8::10]:5070 SIP/2.0"),
        ("Via", "Via: SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111"),
        ("Via", "Via: SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3-111"),
        ("Contact", "Contact: <sip:a@[::ffff:192.0.2.10]:19823>"),
        ("Contact", "Contact: <sip:a@[2001:db8:::192.0.2.1]>"),
        // 501 is not for the parser to say
        ("", "INVITE tel:+551155550100 SIP/2.0"),
    ] {
        assert_eq!(changed(name, line), 0, "{line}");
    }
}

#[test]
fn bad_lines_are_answered_400() {
    for (name, line) in [
        // RFC 4475 §3.1.2.1
        ("Via", "Via: SIP/2.0/UDP 192.0.2.15;;,;,,"),
        ("Contact", "Contact: \"Joe\" <sip:joe@example.org>;;;;"),
        // §3.1.2.2, .3, §3.3.9
        ("Content-Length", "Content-Length: 9999"),
        ("Content-Length", "Content-Length: -999"),
        ("Content-Length", "Content-Length: 4\r\nContent-Length: 5"),
        ("Content-Length", "Content-Length: 4\r\nl: 4"),
        ("Content-Length", "Content-Length: 4, 4"),
        ("Content-Length", "Content-Length: +4"),
        ("Content-Length", "Content-Length:"),
        ("Content-Length", "Content-Length: 4294967300"),
        // §3.1.2.4
        ("CSeq", "CSeq: 36893488147419103232 INVITE"),
        ("CSeq", "CSeq: 4294967296 INVITE"),
        ("CSeq", "CSeq: -1 INVITE"),
        ("CSeq", "CSeq: INVITE"),
        ("Max-Forwards", "Max-Forwards: 256"),
        ("Max-Forwards", "Max-Forwards: 7 0"),
        // §3.1.2.6
        ("To", "To: \"Mr. J. User <sip:j.user@example.com>"),
        // §3.1.2.7 to .11
        ("", "INVITE <sip:user@example.com> SIP/2.0"),
        ("", "INVITE sip:user@example.com; lr SIP/2.0"),
        ("", "INVITE  sip:user@example.com  SIP/2.0"),
        ("", "INVITE sip:user@example.com SIP/2.0  "),
        ("", "INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0"),
        ("", "INVITE sip:user@example.com"),
        ("", "INVITE SIP/2.0"),
        ("", "INVITE"),
        ("", "IN\tVITE sip:user@example.com SIP/2.0"),
        ("", "INVITE sip:user@exa\0mple.com SIP/2.0"),
        // §3.1.2.13 to .15
        ("Contact", "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E"),
        ("To", "To: \"Watson, Thomas\" < sip:t.watson@example.org >"),
        ("To", "To: Watson, Thomas <sip:t.watson@example.org>"),
        ("From", "From: sip:a@b, sip:c@d"),
        // §3.1.2.17
        ("CSeq", "CSeq: 20 OPTIONS"),
        ("CSeq", "CSeq: 20 invite"),
    ] {
        assert_eq!(changed(name, line), 400, "{line:?}");
    }
}

#[test]
fn missing_and_repeated_fields_are_answered_400() {
    for (name, line) in [
        // RFC 4475 §3.3.1
        ("Via", ""),
        ("From", ""),
        ("To", ""),
        ("Call-ID", ""),
        ("CSeq", ""),
        ("Call-ID", "Call-ID:"),
        ("Call-ID", "Call-ID: a b"),
        // §3.3.8: twice what there is once
        ("+", "From: sip:other@example.net;tag=1"),
        ("+", "t: sip:other@example.net"),
        ("+", "i: other"),
        ("+", "CSeq: 21 INVITE"),
        ("+", "Max-Forwards: 70"),
        ("+", "Content-Type: a/b\r\nc: a/b"),
    ] {
        assert_eq!(changed(name, line), 400, "{line:?}");
    }
}

#[test]
fn lines_that_are_no_fields_are_answered_400() {
    for (name, line) in [
        // RFC 5118 §4.2
        ("", "INVITE sip:2001:db8::10 SIP/2.0"),
        ("Via", "Via: SIP/2.0/UDP 2001:db8::9:1;branch=z9hG4bK1"),
        ("+", "NoColonAtAll"),
        ("+", ": no name"),
        ("+", "Two Words: x"),
        ("+", "X-Bell: \u{7}"),
        ("+", "Subject: \"not a quoted pair \u{7}\""),
        ("+", "Subject: \\\u{7}"),
        ("+", "Route: sip:p.example;lr"),
        ("+", "Record-Route: <sip:p.example;lr"),
    ] {
        assert_eq!(changed(name, line), 400, "{line:?}");
    }
}

#[test]
fn other_statuses() {
    // RFC 4475 §3.1.2.16
    assert_eq!(changed("", "INVITE sip:2001@pbx.example SIP/7.0"), 505);
    // §3.3.2, .3
    assert_eq!(changed("", "INVITE nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0"), 416);
    assert_eq!(changed("", "INVITE soap.beep://192.0.2.103:3002 SIP/2.0"), 416);
    // §3.3.4: only a REGISTER needs a SIP address-of-record
    let register =
        [("", "REGISTER sip:a.b SIP/2.0"), ("CSeq", "CSeq: 1 REGISTER"), ("To", "To: isbn:2983792873")];
    assert_eq!(status(&with(&register)), 400);
    assert_eq!(status(&with(&register[2..])), 0);
}

#[test]
fn ack_and_what_is_no_sip_are_never_answered() {
    let ack =
        [("", "ACK sip:a@b SIP/2.0"), ("CSeq", "CSeq: 20 ACK"), ("Content-Length", "Content-Length: 9")];
    assert_eq!(status(&with(&ack)), 1);
    for octets in [&b""[..], b"\r\n", b"\r\n\r\n", b"\0\0\0\0", b"SIP/2.0 200 OK\r\n"] {
        assert!(malformed(octets).status.is_none() || malformed(octets).partial.is_some(), "{octets:?}");
    }
}

const RESPONSE: &str = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n\
    To: <sip:c@d>;tag=2\r\nCall-ID: x\r\nCSeq: 35 INVITE\r\nContent-Length: 0\r\n\r\n";

#[test]
fn responses_are_taken_or_dropped() {
    let response = |from: &str, to: &str| status(RESPONSE.replace(from, to).as_bytes());
    assert_eq!(response("", ""), 0);
    assert_eq!(response("200 OK", "200 = 2**3 * 5**2 но сто девяносто девять - простое"), 0);
    assert_eq!(response("200 OK", "100 "), 0);
    for (from, to) in [
        ("200 OK", "4294967301 better not break the receiver"),
        ("200 OK", "099 x"),
        ("200 OK", "700 x"),
        ("200 OK", "20 x"),
        ("SIP/2.0 ", "SIP/3.0 "),
        ("35", "9292394834772304023312"),
        ("From:", "X-From:"),
        ("To:", "X-To:"),
        ("Via:", "X-Via:"),
        ("Call-ID: x", "Call-ID:"),
        ("CSeq: 35 INVITE", "CSeq: 35 INVITE\r\nCSeq: 35 INVITE"),
        // RFC 4475 §3.3.10: it was meant for somebody else
        ("Via:", "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23\r\nVia:"),
    ] {
        assert_eq!(response(from, to), 1, "{to}");
    }
}

/// Only a token, SP and HTAB may stand before the colon: `To\x01:` is another header to one reader and To to the
/// next (CVE-2016-9938, CVE-2020-28361).
#[test]
fn every_octet_before_the_colon_makes_another_name_or_none() {
    for octet in 0..=u8::MAX {
        let mut octets = with(&[("Content-Length", "")]);
        let head = octets.len() - b"\r\n\r\nbody".len();
        octets.truncate(head);
        octets.extend_from_slice(b"\r\nTo");
        octets.push(octet);
        octets.extend_from_slice(b": <sip:evil@example.com>\r\n\r\n");
        let token = octet.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&octet);
        // `To :` is a second To; `To:: x` is a To with an odd value; `Tox:` is another header.
        let repeated = [b' ', b'\t', b':'].contains(&octet);
        let expected = if token { 0 } else { 400 };
        assert_eq!(status(&octets), expected, "octet {octet:#04x}");
        let Ok(Message::Request(request)) = Message::parse(octets.clone().into()) else {
            assert!(!token && !repeated, "octet {octet:#04x} is malformed");
            let partial = malformed(&octets).partial.unwrap();
            assert_eq!(partial.headers().fields(&HeaderName::To).count(), 1, "octet {octet:#04x}");
            continue;
        };
        assert_eq!(request.headers().fields(&HeaderName::To).count(), 1 + usize::from(repeated));
    }
}

/// A bare CR or LF ends a line for one reader and not for the next.
#[test]
fn line_ends_are_crlf_and_nothing_else() {
    let sound = String::from_utf8(with(&[])).unwrap();
    assert_eq!(malformed(sound.replace("\r\n", "\n").as_bytes()).reason, MalformedReason::LineEnd);
    for smuggled in
        ["Max-Forwards: 70\nX: y", "Max-Forwards: 70\rX: y", "Max-Forwards: 70\r\rX: y", "Max-Forwards: 70\r"]
    {
        assert_eq!(changed("Max-Forwards", smuggled), 400, "{smuggled:?}");
    }
    // In a body they are nobody's business, and empty lines before a message are ignored.
    let body = [sound.as_bytes().strip_suffix(b"body").unwrap(), b"\n\r\0\n"].concat();
    assert_eq!(status(&body), 0);
    assert_eq!(status(&[b"\r\n\r\n", sound.as_bytes()].concat()), 0);
}

#[test]
fn a_datagram_may_be_longer_than_its_message_and_not_shorter() {
    let mut octets = with(&[]);
    octets.extend_from_slice(b"INVITE sip:x@y SIP/2.0\r\n\r\n");
    let Ok(Message::Request(request)) = Message::parse(octets.clone().into()) else { panic!() };
    assert_eq!(&request.body()[..], b"body");
    assert_eq!(&request.as_bytes()[..], octets, "lossless");
    let short = malformed(&with(&[("Content-Length", "Content-Length: 5")]));
    assert_eq!(short.reason, MalformedReason::ShortBody);
    let whole = with(&[("Content-Length", "")]);
    let Ok(Message::Request(request)) = Message::parse(whole.into()) else { panic!() };
    assert_eq!(&request.body()[..], b"body", "without Content-Length the body ends with the datagram");
}

#[test]
fn limits_are_answered_and_not_crossed() {
    let many = |count: usize, line: &str| vec![line; count].join("\r\n");
    let sound = SOUND.len() - 1;
    assert_eq!(changed("+", &many(MAX_FIELDS - sound, "X-A: y")), 0);
    assert_eq!(changed("+", &many(MAX_FIELDS - sound + 1, "X-A: y")), 400);
    assert_eq!(changed("+", &many(MAX_SAME, "Supported: x")), 0);
    assert_eq!(changed("+", &many(MAX_SAME + 1, "k: x")), 400);
    assert_eq!(changed("+", &format!("X-A: {}", "a".repeat(MAX_VALUE))), 0);
    assert_eq!(changed("+", &format!("X-A: {}", "a".repeat(MAX_VALUE + 1))), 400);
    assert_eq!(changed("+", &many(4, &format!("X-A: {}", "a".repeat(MAX_HEAD / 4)))), 513);
    let mut long = with(&[("Content-Length", "")]);
    long.resize(MAX_MESSAGE, b'x');
    assert_eq!(status(&long), 0);
    long.push(b'x');
    assert_eq!(status(&long), 513);
    let values = |name: &str, value: &str, count| format!("{name}: {}", vec![value; count].join(","));
    for (name, value) in [("Via", "SIP/2.0/UDP a"), ("Contact", "<sip:a@b>")] {
        assert_eq!(changed(name, &values(name, value, MAX_SAME)), 0, "{name}");
        assert_eq!(changed(name, &values(name, value, MAX_SAME + 1)), 400, "{name}");
    }
    assert_eq!(changed("+", &values("Route", "<sip:a;lr>", MAX_SAME + 1)), 400);
    assert_eq!(changed("Call-ID", &format!("Call-ID: {}", "a".repeat(257))), 400);
    assert_eq!(changed("From", &format!("From: <sip:a@b>;tag={}", "a".repeat(257))), 400);
}

#[test]
fn a_malformed_request_still_says_whom_to_answer() {
    let octets = with(&[("Max-Forwards", "Broken Line"), ("To", "t: <sip:2001@pbx.example>;tag=7")]);
    let partial = malformed(&octets).partial.unwrap();
    assert_eq!(partial.method(), &Method::Invite);
    assert_eq!(partial.top_via().unwrap().branch(), Some("z9hG4bK-a1"));
    assert_eq!(partial.call_id(), Some("8f2c11d0@198.51.100.7"));
    assert_eq!((partial.from_tag(), partial.to_tag()), (Some("f00d"), Some("7")));
    assert_eq!(partial.cseq().unwrap().number, 20);
}

#[test]
fn values_are_gathered_over_fields_and_commas() {
    let contacts = "Contact: \"a, b\" <sip:a@b;x=1,2>, <sip:c@d>;q=0.1\r\nm: *";
    let octets = with(&[("Contact", contacts), ("+", "X-Other: 1"), ("+", "x-other: 2")]);
    let Ok(Message::Request(request)) = Message::parse(octets.into()) else { panic!() };
    let headers = request.headers();
    assert_eq!(headers.values(&HeaderName::Contact).count(), 3);
    assert_eq!(headers.fields(&HeaderName::Contact).count(), 2);
    assert!(headers.get_all::<Contact>().is_err(), "a URI has no comma among its parameters");
    assert_eq!(headers.fields(&HeaderName::other("X-OTHER")).collect::<Vec<_>>(), [b"1", b"2"]);
    assert_eq!(headers.get::<Via>().unwrap().unwrap().rport(), Some(None));
}
