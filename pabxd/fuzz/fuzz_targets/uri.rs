//! A URI: parsing never panics, and what parses prints and parses to the same.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| pabx_sip_checks::uri(octets));

#[path = "../../sip/tests/checks/mod.rs"]
mod pabx_sip_checks;
