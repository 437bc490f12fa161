//! What strangers send: none of it may have any effect.

use bytes::Bytes;
use pabx_sip::random::Random;

/// A datagram of somebody who knows nothing.
pub(crate) fn datagram(random: &mut Random) -> Bytes {
    let via = format!("SIP/2.0/UDP 203.0.113.9;branch=z9hG4bK{};rport", random.token(6));
    let (call, tag) = (random.token(6), random.token(4));
    let method = ["INVITE", "REGISTER", "BYE", "CANCEL", "ACK", "OPTIONS", "NOTIFY", "PRACK"]
        [usize::try_from(random.below(8)).unwrap()];
    let to_tag = if random.below(2) == 0 { "" } else { ";tag=0123456789abcdef" };
    let start = match random.below(8) {
        0 => "SIP/2.0 200 OK".to_owned(),
        1 => format!("{method} sip:1001@acme.test SIP/3.0"),
        _ => format!("{method} sip:1001@acme.test SIP/2.0"),
    };
    let text = format!(
        "{start}\r\nVia: {via}\r\nMax-Forwards: 70\r\nFrom: <sip:1002@acme.test>;tag={tag}\r\n\
         To: <sip:1001@acme.test>{to_tag}\r\nCall-ID: {call}\r\nCSeq: 1 {method}\r\n\
         Contact: <sip:x@203.0.113.9>\r\nContent-Length: 0\r\n\r\n"
    );
    let cut = if random.below(4) == 0 { usize::try_from(random.below(300)).unwrap() } else { text.len() };
    Bytes::copy_from_slice(&text.as_bytes()[..cut.min(text.len())])
}
