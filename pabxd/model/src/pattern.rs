//! Which numbers a route is for.

use crate::TextError;
use crate::text::{check_length, text_type};

/// Digits and `+` stand for themselves; `X` is 0–9, `Z` 1–9, `N` 2–9, `[24-7]` one of these; `.` at the end is one or more
/// digits, `!` none or more. At most 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NumberPattern(Box<str>);

impl NumberPattern {
    /// Most characters.
    pub const MAX_LEN: usize = 64;

    /// Checks that every sign is known and in its place.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const WHAT: &str = "pattern";
        check_length(WHAT, text, 1, Self::MAX_LEN)?;
        let mut rest = text.chars();
        let mut first = true;
        while let Some(c) = rest.next() {
            let why = match c {
                '0'..='9' | '*' | '#' | 'X' | 'Z' | 'N' => None,
                '+' if first => None,
                '[' if class(&mut rest) => None,
                '.' | '!' if rest.as_str().is_empty() => None,
                '.' | '!' => Some("'.' and '!' stand at the end"),
                '+' => Some("'+' stands at the beginning"),
                '[' => Some("a class is digits and ranges between '[' and ']'"),
                _ => Some("known are digits, * # + X Z N [0-9] . and !"),
            };
            if let Some(why) = why {
                return Err(TextError::Form { what: WHAT, why });
            }
            first = false;
        }
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads `24-7]`.
fn class(rest: &mut std::str::Chars<'_>) -> bool {
    let Some((inner, after)) = rest.as_str().split_once(']') else { return false };
    *rest = after.chars();
    let mut digits = inner.chars().peekable();
    let mut any = false;
    while let Some(low) = digits.next() {
        if !low.is_ascii_digit() {
            return false;
        }
        if digits.next_if_eq(&'-').is_some()
            && !digits.next().is_some_and(|high| high.is_ascii_digit() && high >= low)
        {
            return false;
        }
        any = true;
    }
    any
}

text_type!(NumberPattern);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_digits_and_known_signs() {
        for good in ["1001", "0ZXXXXXXXXX", "+55.", "00!", "[2-5]XXX", "*43", "9[1357-9]NXX."] {
            assert_eq!(NumberPattern::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "12a", ".5", "5+", "[", "[]", "[5-2]", "[a]", "[1-]", "500&600@evil", "1 2"] {
            assert!(NumberPattern::parse(bad).is_err(), "{bad}");
        }
    }
}
