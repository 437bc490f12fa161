//! Session descriptions: what is read, what is refused, and that printing loses nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fmt::Write as _;
use std::path::PathBuf;

use pabx_media::sdp::{MAX_BODY, MAX_FORMATS, MAX_LINE, MAX_MEDIA, SdpError, SessionDescription};
use proptest::prelude::*;

const PHONE: &str = "v=0\r\n\
    o=alice 2890844526 2890844527 IN IP4 192.0.2.10\r\n\
    s=call\r\n\
    c=IN IP4 192.0.2.10\r\n\
    t=0 0\r\n\
    m=audio 49170 RTP/AVP 0 8 101\r\n\
    a=rtpmap:101 telephone-event/8000\r\n\
    a=fmtp:101 0-15\r\n\
    a=sendrecv\r\n";

fn parse(text: &str) -> Result<SessionDescription, SdpError> {
    SessionDescription::parse(text.as_bytes())
}

#[test]
fn a_phones_offer_prints_as_it_came() {
    assert_eq!(parse(PHONE).unwrap().to_string(), PHONE);
}

#[test]
fn odd_line_ends_blank_lines_and_trailing_spaces_are_read() {
    let expected = parse(PHONE).unwrap();
    for odd in [
        PHONE.replace("\r\n", "\n"),
        PHONE.replace("\r\n", "\r"),
        PHONE.replace("\r\n", " \r\n\r\n"),
        format!("\r\n{PHONE}\r\n\r\n"),
        PHONE.trim_end().to_owned(),
    ] {
        assert_eq!(parse(&odd).unwrap(), expected, "{odd:?}");
    }
}

#[test]
fn missing_time_and_name_are_supplied() {
    let sdp = parse("v=0\no=- 1 1 IN IP6 ::1\ns=\nc=IN IP6 ::1\nm=audio 4000/2 RTP/AVP 0\n").unwrap();
    assert_eq!(
        sdp.to_string(),
        "v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 ::1\r\nt=0 0\r\nm=audio 4000/2 RTP/AVP 0\r\n"
    );
}

#[test]
fn the_streams_own_address_comes_first_and_of_several_the_first() {
    let sdp = parse(
        "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n\
         m=audio 4000 RTP/AVP 0\nc=IN IP4 192.0.2.2\nc=IN IP4 192.0.2.3\nm=audio 4002 RTP/AVP 0\n",
    )
    .unwrap();
    let hosts: Vec<_> = sdp.media.iter().map(|m| sdp.connection(m).unwrap().host.as_str()).collect();
    assert_eq!(hosts, ["192.0.2.2", "192.0.2.1"]);
}

#[test]
fn texts_in_old_character_sets_do_not_matter() {
    let mut body = PHONE.replace("s=call", "s=S?o Paulo").into_bytes();
    let at = body.iter().position(|b| *b == b'?').unwrap();
    body[at] = 0xe3;
    assert!(SessionDescription::parse(&body).unwrap().name.starts_with('S'));
}

#[test]
fn errors_say_what_and_where() {
    let head = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nt=0 0\n";
    let cases = [
        ("", SdpError::Version),
        ("o=- 1 1 IN IP4 192.0.2.1\nv=0\n", SdpError::Version),
        ("v=1\n", SdpError::Version),
        ("v=0\nv=0\n", SdpError::Version),
        ("v=0\ns=-\n", SdpError::Origin),
        ("v=0\no=- 1 1 IN IP4\n", SdpError::Origin),
        ("v=0\no=- 1 1 IN IP4 192.0.2.1\nnonsense\n", SdpError::Line { line: 3 }),
        ("v=0\no=- 1 1 IN IP4 192.0.2.1\n =x\n", SdpError::Line { line: 3 }),
        (&format!("{head}c=IN IP4\n"), SdpError::Connection { line: 5 }),
        (&format!("{head}m=audio x RTP/AVP 0\n"), SdpError::Media { line: 5 }),
        (&format!("{head}m=audio 65536 RTP/AVP 0\n"), SdpError::Media { line: 5 }),
        (&format!("{head}m=audio -1 RTP/AVP 0\n"), SdpError::Media { line: 5 }),
        (&format!("{head}m=audio 4000 RTP/AVP\n"), SdpError::Media { line: 5 }),
        (&format!("{head}m=audio 4000 RTP/AVP \t\u{b}\n"), SdpError::Media { line: 5 }),
        (&format!("{head}m=audio 4000 RTP/AVP 0 \u{7}\n"), SdpError::Media { line: 5 }),
        (&format!("{head}m=v\u{ed}deo 4000 RTP/AVP 0\n"), SdpError::Media { line: 5 }),
        (&format!("{head}s=again\0"), SdpError::NotText),
    ];
    for (text, error) in cases {
        assert_eq!(parse(text).unwrap_err(), error, "{text:?}");
    }
}

#[test]
fn every_limit_holds() {
    let head = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nt=0 0\n";
    let streams = |n: usize| format!("{head}{}", "m=audio 4000 RTP/AVP 0\n".repeat(n));
    assert!(parse(&streams(MAX_MEDIA)).is_ok());
    assert_eq!(parse(&streams(MAX_MEDIA + 1)), Err(SdpError::TooManyMedia));

    let formats = |n: usize| format!("{head}m=audio 4000 RTP/AVP{}\n", " 0".repeat(n));
    assert!(parse(&formats(MAX_FORMATS)).is_ok());
    assert_eq!(parse(&formats(MAX_FORMATS + 1)), Err(SdpError::TooManyFormats { line: 5 }));

    let long = |n: usize| format!("{head}a={}\n", "x".repeat(n - 2));
    assert!(parse(&long(MAX_LINE)).is_ok());
    assert_eq!(parse(&long(MAX_LINE + 1)), Err(SdpError::Line { line: 5 }));

    let mut many = head.to_owned();
    for n in 0..256 {
        writeln!(many, "a=x{n}").unwrap();
    }
    assert!(matches!(parse(&many), Err(SdpError::TooManyLines { .. })));
    assert_eq!(parse(&" ".repeat(MAX_BODY + 1)), Err(SdpError::TooLong));
}

fn test_data() -> Option<PathBuf> {
    let root = std::env::var_os("PABX_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/test-data"),
        PathBuf::from,
    );
    let folder = root.join("sdp-transform");
    if !folder.is_dir() {
        println!("skipped: no sdp-transform in the shared test data");
    }
    folder.is_dir().then_some(folder)
}

#[test]
fn the_samples_of_sdp_transform_are_read_and_printing_loses_nothing() {
    let Some(folder) = test_data() else { return };
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let body = std::fs::read(&path).unwrap();
        let sdp = SessionDescription::parse(&body).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!(
            SessionDescription::parse(sdp.to_string().as_bytes()).as_ref(),
            Ok(&sdp),
            "{}",
            path.display()
        );
        // Every line is still there, whatever its place.
        let mut before: Vec<String> = String::from_utf8_lossy(&body)
            .lines()
            .map(|l| l.trim_end().to_owned())
            .filter(|l| !l.is_empty())
            .collect();
        let mut after: Vec<String> = sdp.to_string().lines().map(str::to_owned).collect();
        before.retain(|line| line != "s=" && line != "t=0 0");
        after.retain(|line| line != "s=-" && line != "t=0 0");
        before.retain(|line| line != "s=-");
        before.sort();
        after.sort();
        assert_eq!(before, after, "{}", path.display());
        read += 1;
    }
    assert!(read >= 20, "only {read} samples");
}

fn token() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9.*+-]{1,12}"
}

fn description() -> impl Strategy<Value = String> {
    let attribute = (token(), proptest::option::of("[ -~]{0,20}"));
    let media = (
        token(),
        any::<u16>(),
        proptest::collection::vec(token(), 1..8),
        proptest::collection::vec(attribute, 0..6),
    );
    (any::<u64>(), any::<u32>(), proptest::collection::vec(media, 0..5)).prop_map(|(id, version, media)| {
        let mut text = format!("v=0\r\no=- {id} {version} IN IP4 192.0.2.1\r\ns=x\r\nt=0 0\r\n");
        for (kind, port, formats, attributes) in media {
            write!(text, "m={kind} {port} RTP/AVP {}\r\nc=IN IP6 2001:db8::1\r\n", formats.join(" "))
                .unwrap();
            for (name, value) in attributes {
                match value {
                    Some(value) => write!(text, "a={name}:{}\r\n", value.trim()).unwrap(),
                    None => write!(text, "a={name}\r\n").unwrap(),
                }
            }
        }
        text
    })
}

proptest! {
    #[test]
    fn nothing_panics_and_what_is_read_survives_printing(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(sdp) = SessionDescription::parse(&body) {
            prop_assert_eq!(SessionDescription::parse(sdp.to_string().as_bytes()), Ok(sdp));
        }
    }

    #[test]
    fn broken_descriptions_do_not_panic_and_survive_printing(
        text in description(), cut in any::<prop::sample::Index>(), put in "[ -~\r\n=:/]{0,6}"
    ) {
        let mut body = text.into_bytes();
        let at = cut.index(body.len());
        body.splice(at..(at + 3).min(body.len()), put.bytes());
        if let Ok(sdp) = SessionDescription::parse(&body) {
            prop_assert_eq!(SessionDescription::parse(sdp.to_string().as_bytes()), Ok(sdp));
        }
    }

    #[test]
    fn whole_descriptions_print_as_they_came(text in description()) {
        prop_assert_eq!(parse(&text).unwrap().to_string(), text);
    }
}
