//! A PIN that lets somebody call farther than the extension in hand may.

use zeroize::Zeroizing;

use crate::text::{check_characters, check_length};
use crate::{CallingClass, DialString, DisplayName, PinId, Status, TextError};

/// What is dialled before a PIN; another `*` stands between it and the number.
pub const CODE: &str = "*59";
/// What is dialled before a number outside so that who is called does not see who calls (3GPP TS 22.030 §6.5.2).
pub const WITHHOLD: &str = "#31#";

/// 4 to 8 digits. Wiped on drop, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// Digits of a PIN that is made up.
    pub const LEN: usize = 6;

    /// 4 to 8 digits.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const WHAT: &str = "PIN";
        check_length(WHAT, text, 4, 8)?;
        check_characters(WHAT, text, |c| c.is_ascii_digit())?;
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The digits, for the database, the engine, and whoever made it, once.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin(hidden)")
    }
}

/// Whose PIN, and how far it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallPin {
    /// Id.
    pub pin_id: PinId,
    /// Whose it is.
    pub name: DisplayName,
    /// The digits, unique in the account.
    pub pin: Pin,
    /// How far it reaches.
    pub calling_class: CallingClass,
    /// In use or not.
    pub status: Status,
}

/// The PIN and the number behind it, where a PIN was dialled.
pub fn split(dialled: &DialString) -> Option<(Pin, DialString)> {
    let (pin, number) = dialled.as_str().strip_prefix(CODE)?.split_once('*')?;
    Some((Pin::parse(pin).ok()?, DialString::parse(number).ok()?))
}

/// Whether somebody dials a PIN, rightly or not.
pub fn is_dialled(dialled: &DialString) -> bool {
    dialled.as_str().starts_with(CODE)
}

/// What is kept of a text that was dialled: no PIN, also behind what withholds the number.
pub fn without_pin(dialled: &str) -> &str {
    match dialled.strip_prefix(WITHHOLD).unwrap_or(dialled).strip_prefix(CODE) {
        Some(rest) => rest.split_once('*').map_or(CODE, |(_, number)| number),
        None => dialled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_stands_between_the_code_and_the_number_and_is_not_kept() {
        let split = |text: &str| {
            let (pin, number) = split(&DialString::parse(text).unwrap())?;
            Some((pin.expose().to_owned(), number.to_string()))
        };
        assert_eq!(split("*591234*00351211234567"), Some(("1234".into(), "00351211234567".into())));
        assert_eq!(split("*59123456*#31#0211"), Some(("123456".into(), "#31#0211".into())));
        for none in ["*59*021", "*59123*021", "*591234", "*591234*", "591234*021", "*43"] {
            assert_eq!(split(none), None, "{none}");
        }
        for (dialled, kept) in [
            ("*591234*021", "021"),
            ("*591234", "*59"),
            ("*59123*021", "021"),
            ("021", "021"),
            ("#31#*591234*021", "021"),
            ("#31#021", "#31#021"),
        ] {
            assert_eq!(without_pin(dialled), kept);
        }
        assert_eq!(format!("{:?}", Pin::parse("1234").unwrap()), "Pin(hidden)");
        assert!(
            Pin::parse("123").is_err() && Pin::parse("123456789").is_err() && Pin::parse("12a4").is_err()
        );
    }
}
