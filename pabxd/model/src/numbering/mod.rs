//! What a dialled number means: its E.164 form, and what kind of number it is.
//!
//! - [`country`]: the countries whose plans are known, and what one dials there;
//! - `brazil`: Brazil's plan, in full;
//! - `other`: those of other countries, as far as they are alike;
//! - `world`: country codes (ITU-T E.164, list of assigned codes), and what is behind them.
//!
//! Extension numbers and feature codes never come here: who reads a number has looked for those before.

mod brazil;
mod country;
mod other;
mod world;

use thiserror::Error;

pub use self::country::Country;
use crate::TextError;
use crate::text::{check_characters, check_length, text_type, word_enum};

word_enum!(
    /// What kind of number it is. In the order in which calls usually cost more.
    Class {
        /// Police, ambulance, fire brigade and the like.
        Emergency = "emergency",
        /// A short number of a public service or of the network.
        Service = "service",
        /// The called party pays.
        TollFree = "toll_free",
        /// Both sides pay, or a local call from everywhere.
        SharedCost = "shared_cost",
        /// In the caller's own area, or of a plan without areas.
        Local = "local",
        /// In another area of the country.
        LongDistance = "long_distance",
        /// To a mobile phone in the country.
        Mobile = "mobile",
        /// To another country.
        International = "international",
        /// The called party is paid for the call, or it goes by satellite.
        Premium = "premium",
    }
);

/// Why a number is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NumberError {
    /// A sign that no number has.
    #[error("a number has digits only, and a plus before them")]
    Sign,
    /// More digits than any number has.
    #[error("no number has more than {} digits", MAX_DIALLED)]
    TooLong,
    /// Fewer or more digits than such a number has, or an area or country that does not exist.
    #[error("the numbering plan has no such number")]
    NoSuchNumber,
}

/// Digits that are dialled at most: prefixes and a carrier before the fifteen of E.164.
const MAX_DIALLED: usize = 24;

/// Digits of E.164 at most, country code included.
const MAX_E164: usize = 15;
/// And at least: four behind a code of three.
const MIN_E164: usize = 7;

macro_rules! digits_type {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// Digits alone.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                check_length($what, text, 1, $max)?;
                check_characters($what, text, |c| c.is_ascii_digit())?;
                Ok(Self(text.into()))
            }

            /// The digits.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        text_type!($name);
    };
}

digits_type!(
    /// The area code of an account, without trunk prefix: 1 to 5 digits.
    AreaCode,
    "area code",
    5
);
digits_type!(
    /// The carrier for long distance: 1 to 4 digits.
    CarrierCode,
    "carrier code",
    4
);

/// A country's plan, and the account's place in it. The default is Brazil, without an area.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberingPlan {
    /// The country.
    pub country: Country,
    /// The area that is meant where none is dialled. Without it such numbers have no E.164 form.
    pub area_code: Option<AreaCode>,
    /// The carrier that is dialled for long distance. International numbers are expected to name one, too, where a carrier is
    /// set.
    pub carrier: Option<CarrierCode>,
}

/// A number that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    text: Box<str>,
    class: Class,
    country_code: Option<Box<str>>,
}

impl Called {
    /// Its normal form: `+5511987654321`, or the digits of what has no E.164 form (short numbers, and local ones of an account
    /// that has no area).
    pub fn as_text(&self) -> &str {
        &self.text
    }

    /// Whether [`Called::as_text`] is E.164.
    pub fn is_e164(&self) -> bool {
        self.text.starts_with('+')
    }

    /// What kind of number it is.
    pub fn class(&self) -> Class {
        self.class
    }

    /// The code of the country: `55`; for countries that share the code 1, with the area: `1876`, and `1` for those of the
    /// United States and Canada. `None` where the number has no E.164 form.
    pub fn country_code(&self) -> Option<&str> {
        self.country_code.as_deref()
    }

    fn short(digits: &str, class: Class) -> Self {
        Self { text: digits.into(), class, country_code: None }
    }

    /// A number of the plan's own country.
    fn national(code: &str, number: &str, class: Class) -> Result<Self, NumberError> {
        if !(MIN_E164..=MAX_E164).contains(&(code.len() + number.len())) {
            return Err(NumberError::NoSuchNumber);
        }
        Ok(Self { text: format!("+{code}{number}").into(), class, country_code: Some(code.into()) })
    }
}

impl NumberingPlan {
    /// Reads what was dialled, or what a provider calls a number.
    pub fn read(&self, dialled: &str) -> Result<Called, NumberError> {
        let (plus, digits) = dialled.strip_prefix('+').map_or((false, dialled), |rest| (true, rest));
        if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
            return Err(NumberError::Sign);
        }
        if digits.len() > MAX_DIALLED {
            return Err(NumberError::TooLong);
        }
        if plus {
            return self.international(digits);
        }
        if self.country.emergency().contains(&digits) {
            return Ok(Called::short(digits, Class::Emergency));
        }
        match self.country {
            Country::Brazil => brazil::read(self, digits),
            other => other::read(self, other, digits),
        }
    }

    /// Whether it is dialled as one dials to another country, whatever follows.
    pub fn looks_international(&self, dialled: &str) -> bool {
        match dialled.strip_prefix('+') {
            Some(rest) => !rest.starts_with(self.country.code()),
            None => dialled.starts_with(self.country.international_prefix()),
        }
    }

    /// A number with its country code.
    fn international(&self, digits: &str) -> Result<Called, NumberError> {
        if let Some(national) = digits.strip_prefix(self.country.code())
            && world::country_code(digits) == Some(self.country.code())
        {
            return match self.country {
                Country::Brazil => brazil::national(self, national),
                other => other::national(self, other, national),
            };
        }
        if !(MIN_E164..=MAX_E164).contains(&digits.len()) {
            return Err(NumberError::NoSuchNumber);
        }
        let code = world::country_code(digits).ok_or(NumberError::NoSuchNumber)?;
        let class = if world::is_premium(digits) { Class::Premium } else { Class::International };
        Ok(Called { text: format!("+{digits}").into(), class, country_code: Some(code.into()) })
    }

    fn is_own_area(&self, area: &str) -> bool {
        self.area_code.as_ref().is_some_and(|own| own.as_str() == area)
    }
}
