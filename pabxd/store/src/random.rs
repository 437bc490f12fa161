//! Randomness as an input, and the passwords made from it.

use pabx_model::TextError;
use ring::rand::SecureRandom;
use zeroize::Zeroizing;

use crate::StoreError;

/// A source of unpredictable octets. The daemon gives the system's, a test its own.
pub trait Random: Send {
    /// Fills all of `out`.
    fn fill(&mut self, out: &mut [u8]) -> Result<(), StoreError>;
}

impl Random for ring::rand::SystemRandom {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), StoreError> {
        SecureRandom::fill(self, out).map_err(|_| StoreError::NoRandomness)
    }
}

/// A phone's password. Wiped when dropped; Debug shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct PhonePassword(Zeroizing<String>);

impl PhonePassword {
    /// Characters of a generated one.
    pub const GENERATED_LEN: usize = 24;
    /// 32 characters that are not mistaken for one another: 5 bits each, 120 in all, without bias.
    const ALPHABET: &'static [u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

    pub(crate) fn generate(random: &mut dyn Random) -> Result<Self, StoreError> {
        let mut octets = Zeroizing::new([0; Self::GENERATED_LEN]);
        random.fill(octets.as_mut())?;
        let letters = octets
            .iter()
            .filter_map(|octet| Self::ALPHABET.get(usize::from(octet % 32)))
            .map(|c| char::from(*c));
        let mut text = Zeroizing::new(String::with_capacity(Self::GENERATED_LEN));
        text.extend(letters);
        Ok(Self(text))
    }

    /// Characters of the longest that is taken from elsewhere.
    pub const MAX_LEN: usize = 128;

    /// One that was made elsewhere, on another box: as long as those made here, of characters that can be seen.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const WHAT: &str = "phone password";
        match text.len() {
            Self::GENERATED_LEN..=Self::MAX_LEN => {}
            len => {
                return Err(TextError::Length {
                    what: WHAT,
                    min: Self::GENERATED_LEN,
                    max: Self::MAX_LEN,
                    len,
                });
            }
        }
        match text.bytes().position(|c| !c.is_ascii_graphic()) {
            Some(at) => Err(TextError::Character { what: WHAT, at }),
            None => Ok(Self(Zeroizing::new(text.to_owned()))),
        }
    }

    pub(crate) fn from_opened(octets: &[u8]) -> Option<Self> {
        std::str::from_utf8(octets).ok().map(|text| Self(Zeroizing::new(text.to_owned())))
    }

    /// The password itself: for the digest, for the phone's configuration, for showing it once to who made it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PhonePassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PhonePassword(hidden)")
    }
}

/// Ten octets for a new id.
pub(crate) fn id_octets(random: &mut dyn Random) -> Result<[u8; 10], StoreError> {
    let mut octets = [0; 10];
    random.fill(&mut octets)?;
    Ok(octets)
}

/// Predictable, for tests: each octet one more than the last, the start moves on.
#[cfg(test)]
#[derive(Default)]
pub(crate) struct Counting(u64);

#[cfg(test)]
impl Random for Counting {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), StoreError> {
        for chunk in out.chunks_mut(8) {
            self.0 += 1;
            let octets = self.0.to_be_bytes();
            chunk.copy_from_slice(&octets[8 - chunk.len()..]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_passwords_have_24_plain_characters_and_differ() {
        let mut random = ring::rand::SystemRandom::new();
        let one = PhonePassword::generate(&mut random).unwrap();
        let two = PhonePassword::generate(&mut random).unwrap();
        assert_eq!(one.expose().len(), 24);
        assert!(one.expose().bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
        assert_ne!(one, two);
    }

    #[test]
    fn a_password_from_elsewhere_is_long_and_plain() {
        assert!(PhonePassword::parse(&"k7".repeat(12)).is_ok());
        for bad in ["", "short", &"a".repeat(129), &"é".repeat(24), &"a ".repeat(12), &"a\n".repeat(12)] {
            assert!(PhonePassword::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn debug_hides_the_password() {
        let password = PhonePassword::generate(&mut Counting::default()).unwrap();
        assert!(!format!("{password:?}").contains(password.expose()));
    }
}
