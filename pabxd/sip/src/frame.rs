//! Cutting a stream into messages (RFC 3261 §18.3, §7.5) and hearing keep-alives (RFC 5626 §3.5.1).
//!
//! A connection whose bytes cannot be cut is of no more use: every [`FrameError`] means "close it".

use bytes::{Bytes, BytesMut};

use crate::header::grammar::number;
use crate::message::{MAX_BODY, MAX_HEAD, MAX_MESSAGE};

/// What came over a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// One whole message, its body as long as Content-Length says.
    Message(Bytes),
    /// CRLFCRLF: answer with CRLF.
    Ping,
    /// CRLF: the answer to our ping, or an empty line before a message.
    Pong,
}

/// Why a stream cannot be cut into messages any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// More than [`MAX_HEAD`] octets without the empty line that ends the header fields.
    #[error("header section too long")]
    HeadTooLong,
    /// Content-Length above [`MAX_BODY`].
    #[error("body too long")]
    BodyTooLong,
    /// No Content-Length, which a stream needs (RFC 3261 §18.3).
    #[error("no Content-Length")]
    NoContentLength,
    /// Content-Length is no number, or there are several.
    #[error("malformed Content-Length")]
    ContentLength,
    /// More was pushed than [`MAX_BUFFERED`] without being taken.
    #[error("too much buffered")]
    Overflow,
}

/// Most octets that wait to be cut: a whole message and one more read.
pub const MAX_BUFFERED: usize = MAX_MESSAGE + 64 * 1024;

/// Cuts one connection's stream. Push what was read, then take frames until there is none.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: BytesMut,
    /// How far the search for the end of the head has come, so that a trickle is not searched again and again.
    searched: usize,
    /// Octets of the message at the front, once its head is whole.
    length: Option<usize>,
    /// Why cutting ended, for good.
    failed: Option<FrameError>,
}

impl Framer {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what was read. Beyond [`MAX_BUFFERED`] it is dropped and [`Framer::next`] fails.
    pub fn push(&mut self, octets: &[u8]) {
        if self.buffer.len().saturating_add(octets.len()) > MAX_BUFFERED {
            self.failed.get_or_insert(FrameError::Overflow);
            return;
        }
        self.buffer.extend_from_slice(octets);
    }

    /// Octets that wait for the rest of their message: when they do so for long, close the connection.
    pub fn pending(&self) -> usize {
        self.buffer.len()
    }

    /// The next frame; `None` when more has to be read. After an error there is only that error.
    #[expect(clippy::should_implement_trait, reason = "an iterator would have to end at None")]
    pub fn next(&mut self) -> Result<Option<Frame>, FrameError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.cut().inspect_err(|error| self.failed = Some(*error))
    }

    fn cut(&mut self) -> Result<Option<Frame>, FrameError> {
        if self.length.is_none() {
            if let Some(frame) = self.line_ends() {
                return Ok(Some(frame));
            }
            self.length = self.measure()?;
        }
        match self.length {
            Some(length) if self.buffer.len() >= length => {
                self.length = None;
                self.searched = 0;
                Ok(Some(Frame::Message(self.buffer.split_to(length).freeze())))
            }
            _ => Ok(None),
        }
    }

    /// Line ends before a message. A ping that arrives in two reads looks like two pongs, which is harmless: the
    /// peer asks again, and answering every CRLF would let two such peers answer each other for ever.
    fn line_ends(&mut self) -> Option<Frame> {
        let (frame, length) = match &*self.buffer {
            [b'\r', b'\n', b'\r', b'\n', ..] => (Frame::Ping, 4),
            [b'\r', b'\n', b'\r'] => return None,
            [b'\r', b'\n', ..] => (Frame::Pong, 2),
            _ => return None,
        };
        let _ = self.buffer.split_to(length);
        Some(frame)
    }

    /// Length of the message at the front, once its head is there.
    fn measure(&mut self) -> Result<Option<usize>, FrameError> {
        let from = self.searched.saturating_sub(3);
        let unread = self.buffer.get(from..).unwrap_or_default();
        let Some(found) = memchr::memmem::find(unread, b"\r\n\r\n") else {
            self.searched = self.buffer.len();
            return if self.buffer.len() > MAX_HEAD { Err(FrameError::HeadTooLong) } else { Ok(None) };
        };
        let head = from + found + 4;
        if head > MAX_HEAD {
            return Err(FrameError::HeadTooLong);
        }
        let body = content_length(self.buffer.get(..head).unwrap_or_default())?;
        Ok(Some(head + body))
    }
}

/// The only Content-Length of a head, folded or compact. Must agree with what [`crate::message`] reads, so
/// that no two readers see different messages.
fn content_length(head: &[u8]) -> Result<usize, FrameError> {
    let mut found = None;
    let mut lines = head.split(|b| *b == b'\n').peekable();
    while let Some(line) = lines.next() {
        let Some(value) = length_value(line) else { continue };
        let folds = lines.peek().is_some_and(|next| next.starts_with(b" ") || next.starts_with(b"\t"));
        let value = if folds && value.is_empty() { lines.next().unwrap_or_default() } else { value };
        let length = std::str::from_utf8(value.trim_ascii()).ok().and_then(number::<usize>);
        if found.is_some() {
            return Err(FrameError::ContentLength);
        }
        found = Some(length.ok_or(FrameError::ContentLength)?);
    }
    let length = found.ok_or(FrameError::NoContentLength)?;
    if length > MAX_BODY { Err(FrameError::BodyTooLong) } else { Ok(length) }
}

fn length_value(line: &[u8]) -> Option<&[u8]> {
    if !matches!(line.first(), Some(b'c' | b'C' | b'l' | b'L')) {
        return None;
    }
    let colon = memchr::memchr(b':', line)?;
    let name = line.get(..colon)?.trim_ascii_end();
    let is = name.eq_ignore_ascii_case(b"content-length") || name.eq_ignore_ascii_case(b"l");
    is.then(|| line.get(colon + 1..).unwrap_or_default().trim_ascii())
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
