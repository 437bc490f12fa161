//! The seeds of the fuzz targets, and random octets, held against the same properties.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail so"
)]

mod checks;

use std::path::Path;

use bytes::Bytes;
use proptest::prelude::*;

fn corpus(target: &str, check: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let octets = std::fs::read(entry.unwrap().path()).unwrap();
        check(&octets);
        // Cut short and with an octet changed at every place, as a network might.
        for at in 0..octets.len() {
            check(&octets[..at]);
            let mut changed = octets.clone();
            changed[at] ^= 0x2a;
            check(&changed);
        }
        count += 1;
    }
    assert!(count >= 5, "{count} seeds of {target}");
}

#[test]
fn message_seeds_and_their_neighbours_hold() {
    corpus("message", |octets| checks::message(&Bytes::copy_from_slice(octets)));
}

#[test]
fn uri_seeds_and_their_neighbours_hold() {
    corpus("uri", checks::uri);
}

#[test]
fn framer_seeds_and_their_neighbours_hold() {
    corpus("framer", checks::framer);
}

/// Octets that are likely to mean something to a parser, and any other.
fn octets() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "INVITE",
        "ACK",
        "SIP/2.0",
        "sip:a@b",
        "tel:+1",
        " ",
        "\r\n",
        "\r\n\r\n",
        "\n",
        "\r",
        ":",
        ",",
        ";",
        "=",
        "\"",
        "\\",
        "<",
        ">",
        "Via",
        "v",
        "SIP/2.0/UDP a;branch=z9hG4bK1",
        "To",
        "From",
        "Contact",
        "*",
        "CSeq",
        "1 INVITE",
        "Call-ID",
        "Content-Length",
        "l",
        "0",
        "99999999999",
        "-1",
        "Digest a=b",
        "\0",
        "é",
        "[::1]",
        "%41",
        "%",
        "(",
        ")",
    ]);
    let piece = prop_oneof![
        6 => words.prop_map(|word| word.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_octets_are_a_message_or_not_without_panic(octets in octets()) {
        checks::message(&octets.clone().into());
        checks::framer(&octets);
        checks::uri(&octets);
    }

    #[test]
    fn any_fields_of_a_request_hold(value in octets()) {
        let mut text = b"INVITE sip:a@b SIP/2.0\r\n".to_vec();
        for name in ["Via", "From", "To", "Contact", "CSeq", "Route", "Accept", "Warning", "Reason", "Authorization"] {
            text.extend_from_slice(name.as_bytes());
            text.extend_from_slice(b": ");
            text.extend_from_slice(&value);
            text.extend_from_slice(b"\r\n");
        }
        text.extend_from_slice(b"\r\n");
        checks::message(&text.into());
    }
}
