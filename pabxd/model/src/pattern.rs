//! Which numbers a route is for.

use std::cmp::Reverse;

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

    /// What every number that fits begins with: the signs before the first that stands for several.
    pub fn head(&self) -> &str {
        let end = self.0.find(['X', 'Z', 'N', '[', '.', '!']).unwrap_or(self.0.len());
        self.0.get(..end).unwrap_or_default()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the whole number is one that the pattern stands for.
    pub fn matches(&self, number: &str) -> bool {
        let mut signs = self.0.bytes();
        let mut number = number.bytes();
        while let Some(sign) = signs.next() {
            if matches!(sign, b'.' | b'!') {
                return (sign == b'!' || number.len() > 0) && number.all(|digit| digit.is_ascii_digit());
            }
            let Some(digit) = number.next() else { return false };
            if !Choice::read(sign, &mut signs).allows(digit) {
                return false;
            }
        }
        number.next().is_none()
    }

    /// How exact the pattern is: of those that match a number, the greatest one wins ("longest match").
    pub fn closeness(&self) -> Closeness {
        let mut closeness = Closeness { positions: 0, literals: 0, end: End::Closed, choices: Reverse(0) };
        let mut signs = self.0.bytes();
        while let Some(sign) = signs.next() {
            match sign {
                b'.' => closeness.end = End::OneOrMore,
                b'!' => closeness.end = End::Any,
                sign => {
                    let choice = Choice::read(sign, &mut signs);
                    closeness.positions += 1;
                    closeness.literals += u32::from(matches!(choice, Choice::Literal(_)));
                    closeness.choices.0 += choice.count();
                }
            }
        }
        closeness
    }
}

/// How exact a [`NumberPattern`] is. Ordered: more positions first, then more of them literal, then no open end
/// (`.` before `!`), then fewer digits allowed by the classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Closeness {
    positions: u32,
    literals: u32,
    end: End,
    choices: Reverse<u32>,
}

/// What follows the last position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum End {
    /// `!`
    Any,
    /// `.`
    OneOrMore,
    /// Nothing.
    Closed,
}

/// What may stand in one position.
enum Choice {
    Literal(u8),
    /// Bit n is the digit n.
    Digits(u16),
}

impl Choice {
    /// Of a sign and, for a class, of the signs to its `]`.
    fn read(sign: u8, rest: &mut std::str::Bytes<'_>) -> Self {
        match sign {
            b'X' => Self::Digits(span(b'0', b'9')),
            b'Z' => Self::Digits(span(b'1', b'9')),
            b'N' => Self::Digits(span(b'2', b'9')),
            b'[' => {
                let (mut digits, mut low) = (0, b'0');
                let mut ranging = false;
                for sign in rest.take_while(|sign| *sign != b']') {
                    if sign == b'-' {
                        ranging = true;
                    } else {
                        digits |= span(if ranging { low } else { sign }, sign);
                        (low, ranging) = (sign, false);
                    }
                }
                Self::Digits(digits)
            }
            literal => Self::Literal(literal),
        }
    }

    fn allows(&self, digit: u8) -> bool {
        match self {
            Self::Literal(literal) => digit == *literal,
            Self::Digits(digits) => digit.is_ascii_digit() && digits & span(digit, digit) != 0,
        }
    }

    const fn count(&self) -> u32 {
        match self {
            Self::Literal(_) => 1,
            Self::Digits(digits) => digits.count_ones(),
        }
    }
}

/// The bits of the digits from one to another.
fn span(low: u8, high: u8) -> u16 {
    (low..=high).fold(0, |bits, digit| bits | 1_u16.unbounded_shl(u32::from(digit.wrapping_sub(b'0'))))
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

    fn pattern(text: &str) -> NumberPattern {
        NumberPattern::parse(text).unwrap()
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

    #[test]
    fn the_whole_number_matches() {
        let rows: &[(&str, &[&str])] = &[
            ("1001", &["1001"]),
            ("+55.", &["+551", "+5511987654321"]),
            ("00!", &["00", "001"]),
            ("NXX", &["200", "999"]),
            ("Z", &["1", "9"]),
            ("[2-57]0", &["20", "50", "70"]),
            ("[135]", &["1", "3", "5"]),
            ("*4X#", &["*43#"]),
            ("!", &["", "0", "123"]),
        ];
        for (text, numbers) in rows {
            assert!(numbers.iter().all(|number| pattern(text).matches(number)), "{text}");
        }
    }

    #[test]
    fn nothing_else_matches() {
        let rows: &[(&str, &[&str])] = &[
            ("1001", &["", "100", "10011", "1002", "+1001"]),
            ("+55.", &["+55", "55119", "+5511*", "+54", "+55+1"]),
            ("00!", &["0", "00a", "00+"]),
            ("NXX", &["100", "20", "2000", "NXX"]),
            ("Z", &["0", "Z"]),
            ("[2-57]0", &["60", "10", "-0", "80"]),
            ("X", &["X", "*", "\u{661}"]),
        ];
        for (text, numbers) in rows {
            assert!(!numbers.iter().any(|number| pattern(text).matches(number)), "{text}");
        }
    }

    #[test]
    fn the_more_exact_pattern_is_closer() {
        for (closer, other) in [
            ("0119X", "011X"),
            ("011X", "01."),
            ("190", "1XX"),
            ("190", "190!"),
            ("190.", "190!"),
            ("1[23]X", "1XX"),
            ("NXX", "ZXX"),
            ("1X2", "1XX."),
            ("X.", "."),
            ("0800XXXXXXX", "0XXXXXXXXXX"),
        ] {
            assert!(pattern(closer).closeness() > pattern(other).closeness(), "{closer} {other}");
        }
        assert_eq!(pattern("12X").closeness(), pattern("1X2").closeness());
    }

    proptest! {
        #[test]
        fn arbitrary_text_is_matched_or_not(text in any::<String>(), signs in "[0-9XZN.!+\\[\\]-]{1,12}") {
            if let Ok(pattern) = NumberPattern::parse(&signs) {
                let _ = (pattern.matches(&text), pattern.closeness());
            }
        }

        #[test]
        fn a_number_matches_itself_alone(number in "\\+?[0-9]{1,20}", other in "\\+?[0-9]{1,20}") {
            prop_assert!(pattern(&number).matches(&number));
            prop_assert_eq!(pattern(&number).matches(&other), number == other);
        }

        #[test]
        fn a_sign_and_its_class_are_one(digits in "[0-9]{3}") {
            prop_assert_eq!(pattern("XZN").matches(&digits), pattern("[0-9][1-9][2-9]").matches(&digits));
            prop_assert_eq!(pattern("XZN").closeness(), pattern("[0-9][1-9][2-9]").closeness());
        }

        #[test]
        fn an_open_end_takes_any_digits(number in "[0-9]{1,9}", more in "[0-9]{0,9}") {
            let whole = format!("{number}{more}");
            let (any, one_or_more) = (pattern(&format!("{number}!")), pattern(&format!("{number}.")));
            prop_assert!(any.matches(&whole));
            prop_assert_eq!(one_or_more.matches(&whole), !more.is_empty());
        }
    }
}
