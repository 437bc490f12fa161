//! Session descriptions of phones.

use std::fmt::Write as _;
use std::net::IpAddr;

/// The direction attribute of a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

/// One audio stream: `formats` are payload type and rtpmap.
pub fn sdp(ip: IpAddr, version: u32, direction: Direction, formats: &[(u8, &str)]) -> String {
    let list: Vec<String> = formats.iter().map(|(payload, _)| payload.to_string()).collect();
    let family = if ip.is_ipv4() { "IP4" } else { "IP6" };
    let direction = match direction {
        Direction::SendRecv => "sendrecv",
        Direction::SendOnly => "sendonly",
        Direction::RecvOnly => "recvonly",
        Direction::Inactive => "inactive",
    };
    let mut text = format!(
        "v=0\r\no=- 1 {version} IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\nm=audio 4000 RTP/AVP {}\r\n",
        list.join(" ")
    );
    for (payload, map) in formats {
        let _ = write!(text, "a=rtpmap:{payload} {map}\r\n");
    }
    let _ = write!(text, "a={direction}\r\n");
    text
}
