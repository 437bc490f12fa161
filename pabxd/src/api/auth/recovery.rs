//! Recovery codes: sixteen letters each, good once, for who has lost the phone with the app.

use super::{fill, secret_hash};
use crate::api::core::problem::Problem;
use zeroize::Zeroizing;

/// Codes that are given out together.
pub const COUNT: usize = 10;
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// 80 bits.
const LENGTH: usize = 16;

/// New codes, in groups of four.
pub fn generate() -> Result<Vec<Zeroizing<String>>, Problem> {
    (0..COUNT).map(|_| one()).collect()
}

fn one() -> Result<Zeroizing<String>, Problem> {
    let mut octets = Zeroizing::new([0_u8; LENGTH]);
    fill(octets.as_mut())?;
    let mut text = Zeroizing::new(String::with_capacity(LENGTH + LENGTH / 4));
    for (place, octet) in octets.iter().enumerate() {
        if place > 0 && place.is_multiple_of(4) {
            text.push('-');
        }
        text.extend(LETTERS.get(usize::from(octet % 32)).map(|letter| char::from(*letter)));
    }
    Ok(text)
}

/// What is kept of a code: upper case and the signs between the groups do not matter.
pub fn hash(code: &str) -> [u8; 32] {
    let plain: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    secret_hash(&plain)
}

/// Whether it looks like one, and not like a code of the app.
pub fn is_code(text: &str) -> bool {
    text.chars().filter(char::is_ascii_alphanumeric).count() == LENGTH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_differ_and_are_read_with_any_case_and_signs() {
        let codes = generate().unwrap();
        assert_eq!(codes.len(), COUNT);
        assert_ne!(codes[0], codes[1]);
        assert!(is_code(&codes[0]) && !is_code("123456"));
        let loud = codes[0].to_uppercase().replace('-', " ");
        assert_eq!(hash(&loud), hash(&codes[0]));
    }
}
