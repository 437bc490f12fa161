//! Reading the peer's description: which stream is ours, and what it says.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::secure::{self, Accepted, Terms};
use super::{AudioStream, Direction, MAX_FORMATS, NegotiationError};
use crate::codec::Codec;
use crate::sdp::{MediaDescription, SdpError, SessionDescription};
use crate::srtp::{CryptoLine, Security};

/// Longest packet time believed, in milliseconds.
const MAX_PTIME: u16 = 200;

/// The stream that was chosen of a description.
#[derive(Clone, Debug)]
pub(super) struct RemoteAudio {
    /// Its place among the `m=` lines.
    pub(super) index: usize,
    /// Whether its port is other than 0.
    pub(super) enabled: bool,
    /// What it says, in the peer's numbers.
    pub(super) stream: AudioStream,
    /// The keys; `None`: in clear.
    pub(super) secured: Option<Box<Accepted>>,
}

/// What a description is read with.
#[derive(Clone, Copy)]
pub(super) struct Current<'a> {
    /// Our own address.
    pub(super) local: IpAddr,
    /// The place of the stream that was agreed, and its keys.
    pub(super) index: Option<usize>,
    pub(super) security: Option<&'a Security>,
}

/// Chooses the audio stream of an offer: the `current` one if it is usable, else the first that is.
///
/// The reason why the first one is not usable is the error. Only an offer in a session that has a stream already
/// may switch it off (port 0). Some phones offer their one stream twice, with keys and without: the one with keys is taken.
pub(super) fn read_offer(
    sdp: &SessionDescription,
    current: Current<'_>,
    terms: &mut Terms,
) -> Result<RemoteAudio, NegotiationError> {
    let mut refusal = None;
    let mut in_clear = None;
    let order = current.index.into_iter().chain(0..sdp.media.len());
    for (index, media) in order.filter_map(|index| Some((index, sdp.media.get(index)?))) {
        if media.kind != "audio" || media.port == 0 {
            continue;
        }
        match read_offered(sdp, media, current, terms) {
            Ok((stream, secured)) => {
                let audio = RemoteAudio { index, enabled: true, stream, secured };
                if audio.secured.is_some() || current.index == Some(index) {
                    return Ok(audio);
                }
                in_clear = in_clear.or(Some(audio));
            }
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    let is_off = |index: &usize| sdp.media.get(*index).is_some_and(|media| media.port == 0);
    match (in_clear, refusal, current.index.filter(is_off)) {
        (Some(audio), _, _) => Ok(audio),
        (None, Some(error), _) => Err(error),
        (None, None, Some(index)) => Ok(RemoteAudio::switched_off(index)),
        (None, None, None) => Err(NegotiationError::NoAudio),
    }
}

fn read_offered(
    sdp: &SessionDescription,
    media: &MediaDescription,
    current: Current<'_>,
    terms: &mut Terms,
) -> Result<(AudioStream, Option<Box<Accepted>>), NegotiationError> {
    let line = terms.read_offer(media, current.security)?;
    let stream = read_stream(sdp, media, current.local, &[])?;
    let Some(line) = line else { return Ok((stream, None)) };
    let accepted = terms.accept(line, current.security).ok_or(NegotiationError::NoUsableKey)?;
    Ok((stream, Some(Box::new(accepted))))
}

/// What an answer is read with: our offer.
#[derive(Clone, Copy)]
pub(super) struct Offered<'a> {
    /// The place of the stream.
    pub(super) index: usize,
    /// Resolve numbers that the answer leaves unexplained.
    pub(super) codecs: &'a [Codec],
    /// Our keys, and whether there must be one.
    pub(super) crypto: &'a [CryptoLine],
    pub(super) required: bool,
}

/// Reads the stream of an answer, by its place in our offer.
pub(super) fn read_answer(
    sdp: &SessionDescription,
    local: IpAddr,
    Offered { index, codecs, crypto, required }: Offered<'_>,
) -> Result<RemoteAudio, NegotiationError> {
    let media =
        sdp.media.get(index).filter(|media| media.kind == "audio").ok_or(NegotiationError::NoAudio)?;
    if media.port == 0 {
        return Ok(RemoteAudio::switched_off(index));
    }
    let secured = secure::read_answer(media, crypto, required)?.map(Box::new);
    let stream = read_stream(sdp, media, local, codecs)?;
    Ok(RemoteAudio { index, enabled: true, stream, secured })
}

impl RemoteAudio {
    fn switched_off(index: usize) -> Self {
        Self { index, enabled: false, stream: no_stream(), secured: None }
    }
}

/// A stream that is switched off.
fn no_stream() -> AudioStream {
    AudioStream { direction: Direction::Inactive, held: true, ..AudioStream::default() }
}

fn read_stream(
    sdp: &SessionDescription,
    media: &MediaDescription,
    local: IpAddr,
    offered: &[Codec],
) -> Result<AudioStream, NegotiationError> {
    check_multiplexing(media)?;
    let target = read_target(sdp, media, local)?;
    let (remote, on_hold) = match target {
        Target::Known(remote) => (Some(remote), false),
        Target::Unknown => (None, false),
        Target::Nowhere => (None, true),
    };
    let mut stream = AudioStream {
        codecs: read_codecs(media, offered),
        direction: read_direction(sdp, media),
        ptime: read_ptime(media, "ptime"),
        maxptime: read_ptime(media, "maxptime"),
        remote,
        rtcp: remote.and_then(|remote| read_rtcp(media, remote)),
        held: false,
    };
    if on_hold {
        // RFC 3264 §8.4: nothing must be sent to 0.0.0.0, though the holder may send.
        stream.direction = stream.direction.and(Direction::SendOnly);
    }
    stream.held = !stream.direction.receives();
    if stream.has_audio() { Ok(stream) } else { Err(NegotiationError::NoCommonCodec) }
}

/// What cannot do without RTCP on the same port is refused.
fn check_multiplexing(media: &MediaDescription) -> Result<(), NegotiationError> {
    // RFC 8858 §4.2: the answerer that does not multiplex must refuse the stream. A plain a=rtcp-mux is a wish
    // (RFC 5761 §5.1.1), refused by leaving it out of the answer.
    if media.attribute("rtcp-mux-only").is_some() { Err(NegotiationError::MuxOnly) } else { Ok(()) }
}

enum Target {
    Known(SocketAddr),
    /// A host name: learned from the peer's packets, for media waits for no DNS.
    Unknown,
    /// The unspecified address.
    Nowhere,
}

fn read_target(
    sdp: &SessionDescription,
    media: &MediaDescription,
    local: IpAddr,
) -> Result<Target, NegotiationError> {
    let address = sdp.connection(media).ok_or(NegotiationError::Malformed(SdpError::NoConnection))?;
    match address.ip() {
        None => Ok(Target::Unknown),
        Some(ip) if ip.is_unspecified() => Ok(Target::Nowhere),
        Some(ip) if ip.is_multicast() || ip == Ipv4Addr::BROADCAST => Err(NegotiationError::Multicast),
        Some(ip) if ip.is_ipv4() != local.is_ipv4() => Err(NegotiationError::AddressFamily),
        Some(ip) => Ok(Target::Known(SocketAddr::new(ip, media.port))),
    }
}

/// RFC 3605: `a=rtcp:<port> [<nettype> <addrtype> <address>]`, else the next port. Another host than that of RTP
/// is not followed: the relay ties both to one host.
fn read_rtcp(media: &MediaDescription, rtp: SocketAddr) -> Option<SocketAddr> {
    let stated = media.attribute("rtcp").and_then(|value| value.split_ascii_whitespace().next());
    let port = match stated.and_then(|port| port.parse::<u16>().ok()).filter(|port| *port != 0) {
        Some(port) => port,
        None => rtp.port().checked_add(1)?,
    };
    Some(SocketAddr::new(rtp.ip(), port))
}

/// The stream's own attribute, else the session's, else both ways (RFC 8866 §6.7).
fn read_direction(sdp: &SessionDescription, media: &MediaDescription) -> Direction {
    let of_media = media.attributes.iter().find_map(|item| Direction::from_attribute(&item.name));
    let of_session = || sdp.attributes.iter().find_map(|item| Direction::from_attribute(&item.name));
    of_media.or_else(of_session).unwrap_or_default()
}

fn read_ptime(media: &MediaDescription, name: &str) -> Option<u16> {
    media.attribute(name)?.trim().parse().ok().filter(|ptime| (1..=MAX_PTIME).contains(ptime))
}

/// The supported formats, each encoding once (the first number wins), at most [`MAX_FORMATS`].
fn read_codecs(media: &MediaDescription, offered: &[Codec]) -> Vec<Codec> {
    let mut codecs: Vec<Codec> = Vec::new();
    for codec in media.formats.iter().filter_map(|format| read_codec(media, format, offered)) {
        let known =
            codecs.iter().any(|other| other.same_format(&codec) || other.payload_type == codec.payload_type);
        if codec.is_supported() && !known && codecs.len() < MAX_FORMATS {
            codecs.push(codec);
        }
    }
    codecs
}

fn read_codec(media: &MediaDescription, format: &str, offered: &[Codec]) -> Option<Codec> {
    // RFC 3551 §6: 72 to 76 would be mistaken for RTCP.
    let number: u8 = format.parse().ok().filter(|number| *number < 128 && !(72..=76).contains(number))?;
    let codec = if let Some(map) = value_for(media, "rtpmap", format) {
        Codec::from_rtpmap(number, map)?
    } else {
        let in_offer = offered.iter().find(|codec| codec.payload_type == number).cloned();
        in_offer.or_else(|| Codec::from_static(number))?
    };
    Some(match value_for(media, "fmtp", format) {
        Some(value) => codec.with_fmtp(value),
        None => Codec { fmtp: None, ..codec },
    })
}

/// The rest of `a=<name>:<format> <rest>`.
fn value_for<'a>(media: &'a MediaDescription, name: &'a str, format: &str) -> Option<&'a str> {
    media.values(name).find_map(|value| {
        let (number, rest) = value.trim_start().split_once([' ', '\t'])?;
        (number == format).then(|| rest.trim())
    })
}
