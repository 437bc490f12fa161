//! A call to a number outside or to an extension, to see whether that works: dial, speak a tone, count what comes back.

use super::call::{LISTEN, PACKET_TIME, listen, own_ip, packet};
use super::format::Format;
use super::phone::{Ended, Phone, PhoneError};
use crate::control::protocol::Credentials;
use crate::sound::{self, Heard, TEST_TONE};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// How long it may ring.
const RINGING: Duration = Duration::from_secs(45);
/// How long the tone is spoken, in packets: five seconds.
const SPEAK: u32 = 250;
/// The whole of it: ringing, speaking, and the end.
pub const BOUND: Duration = Duration::from_mins(1);

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It was dialled.
    Calling,
    /// Whoever is called rings.
    Ringing,
    /// Somebody answered, and the tone is spoken.
    Answered,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody answered in time.
    NotAnswered,
    /// The final SIP status.
    Refused(u16),
    /// Somebody answered.
    Answered(Sound),
}

/// What went to and fro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sound {
    /// Packets of the tone that were sent.
    pub sent: u32,
    /// Packets that came.
    pub received: usize,
    /// Whether the tone came back: an echo test is at the other end.
    pub echo: bool,
    /// Whether whoever answered hung up before the tone was over.
    pub cut_short: bool,
}

/// Calls the word that the engine was told of, and tells how far it has come; `Err`: why there was no call at all.
pub fn call(
    server: SocketAddr,
    credentials: Credentials,
    word: &str,
    told: impl Fn(Stage) + Send + 'static,
) -> Result<Outcome, String> {
    match converse(server, credentials, word, told) {
        Ok(sound) => Ok(Outcome::Answered(sound)),
        Err(PhoneError::Refused { status, .. }) => Ok(Outcome::Refused(status)),
        Err(PhoneError::NotAnswered(_)) => Ok(Outcome::NotAnswered),
        Err(error) => Err(error.to_string()),
    }
}

fn converse(
    server: SocketAddr,
    credentials: Credentials,
    word: &str,
    told: impl Fn(Stage) + Send + 'static,
) -> Result<Sound, PhoneError> {
    let began = Instant::now();
    let socket = UdpSocket::bind((own_ip(server)?, 0))?;
    let mut phone = Phone::new(server, credentials, began + RINGING)?.telling(Box::new(told));
    let (peer, format) = phone.dial(word, socket.local_addr()?, &[Format::Pcma, Format::Pcmu])?;
    socket.connect(peer)?;
    let sound = speak(&socket, format);
    phone.until(began + BOUND);
    let cut_short = phone.hang_up()? == Ended::ByThem;
    Ok(Sound { cut_short, ..sound? })
}

fn speak(socket: &UdpSocket, format: Format) -> std::io::Result<Sound> {
    let (mut sound, mut heard) = (Sound::default(), Vec::new());
    let began = Instant::now();
    for number in 0..SPEAK {
        match socket.send(&packet(format, number)) {
            // The answer (ICMP) to a packet before: the call is over.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => break,
            sent => drop(sent?),
        }
        sound.sent += 1;
        sound.received += listen(socket, format, began + PACKET_TIME * (number + 1), &mut heard)?;
        let latest = heard.len().checked_sub(LISTEN).and_then(|from| heard.get(from..));
        sound.echo |= latest.is_some_and(|latest| Heard::of(latest, sound::RATE, TEST_TONE).is_test_tone());
    }
    Ok(sound)
}
