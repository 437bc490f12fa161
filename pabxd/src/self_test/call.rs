//! A call to the echo test: dial, speak, listen, hang up.

use super::format::Format;
use super::phone::{Phone, PhoneError};
use crate::control::protocol::Credentials;
use crate::sound::{self, Heard, TEST_TONE};
use pabx_media::rtp::Packet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// Samples of a packet: 20 ms.
const PACKET: u32 = 160;
pub(super) const PACKET_TIME: Duration = Duration::from_millis(20);
/// How long it speaks at most.
const SPEAK: u32 = 150;
/// Samples that must be the tone: half a second.
pub(super) const LISTEN: usize = 4_000;

/// Why it was not heard.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// The call did not come about, or did not end well.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// A socket for sound.
    #[error("sound: {0}")]
    Socket(#[from] std::io::Error),
    /// Something else came back, or nothing.
    #[error("the tone was not heard again: {0}")]
    NotHeard(String),
}

/// Where SIP is reached by loopback: the only place from which the identity is admitted.
pub(super) fn own_address(listen: &[SocketAddr]) -> Option<SocketAddr> {
    let reached = listen.iter().map(|address| match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, address.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, address.port()).into(),
        _ => *address,
    });
    reached.into_iter().find(|address: &SocketAddr| address.ip().is_loopback())
}

/// Calls the echo test and hears the test tone come back.
pub(super) fn hear_itself(
    server: SocketAddr,
    credentials: Credentials,
    deadline: Instant,
) -> Result<(), CallError> {
    let sound = UdpSocket::bind((own_ip(server)?, 0))?;
    let mut phone = Phone::new(server, credentials, deadline)?;
    let (peer, _) = phone.dial("*43", sound.local_addr()?, &[Format::Pcmu])?;
    sound.connect(peer)?;
    let heard = speak_and_listen(&sound, deadline);
    let ended = phone.hang_up();
    heard?;
    ended?;
    Ok(())
}

pub(super) fn own_ip(server: SocketAddr) -> std::io::Result<IpAddr> {
    let wildcard: IpAddr =
        if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let probe = UdpSocket::bind((wildcard, 0))?;
    probe.connect(server)?;
    Ok(probe.local_addr()?.ip())
}

/// Speaks until the last half second of what came back is the tone, or until enough was said.
fn speak_and_listen(sound: &UdpSocket, deadline: Instant) -> Result<(), CallError> {
    let (mut heard, mut packets) = (Vec::new(), 0_usize);
    let began = Instant::now();
    for number in 0..SPEAK {
        match sound.send(&packet(Format::Pcmu, number)) {
            // The answer (ICMP) to a packet before: nobody is there, and nothing will be heard.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {}
            sent => drop(sent?),
        }
        let next = (began + PACKET_TIME * (number + 1)).min(deadline);
        packets += listen(sound, Format::Pcmu, next, &mut heard)?;
        let latest = heard.len().checked_sub(LISTEN).and_then(|from| heard.get(from..));
        if latest.is_some_and(|latest| Heard::of(latest, sound::RATE, TEST_TONE).is_test_tone()) {
            return Ok(());
        }
        if Instant::now() >= deadline {
            break;
        }
    }
    let all = Heard::of(&heard, sound::RATE, TEST_TONE);
    Err(CallError::NotHeard(format!("{packets} packets came back, 1 kHz at {all}")))
}

/// Takes in what comes until then; says how many packets it was.
pub(super) fn listen(
    sound: &UdpSocket,
    format: Format,
    until: Instant,
    heard: &mut Vec<i16>,
) -> std::io::Result<usize> {
    let (mut room, mut packets) = ([0; 2048], 0);
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left < Duration::from_millis(1) {
            return Ok(packets);
        }
        sound.set_read_timeout(Some(left))?;
        let Ok(length) = sound.recv(&mut room) else { continue };
        let packet = room
            .get(..length)
            .and_then(Packet::parse)
            .filter(|packet| packet.payload_type == format.payload_type());
        if let Some(packet) = packet {
            packets += 1;
            heard.extend(packet.payload.iter().map(|octet| format.decode(*octet)));
        }
    }
}

/// RFC 3550 §5.1: version 2, nothing else in the first octet; the marker on the first packet (RFC 3551 §4.1).
pub(super) fn packet(format: Format, number: u32) -> Vec<u8> {
    let first = number.wrapping_mul(PACKET);
    let [_, _, high, low] = number.to_be_bytes();
    let marker = if number == 0 { 0x80 } else { 0 };
    let mut packet = vec![0x80, marker | format.payload_type(), high, low];
    packet.extend_from_slice(&first.to_be_bytes());
    packet.extend_from_slice(b"self");
    packet.extend(sound::tone(TEST_TONE, sound::RATE, first, PACKET).map(|sample| format.encode(sample)));
    packet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reaches_its_own_sip_by_loopback_where_it_can() {
        let own = |texts: &[&str]| {
            let listen: Vec<SocketAddr> = texts.iter().map(|text| text.parse().unwrap()).collect();
            own_address(&listen).map(|address| address.to_string())
        };
        assert_eq!(own(&["0.0.0.0:5060"]).as_deref(), Some("127.0.0.1:5060"));
        assert_eq!(own(&["[::]:5060"]).as_deref(), Some("[::1]:5060"));
        assert_eq!(own(&["192.0.2.1:5060", "127.0.0.1:5070"]).as_deref(), Some("127.0.0.1:5070"));
        assert_eq!(own(&["192.0.2.1:5060", "[2001:db8::1]:5060"]), None);
    }

    #[test]
    fn its_packets_are_rtp() {
        let bytes = packet(Format::Pcmu, 3);
        let packet = Packet::parse(&bytes).unwrap();
        assert_eq!((packet.sequence, packet.timestamp, packet.payload.len()), (3, 480, 160));
        assert!(!packet.marker && Packet::parse(&super::packet(Format::Pcmu, 0)).unwrap().marker);
    }

    #[test]
    fn an_echo_is_heard_and_a_wrong_one_is_not() {
        for (echoes, expected) in [(true, true), (false, false)] {
            let (own, other) =
                (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
            own.connect(other.local_addr().unwrap()).unwrap();
            other.connect(own.local_addr().unwrap()).unwrap();
            other.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
            let echo = std::thread::spawn(move || {
                let mut room = [0; 2048];
                while let Ok(length) = other.recv(&mut room) {
                    if !echoes {
                        // As a relay that mixes up its payload: noise in place of the tone.
                        room[12..length].iter_mut().step_by(3).for_each(|octet| *octet ^= 0x80);
                    }
                    other.send(&room[..length]).unwrap();
                }
            });
            let heard = speak_and_listen(&own, Instant::now() + Duration::from_secs(10));
            assert_eq!(heard.is_ok(), expected, "{heard:?}");
            drop(own);
            echo.join().unwrap();
        }
    }
}
