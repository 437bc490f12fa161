//! Writing a description: CRLF, in the order of RFC 8866 §5.

use std::fmt;

use super::{Address, Attribute, Line, MediaDescription, SessionDescription};

/// The order of §5; the first four come before `c=`. Unknown letters come last.
const ORDER: [char; 9] = ['i', 'u', 'e', 'p', 'b', 't', 'r', 'z', 'k'];
const BEFORE_CONNECTION: usize = 4;

/// The place of a carried line in the order of §5.
pub(super) fn place(line: &Line) -> usize {
    ORDER.iter().position(|letter| *letter == line.letter).unwrap_or(ORDER.len())
}

impl fmt::Display for SessionDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v=0\r\no={}\r\ns={}\r\n", self.origin, self.name)?;
        write_section(f, &self.lines, &self.connections, &self.attributes)?;
        self.media.iter().try_for_each(|media| media.fmt(f))
    }
}

impl fmt::Display for MediaDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={} {}", self.kind, self.port)?;
        if let Some(count) = self.port_count {
            write!(f, "/{count}")?;
        }
        write!(f, " {}", self.protocol)?;
        self.formats.iter().try_for_each(|format| write!(f, " {format}"))?;
        f.write_str("\r\n")?;
        write_section(f, &self.lines, &self.connections, &self.attributes)
    }
}

fn write_section(
    f: &mut fmt::Formatter<'_>,
    lines: &[Line],
    connections: &[Address],
    attributes: &[Attribute],
) -> fmt::Result {
    lines.iter().filter(|line| place(line) < BEFORE_CONNECTION).try_for_each(|line| write_line(f, line))?;
    connections.iter().try_for_each(|address| write!(f, "c={address}\r\n"))?;
    lines.iter().filter(|line| place(line) >= BEFORE_CONNECTION).try_for_each(|line| write_line(f, line))?;
    attributes.iter().try_for_each(|attribute| match &attribute.value {
        Some(value) => write!(f, "a={}:{value}\r\n", attribute.name),
        None => write!(f, "a={}\r\n", attribute.name),
    })
}

fn write_line(f: &mut fmt::Formatter<'_>, line: &Line) -> fmt::Result {
    write!(f, "{}={}\r\n", line.letter, line.value)
}
