//! Writing our own description.
//!
//! Nothing of the peer's is copied but the words that RFC 3264 §6 makes us repeat for streams we refuse: media,
//! protocol and one format.

use std::net::IpAddr;

use super::{Direction, LocalMedia};
use crate::codec::Codec;
use crate::sdp::{Address, Attribute, Line, MediaDescription, Origin, SessionDescription};
use crate::srtp::CryptoLine;

/// One `m=` line of the session. Lines are never removed nor reordered (RFC 3264 §8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StreamLine {
    kind: Box<str>,
    protocol: Box<str>,
    format: Box<str>,
}

impl StreamLine {
    /// The line of a session that starts with our offer.
    pub(super) fn audio(protocol: &str) -> Self {
        Self { kind: "audio".into(), protocol: protocol.into(), format: "0".into() }
    }

    /// The same line with another profile.
    pub(super) fn with_protocol(&self, protocol: &str) -> Self {
        Self { protocol: protocol.into(), ..self.clone() }
    }

    pub(super) fn of(media: &MediaDescription) -> Self {
        let format = media.formats.first().map_or("0", String::as_str);
        Self {
            kind: media.kind.as_str().into(),
            protocol: media.protocol.as_str().into(),
            format: format.into(),
        }
    }

    /// The line with port 0.
    fn refused(&self) -> MediaDescription {
        MediaDescription {
            kind: self.kind.to_string(),
            port: 0,
            port_count: None,
            protocol: self.protocol.to_string(),
            formats: vec![self.format.to_string()],
            connections: Vec::new(),
            lines: Vec::new(),
            attributes: Vec::new(),
        }
    }
}

/// The stream as we describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LocalAudio {
    /// In the numbers of this leg's wire.
    pub(super) codecs: Vec<Codec>,
    pub(super) direction: Direction,
    pub(super) ptime: Option<u16>,
    pub(super) maxptime: Option<u16>,
    /// Of an offer all that may be chosen, of an answer the one that was.
    pub(super) crypto: Vec<CryptoLine>,
}

impl LocalAudio {
    fn describe(&self, line: &StreamLine, port: u16) -> MediaDescription {
        let formats = self.codecs.iter().map(|codec| codec.payload_type.to_string()).collect();
        MediaDescription { port, formats, attributes: self.attributes(), ..line.refused() }
    }

    fn attributes(&self) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        for codec in &self.codecs {
            attributes.push(Attribute::new("rtpmap", codec.rtpmap()));
            if let Some(fmtp) = &codec.fmtp {
                attributes.push(Attribute::new("fmtp", format_args!("{} {fmtp}", codec.payload_type)));
            }
        }
        attributes.extend(self.ptime.map(|ptime| Attribute::new("ptime", ptime)));
        attributes.extend(self.maxptime.map(|ptime| Attribute::new("maxptime", ptime)));
        attributes.extend(self.crypto.iter().map(|line| Attribute::new("crypto", line.value())));
        attributes.push(Attribute::flag(self.direction.as_str()));
        attributes
    }
}

/// A description with every line of the session; `audio` is our stream and its place, all others have port 0.
pub(super) fn describe(
    local: LocalMedia,
    session_id: u64,
    lines: &[StreamLine],
    audio: Option<(usize, &LocalAudio)>,
) -> SessionDescription {
    let describe_line = |(index, line): (usize, &StreamLine)| match audio {
        Some((place, audio)) if place == index => audio.describe(line, local.rtp_port),
        _ => line.refused(),
    };
    SessionDescription {
        origin: origin(local.ip, session_id),
        name: "-".to_owned(),
        connections: vec![Address::from_ip(local.ip)],
        lines: vec![Line { letter: 't', value: "0 0".to_owned() }],
        attributes: Vec::new(),
        media: lines.iter().enumerate().map(describe_line).collect(),
    }
}

fn origin(ip: IpAddr, session_id: u64) -> Origin {
    Origin {
        username: "-".to_owned(),
        session_id: session_id.to_string(),
        version: String::new(),
        address: Address::from_ip(ip),
    }
}
