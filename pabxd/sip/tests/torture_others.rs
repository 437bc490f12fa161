//! Samples of other projects: whole call flows of RFCs, streams, and inputs that once crashed a parser.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail so"
)]

mod shared;

use bytes::Bytes;
use pabx_sip::frame::{Frame, Framer};
use pabx_sip::header::{
    AuthenticationInfo, Authorization, Contact, ContentType, Path, ProxyAuthenticate, ProxyAuthorization,
    RecordRoute, RouteHeader, ServiceRoute, Supported, TypedHeader, Via, WwwAuthenticate,
};
use pabx_sip::message::{Headers, MalformedReason, Message};
use pabx_sip::verdict::{check_request, check_response};

/// The messages of a php-sip file: YAML list items with a literal block each.
fn blocks(text: &str) -> Vec<String> {
    let lines = text.lines().skip_while(|line| !line.starts_with("- |")).collect::<Vec<_>>().join("\n");
    let blocks = lines.split("- |+\n").filter(|block| !block.trim().is_empty());
    blocks
        .map(|block| {
            let lines = block.lines().map(|line| line.strip_prefix("  ").unwrap_or(line));
            let text = lines.fold(String::new(), |text, line| text + line + "\r\n");
            // YAML drops the empty line that ends the last message of a file.
            if text.contains("\r\n\r\n") { text } else { text + "\r\n" }
        })
        .collect()
}

fn reads<H: TypedHeader>(headers: &Headers) -> bool {
    headers.get_all::<H>().is_ok()
}

/// Every typed header that the flows use must be readable.
fn unreadable(headers: &Headers) -> Option<&'static str> {
    let all = [
        ("Via", reads::<Via>(headers)),
        ("Contact", reads::<Contact>(headers)),
        ("Route", reads::<RouteHeader>(headers)),
        ("Record-Route", reads::<RecordRoute>(headers)),
        ("Path", reads::<Path>(headers)),
        ("Service-Route", reads::<ServiceRoute>(headers)),
        ("Authorization", reads::<Authorization>(headers)),
        ("Proxy-Authorization", reads::<ProxyAuthorization>(headers)),
        ("WWW-Authenticate", reads::<WwwAuthenticate>(headers)),
        ("Proxy-Authenticate", reads::<ProxyAuthenticate>(headers)),
        ("Authentication-Info", reads::<AuthenticationInfo>(headers)),
        ("Content-Type", reads::<ContentType>(headers)),
        ("Supported", reads::<Supported>(headers)),
    ];
    all.into_iter().find(|(_, fine)| !fine).map(|(name, _)| name)
}

fn fault(text: &str) -> Option<String> {
    let message = match Message::parse(Bytes::copy_from_slice(text.as_bytes())) {
        // The RFCs count the octets of bodies that they print in part.
        Err(malformed) if malformed.reason == MalformedReason::ShortBody => return None,
        Err(malformed) => return Some(malformed.to_string()),
        Ok(message) => message,
    };
    let verdict = match &message {
        Message::Request(request) => check_request(request).err().map(|v| v.to_string()),
        Message::Response(response) => check_response(response).err().map(|d| d.to_string()),
    };
    // RFC 5626 §9.3 and §9.5 print some messages without their Via.
    let verdict = verdict.filter(|v| !v.to_lowercase().ends_with("via"));
    verdict.or(unreadable(message.headers()).map(|name| format!("unreadable {name}")))
}

#[test]
fn every_message_of_the_rfc_call_flows_is_read() {
    let Some(root) = shared::test_data("php-sip") else { return };
    let mut count = 0;
    let mut faults = Vec::new();
    for folder in std::fs::read_dir(root).unwrap() {
        for (name, text) in shared::files(&folder.unwrap().path()) {
            if !name.contains(".yaml") {
                continue; // as printed, with a status line that is none
            }
            for (at, block) in blocks(&String::from_utf8_lossy(&text)).iter().enumerate() {
                count += 1;
                faults.extend(fault(block).map(|fault| format!("{name} F{}: {fault}", at + 1)));
            }
        }
    }
    assert!(count > 150, "only {count} messages found");
    assert_eq!(faults, Vec::<String>::new());
}

/// Logs of streams with lines between the messages, as text with LF: whatever is made of them, no panic, and
/// each message that is cut out is one that the parser agrees about.
#[test]
fn streams_are_cut_or_given_up_without_panic() {
    let Some(folder) = shared::test_data("sip2json") else { return };
    let mut cut = 0;
    for (name, text) in shared::files(&folder) {
        let text = String::from_utf8_lossy(&text).replace("\r\n", "\n").replace('\n', "\r\n");
        for size in [1, 7, 4096] {
            let mut framer = Framer::new();
            for piece in text.as_bytes().chunks(size) {
                framer.push(piece);
                while let Ok(Some(frame)) = framer.next() {
                    let Frame::Message(bytes) = frame else { continue };
                    cut += 1;
                    let length = bytes.len();
                    if let Ok(message) = Message::parse(bytes) {
                        assert_eq!(message.as_bytes().len(), length, "{name}");
                    }
                }
            }
        }
    }
    assert!(cut > 60, "only {cut} messages cut");
}

/// The one-line strings of Go's fuzzing corpus.
fn go_string(text: &str) -> Vec<u8> {
    let quoted = text.lines().find_map(|line| line.strip_prefix("string(\"")?.strip_suffix("\")")).unwrap();
    quoted.replace("\\r", "\r").replace("\\n", "\n").replace("\\\"", "\"").into_bytes()
}

#[test]
fn what_crashed_another_parser_is_refused() {
    let Some(folder) = shared::test_data("sipgo-fuzz") else { return };
    for (name, text) in shared::files(&folder) {
        let bytes = go_string(std::str::from_utf8(&text).unwrap());
        let malformed = Message::parse(bytes.clone().into()).expect_err(&name);
        if let Some(partial) = malformed.partial {
            assert!(
                unreadable(partial.headers()).is_some()
                    || partial.headers().is_empty()
                    || partial.top_via().is_err()
            );
        }
        let mut framer = Framer::new();
        framer.push(&bytes);
        assert_eq!(framer.next(), Ok(None), "{name}");
    }
}
