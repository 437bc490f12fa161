//! Why a body is no session description.

/// Why a body is no session description. Line numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SdpError {
    /// Longer than [`super::MAX_BODY`].
    #[error("longer than the limit")]
    TooLong,
    /// Not UTF-8, or with a NUL.
    #[error("not text")]
    NotText,
    /// It does not start with `v=0`.
    #[error("does not start with v=0")]
    Version,
    /// A line is not `<letter>=<value>`, or longer than [`super::MAX_LINE`].
    #[error("line {line} is not a description line")]
    Line {
        /// Where.
        line: usize,
    },
    /// `o=` is missing or malformed.
    #[error("no usable o= line")]
    Origin,
    /// `c=` is malformed.
    #[error("line {line}: malformed c=")]
    Connection {
        /// Where.
        line: usize,
    },
    /// `m=` is malformed.
    #[error("line {line}: malformed m=")]
    Media {
        /// Where.
        line: usize,
    },
    /// More than [`super::MAX_MEDIA`] streams.
    #[error("too many streams")]
    TooManyMedia,
    /// More than [`super::MAX_FORMATS`] formats in one stream.
    #[error("line {line}: too many formats")]
    TooManyFormats {
        /// Where.
        line: usize,
    },
    /// More than `MAX_ATTRIBUTES` attributes in one section.
    #[error("line {line}: too many lines in this section")]
    TooManyLines {
        /// Where.
        line: usize,
    },
    /// A stream has no `c=`, and neither has the session (RFC 8866 §5.7).
    #[error("a stream has no address")]
    NoConnection,
}
