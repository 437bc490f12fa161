//! Numbers that are dialled.

use crate::TextError;
use crate::text::{check_characters, check_length, text_type};

/// The number of an extension inside its account: 2 to 6 digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExtensionNumber {
    digits: [u8; Self::MAX_LEN],
    len: u8,
}

impl ExtensionNumber {
    /// Fewest digits.
    pub const MIN_LEN: usize = 2;
    /// Most digits.
    pub const MAX_LEN: usize = 6;

    /// Two to six of `0`–`9`, nothing else.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const WHAT: &str = "extension number";
        check_length(WHAT, text, Self::MIN_LEN, Self::MAX_LEN)?;
        check_characters(WHAT, text, |c| c.is_ascii_digit())?;
        let mut digits = [0; Self::MAX_LEN];
        let mut len = 0;
        for (place, digit) in digits.iter_mut().zip(text.bytes()) {
            *place = digit;
            len += 1;
        }
        Ok(Self { digits, len })
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        let digits = self.digits.get(..usize::from(self.len)).unwrap_or_default();
        std::str::from_utf8(digits).unwrap_or_default()
    }
}

text_type!(ExtensionNumber);

impl std::fmt::Debug for ExtensionNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExtensionNumber({})", self.as_str())
    }
}

/// What somebody dialled: 1 to 64 of `0`–`9`, `*`, `#`, `+` (only first) and `A`–`D`.
///
/// Nothing else can be written, so a dial string can never carry a separator, a parameter or a path into
/// routing (threat 13: injection through the dialled number).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DialString(Box<str>);

impl DialString {
    /// Most characters.
    pub const MAX_LEN: usize = 64;

    /// Takes lower-case `a`–`d` as the DTMF digits they mean.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const WHAT: &str = "dial string";
        check_length(WHAT, text, 1, Self::MAX_LEN)?;
        check_characters(WHAT, text, |c| matches!(c, '0'..='9' | '*' | '#' | '+' | 'A'..='D' | 'a'..='d'))?;
        match text.rfind('+') {
            Some(0) if text.len() == 1 => Err(TextError::Form { what: WHAT, why: "a lone + is no number" }),
            None | Some(0) => Ok(Self(text.to_ascii_uppercase().into())),
            Some(at) => Err(TextError::Character { what: WHAT, at }),
        }
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same digits as an extension number, when they are one.
    pub fn extension_number(&self) -> Option<ExtensionNumber> {
        ExtensionNumber::parse(&self.0).ok()
    }

    /// Whether this starts a feature code (`*…` or `#…`).
    pub fn is_feature_code(&self) -> bool {
        self.0.starts_with(['*', '#'])
    }
}

text_type!(DialString);

impl From<ExtensionNumber> for DialString {
    fn from(number: ExtensionNumber) -> Self {
        Self(number.as_str().into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn extension_numbers_have_two_to_six_digits() {
        for good in ["10", "1001", "999999", "00"] {
            assert_eq!(ExtensionNumber::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "1", "1234567", "10a", "١٠٠١", " 100", "1001\n", "+100"] {
            assert!(ExtensionNumber::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn numbers_with_a_leading_zero_differ() {
        assert_ne!(ExtensionNumber::parse("010").unwrap(), ExtensionNumber::parse("10").unwrap());
    }

    #[test]
    fn dial_strings_carry_no_separators() {
        for bad in ["", "+", "1+2", "10 01", "1001;x", "1001@b", "10/1", "E", "1001%0d", "++1"] {
            assert!(DialString::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(DialString::parse("*43a#").unwrap().as_str(), "*43A#");
        assert!(DialString::parse("+5511987654321").is_ok());
        assert!(DialString::parse("*43").unwrap().is_feature_code());
    }

    proptest! {
        #[test]
        fn what_parses_prints_as_it_came(text in "[0-9]{2,6}") {
            prop_assert_eq!(ExtensionNumber::parse(&text).unwrap().to_string(), text.clone());
            prop_assert_eq!(DialString::parse(&text).unwrap().extension_number(), ExtensionNumber::parse(&text).ok());
        }

        #[test]
        fn arbitrary_text_is_refused_or_holds_the_rules(text in any::<String>()) {
            if let Ok(number) = ExtensionNumber::parse(&text) {
                prop_assert!((2..=6).contains(&number.as_str().len()));
                prop_assert!(number.as_str().bytes().all(|b| b.is_ascii_digit()));
            }
            if let Ok(dialled) = DialString::parse(&text) {
                prop_assert!(dialled.as_str().len() <= DialString::MAX_LEN);
                prop_assert_eq!(&DialString::parse(dialled.as_str()).unwrap(), &dialled);
            }
        }
    }
}
