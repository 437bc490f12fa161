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

    /// Whether the whole number fits.
    pub fn matches(&self, number: &str) -> bool {
        let mut left = number.bytes();
        let mut signs = Signs(&self.0);
        while let Some(sign) = signs.next() {
            let fits = match sign {
                Sign::OneOrMore => return left.len() > 0 && left.all(|c| c.is_ascii_digit()),
                Sign::NoneOrMore => return left.all(|c| c.is_ascii_digit()),
                Sign::Literal(literal) => left.next() == Some(literal),
                Sign::Range(low, high) => left.next().is_some_and(|c| (low..=high).contains(&c)),
                Sign::Class(class) => left.next().is_some_and(|c| class_has(class, c)),
            };
            if !fits {
                return false;
            }
        }
        left.len() == 0
    }

    /// How closely the pattern describes what it matches: more places before more literal ones before an open end.
    pub fn closeness(&self) -> Closeness {
        let (mut places, mut literals, mut closed) = (0, 0, true);
        for sign in Signs(&self.0) {
            match sign {
                Sign::OneOrMore | Sign::NoneOrMore => closed = false,
                Sign::Literal(_) => {
                    places += 1;
                    literals += 1;
                }
                Sign::Range(..) | Sign::Class(_) => places += 1,
            }
        }
        Closeness { places, literals, closed }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How closely a pattern describes what it matches. The closer is the greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Closeness {
    places: u8,
    literals: u8,
    closed: bool,
}

/// One sign of a pattern.
enum Sign<'a> {
    Literal(u8),
    Range(u8, u8),
    /// What stands between the brackets.
    Class(&'a str),
    OneOrMore,
    NoneOrMore,
}

/// The signs of a pattern that was parsed.
struct Signs<'a>(&'a str);

impl<'a> Iterator for Signs<'a> {
    type Item = Sign<'a>;

    fn next(&mut self) -> Option<Sign<'a>> {
        let first = *self.0.as_bytes().first()?;
        let rest = self.0.get(1..).unwrap_or_default();
        self.0 = rest;
        Some(match first {
            b'X' => Sign::Range(b'0', b'9'),
            b'Z' => Sign::Range(b'1', b'9'),
            b'N' => Sign::Range(b'2', b'9'),
            b'.' => Sign::OneOrMore,
            b'!' => Sign::NoneOrMore,
            b'[' => {
                let (inner, after) = rest.split_once(']').unwrap_or((rest, ""));
                self.0 = after;
                Sign::Class(inner)
            }
            literal => Sign::Literal(literal),
        })
    }
}

fn class_has(class: &str, wanted: u8) -> bool {
    let mut signs = class.bytes().peekable();
    while let Some(low) = signs.next() {
        let high = if signs.next_if_eq(&b'-').is_some() { signs.next().unwrap_or(low) } else { low };
        if (low..=high).contains(&wanted) {
            return true;
        }
    }
    false
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
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, number: &str) -> bool {
        NumberPattern::parse(pattern).unwrap().matches(number)
    }

    #[test]
    fn the_whole_number_has_to_fit() {
        for (pattern, fits, not) in [
            ("1001", "1001", "10011"),
            ("0ZXXXXXXXXX", "01133334444", "00133334444"),
            ("+55.", "+5511", "+55"),
            ("00!", "00", "0"),
            ("[2-5]XXX", "5123", "6123"),
            ("9[1357-9]NXX.", "9822345", "9422345"),
            ("X!", "7", ""),
            ("X.", "77", "7a"),
        ] {
            assert!(matches(pattern, fits), "{pattern} {fits}");
            assert!(!matches(pattern, not), "{pattern} {not}");
        }
        assert!(!matches(".", "") || matches(".", "1"));
    }

    #[test]
    fn the_closer_pattern_is_the_greater() {
        let order = ["!", "X.", "0.", "0XX.", "011.", "0XXXXXXXXXX", "011XXXXXXXX", "0113333XXXX", "01133334444"];
        let closeness = |text: &str| NumberPattern::parse(text).map(|pattern| pattern.closeness());
        for pair in order.windows(2) {
            let [farther, closer] = pair else { unreachable!() };
            let (farther, closer) = (closeness(farther), closeness(closer));
            assert!(farther.is_err() || farther.unwrap() < closer.unwrap(), "{pair:?}");
        }
    }

    proptest! {
        #[test]
        fn digits_fit_themselves_and_nothing_longer(number in "\\+?[0-9]{1,20}") {
            prop_assert!(matches(&number, &number));
            let longer = format!("{number}0");
            prop_assert!(!matches(&number, &longer));
        }

        #[test]
        fn whatever_is_compared_there_is_an_answer(pattern in "\\+?[0-9XZN*#]{0,6}(\\[[0-9]{1,3}\\])?[.!]?", number in ".{0,12}") {
            if let Ok(pattern) = NumberPattern::parse(&pattern) {
                let _ = (pattern.matches(&number), pattern.closeness());
            }
        }
    }

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
