//! Codes that stand before a number: of an area, of a carrier.

use super::digits::Digits;
use crate::TextError;
use crate::text::{check_characters, check_length, text_type};

/// The area code of an account, without the trunk prefix: `11`, `351`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AreaCode(Digits<{ Self::MAX_LEN }>);

impl AreaCode {
    /// Most digits.
    pub const MAX_LEN: usize = 5;

    /// One to five digits that do not start with a zero. Whether a country has it says
    /// [`Country::has_area_code`](super::Country::has_area_code).
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const WHAT: &str = "area code";
        check_length(WHAT, text, 1, Self::MAX_LEN)?;
        Ok(Self(code(WHAT, text)?))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

text_type!(AreaCode);

/// A carrier selection code of Brazil (código de seleção de prestadora): `15`, `21`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CarrierCode(Digits<{ Self::LEN }>);

impl CarrierCode {
    /// Its digits.
    pub const LEN: usize = 2;

    /// Two digits, the first no zero. Which ones are assigned changes too often to be known here.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const WHAT: &str = "carrier code";
        check_length(WHAT, text, Self::LEN, Self::LEN)?;
        Ok(Self(code(WHAT, text)?))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

text_type!(CarrierCode);

/// Digits that do not start with a zero.
fn code<const N: usize>(what: &'static str, text: &str) -> Result<Digits<N>, TextError> {
    check_characters(what, text, |c| c.is_ascii_digit())?;
    if text.starts_with('0') {
        return Err(TextError::Form { what, why: "it is written without the trunk prefix 0" });
    }
    Digits::joined(&[text]).ok_or(TextError::Unknown { what })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_digits_without_the_trunk_prefix() {
        assert_eq!(AreaCode::parse("11").unwrap().as_str(), "11");
        assert_eq!(CarrierCode::parse("15").unwrap().to_string(), "15");
        for bad in ["", "011", "0", "1a", "123456", "+5"] {
            assert!(AreaCode::parse(bad).is_err(), "{bad}");
        }
        for bad in ["", "1", "015", "05", "1x", "155"] {
            assert!(CarrierCode::parse(bad).is_err(), "{bad}");
        }
    }
}
