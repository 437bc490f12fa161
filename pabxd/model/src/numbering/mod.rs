//! What a dialled number means: its class, and the one form in which it is routed, compared and kept (ITU-T E.164).
//!
//! Extension numbers and feature codes are looked up before and never come here. The tour:
//! - [`class`]: what kind of destination, for permissions and prices;
//! - [`called`]: the answer, and how a provider wants it written;
//! - [`codes`]: area codes and carrier codes;
//! - [`country`]: the countries whose domestic dialling is known;
//! - `brazil`, `argentina`, `nanp`: what only one plan has; `domestic`: what the others have in common;
//! - `world`: international numbers.

mod argentina;
mod brazil;
pub mod called;
pub mod class;
pub mod codes;
pub mod country;
mod digits;
mod domestic;
mod facts;
mod nanp;
mod reading;
mod world;

use thiserror::Error;

pub use called::{Called, NumberForm};
pub use class::Class;
pub use codes::{AreaCode, CarrierCode};
pub use country::Country;
use reading::Reading;

/// Most digits that are read: `00`, a carrier code and 15 digits fit with room to spare.
pub const MAX_DIALLED: usize = 24;
/// Fewest digits of an international number with its country code. E.164 names none; none shorter is in use.
pub const MIN_E164: usize = 7;
/// Most digits of an international number (ITU-T E.164 §6).
pub const MAX_E164: usize = 15;

/// Why a text is no number. Never carries the text itself, so that it can be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NumberError {
    /// Nothing there.
    #[error("no number")]
    Empty,
    /// Something else than digits and a `+` before them.
    #[error("a character that stands in no number at position {at}")]
    Character {
        /// Byte offset of the character.
        at: usize,
    },
    /// An international number of fewer than [`MIN_E164`] digits.
    #[error("an international number has at least {MIN_E164} digits")]
    TooShort,
    /// More than [`MAX_E164`] digits of an international number, or more than [`MAX_DIALLED`] in all.
    #[error("an international number has at most {MAX_E164} digits")]
    TooLong,
}

/// From where an account dials. The default is Brazil without an area code: local numbers are then read, but have
/// no E.164 form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NumberingPlan {
    /// Whose domestic numbers are dialled.
    pub country: Country,
    /// Which numbers are dialled without an area code. One that the country does not have counts as none.
    pub area_code: Option<AreaCode>,
    /// Who carries long distance calls, where the provider wants it in the number (Brazil).
    pub carrier: Option<CarrierCode>,
}

impl NumberingPlan {
    /// Reads digits, or `+` and digits; without blanks, hyphens and brackets. A well-formed number that is in no
    /// plan is of class [`Class::Unknown`].
    pub fn read(&self, dialled: &str) -> Result<Called, NumberError> {
        check(dialled)?;
        let reading = match dialled.strip_prefix('+') {
            Some(number) => world::read(self, number)?,
            None if self.country.facts().emergency.contains(&dialled) => {
                Reading::short(dialled, Class::Emergency)
            }
            None if self.country == Country::Br => brazil::read(self, dialled)?,
            None => domestic::read(self, dialled)?,
        };
        Called::new(dialled, &reading)
    }

    /// Whether it is dialled as one dials to another country, whatever follows.
    pub fn looks_international(&self, dialled: &str) -> bool {
        match dialled.strip_prefix('+') {
            Some(rest) => !rest.starts_with(self.country.calling_code()),
            None => dialled.starts_with(self.country.international_prefix()),
        }
    }

    /// The area code, where the country has it.
    fn area(&self) -> Option<&str> {
        self.area_code.as_ref().filter(|area| self.country.has_area_code(area)).map(AreaCode::as_str)
    }
}

/// Digits, and a `+` only before them.
fn check(dialled: &str) -> Result<(), NumberError> {
    if dialled.is_empty() {
        return Err(NumberError::Empty);
    }
    let stray =
        dialled.bytes().enumerate().find(|(at, sign)| !sign.is_ascii_digit() && (*at, *sign) != (0, b'+'));
    match stray {
        Some((at, _)) => Err(NumberError::Character { at }),
        None if dialled.len() > MAX_DIALLED => Err(NumberError::TooLong),
        None => Ok(()),
    }
}
