//! The messages of RFC 4475 and RFC 5118, each with the verdict that the RFC asks for.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail so"
)]

mod shared;

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use pabx_sip::header::{Accept, Authorization, ContentType, MaxForwards, ProxyRequire, Require};
use pabx_sip::message::{HeaderName, Message, Method, Request};
use pabx_sip::verdict::{check_request, check_response};

/// Where we differ from the table, and why. A line that no longer differs fails the test as one that is new does.
const KNOWN_DEVIATIONS: &[(&str, &str)] = &[
    ("baddate", "accepted: we use the Date of no request, and RFC 4475 §3.1.2.12 allows to ignore it then"),
    (
        "4.6_ipv6-in-sdp",
        "400: the RFC prints a Content-Length above the body's length, which is §3.1.2.2 of RFC 4475; the fixed one passes",
    ),
];

/// What becomes of a message in this package.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// Goes on to whoever knows what is supported.
    Accepted,
    Answered(u16),
    Discarded,
}

fn outcome(bytes: &[u8]) -> Outcome {
    match Message::parse(Bytes::copy_from_slice(bytes)) {
        Err(malformed) => malformed.status.map_or(Outcome::Discarded, |s| Outcome::Answered(s.code())),
        Ok(Message::Request(request)) => check_request(&request)
            .map_or_else(|v| Outcome::Answered(v.status.code()), |()| Outcome::Accepted),
        Ok(Message::Response(response)) => {
            check_response(&response).map_or(Outcome::Discarded, |()| Outcome::Accepted)
        }
    }
}

/// What this package must do for a line of the table. 501, 420, 415, 406 and 401 are answered further in:
/// here such a message is accepted, and `for_the_user_of_the_message` shows that it says what they need.
fn expected(class: &str, status: &str) -> Vec<Outcome> {
    let statuses = || status.split('|').filter_map(|s| s.parse().ok()).map(Outcome::Answered);
    let further_in = ["401", "406", "415", "420"].contains(&status);
    match class {
        "accept" | "accept-resp" | "app" => vec![Outcome::Accepted],
        "discard-resp" => vec![Outcome::Discarded],
        "app-reject" if further_in => vec![Outcome::Accepted],
        "reject" | "app-reject" | "reject|liberal" => statuses().collect(),
        "accept|reject" => vec![Outcome::Accepted, Outcome::Answered(400)],
        other => panic!("unknown class {other}"),
    }
}

/// Lines of an EXPECTED.tsv: file, class, status.
fn table(folder: &Path) -> Vec<[String; 3]> {
    let text = std::fs::read_to_string(folder.join("EXPECTED.tsv")).unwrap();
    text.lines()
        .skip(1)
        .map(|line| {
            let columns: Vec<_> = line.split('\t').collect();
            [columns[0], columns[2], columns[3]].map(str::to_owned)
        })
        .collect()
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    // SOURCES.md: baddn.dat lacks the empty line and would be refused for that.
    let fixed = folder.join(format!("{name}.fixed.dat"));
    std::fs::read(fixed).or_else(|_| std::fs::read(folder.join(format!("{name}.dat")))).unwrap()
}

#[test]
fn every_torture_message_gets_the_verdict_of_its_rfc() {
    let folders: Vec<_> = ["rfc4475", "rfc5118"].into_iter().filter_map(shared::test_data).collect();
    if folders.len() < 2 {
        return;
    }
    let mut differing = BTreeMap::new();
    for folder in &folders {
        for [name, class, status] in table(folder) {
            let got = outcome(&read(folder, &name));
            if !expected(&class, &status).contains(&got) {
                differing.insert(name, format!("{class} {status}, got {got:?}"));
            }
        }
    }
    for (known, why) in KNOWN_DEVIATIONS {
        assert!(differing.remove(*known).is_some(), "stale deviation: {known} ({why})");
    }
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn messages_beside_the_tables_get_theirs() {
    if let Some(folder) = shared::test_data("rfc4475-extra") {
        assert_eq!(outcome(&read(&folder, "badcseq")), Outcome::Answered(400));
    }
    if let Some(folder) = shared::test_data("rfc5118") {
        for name in ["4.6_ipv6-in-sdp", "4.8_mult-ip-in-sdp", "4.9_ipv4-mapped-ipv6"] {
            let fixed = std::fs::read(folder.join(format!("{name}.fixed-cl.dat"))).unwrap();
            assert_eq!(outcome(&fixed), Outcome::Accepted, "{name}");
        }
    }
}

fn request(folder: &Path, name: &str) -> Request {
    match Message::parse(read(folder, name).into()) {
        Ok(Message::Request(request)) => request,
        other => panic!("{name}: {other:?}"),
    }
}

/// What RFC 4475 wants answered 501, 401, 406, 415, 420 or 483 says so in its typed headers.
#[test]
fn for_the_user_of_the_message() {
    let Some(folder) = shared::test_data("rfc4475") else { return };
    let get = |name| request(&folder, name);

    assert!(matches!(get("intmeth").method(), Method::Other(_)));
    assert_eq!(get("esc02").method(), &Method::Other("RE%47IST%45R".into()));
    assert_eq!(get("esc02").headers().fields(&HeaderName::Contact).count(), 2);
    let auth = get("regaut01").headers().get::<Authorization>().unwrap().unwrap();
    assert!(!auth.0.is_digest());
    assert!(!get("sdp01").headers().get::<Accept>().unwrap().unwrap().accepts("application/sdp"));
    assert!(!get("invut").headers().get::<ContentType>().unwrap().unwrap().is("application/sdp"));
    assert_eq!(get("bext01").headers().get::<Require>().unwrap().unwrap().0.len(), 2);
    assert_eq!(get("bext01").headers().get::<ProxyRequire>().unwrap().unwrap().0.len(), 2);
    assert_eq!(get("zeromf").headers().get::<MaxForwards>().unwrap(), Some(MaxForwards(0)));
    assert_eq!(get("inv2543").from_tag(), None);
    assert!(!get("badbranch").top_via().unwrap().has_unique_branch());
}

#[test]
fn what_the_rfc_says_of_valid_messages_is_read() {
    let Some(folder) = shared::test_data("rfc4475") else { return };
    let get = |name| request(&folder, name);

    let wsinv = get("wsinv");
    assert_eq!(wsinv.to_tag(), Some("1918181833n"));
    assert_eq!(wsinv.from_tag(), Some("98asjd8"));
    assert_eq!(wsinv.headers().get::<MaxForwards>().unwrap(), Some(MaxForwards(68)));
    assert_eq!(wsinv.cseq().unwrap().number, 9);
    let vias: Vec<pabx_sip::header::Via> = wsinv.headers().get_all().unwrap();
    assert_eq!(vias.len(), 3);
    assert_eq!(vias[2].branch(), Some("z9hG4bK30239"));
    assert_eq!(wsinv.body().len(), 150);
    assert_eq!(&wsinv.as_bytes()[..], &read(&folder, "wsinv")[..], "lossless");

    assert_eq!(get("escnull").headers().fields(&HeaderName::Contact).count(), 2);
    assert_eq!(get("semiuri").uri().unwrap().user_decoded().unwrap(), "user;par=u@example.net");
    assert_eq!(get("esc01").uri().unwrap().user_decoded().unwrap(), "sips:user@example.com");
    assert_eq!(get("dblreq").method(), &Method::Register);
    assert!(get("dblreq").body().is_empty());
    assert_eq!(get("mpart01").body().len(), 553);
    assert_eq!(get("longreq").headers().values(&HeaderName::Via).count(), 34);
    assert_eq!(get("transports").headers().values(&HeaderName::Via).count(), 5);
}
