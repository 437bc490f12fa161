//! Bytes to spans. Goes over the head once and never stops at a fault: the first one is noted and the rest
//! is read as far as it can be, so that a bad request can be answered.

use std::ops::Range;

use bytes::Bytes;

use super::MalformedReason as Fault;
use super::headers::{FieldSpan, Headers};
use super::name::{HeaderName, MAX_NAME, OTHER, code_of};
use crate::header::grammar::{is_token_byte, number};

/// Most octets of start line and header fields together.
pub const MAX_HEAD: usize = 16 * 1024;
/// Most octets of a body.
pub const MAX_BODY: usize = 64 * 1024;
/// Most octets of a message.
pub const MAX_MESSAGE: usize = MAX_HEAD + MAX_BODY;
/// Most header field lines of a message.
pub const MAX_FIELDS: usize = 256;
/// Most field lines of one known name, and most values of one.
pub const MAX_SAME: usize = 64;
/// Longest value of a field in octets.
pub const MAX_VALUE: usize = 8 * 1024;

/// A message taken apart.
pub(super) struct Scanned {
    pub(super) original: Bytes,
    /// The start line, without CRLF.
    pub(super) start: Range<usize>,
    pub(super) headers: Headers,
    pub(super) body: Range<usize>,
    pub(super) fault: Option<Fault>,
}

/// Takes a message apart.
pub(super) fn scan(original: Bytes) -> Scanned {
    let mut scan = Scanner::new(original.clone());
    if original.len() > MAX_MESSAGE {
        scan.note(Fault::TooLarge);
    }
    let start = scan.start_line();
    scan.field_lines();
    scan.check_octets(start.clone());
    scan.unfold();
    scan.check_counts();
    let body = scan.body();
    Scanned { original, start, headers: scan.headers, body, fault: scan.fault }
}

struct Scanner {
    headers: Headers,
    /// Offset of what is not read yet.
    at: usize,
    folded: bool,
    fault: Option<Fault>,
}

impl Scanner {
    fn new(view: Bytes) -> Self {
        Self { headers: Headers::empty(view), at: 0, folded: false, fault: None }
    }

    fn note(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    /// The next line without its line end; `None` at the end of the bytes or past [`MAX_HEAD`].
    fn line(&mut self) -> Option<Range<usize>> {
        let rest = self.headers.view.get(self.at..MAX_HEAD.min(self.headers.view.len()))?;
        let Some(length) = memchr::memchr(b'\n', rest) else {
            let fault = if self.headers.view.len() > MAX_HEAD { Fault::TooLarge } else { Fault::NoEnd };
            self.note(fault);
            return None;
        };
        let start = self.at;
        self.at += length + 1;
        let crlf = length > 0 && rest.get(length - 1) == Some(&b'\r');
        if !crlf {
            self.note(Fault::LineEnd);
        }
        Some(start..start + length - usize::from(crlf))
    }

    /// RFC 3261 §7.5: empty lines before the start line are ignored.
    fn start_line(&mut self) -> Range<usize> {
        while self.headers.view.get(self.at..).is_some_and(|rest| rest.starts_with(b"\r\n")) {
            self.at += 2;
        }
        if self.at == self.headers.view.len() {
            self.note(Fault::Empty);
            return self.at..self.at;
        }
        self.line().unwrap_or(self.at..self.at)
    }

    fn field_lines(&mut self) {
        while let Some(line) = self.line() {
            if line.is_empty() {
                return;
            }
            let folds = matches!(self.headers.view.get(line.start), Some(b' ' | b'\t'));
            if folds {
                self.fold(line);
            } else if self.headers.len() >= MAX_FIELDS {
                self.note(Fault::TooManyFields);
            } else {
                match field(&self.headers.view, line) {
                    Some(field) => self.headers.fields.push(field),
                    None => self.note(Fault::HeaderLine),
                }
            }
        }
    }

    /// A line that starts with white space continues the one before.
    fn fold(&mut self, line: Range<usize>) {
        self.folded = true;
        let Some(field) = self.headers.fields.last_mut() else {
            self.note(Fault::HeaderLine);
            return;
        };
        field.value_len = small(line.end).saturating_sub(field.value);
    }

    /// One pass that the compiler vectorises, and a second one only when it found something.
    fn check_octets(&mut self, start: Range<usize>) {
        let head = self.headers.view.get(start.start..self.at).unwrap_or_default();
        // As many control characters as LFs: the CR of each CRLF, since a line end without CR was noted already.
        if surplus(head) == 0 {
            return;
        }
        if head.iter().enumerate().any(|(at, b)| *b == b'\r' && head.get(at + 1) != Some(&b'\n')) {
            self.note(Fault::LineEnd);
        }
        let outside = |b: &u8| is_odd(*b) && *b != b'\r';
        let line = self.headers.view.get(start).unwrap_or_default();
        let bad = line.iter().any(outside) || self.headers.iter().any(|field| has_bare_control(field.value));
        if bad {
            self.note(Fault::Control);
        }
    }

    /// Overwrites the CRLF of each fold with spaces in a copy: offsets stay, parsers see one line.
    fn unfold(&mut self) {
        if !self.folded {
            return;
        }
        let mut view = self.headers.view.to_vec();
        for field in &self.headers.fields {
            let start = large(field.value);
            let end = start + large(field.value_len);
            for octet in view.get_mut(start..end).unwrap_or_default() {
                if matches!(octet, b'\r' | b'\n') {
                    *octet = b' ';
                }
            }
        }
        for field in &mut self.headers.fields {
            let start = large(field.value);
            let end = start + large(field.value_len);
            let trimmed = trim(&view, start..end);
            field.value = small(trimmed.start);
            field.value_len = small(trimmed.len());
        }
        self.headers.view = view.into();
    }

    fn check_counts(&mut self) {
        let mut seen = [0u8; 256];
        let mut over = false;
        for field in &self.headers.fields {
            over |= large(field.value_len) > MAX_VALUE;
            if let Some(count) = seen.get_mut(usize::from(field.code)) {
                *count = count.saturating_add(1);
                over |= field.code != OTHER && usize::from(*count) > MAX_SAME;
            }
        }
        if over {
            self.note(Fault::TooManyFields);
        }
    }

    /// RFC 3261 §18.3: over a datagram the body ends at Content-Length; without it, with the datagram.
    fn body(&mut self) -> Range<usize> {
        let end = self.headers.view.len();
        let mut lengths = self.headers.fields(&HeaderName::ContentLength);
        let (first, second) = (lengths.next(), lengths.next());
        let Some(value) = first else { return self.at..end };
        let length = std::str::from_utf8(value).ok().and_then(number::<usize>);
        drop(lengths);
        let Some(length) = length.filter(|_| second.is_none()) else {
            self.note(Fault::ContentLength);
            return self.at..end;
        };
        if length > end - self.at.min(end) {
            self.note(Fault::ShortBody);
            return self.at..end;
        }
        self.at..self.at + length
    }
}

/// Control characters other than HTAB and LF.
fn is_odd(octet: u8) -> bool {
    matches!(octet, 0..=8 | 11..=31 | 0x7f)
}

/// How many more control characters there are than LFs, in pieces short enough for eight bits, which is quick.
fn surplus(octets: &[u8]) -> isize {
    let piece =
        |piece: &[u8]| piece.iter().fold(0i8, |n, b| n + i8::from(is_odd(*b)) - i8::from(*b == b'\n'));
    octets.chunks(112).map(|octets| isize::from(piece(octets))).sum()
}

/// `field-name HCOLON value`: a token, then nothing but SP and HTAB before the colon (RFC 3261 §7.3.1). Anything
/// else there is how headers are smuggled past a filter (CVE-2016-9938).
fn field(view: &[u8], line: Range<usize>) -> Option<FieldSpan> {
    let text = view.get(line.clone())?;
    let colon = memchr::memchr(b':', text)?;
    let name = trim(text, 0..colon);
    let name_text = text.get(name.clone()).filter(|_| name.start == 0)?;
    let code = code_of(name_text);
    // A known name is a token; any other has to be looked at.
    if code == OTHER
        && (name.is_empty() || name.len() > MAX_NAME || !name_text.iter().all(|b| is_token_byte(*b)))
    {
        return None;
    }
    let value = trim(view, line.start + colon + 1..line.end);
    Some(FieldSpan {
        name: small(line.start),
        name_len: u16::try_from(name.len()).ok()?,
        value: small(value.start),
        value_len: small(value.len()),
        code,
    })
}

fn trim(view: &[u8], mut range: Range<usize>) -> Range<usize> {
    while range.start < range.end && matches!(view.get(range.start), Some(b' ' | b'\t')) {
        range.start += 1;
    }
    while range.start < range.end && matches!(view.get(range.end - 1), Some(b' ' | b'\t')) {
        range.end -= 1;
    }
    range
}

/// RFC 4475 §3.1.1.2: a quoted pair may hide any control character except CR and LF.
fn has_bare_control(value: &[u8]) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    for octet in value {
        match octet {
            b'\r' | b'\n' | b'\t' => escaped = false, // folds; a bare CR or LF was noted by its own rule
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            0..=0x1f | 0x7f => return true,
            _ => {}
        }
    }
    false
}

/// Offsets fit: what is scanned is cut at [`MAX_HEAD`].
fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

fn large(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
