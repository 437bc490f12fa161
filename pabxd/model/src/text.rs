//! What all validated text types share: the error, and the conversions.

use thiserror::Error;

/// Why a text is not a value of the type it was parsed as. Answered by the API as a field error; never carries
/// the text itself, so that it can be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    /// Nothing there.
    #[error("{what} must not be empty")]
    Empty {
        /// The type that was asked for.
        what: &'static str,
    },
    /// Length outside the limits, in characters.
    #[error("{what} must have {min} to {max} characters, not {len}")]
    Length {
        /// The type that was asked for.
        what: &'static str,
        /// Fewest characters allowed.
        min: usize,
        /// Most characters allowed.
        max: usize,
        /// Characters found.
        len: usize,
    },
    /// A character that does not belong.
    #[error("{what} has a character that is not allowed at position {at}")]
    Character {
        /// The type that was asked for.
        what: &'static str,
        /// Byte offset of the character.
        at: usize,
    },
    /// The characters are fine, what they form is not.
    #[error("{what}: {why}")]
    Form {
        /// The type that was asked for.
        what: &'static str,
        /// The rule that was broken.
        why: &'static str,
    },
    /// Not one of the known words.
    #[error("{what} is none of the known values")]
    Unknown {
        /// The type that was asked for.
        what: &'static str,
    },
}

/// Checks the number of characters.
pub(crate) fn check_length(what: &'static str, text: &str, min: usize, max: usize) -> Result<(), TextError> {
    let len = text.chars().count();
    if text.is_empty() && min > 0 {
        Err(TextError::Empty { what })
    } else if len < min || len > max {
        Err(TextError::Length { what, min, max, len })
    } else {
        Ok(())
    }
}

/// Checks every character.
pub(crate) fn check_characters(
    what: &'static str,
    text: &str,
    allowed: impl Fn(char) -> bool,
) -> Result<(), TextError> {
    match text.char_indices().find(|(_, c)| !allowed(*c)) {
        Some((at, _)) => Err(TextError::Character { what, at }),
        None => Ok(()),
    }
}

/// One line that people write: trimmed, 1 to `max` characters. Refuses control characters and invisible direction marks, which only
/// serve to deceive a reader.
pub(crate) fn check_line<'a>(what: &'static str, text: &'a str, max: usize) -> Result<&'a str, TextError> {
    let text = text.trim();
    check_length(what, text, 1, max)?;
    check_characters(what, text, |c| !c.is_control() && !crate::log_text::is_deceptive(c))?;
    Ok(text)
}

/// `FromStr` and `Deserialize` (from text) for a type that has `parse(&str)`.
macro_rules! parsed_type {
    ($name:ident) => {
        impl ::std::str::FromStr for $name {
            type Err = $crate::TextError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).map_err(::serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use parsed_type;

/// `FromStr` and serde (as text) for a type that has `parse(&str)` and `Display`, but keeps no text.
macro_rules! displayed_type {
    ($name:ident) => {
        $crate::text::parsed_type!($name);
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}
pub(crate) use displayed_type;

/// `FromStr`, `Display` and serde (as text) for a type that has `parse(&str)` and `as_str()`.
macro_rules! text_type {
    ($name:ident) => {
        $crate::text::parsed_type!($name);
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}
pub(crate) use text_type;

/// An enum whose values are words: `ALL`, `as_str`, `parse`, and what [`text_type`] gives.
macro_rules! word_enum {
    (
        $(#[$meta:meta])*
        $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $word:literal ),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $( $(#[$variant_meta])* $variant ),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[ $( Self::$variant ),+ ];

            /// The word that is stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $word ),+ }
            }

            /// The value of a word; words are matched exactly.
            pub fn parse(word: &str) -> Result<Self, $crate::TextError> {
                match word {
                    $( $word => Ok(Self::$variant), )+
                    _ => Err($crate::TextError::Unknown { what: stringify!($name) }),
                }
            }
        }

        $crate::text::text_type!($name);
    };
}
pub(crate) use word_enum;
