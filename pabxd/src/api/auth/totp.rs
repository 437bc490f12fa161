//! One-time codes (RFC 6238): HMAC-SHA-1, six digits, thirty seconds; what every authenticator app knows.

use pabx_model::Timestamp;
use ring::hmac;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Octets of a secret (RFC 4226 §4 R6).
pub const SECRET_LEN: usize = 20;
const STEP_SECONDS: u64 = 30;
/// Steps before and after the present one that are taken: clocks of phones (RFC 6238 §5.2).
const DRIFT: u64 = 1;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step whose code this is, if it is one of those around now. Whether it was used before is for the store to say.
pub fn step_of(secret: &[u8], code: &str, now: Timestamp) -> Option<u64> {
    let present = now.0 / 1000 / STEP_SECONDS;
    let steps = present.saturating_sub(DRIFT)..=present.saturating_add(DRIFT);
    // All are compared, so that the time tells nothing.
    steps.fold(None, |found, step| {
        let fits = bool::from(code_at(secret, step).as_bytes().ct_eq(code.as_bytes()));
        if fits { Some(step) } else { found }
    })
}

/// The code of one step (RFC 4226 §5.3).
fn code_at(secret: &[u8], step: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag.last().copied().unwrap_or(0) & 15);
    let word = tag.get(offset..).and_then(|rest| rest.first_chunk::<4>()).copied().unwrap_or_default();
    format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)
}

/// Base 32 without padding (RFC 4648 §6), as apps take it.
pub fn base32(octets: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(octets.len().div_ceil(5) * 8));
    let (mut held, mut bits) = (0_u32, 0_u32);
    for octet in octets {
        held = (held << 8 | u32::from(*octet)) & 0xffff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter(held >> bits));
        }
    }
    if bits > 0 {
        text.push(letter(held << (5 - bits)));
    }
    text
}

fn letter(value: u32) -> char {
    let place = usize::try_from(value & 31).unwrap_or(0);
    BASE32.get(place).map_or('A', |octet| char::from(*octet))
}

/// The octets of base 32; `None` where it is none. Case does not matter.
pub fn from_base32(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut octets = Zeroizing::new(Vec::with_capacity(text.len() * 5 / 8));
    let (mut held, mut bits) = (0_u32, 0_u32);
    for letter in text.trim_end_matches('=').bytes() {
        let value = BASE32.iter().position(|known| *known == letter.to_ascii_uppercase())?;
        held = (held << 5 | u32::try_from(value).ok()?) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            octets.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    Some(octets)
}

/// What the picture for the app says (Google's key URI format).
pub fn uri(secret: &str, username: &str, issuer: &str) -> Zeroizing<String> {
    let (username, issuer) = (encoded(username), encoded(issuer));
    Zeroizing::new(format!("otpauth://totp/{issuer}:{username}?secret={secret}&issuer={issuer}"))
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, octet| {
        if octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(octet));
        } else {
            out.push_str(&format!("%{octet:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    /// RFC 6238 appendix B, the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standards_examples() {
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, code) in vectors {
            assert_eq!(code_at(SECRET, seconds / 30), code, "{seconds}");
            assert_eq!(step_of(SECRET, code, Timestamp(seconds * 1000)), Some(seconds / 30));
        }
    }

    #[test]
    fn one_step_of_drift_is_taken_and_two_are_not() {
        let code = code_at(SECRET, 1000);
        for (step, taken) in [(998, false), (999, true), (1000, true), (1001, true), (1002, false)] {
            assert_eq!(step_of(SECRET, &code, Timestamp(step * 30_000)).is_some(), taken, "{step}");
        }
    }

    #[test]
    fn what_is_no_code_fits_nothing() {
        for code in ["", "28708", "2870821", "28708a", "２８７０８２"] {
            assert_eq!(step_of(SECRET, code, Timestamp(59_000)), None, "{code}");
        }
    }

    /// RFC 4648 §10.
    #[test]
    fn base32_is_that_of_the_standards_examples() {
        for (text, expected) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(text.as_bytes()).as_str(), expected);
            assert_eq!(from_base32(&expected.to_lowercase()).unwrap().as_slice(), text.as_bytes());
        }
    }
}
