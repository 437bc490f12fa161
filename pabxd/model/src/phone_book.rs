//! Names for the numbers of callers.

use crate::numbering::MAX_DIALLED;
use crate::text::{check_characters, check_length, check_line, text_type};
use crate::{DisplayName, NumberingPlan, TextError};

/// A number in a phone book, in the form in which numbers of callers are compared with it: `+5511987654321` where it has an E.164 form,
/// else the digits that the plan makes of it, or that were typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BookNumber(Box<str>);

impl BookNumber {
    const WHAT: &str = "number";

    /// What somebody typed, as it is dialled by this plan. Blanks and `-./()` count for nothing.
    pub fn read(typed: &str, plan: &NumberingPlan) -> Result<Self, TextError> {
        let is_filling = |c: char| c.is_whitespace() || matches!(c, '-' | '.' | '/' | '(' | ')');
        let number = Self::parse(&typed.replace(is_filling, ""))?;
        Ok(plan.read(&number.0).map_or(number, |called| Self(called.as_text().into())))
    }

    /// The form in which it is kept: digits, and a plus only before them.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let digits = text.strip_prefix('+').unwrap_or(text);
        check_length(Self::WHAT, digits, 1, MAX_DIALLED)?;
        check_characters(Self::WHAT, digits, |c| c.is_ascii_digit())?;
        Ok(Self(text.into()))
    }

    /// The digits, with a plus before an E.164 number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text_type!(BookNumber);

/// What somebody wants to remember of an entry: 1 to 200 characters without control characters, trimmed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BookNote(Box<str>);

impl BookNote {
    /// Most characters.
    pub const MAX_LEN: usize = 200;

    /// Trims; refuses control characters and invisible direction marks.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        check_line("note", text, Self::MAX_LEN).map(|text| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text_type!(BookNote);

/// A name for a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookEntry {
    /// Who calls from it.
    pub name: DisplayName,
    /// The number, unique in a phone book.
    pub number: BookNumber,
    /// What else there is to say.
    pub note: Option<BookNote>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::AreaCode;

    /// Brazil, São Paulo.
    fn plan() -> NumberingPlan {
        NumberingPlan { area_code: Some(AreaCode::parse("11").unwrap()), ..NumberingPlan::default() }
    }

    fn read(typed: &str) -> String {
        BookNumber::read(typed, &plan()).unwrap().to_string()
    }

    #[test]
    fn however_a_number_is_typed_it_is_kept_in_one_form() {
        for typed in
            ["+55 11 98765-4321", "011 98765.4321", "(011) 987654321", "98765/4321", "+5511987654321"]
        {
            assert_eq!(read(typed), "+5511987654321", "{typed}");
        }
        assert_eq!(read("+351 211 234 567"), "+351211234567");
        assert_eq!(read("0800 123 4567"), "08001234567");
    }

    #[test]
    fn what_the_plan_does_not_read_stays_as_it_was_typed() {
        assert_eq!((read("200").as_str(), read("+12").as_str(), read("7").as_str()), ("200", "+12", "7"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for bad in
            ["", " ", "+", "-", "abc", "1+1", "++1", "*43", "100;x", "1234567890123456789012345", "١٢٣"]
        {
            assert!(BookNumber::read(bad, &plan()).is_err(), "{bad:?}");
        }
        for bad in ["", "  ", "a\nb", "a\u{202e}b", &"x".repeat(201)] {
            assert!(BookNote::parse(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_was_read_is_kept_and_read_again_the_same(typed in "\\+?[0-9 ()-]{1,28}") {
            if let Ok(number) = BookNumber::read(&typed, &plan()) {
                prop_assert_eq!(BookNumber::parse(number.as_str()), Ok(number.clone()));
                if number.as_str().starts_with('+') {
                    prop_assert_eq!(BookNumber::read(number.as_str(), &plan()), Ok(number));
                }
            }
        }
    }
}
