//! The corpus of the fuzzer, and scripts made up by proptest: the ordinary tests run what the fuzzer runs.

use proptest::prelude::*;

use crate::script::run;

#[test]
fn every_script_of_the_corpus_ends_with_nothing_left() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus/endpoint");
    let mut scripts = 0;
    for file in std::fs::read_dir(corpus).expect("the corpus lies in pabxd/fuzz") {
        run(&std::fs::read(file.unwrap().path()).unwrap());
        scripts += 1;
    }
    assert!(scripts >= 7);
}

proptest! {
    #[test]
    fn any_script_ends_with_nothing_left(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        run(&octets);
    }

    #[test]
    fn any_script_of_valid_steps_ends_with_nothing_left(
        steps in prop::collection::vec((0u8..10, any::<u8>(), any::<u8>(), any::<u8>()), 0..80),
    ) {
        let octets: Vec<u8> = steps.into_iter().filter(|step| step.0 != 3).flat_map(|(a, b, c, d)| [a, b, c, d]).collect();
        run(&octets);
    }
}
