//! A session description: what is read survives printing, is answered line by line, and agrees to no more than was offered.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| pabx_media_checks::sdp(octets));

#[path = "../../media/tests/checks/mod.rs"]
mod pabx_media_checks;
