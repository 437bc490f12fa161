//! A datagram: parsing never panics and loses nothing, and what we answer is a message that parses.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| pabx_sip_checks::message(&Bytes::copy_from_slice(octets)));

#[path = "../../sip/tests/checks/mod.rs"]
mod pabx_sip_checks;
