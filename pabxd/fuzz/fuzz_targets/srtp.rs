//! Datagrams on the ports of an encrypted leg: nothing panics, and nothing that the peer did not seal is heard.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| pabx_media_checks::srtp(octets));

#[path = "../../media/tests/checks/mod.rs"]
mod pabx_media_checks;
