//! The corpora of the fuzz targets, and everything that a fuzzer once found, in the ordinary tests.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod checks;

use std::path::Path;

use proptest::prelude::*;

fn corpus(target: &str, check: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut replayed = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        check(&std::fs::read(&path).unwrap());
        replayed += 1;
    }
    assert!(replayed > 0, "an empty corpus");
}

#[test]
fn the_corpus_of_descriptions_holds() {
    corpus("sdp", checks::sdp);
}

#[test]
fn the_corpus_of_datagrams_holds() {
    corpus("relay", checks::relay);
}

#[test]
fn the_corpus_of_sound_holds() {
    corpus("sound", checks::sound);
}

#[test]
fn the_corpus_of_protected_packets_holds() {
    corpus("srtp", checks::srtp);
}

proptest! {
    #[test]
    fn any_octets_hold(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        checks::sdp(&octets);
        checks::relay(&octets);
        checks::sound(&octets);
        checks::srtp(&octets);
    }

    /// A description of the corpus with a few octets replaced.
    #[test]
    fn changed_descriptions_hold(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut octets = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/sdp/softphone")).unwrap();
        for (at, octet) in changes {
            let at = at.index(octets.len());
            octets[at] = octet;
        }
        checks::sdp(&octets);
    }
}
