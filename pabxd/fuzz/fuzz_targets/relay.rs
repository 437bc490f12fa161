//! Datagrams on the ports of a leg in a call: nothing panics, and only the peer is heard.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| pabx_media_checks::relay(octets));

#[path = "../../media/tests/checks/mod.rs"]
mod pabx_media_checks;
