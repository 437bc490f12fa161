//! The audio formats of a call: how they are named in SDP and which of them this PBX lets through.
//!
//! The relay forwards payloads without decoding, yet only known formats are negotiated: what is not
//! understood could neither be recorded, mixed nor measured later, and its `fmtp` could not be vetted.

use std::fmt;

/// Formats of one stream that are read at most; more are an error of the description (threats.md #9).
pub const MAX_CODECS: usize = 64;

/// Octets of a filtered `fmtp` value at most; longer ones are dropped whole.
pub const MAX_FMTP: usize = 256;

/// The encoding of one payload format, as named in `a=rtpmap` (case does not matter there).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CodecName {
    /// G.711 µ-law, static payload type 0.
    Pcmu,
    /// G.711 A-law, static payload type 8.
    Pcma,
    /// G.722, static payload type 9; its RTP clock is 8000 although it samples at 16000 (RFC 3551 §4.5.2).
    G722,
    /// Opus (RFC 7587): always `opus/48000/2`.
    Opus,
    /// Named telephone events, DTMF (RFC 4733), at the clock of the audio beside them.
    TelephoneEvent,
    /// Anything else, never negotiated by this PBX. The name as it came.
    Other(Box<str>),
}

impl CodecName {
    fn from_encoding(name: &str) -> Self {
        const KNOWN: [(&str, CodecName); 5] = [
            ("PCMU", CodecName::Pcmu),
            ("PCMA", CodecName::Pcma),
            ("G722", CodecName::G722),
            ("opus", CodecName::Opus),
            ("telephone-event", CodecName::TelephoneEvent),
        ];
        KNOWN
            .into_iter()
            .find(|(text, _)| text.eq_ignore_ascii_case(name))
            .map_or_else(|| Self::Other(name.into()), |(_, known)| known)
    }

    /// The encoding name as this PBX prints it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
            Self::Opus => "opus",
            Self::TelephoneEvent => "telephone-event",
            Self::Other(name) => name,
        }
    }
}

/// One payload format of a stream: number, encoding, clock, and the vetted part of its `fmtp`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codec {
    /// RTP payload type, 0–127.
    pub payload_type: u8,
    /// Encoding name.
    pub name: CodecName,
    /// RTP clock in Hz.
    pub clock_rate: u32,
    /// Channels as written in `rtpmap`; 1 when absent. Opus is always 2 (RFC 7587 §7).
    pub channels: u8,
    /// Format parameters that passed the allow list of this encoding.
    pub fmtp: Option<Box<str>>,
}

impl Codec {
    /// A format of one channel without parameters.
    pub fn new(payload_type: u8, name: CodecName, clock_rate: u32) -> Self {
        let channels = if name == CodecName::Opus { 2 } else { 1 };
        Self { payload_type, name, clock_rate, channels, fmtp: None }
    }

    /// What a static payload type means without `a=rtpmap` (RFC 3551 §6); `None` for the unknown and dynamic.
    pub fn from_static(payload_type: u8) -> Option<Self> {
        match payload_type {
            0 => Some(Self::new(0, CodecName::Pcmu, 8000)),
            8 => Some(Self::new(8, CodecName::Pcma, 8000)),
            9 => Some(Self::new(9, CodecName::G722, 8000)),
            _ => None,
        }
    }

    /// Reads the value of `a=rtpmap` after the payload type: `<encoding>/<clock>[/<channels>]` (RFC 8866 §6.6).
    pub fn from_rtpmap(payload_type: u8, map: &str) -> Option<Self> {
        let mut parts = map.trim().splitn(3, '/');
        let name = CodecName::from_encoding(parts.next()?.trim());
        let clock_rate: u32 = parts.next()?.trim().parse().ok()?;
        let channels = match parts.next() {
            Some(text) => text.trim().parse().ok()?,
            None => 1,
        };
        // RFC 3551 §4.5.2: the clock of G.722 is 8000 by an old mistake; who writes 16000 means the same codec.
        let clock_rate = if name == CodecName::G722 && clock_rate == 16000 { 8000 } else { clock_rate };
        (payload_type < 128).then_some(Self { payload_type, name, clock_rate, channels, fmtp: None })
    }

    /// Whether this PBX negotiates the format.
    pub fn is_supported(&self) -> bool {
        match self.name {
            CodecName::Pcmu | CodecName::Pcma | CodecName::G722 => {
                self.clock_rate == 8000 && self.channels == 1
            }
            CodecName::Opus => self.clock_rate == 48000 && self.channels == 2,
            CodecName::TelephoneEvent => (8000..=48000).contains(&self.clock_rate) && self.channels == 1,
            CodecName::Other(_) => false,
        }
    }

    /// Whether it carries telephone events and no sound.
    pub fn is_event(&self) -> bool {
        self.name == CodecName::TelephoneEvent
    }

    /// Whether both mean the same encoding, whatever their numbers and parameters (RFC 3264 §6.1).
    pub fn same_format(&self, other: &Self) -> bool {
        self.name == other.name && self.clock_rate == other.clock_rate && self.channels == other.channels
    }

    /// Takes over what the allow list of this encoding lets through of an `a=fmtp` value.
    #[must_use]
    pub fn with_fmtp(mut self, value: &str) -> Self {
        self.fmtp = vetted_fmtp(&self.name, value);
        self
    }

    /// What goes after `a=rtpmap:`.
    pub fn rtpmap(&self) -> impl fmt::Display + '_ {
        RtpMap(self)
    }

    /// What this PBX offers when it offers first (late offer, RFC 3261 §13.2.1), best first.
    pub fn preferred() -> Vec<Self> {
        vec![
            Self::new(96, CodecName::Opus, 48000).with_fmtp("useinbandfec=1"),
            Self::new(9, CodecName::G722, 8000),
            Self::new(8, CodecName::Pcma, 8000),
            Self::new(0, CodecName::Pcmu, 8000),
            Self::new(101, CodecName::TelephoneEvent, 8000).with_fmtp("0-16"),
            Self::new(102, CodecName::TelephoneEvent, 48000).with_fmtp("0-16"),
        ]
    }
}

struct RtpMap<'a>(&'a Codec);

impl fmt::Display for RtpMap<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Codec { payload_type, name, clock_rate, channels, .. } = self.0;
        write!(f, "{payload_type} {}/{clock_rate}", name.as_str())?;
        if *channels > 1 { write!(f, "/{channels}") } else { Ok(()) }
    }
}

/// Parameters of Opus that change nothing but how the far end sends (RFC 7587 §6.1).
const OPUS_PARAMETERS: [&str; 11] = [
    "maxplaybackrate",
    "sprop-maxcapturerate",
    "maxptime",
    "ptime",
    "minptime",
    "maxaveragebitrate",
    "stereo",
    "sprop-stereo",
    "cbr",
    "useinbandfec",
    "usedtx",
];

fn vetted_fmtp(name: &CodecName, value: &str) -> Option<Box<str>> {
    let vetted = match name {
        CodecName::Opus => Some(opus_fmtp(value)),
        CodecName::TelephoneEvent => event_fmtp(value),
        _ => None,
    };
    vetted.filter(|text| !text.is_empty() && text.len() <= MAX_FMTP).map(String::into_boxed_str)
}

fn opus_fmtp(value: &str) -> String {
    let kept: Vec<String> = value.split(';').filter_map(opus_parameter).collect();
    kept.join(";")
}

/// `key=number` with a known key, printed afresh.
fn opus_parameter(text: &str) -> Option<String> {
    let (key, number) = text.split_once('=')?;
    let key = key.trim().to_ascii_lowercase();
    let number: u32 = number.trim().parse().ok()?;
    OPUS_PARAMETERS.contains(&key.as_str()).then(|| format!("{key}={number}"))
}

/// Event lists are numbers, ranges and commas (RFC 4733 §2.4.1); anything else is dropped whole.
fn event_fmtp(value: &str) -> Option<String> {
    let list: String = value.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let list = list.strip_prefix("events=").unwrap_or(&list);
    let well_formed = list.split(',').all(|item| match item.split_once('-') {
        Some((from, to)) => event_number(from) && event_number(to),
        None => event_number(item),
    });
    well_formed.then(|| list.to_owned())
}

fn event_number(text: &str) -> bool {
    text.parse::<u8>().is_ok() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_names_ignore_case_and_g722_keeps_its_odd_clock() {
        let codec = Codec::from_rtpmap(8, "pcma/8000").unwrap();
        assert_eq!(codec.name, CodecName::Pcma);
        assert!(codec.is_supported());
        let g722 = Codec::from_rtpmap(9, "G722/16000").unwrap();
        assert_eq!((g722.clock_rate, g722.is_supported()), (8000, true));
    }

    #[test]
    fn static_types_need_no_rtpmap() {
        assert_eq!(Codec::from_static(0).unwrap().name, CodecName::Pcmu);
        assert_eq!(Codec::from_static(9).unwrap().clock_rate, 8000);
        assert!(Codec::from_static(18).is_none());
    }

    #[test]
    fn opus_must_be_48000_and_two_channels() {
        assert!(Codec::from_rtpmap(111, "opus/48000/2").unwrap().is_supported());
        assert!(!Codec::from_rtpmap(111, "opus/48000").unwrap().is_supported());
        assert_eq!(Codec::from_rtpmap(111, "OPUS/48000/2").unwrap().rtpmap().to_string(), "111 opus/48000/2");
    }

    #[test]
    fn broken_rtpmaps_are_nothing() {
        for bad in ["", "PCMU", "PCMU/", "PCMU/x", "PCMU/8000/many", "PCMU/99999999999"] {
            assert!(Codec::from_rtpmap(0, bad).is_none(), "{bad}");
        }
        assert!(Codec::from_rtpmap(128, "PCMU/8000").is_none());
    }

    #[test]
    fn only_listed_parameters_pass() {
        let opus = Codec::new(111, CodecName::Opus, 48000);
        let opus = opus.with_fmtp("minptime=10; useinbandfec=1;x-run=rm;stereo=\"1\"");
        assert_eq!(opus.fmtp.as_deref(), Some("minptime=10;useinbandfec=1"));
        let event = Codec::new(101, CodecName::TelephoneEvent, 8000);
        assert_eq!(event.clone().with_fmtp("0-15, 66").fmtp.as_deref(), Some("0-15,66"));
        assert_eq!(event.clone().with_fmtp("0-15;evil").fmtp, None);
        assert_eq!(event.with_fmtp("0-999").fmtp, None);
        assert_eq!(Codec::from_static(0).unwrap().with_fmtp("a=b").fmtp, None);
    }
}
