//! Packets of every format through jitter buffer, decoder and concealment: nothing panics, and what waits is bounded.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| pabx_media_checks::sound(octets));

#[path = "../../media/tests/checks/mod.rs"]
mod pabx_media_checks;
