//! Nonces that the server need not remember: a time, a number that never comes twice, and a MAC over both.
//!
//! `base64url(second: 4 octets | number: 5 octets | HMAC-SHA256 cut to 12 octets)`: 28 characters, so that the
//! 401 stays small. Bound to nothing of the network, because behind a NAT the port and sometimes the address of a
//! phone change. The second is counted from a point that is secret, so that no nonce tells for how long the box
//! has been up.

use super::hash::Ha1;
use ring::hmac;
use std::cell::Cell;
use std::time::Instant;
use subtle::ConstantTimeEq;

/// Characters of a nonce.
pub const NONCE_LENGTH: usize = 28;
const STAMP: usize = 9;
const MAC: usize = 12;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What a genuine nonce says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Which nonce it is: greater than every earlier one.
    pub(super) number: u64,
    /// Its age in seconds.
    pub(super) age: u32,
}

/// The text of a nonce, in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nonce([u8; NONCE_LENGTH]);

impl Nonce {
    /// The characters, all of which may stand in a quoted string.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Makes nonces and knows its own.
pub(super) struct Mint {
    key: hmac::Key,
    epoch: Instant,
    /// Added to the seconds since the epoch.
    offset: u32,
    next: Cell<u64>,
}

impl std::fmt::Debug for Mint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mint(..)")
    }
}

impl Mint {
    pub(super) fn new(key: &[u8; 32], epoch: Instant) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        let offset = match hmac::sign(&key, b"offset").as_ref() {
            [a, b, c, d, ..] => u32::from_be_bytes([*a, *b, *c, *d]),
            _ => 0,
        };
        Self { key, epoch, offset, next: Cell::new(1) }
    }

    /// A nonce that was never given out before.
    pub(super) fn mint(&self, now: Instant) -> Nonce {
        let number = self.next.replace(self.next.get() + 1);
        let mut octets = [0; STAMP + MAC];
        let (stamp, mac) = octets.split_at_mut(STAMP);
        let (second, rest) = stamp.split_at_mut(4);
        second.copy_from_slice(&self.second(now).to_be_bytes());
        let [_, _, _, low @ ..] = number.to_be_bytes();
        rest.copy_from_slice(&low);
        mac.copy_from_slice(&self.mac(stamp));
        encode(&octets)
    }

    /// What the nonce says if it is one of ours, at whatever age.
    pub(super) fn read(&self, now: Instant, nonce: &str) -> Option<Stamp> {
        let octets = decode(nonce)?;
        let (stamp, mac) = octets.split_at(STAMP);
        if !bool::from(self.mac(stamp).ct_eq(mac)) {
            return None;
        }
        let (second, number) = stamp.split_at(4);
        let second = second.iter().fold(0_u32, |value, octet| value << 8 | u32::from(*octet));
        let number = number.iter().fold(0_u64, |value, octet| value << 8 | u64::from(*octet));
        Some(Stamp { number, age: self.second(now).wrapping_sub(second) })
    }

    /// A secret that belongs to no user and that only the key tells.
    pub(super) fn secret_of_nobody(&self) -> Ha1 {
        let tag = hmac::sign(&self.key, b"nobody");
        let sha256: [u8; 32] = tag.as_ref().first_chunk().copied().unwrap_or_default();
        Ha1 { md5: sha256.first_chunk().copied().unwrap_or_default(), sha256 }
    }

    fn second(&self, now: Instant) -> u32 {
        let seconds = now.saturating_duration_since(self.epoch).as_secs() & u64::from(u32::MAX);
        self.offset.wrapping_add(u32::try_from(seconds).unwrap_or(0))
    }

    fn mac(&self, stamp: &[u8]) -> [u8; MAC] {
        let tag = hmac::sign(&self.key, stamp);
        tag.as_ref().first_chunk().copied().unwrap_or_default()
    }
}

fn encode(octets: &[u8; STAMP + MAC]) -> Nonce {
    let mut digits = [0; NONCE_LENGTH];
    for (group, digits) in octets.chunks_exact(3).zip(digits.chunks_exact_mut(4)) {
        let bits = group.iter().fold(0_u32, |bits, octet| bits << 8 | u32::from(*octet));
        for (digit, shift) in digits.iter_mut().zip([18, 12, 6, 0]) {
            let index = usize::try_from(bits >> shift & 63).unwrap_or(0);
            *digit = ALPHABET.get(index).copied().unwrap_or(b'A');
        }
    }
    Nonce(digits)
}

fn decode(nonce: &str) -> Option<[u8; STAMP + MAC]> {
    if nonce.len() != NONCE_LENGTH {
        return None;
    }
    let mut octets = [0; STAMP + MAC];
    for (group, digits) in octets.chunks_exact_mut(3).zip(nonce.as_bytes().chunks_exact(4)) {
        let mut bits = 0_u32;
        for digit in digits {
            bits = bits << 6 | u32::from(value(*digit)?);
        }
        group.copy_from_slice(bits.to_be_bytes().get(1..)?);
    }
    Some(octets)
}

fn value(digit: u8) -> Option<u8> {
    Some(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    })
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests take one instant as their epoch")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;
    use std::time::Duration;

    fn mint() -> (Mint, Instant) {
        let epoch = Instant::now();
        (Mint::new(&[7; 32], epoch), epoch)
    }

    #[test]
    fn nonces_differ_and_say_their_number_and_age() {
        let (mint, epoch) = mint();
        let nonces: Vec<Nonce> = (0..1_000).map(|_| mint.mint(epoch)).collect();
        assert_eq!(nonces.iter().collect::<HashSet<_>>().len(), 1_000);
        let later = epoch + Duration::from_secs(301);
        for (nonce, number) in nonces.iter().zip(1..) {
            assert_eq!(nonce.as_str().len(), NONCE_LENGTH);
            assert_eq!(mint.read(later, nonce.as_str()), Some(Stamp { number, age: 301 }));
        }
    }

    #[test]
    fn another_key_knows_nothing_of_them() {
        let (mint, epoch) = mint();
        assert_eq!(Mint::new(&[8; 32], epoch).read(epoch, mint.mint(epoch).as_str()), None);
    }

    proptest! {
        #[test]
        fn no_flipped_bit_goes_unnoticed(at in 0..NONCE_LENGTH, bit in 0..8_u8, count in 0..50) {
            let (mint, epoch) = mint();
            for _ in 0..count {
                mint.mint(epoch);
            }
            let mut forged = mint.mint(epoch).0.to_vec();
            forged[at] ^= 1 << bit;
            if let Ok(forged) = String::from_utf8(forged) {
                prop_assert_eq!(mint.read(epoch, &forged), None);
            }
        }

        #[test]
        fn no_text_is_taken_for_a_nonce(text in "[A-Za-z0-9_-]{28}|.{0,40}") {
            let (mint, epoch) = mint();
            prop_assert_eq!(mint.read(epoch, &text), None);
        }
    }
}
