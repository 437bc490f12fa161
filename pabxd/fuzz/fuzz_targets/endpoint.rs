//! One endpoint under a script of datagrams, answers, lost connections and time: see `sip/tests/endpoint/script.rs`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| script::run(octets));

#[path = "../../sip/tests/endpoint/script.rs"]
mod script;
