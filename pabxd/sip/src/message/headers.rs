//! The header fields of one message, as spans over its bytes.

use std::fmt;

use bytes::Bytes;
use smallvec::SmallVec;

use super::name::{HeaderName, OTHER, bit};
use crate::header::{HeaderError, TypedHeader};

/// Fields that fit without an allocation of their own.
const INLINE_FIELDS: usize = 20;

/// Where one field line lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldSpan {
    /// Offset of the name.
    pub(super) name: u32,
    /// Offset of the value, white space around it left out.
    pub(super) value: u32,
    pub(super) value_len: u32,
    pub(super) name_len: u16,
    pub(super) code: u8,
}

/// The header fields, in the order they came. Values are seen with folded lines joined (RFC 3261 §7.3.1).
#[derive(Clone)]
pub struct Headers {
    /// The message, each folding CRLF overwritten by two spaces. The same bytes as came when nothing is folded.
    pub(super) view: Bytes,
    pub(super) fields: SmallVec<[FieldSpan; INLINE_FIELDS]>,
}

/// The names only: credentials and numbers of people are among the values.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|field| field.name)).finish()
    }
}

/// One field line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    code: u8,
    /// The name as it is written.
    pub name: &'a str,
    /// The value, unfolded, without white space around it.
    pub value: &'a [u8],
}

impl Field<'_> {
    /// The name, compact forms and case resolved. Allocates for unknown names.
    pub fn header_name(&self) -> HeaderName {
        HeaderName::from_code(self.code).unwrap_or_else(|| HeaderName::new(self.name))
    }

    /// True when the field has this name.
    pub fn is(&self, name: &HeaderName) -> bool {
        self.code == name.code() && (self.code != OTHER || self.name.eq_ignore_ascii_case(name.as_str()))
    }
}

impl Headers {
    pub(super) fn empty(view: Bytes) -> Self {
        Self { view, fields: SmallVec::new() }
    }

    fn slice(&self, start: u32, length: u32) -> &[u8] {
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        self.view.get(start..start.saturating_add(length)).unwrap_or_default()
    }

    fn field(&self, span: &FieldSpan) -> Field<'_> {
        // A name is a token and so always UTF-8.
        let name = std::str::from_utf8(self.slice(span.name, u32::from(span.name_len))).unwrap_or_default();
        Field { code: span.code, name, value: self.slice(span.value, span.value_len) }
    }

    /// All fields, in order.
    pub fn iter(&self) -> impl Iterator<Item = Field<'_>> {
        self.fields.iter().map(|span| self.field(span))
    }

    /// One bit for each field with a known name, none for the others.
    pub(crate) fn bits(&self) -> impl Iterator<Item = u128> {
        self.fields.iter().map(|span| bit(span.code))
    }

    /// How many field lines there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The whole values of the field lines of one name.
    pub fn fields<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let code = name.code();
        let other = if code == OTHER { Box::from(name.as_str()) } else { Box::<str>::default() };
        self.fields.iter().filter(move |span| span.code == code).filter_map(move |span| {
            let mine = code != OTHER
                || self.slice(span.name, u32::from(span.name_len)).eq_ignore_ascii_case(other.as_bytes());
            mine.then(|| self.slice(span.value, span.value_len))
        })
    }

    /// The value of the first field line of that name.
    pub fn first(&self, name: &HeaderName) -> Option<&[u8]> {
        self.fields(name).next()
    }

    /// True when there is a field of that name.
    pub fn has(&self, name: &HeaderName) -> bool {
        self.first(name).is_some()
    }

    /// The first field line of that name as text; `None` too when it is no UTF-8.
    pub fn text(&self, name: &HeaderName) -> Option<&str> {
        std::str::from_utf8(self.first(name)?).ok()
    }

    /// The values of that name over all its field lines, split at commas outside quotes and angle brackets.
    pub fn values<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.fields(name).flat_map(split_commas)
    }

    /// The first value of a typed header; `None` when there is no such field.
    pub fn get<H: TypedHeader>(&self) -> Result<Option<H>, HeaderError> {
        H::collect(&mut self.fields(&H::NAME))
    }

    /// All values of a typed header. One malformed value fails all.
    pub fn get_all<H: TypedHeader>(&self) -> Result<Vec<H>, HeaderError> {
        if H::LIST {
            self.values(&H::NAME).map(H::parse).collect()
        } else {
            self.fields(&H::NAME).map(H::parse).collect()
        }
    }
}

/// Splits a value at its top-level commas and trims the pieces. Empty pieces are kept: whether they are
/// allowed is for the header to say.
pub fn split_commas(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = end_of_value(text);
        rest = text.get(end + 1..).filter(|_| end < text.len());
        text.get(..end).map(<[u8]>::trim_ascii)
    })
}

/// Where the first value ends: at a comma outside quotes and angle brackets, or at the end.
fn end_of_value(text: &[u8]) -> usize {
    // Most values have no comma at all.
    if memchr::memchr(b',', text).is_none() {
        return text.len();
    }
    let (mut quoted, mut escaped, mut angled) = (false, false, false);
    for (at, octet) in text.iter().enumerate() {
        match octet {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' if !angled => quoted = !quoted,
            b'<' if !quoted => angled = true,
            b'>' if !quoted => angled = false,
            b',' if !quoted && !angled => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(value: &str) -> Vec<String> {
        split_commas(value.as_bytes()).map(|v| String::from_utf8_lossy(v).into_owned()).collect()
    }

    #[test]
    fn commas_split_only_outside_quotes_and_brackets() {
        assert_eq!(split("a , b"), ["a", "b"]);
        assert_eq!(
            split(r#""x, \", y" <sip:a,b@c>;p="1,2", <sip:d>"#),
            [r#""x, \", y" <sip:a,b@c>;p="1,2""#, "<sip:d>"]
        );
        assert_eq!(split(r#"<sip:"@b>, c"#), [r#"<sip:"@b>"#, "c"]);
        assert_eq!(split("a,,b,"), ["a", "", "b", ""]);
        assert_eq!(split(""), [""]);
    }
}
