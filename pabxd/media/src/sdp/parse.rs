//! Reading a description line by line.

use std::str::FromStr;

use super::print::place;
use super::{
    Address, Attribute, Line, MAX_BODY, MAX_FORMATS, MAX_LINE, MAX_LINES, MAX_MEDIA, MediaDescription,
    Origin, SdpError, SessionDescription,
};

impl SessionDescription {
    /// Reads a body. Octets that are no UTF-8 are replaced: they only occur in texts for people.
    pub fn parse(body: &[u8]) -> Result<Self, SdpError> {
        if body.len() > MAX_BODY {
            return Err(SdpError::TooLong);
        }
        if body.contains(&0) {
            return Err(SdpError::NotText);
        }
        let text = String::from_utf8_lossy(body);
        let mut reader = Reader::default();
        for (index, line) in text.split(['\r', '\n']).filter(|line| !line.trim().is_empty()).enumerate() {
            reader.number = index.saturating_add(1);
            reader.line(line)?;
        }
        reader.finish()
    }
}

impl FromStr for SessionDescription {
    type Err = SdpError;

    fn from_str(text: &str) -> Result<Self, SdpError> {
        Self::parse(text.as_bytes())
    }
}

/// What was read so far. Line numbers skip blank lines.
#[derive(Default)]
struct Reader {
    number: usize,
    version_seen: bool,
    origin: Option<Origin>,
    name: Option<String>,
    section: Section,
    media: Vec<MediaDescription>,
}

/// The lines that session and streams have in common.
#[derive(Default)]
struct Section {
    connections: Vec<Address>,
    lines: Vec<Line>,
    attributes: Vec<Attribute>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), SdpError> {
        let error = SdpError::Line { line: self.number };
        if line.len() > MAX_LINE {
            return Err(error);
        }
        let mut letters = line.chars();
        let (Some(letter), Some('=')) = (letters.next(), letters.next()) else { return Err(error) };
        if !letter.is_ascii_alphabetic() {
            return Err(error);
        }
        let value = letters.as_str().trim();
        // RFC 8866 §5.1: the version comes first, and there is but one.
        match (letter, self.version_seen) {
            ('v', false) if value == "0" => self.version_seen = true,
            ('v', _) | (_, false) => return Err(SdpError::Version),
            ('o', _) if self.origin.is_none() => {
                self.origin = Some(Origin::parse(value).ok_or(SdpError::Origin)?);
            }
            ('s', _) if self.name.is_none() => self.name = Some(value.to_owned()),
            ('m', _) => self.start_media(value)?,
            _ => return self.section_line(letter, value),
        }
        Ok(())
    }

    fn start_media(&mut self, value: &str) -> Result<(), SdpError> {
        if self.media.len() >= MAX_MEDIA {
            return Err(SdpError::TooManyMedia);
        }
        let media = parse_media(value, self.number)?;
        self.media.push(media);
        Ok(())
    }

    fn section_line(&mut self, letter: char, value: &str) -> Result<(), SdpError> {
        let line = self.number;
        let (connections, lines, attributes) = match self.media.last_mut() {
            Some(media) => (&mut media.connections, &mut media.lines, &mut media.attributes),
            None => (&mut self.section.connections, &mut self.section.lines, &mut self.section.attributes),
        };
        let count = connections.len().saturating_add(lines.len()).saturating_add(attributes.len());
        if count >= MAX_LINES {
            return Err(SdpError::TooManyLines { line });
        }
        match letter {
            'c' => connections.push(Address::parse(value).ok_or(SdpError::Connection { line })?),
            'a' => attributes.push(parse_attribute(value)),
            _ => lines.push(Line { letter, value: value.to_owned() }),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<SessionDescription, SdpError> {
        if !self.version_seen {
            return Err(SdpError::Version);
        }
        let origin = self.origin.ok_or(SdpError::Origin)?;
        if !self.section.lines.iter().any(|line| line.letter == 't') {
            self.section.lines.push(Line { letter: 't', value: "0 0".to_owned() });
        }
        self.section.lines.sort_by_key(place);
        self.media.iter_mut().for_each(|media| media.lines.sort_by_key(place));
        Ok(SessionDescription {
            origin,
            name: self.name.filter(|name| !name.is_empty()).unwrap_or_else(|| "-".to_owned()),
            connections: self.section.connections,
            lines: self.section.lines,
            attributes: self.section.attributes,
            media: self.media,
        })
    }
}

/// The words of a value. What separates them is what `trim` takes off a line's ends, so that no word can get lost at
/// one of them.
pub(super) fn words(value: &str) -> std::str::SplitWhitespace<'_> {
    value.split_whitespace()
}

/// `<media> <port>[/<count>] <proto> <fmt> …` (RFC 8866 §5.14)
fn parse_media(value: &str, line: usize) -> Result<MediaDescription, SdpError> {
    let error = SdpError::Media { line };
    let mut words = words(value);
    let (Some(kind), Some(ports), Some(protocol)) = (words.next(), words.next(), words.next()) else {
        return Err(error);
    };
    let (port, port_count) = parse_ports(ports).ok_or(error)?;
    let formats: Vec<String> = words.take(MAX_FORMATS.saturating_add(1)).map(str::to_owned).collect();
    if ![kind, protocol].into_iter().chain(formats.iter().map(String::as_str)).all(is_token) {
        return Err(error);
    }
    match formats.len() {
        0 => Err(error),
        count if count > MAX_FORMATS => Err(SdpError::TooManyFormats { line }),
        _ => Ok(MediaDescription {
            kind: kind.to_owned(),
            port,
            port_count,
            protocol: protocol.to_owned(),
            formats,
            connections: Vec::new(),
            lines: Vec::new(),
            attributes: Vec::new(),
        }),
    }
}

/// RFC 8866 §9 leaves some more characters out; what matters is that our answer, which repeats these words, can be read.
fn is_token(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_graphic())
}

fn parse_ports(text: &str) -> Option<(u16, Option<u16>)> {
    match text.split_once('/') {
        Some((port, count)) => Some((port.parse().ok()?, Some(count.parse().ok()?))),
        None => Some((text.parse().ok()?, None)),
    }
}

fn parse_attribute(value: &str) -> Attribute {
    match value.split_once(':') {
        Some((name, value)) => Attribute { name: name.trim_end().to_owned(), value: Some(value.to_owned()) },
        None => Attribute::flag(value),
    }
}
