//! A stream: however it is cut into reads, the same messages come out, and no more than the limits are kept.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| pabx_sip_checks::framer(octets));

#[path = "../../sip/tests/checks/mod.rs"]
mod pabx_sip_checks;
