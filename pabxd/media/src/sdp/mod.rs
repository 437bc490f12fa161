//! Session descriptions (RFC 8866): parse and print, bounded, lossless enough to answer.
//!
//! Reading is lenient where phones are sloppy (line ends, order of lines, a missing `t=` or `s=`, blank lines,
//! spaces in the `o=` user name) and strict where meaning depends on it (`v=`, `o=`, `m=`, `c=`).
//! Printing is strict: CRLF, the order of §5, nothing left out.

mod address;
mod error;
mod parse;
mod print;

use std::hash::{DefaultHasher, Hash, Hasher};

pub use address::{Address, Origin};
pub use error::SdpError;

/// Octets of a body at most; longer ones are [`SdpError::TooLong`].
pub const MAX_BODY: usize = 16 * 1024;
/// Octets of a line at most; longer ones are [`SdpError::Line`].
pub const MAX_LINE: usize = 2048;
/// Streams at most; more are [`SdpError::TooManyMedia`].
pub const MAX_MEDIA: usize = 16;
/// Formats of a stream at most; more are [`SdpError::TooManyFormats`].
pub const MAX_FORMATS: usize = 64;
/// Lines of a section at most; more are [`SdpError::TooManyLines`].
pub const MAX_LINES: usize = 256;

/// A session description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionDescription {
    /// `o=`
    pub origin: Origin,
    /// `s=`; `-` when it was missing or empty.
    pub name: String,
    /// `c=` of the session, as many as there were; the first counts.
    pub connections: Vec<Address>,
    /// Every other line but `a=`, in the order of §5; `t=0 0` is added where it was missing.
    pub lines: Vec<Line>,
    /// `a=` of the session.
    pub attributes: Vec<Attribute>,
    /// `m=` sections. At most [`MAX_MEDIA`].
    pub media: Vec<MediaDescription>,
}

/// One `m=` section.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MediaDescription {
    /// `audio`, `video`, …
    pub kind: String,
    /// 0 means refused or switched off (RFC 3264 §5.1, §6).
    pub port: u16,
    /// Number of ports after a slash.
    pub port_count: Option<u16>,
    /// `RTP/AVP`, …
    pub protocol: String,
    /// Payload types of RTP, other words elsewhere. 1 to [`MAX_FORMATS`].
    pub formats: Vec<String>,
    /// `c=` of the stream; the first counts.
    pub connections: Vec<Address>,
    /// Every other line but `a=`, in the order of §5.
    pub lines: Vec<Line>,
    /// `a=` of the stream.
    pub attributes: Vec<Attribute>,
}

/// A line that is only carried.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    /// The letter before `=`.
    pub letter: char,
    /// What follows it.
    pub value: String,
}

/// `a=name` or `a=name:value`. The value of `a=crypto` is a key, and is not printed by `Debug`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Attribute {
    /// Before the colon; case matters (RFC 8866 §5.13).
    pub name: String,
    /// After the colon.
    pub value: Option<String>,
}

impl std::fmt::Debug for Attribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = self.value.as_deref().map(|value| if self.name == "crypto" { ".." } else { value });
        f.debug_struct("Attribute").field("name", &self.name).field("value", &shown).finish()
    }
}

impl Attribute {
    /// A property.
    pub fn flag(name: &str) -> Self {
        Self { name: name.to_owned(), value: None }
    }

    /// A value. Line ends in it are removed, so no text can add a line.
    pub fn new(name: &str, value: impl std::fmt::Display) -> Self {
        let value = value.to_string().replace(['\r', '\n', '\0'], "");
        Self { name: name.to_owned(), value: Some(value) }
    }
}

/// The value of the first attribute of that name; an empty text for a property.
fn attribute<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a str> {
    attributes.iter().find(|item| item.name == name).map(|item| item.value.as_deref().unwrap_or(""))
}

impl SessionDescription {
    /// The first session attribute of that name; an empty text for a property.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        attribute(&self.attributes, name)
    }

    /// The address of a stream: its own, else the session's (RFC 8866 §5.7).
    pub fn connection<'a>(&'a self, media: &'a MediaDescription) -> Option<&'a Address> {
        media.connections.first().or_else(|| self.connections.first())
    }

    /// Two descriptions that say the same, but for `o=` and `s=`, have the same number. A call remembers this
    /// instead of the description, which is some kilobytes.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.connections, &self.lines, &self.attributes, &self.media).hash(&mut hasher);
        hasher.finish()
    }
}

impl MediaDescription {
    /// The first attribute of that name; an empty text for a property.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        attribute(&self.attributes, name)
    }

    /// The values of every attribute of that name.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.attributes.iter().filter(move |item| item.name == name).filter_map(|item| item.value.as_deref())
    }
}
